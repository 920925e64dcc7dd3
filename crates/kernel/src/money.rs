//! Money in yuan on the wire, in integer fen (分) inside. No floats anywhere.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use crate::wire;

mod upper;

#[cfg(test)]
mod tests;

/// An amount of money in fen, at most 10^15 either side of zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

/// Why an amount was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyError {
    /// Not a decimal string.
    Format,
    /// More than two decimals.
    TooManyDecimals,
    /// More than 10^15 fen.
    OutOfRange,
}

impl MoneyError {
    /// The 422 code: `money_format`, `too_many_decimals` or `out_of_range`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Format => "money_format",
            Self::TooManyDecimals => "too_many_decimals",
            Self::OutOfRange => "out_of_range",
        }
    }
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for MoneyError {}

impl Money {
    /// No money.
    pub const ZERO: Money = Money(0);
    /// The largest amount in fen.
    pub const MAX_FEN: i64 = 1_000_000_000_000_000;

    /// An amount of `fen`. Errors: `out_of_range`.
    pub fn from_fen(fen: i64) -> Result<Self, MoneyError> {
        let fits = fen.unsigned_abs() <= Self::MAX_FEN.unsigned_abs();
        if fits { Ok(Self(fen)) } else { Err(MoneyError::OutOfRange) }
    }

    /// Reads a decimal string in yuan, `^-?\d{1,13}(\.\d{1,2})?$`; full-width digits are folded.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let text = wire::fold_digits(text);
        let (negative, whole, decimals) = wire::decimal_parts(&text).ok_or(MoneyError::Format)?;
        if decimals.len() > 2 {
            return Err(MoneyError::TooManyDecimals);
        }
        if whole.len() > 13 {
            return Err(MoneyError::OutOfRange);
        }
        Self::from_fen(wire::scaled(negative, whole, decimals, 2).ok_or(MoneyError::OutOfRange)?)
    }

    /// The amount in fen.
    pub fn fen(self) -> i64 {
        self.0
    }

    /// Whether the amount is below zero.
    pub fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether the amount is zero.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum. Errors: `out_of_range`.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        Self::from_fen(self.0.saturating_add(other.0))
    }

    /// The difference. Errors: `out_of_range`.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        Self::from_fen(self.0.saturating_sub(other.0))
    }

    /// The amount with the other sign.
    pub fn negated(self) -> Self {
        Self(-self.0)
    }

    /// The sum of all. Errors: `out_of_range`.
    pub fn total(amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// The amount in yuan as a decimal, for further arithmetic before the one rounding.
    pub fn yuan(self) -> Decimal {
        Decimal::new(self.0, 2)
    }

    /// Rounds a decimal in yuan half-up to the fen. Errors: `out_of_range`.
    pub fn from_yuan(yuan: Decimal) -> Result<Self, MoneyError> {
        Self(100).times(yuan)
    }

    /// The amount times a factor, rounded half-up once (away from zero). Errors: `out_of_range`.
    pub fn times(self, factor: Decimal) -> Result<Self, MoneyError> {
        let (mantissa, one) = (factor.mantissa(), 10_i128.pow(factor.scale()));
        let fen = i128::from(self.0);
        let whole = (mantissa / one).checked_mul(fen).and_then(|whole| i64::try_from(whole).ok());
        // Beyond 10^38 the last eight of 28 decimals cannot matter to 10^15 fen by more than 10^-5.
        let part = match (mantissa % one).checked_mul(fen) {
            Some(part) => wire::div_half_up(part, one),
            None => wire::div_half_up(mantissa % one / 100_000_000 * fen, one / 100_000_000),
        };
        let sum = whole.zip(part).and_then(|(whole, part)| whole.checked_add(part));
        Self::from_fen(sum.ok_or(MoneyError::OutOfRange)?)
    }

    /// Splits by largest remainder (最大余额法): the parts sum to the whole, ties go to the earlier
    /// part. Negative weights count as zero; when no weight is positive all weigh the same.
    pub fn split(self, weights: &[i64]) -> Vec<Money> {
        let positive = weights.iter().any(|&weight| weight > 0);
        let weights: Vec<i128> =
            weights.iter().map(|&weight| if positive { i128::from(weight.max(0)) } else { 1 }).collect();
        let sum: i128 = weights.iter().sum();
        let (size, sign) = (i128::from(self.0.unsigned_abs()), self.0.signum());
        let mut parts: Vec<i64> = weights.iter().map(|weight| floor_share(size, *weight, sum)).collect();
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by_key(|&index| (std::cmp::Reverse(size * weights[index] % sum), index));
        let left = self.0.abs() - parts.iter().sum::<i64>();
        for &index in order.iter().take(usize::try_from(left).unwrap_or(0)) {
            parts[index] += 1;
        }
        parts.into_iter().map(|part| Money(part * sign)).collect()
    }

    /// The amount in words, 人民币大写 (支付结算办法 附一).
    pub fn rmb_upper(self) -> String {
        upper::rmb_upper(self.0)
    }
}

fn floor_share(size: i128, weight: i128, sum: i128) -> i64 {
    i64::try_from(size * weight / sum).unwrap_or(0)
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        wire::write_scaled(f, self.0, 2)
    }
}

impl FromStr for Money {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        Self::parse(text)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        wire::read(input, "money_format", |text| Self::parse(text).map_err(MoneyError::code))
    }
}

impl PartialSchema for Money {
    fn schema() -> RefOr<Schema> {
        wire::string("money", Some(r"^-?\d{1,13}(\.\d{1,2})?$"), "1184867.46", "Yuan, two decimals.")
    }
}

impl ToSchema for Money {}
