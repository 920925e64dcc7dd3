//! Identity cards of persons and credit codes of organisations.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use crate::validation::mask::mask_id;
use crate::wire;

/// The first two digits of GB/T 2260, and 83 of the residence permits for Taiwan.
const REGIONS: [u32; 35] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
    64, 65, 71, 81, 82, 83,
];
const CARD_WEIGHTS: [usize; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CARD_CHECKS: &[u8; 11] = b"10X98765432";
const USCC_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The number of a resident identity card (公民身份号码, GB 11643). `Debug` prints it masked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdCard {
    number: String,
    born_on: NaiveDate,
}

impl IdCard {
    /// Reads 18 characters with a known region, a real date and the check digit. Errors: `id_invalid`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let number = wire::fold_digits(text).replace('x', "X");
        match check_card(&number) {
            Some(born_on) => Ok(Self { number, born_on }),
            None => Err("id_invalid"),
        }
    }

    /// As [`Self::parse`], and born by `today`. Errors: `id_invalid`.
    pub fn parse_on(text: &str, today: NaiveDate) -> Result<Self, &'static str> {
        Self::parse(text).and_then(|card| if card.born_on <= today { Ok(card) } else { Err("id_invalid") })
    }

    /// The number in clear text.
    pub fn as_str(&self) -> &str {
        &self.number
    }

    /// The date of birth in it.
    pub fn born_on(&self) -> NaiveDate {
        self.born_on
    }
}

fn check_card(number: &str) -> Option<NaiveDate> {
    let bytes = number.as_bytes();
    let (body, check) = bytes.split_at_checked(17)?;
    if check.len() != 1 || !body.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let sum: usize = body.iter().zip(CARD_WEIGHTS).map(|(digit, weight)| usize::from(digit - b'0') * weight).sum();
    let part = |from: usize, to: usize| number.get(from..to)?.parse::<u32>().ok();
    let born_on = NaiveDate::from_ymd_opt(i32::try_from(part(6, 10)?).ok()?, part(10, 12)?, part(12, 14)?)?;
    let known = REGIONS.contains(&part(0, 2)?);
    (known && check[0] == CARD_CHECKS[sum % 11]).then_some(born_on)
}

/// A unified social credit code (统一社会信用代码, GB 32100).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc(String);

impl Uscc {
    /// Reads 18 characters without I, O, S, V, Z and with the check character. Errors: `uscc_invalid`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let code = wire::fold_digits(text);
        check_uscc(&code).map(|()| Self(code)).ok_or("uscc_invalid")
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check_uscc(code: &str) -> Option<()> {
    let mut values = Vec::with_capacity(18);
    for byte in code.bytes() {
        values.push(USCC_ALPHABET.iter().position(|letter| *letter == byte)?);
    }
    let (check, body) = values.split_last().filter(|(_, body)| body.len() == 17)?;
    let (sum, _) = body.iter().fold((0, 1), |(sum, weight), value| (sum + value * weight, weight * 3 % 31));
    (*check == (31 - sum % 31) % 31).then_some(())
}

impl fmt::Debug for IdCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdCard({})", mask_id(&self.number))
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for IdCard {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.number)
    }
}

impl<'de> Deserialize<'de> for IdCard {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        wire::read(input, "id_invalid", Self::parse)
    }
}

impl PartialSchema for IdCard {
    fn schema() -> RefOr<Schema> {
        wire::string("id_card", None, "11010519491231002X", "Identity card, GB 11643, 18 characters.")
    }
}

impl ToSchema for IdCard {}

impl Serialize for Uscc {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Uscc {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        wire::read(input, "uscc_invalid", Self::parse)
    }
}

impl PartialSchema for Uscc {
    fn schema() -> RefOr<Schema> {
        wire::string("uscc", None, "91350100M000100Y43", "Unified social credit code, GB 32100.")
    }
}

impl ToSchema for Uscc {}
