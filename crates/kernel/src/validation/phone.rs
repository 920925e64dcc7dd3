//! Phone numbers: mobiles, landlines, service numbers.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use crate::validation::mask::mask_phone;
use crate::wire;

/// What a phone number reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneKind {
    /// 手机: 11 digits.
    Mobile,
    /// 固定电话: area code, number, perhaps an extension.
    Landline,
    /// 服务号码 such as 96123-4.
    Service,
}

/// A phone number in its one form: `13800135678`, `0451-87654321-12`, `96123-4`. `Debug` prints it masked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

impl Phone {
    /// Reads a number as people write it: with +86, blanks, hyphens. Errors: `phone_invalid`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let written = wire::fold_digits(text).replace('＋', "+").replace('－', "-");
        let written: String = written.chars().filter(|c| !c.is_whitespace()).collect();
        let national = written.strip_prefix("+86").map(|rest| rest.trim_start_matches('-'));
        let form = match national {
            Some(rest) => mobile(rest).or_else(|| landline(rest)),
            None => mobile(&written).or_else(|| landline(&written)).or_else(|| service(&written)),
        };
        form.map(Self).ok_or("phone_invalid")
    }

    /// The number in clear text, in its one form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it reaches.
    pub fn kind(&self) -> PhoneKind {
        match self.0.as_bytes() {
            [b'0', ..] => PhoneKind::Landline,
            bytes if bytes.len() == 11 => PhoneKind::Mobile,
            _ => PhoneKind::Service,
        }
    }
}

fn digits(text: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `1[3-9]` and nine digits, hyphens anywhere.
fn mobile(text: &str) -> Option<String> {
    let number = text.replace('-', "");
    let starts = matches!(number.as_bytes(), [b'1', b'3'..=b'9', ..]);
    (starts && digits(&number, 11..=11)).then_some(number)
}

/// `0\d{2,3}-?\d{7,8}(-\d{1,6})?`, written with the hyphen after the area code.
fn landline(text: &str) -> Option<String> {
    let (first, rest) = text.split_once('-').unwrap_or((text, ""));
    let (area, local) = if first.len() <= 4 { (first, rest) } else { split_area(text)? };
    let (number, extension) = match local.split_once('-') {
        Some((number, extension)) => (number, Some(extension)),
        None => (local, None),
    };
    let right = area.starts_with('0') && digits(area, 3..=4) && digits(number, 7..=8);
    if !right || !extension.is_none_or(|extension| digits(extension, 1..=6)) {
        return None;
    }
    Some(extension.map_or(format!("{area}-{number}"), |extension| format!("{area}-{number}-{extension}")))
}

/// Area codes that begin with 01 or 02 have three digits, all others four.
fn split_area(text: &str) -> Option<(&str, &str)> {
    let short = text.starts_with("01") || text.starts_with("02");
    text.split_at_checked(if short { 3 } else { 4 })
}

fn service(text: &str) -> Option<String> {
    let (number, line) = text.split_once('-').unwrap_or((text, "0"));
    (digits(number, 5..=5) && digits(line, 1..=1)).then(|| text.to_owned())
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", mask_phone(&self.0))
    }
}

impl Serialize for Phone {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Phone {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        wire::read(input, "phone_invalid", Self::parse)
    }
}

impl PartialSchema for Phone {
    fn schema() -> RefOr<Schema> {
        wire::string("phone", None, "13800135678", "Mobile, landline with area code, or service number.")
    }
}

impl ToSchema for Phone {}
