//! Decimals of a fixed scale – areas, heights, temperatures, percentages – as integers inside.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use crate::wire;

/// What a fixed decimal measures: its name, format and limits.
pub trait Measure {
    /// Name of the schema component.
    const NAME: &'static str;
    /// Schema format.
    const FORMAT: &'static str;
    /// Smallest value, in units of the scale.
    const MIN: i64;
    /// Largest value, in units of the scale.
    const MAX: i64;
    /// An example of the wire form.
    const EXAMPLE: &'static str;
    /// Unit and limits, for the contract.
    const TEXT: &'static str;
}

/// A decimal with exactly `SCALE` decimals, held as an integer of 10^-SCALE; `Q` gives the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fixed<const SCALE: u32, Q = Plain>(i64, PhantomData<Q>);

/// An area in m², > 0, two decimals (decimal(10,2)).
pub type Area = Fixed<2, AreaLimits>;
/// A height in m, two decimals (decimal(4,2)).
pub type Height = Fixed<2, HeightLimits>;
/// A temperature in °C, one decimal, −30 to 50.
pub type Temperature = Fixed<1, TemperatureLimits>;
/// A quantity of goods or work, > 0, three decimals.
pub type Quantity = Fixed<3, QuantityLimits>;
/// A quantity that lies somewhere or went through: any sign, three decimals.
pub type Stock = Fixed<3, StockLimits>;
/// A percentage, two decimals.
pub type Percent = Fixed<2, PercentLimits>;

/// No meaning of its own: any value that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Plain;
/// Limits of [`Area`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AreaLimits;
/// Limits of [`Height`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeightLimits;
/// Limits of [`Temperature`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TemperatureLimits;
/// Limits of [`Quantity`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuantityLimits;
/// Limits of [`Stock`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StockLimits;
/// Limits of [`Percent`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PercentLimits;

impl Measure for Plain {
    const NAME: &'static str = "Decimal";
    const FORMAT: &'static str = "decimal";
    const MIN: i64 = -Self::MAX;
    const MAX: i64 = 1_000_000_000_000_000;
    const EXAMPLE: &'static str = "1.5";
    const TEXT: &'static str = "A decimal number.";
}
impl Measure for AreaLimits {
    const NAME: &'static str = "Area";
    const FORMAT: &'static str = "area";
    const MIN: i64 = 1;
    const MAX: i64 = 9_999_999_999;
    const EXAMPLE: &'static str = "89.37";
    const TEXT: &'static str = "m², more than 0, two decimals.";
}
impl Measure for HeightLimits {
    const NAME: &'static str = "Height";
    const FORMAT: &'static str = "height";
    const MIN: i64 = 0;
    const MAX: i64 = 9_999;
    const EXAMPLE: &'static str = "2.90";
    const TEXT: &'static str = "m, 0 to 99.99, two decimals.";
}
impl Measure for TemperatureLimits {
    const NAME: &'static str = "Temperature";
    const FORMAT: &'static str = "temperature";
    const MIN: i64 = -300;
    const MAX: i64 = 500;
    const EXAMPLE: &'static str = "18.5";
    const TEXT: &'static str = "°C, −30 to 50, one decimal.";
}
impl Measure for QuantityLimits {
    const NAME: &'static str = "Quantity";
    const FORMAT: &'static str = "quantity";
    const MIN: i64 = 1;
    const MAX: i64 = 1_000_000_000_000;
    const EXAMPLE: &'static str = "2.500";
    const TEXT: &'static str = "In the unit of the thing, more than 0, three decimals.";
}
impl Measure for StockLimits {
    const NAME: &'static str = "StockQuantity";
    const FORMAT: &'static str = "stock_quantity";
    const MIN: i64 = -Self::MAX;
    const MAX: i64 = 1_000_000_000_000_000;
    const EXAMPLE: &'static str = "74.000";
    const TEXT: &'static str = "In the unit of the part, three decimals.";
}
impl Measure for PercentLimits {
    const NAME: &'static str = "Percent";
    const FORMAT: &'static str = "percent";
    const MIN: i64 = -Self::MAX;
    const MAX: i64 = 9_999_999_999;
    const EXAMPLE: &'static str = "12.50";
    const TEXT: &'static str = "Per cent, two decimals.";
}

impl<const SCALE: u32, Q: Measure> Fixed<SCALE, Q> {
    /// A value of `units` × 10^-SCALE. Errors: `out_of_range`.
    pub fn from_units(units: i64) -> Result<Self, &'static str> {
        if (Q::MIN..=Q::MAX).contains(&units) { Ok(Self(units, PhantomData)) } else { Err("out_of_range") }
    }

    /// Reads a decimal string. Errors: `number_format`, `too_many_decimals`, `out_of_range`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = wire::fold_digits(text);
        let (negative, whole, decimals) = wire::decimal_parts(&text).ok_or("number_format")?;
        if decimals.len() > SCALE as usize {
            return Err("too_many_decimals");
        }
        Self::from_units(wire::scaled(negative, whole, decimals, SCALE as usize).ok_or("out_of_range")?)
    }

    /// Rounds a decimal half-up (away from zero) to the scale. Errors: `out_of_range`.
    pub fn from_decimal(value: Decimal) -> Result<Self, &'static str> {
        let one = 10_i128.pow(value.scale());
        let units = value.mantissa().checked_mul(10_i128.pow(SCALE)).ok_or("out_of_range")?;
        Self::from_units(wire::div_half_up(units, one).ok_or("out_of_range")?)
    }

    /// The value as an integer of 10^-SCALE, as tables hold it.
    pub fn units(self) -> i64 {
        self.0
    }

    /// The value as a decimal, for arithmetic.
    pub fn decimal(self) -> Decimal {
        Decimal::new(self.0, SCALE)
    }
}

impl<const SCALE: u32, Q> fmt::Display for Fixed<SCALE, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        wire::write_scaled(f, self.0, SCALE)
    }
}

impl<const SCALE: u32, Q: Measure> FromStr for Fixed<SCALE, Q> {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, &'static str> {
        Self::parse(text)
    }
}

impl<const SCALE: u32, Q> Serialize for Fixed<SCALE, Q> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de, const SCALE: u32, Q: Measure> Deserialize<'de> for Fixed<SCALE, Q> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        wire::read(input, "number_format", Self::parse)
    }
}

impl<const SCALE: u32, Q: Measure> PartialSchema for Fixed<SCALE, Q> {
    fn schema() -> RefOr<Schema> {
        let decimals = match SCALE {
            0 => String::new(),
            _ => format!(r"(\.\d{{1,{SCALE}}})?"),
        };
        let sign = if Q::MIN < 0 { "-?" } else { "" };
        wire::string(Q::FORMAT, Some(&format!(r"^{sign}\d+{decimals}$")), Q::EXAMPLE, Q::TEXT)
    }
}

impl<const SCALE: u32, Q: Measure> ToSchema for Fixed<SCALE, Q> {
    fn name() -> Cow<'static, str> {
        Q::NAME.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<const SCALE: u32, Q: Measure>(text: &str, wanted: Result<&str, &'static str>) {
        let read = Fixed::<SCALE, Q>::parse(text).map(|value| value.to_string());
        assert_eq!(read, wanted.map(str::to_owned), "{} {text}", Q::FORMAT);
    }

    #[test]
    fn decimals_keep_their_scale_and_limits() {
        check::<2, AreaLimits>("89.3", Ok("89.30"));
        check::<2, AreaLimits>("0", Err("out_of_range"));
        check::<2, AreaLimits>("-1", Err("out_of_range"));
        check::<2, AreaLimits>("100000000", Err("out_of_range"));
        check::<2, AreaLimits>("89.375", Err("too_many_decimals"));
        check::<2, AreaLimits>("1e3", Err("number_format"));
        check::<2, HeightLimits>("２.９", Ok("2.90"));
        check::<2, HeightLimits>("100", Err("out_of_range"));
        check::<1, TemperatureLimits>("-30", Ok("-30.0"));
        check::<1, TemperatureLimits>("-30.1", Err("out_of_range"));
        check::<1, TemperatureLimits>("50.0", Ok("50.0"));
        check::<1, TemperatureLimits>("18.55", Err("too_many_decimals"));
        check::<1, TemperatureLimits>("-0.5", Ok("-0.5"));
        check::<2, PercentLimits>("120.5", Ok("120.50"));
        check::<0, Plain>("12", Ok("12"));
        check::<0, Plain>("99999999999999999999", Err("out_of_range"));
    }

    #[test]
    fn json_and_schema_follow_money() {
        assert_eq!(serde_json::to_value(Area::from_units(8937).unwrap()).unwrap(), "89.37");
        assert!(serde_json::from_str::<Area>("89.37").unwrap_err().to_string().starts_with("number_format"));
        let schema = serde_json::to_value(Temperature::schema()).unwrap();
        assert_eq!(schema["format"], "temperature");
        assert_eq!(schema["pattern"], r"^-?\d+(\.\d{1,1})?$");
        assert_eq!(Percent::from_decimal(Decimal::new(66_665, 3)).unwrap().to_string(), "66.67");
    }
}
