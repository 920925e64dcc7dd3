//! How the kernel's string types travel: one reader and one schema shape for all of them.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, Visitor};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaFormat, Type};

/// Reads a string with `parse`; every refusal, a wrong JSON type included, has a 422 code as its message.
pub(crate) fn read<'de, D, T>(
    input: D,
    wrong_type: &'static str,
    parse: fn(&str) -> Result<T, &'static str>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    input.deserialize_any(Text { wrong_type, parse, value: PhantomData })
}

struct Text<T> {
    wrong_type: &'static str,
    parse: fn(&str) -> Result<T, &'static str>,
    value: PhantomData<T>,
}

impl<T> Visitor<'_> for Text<T> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.wrong_type)
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.parse)(text).map_err(E::custom)
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<T, E> {
        Err(E::custom(self.wrong_type))
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<T, E> {
        Err(E::custom(self.wrong_type))
    }
    fn visit_u64<E: Error>(self, _: u64) -> Result<T, E> {
        Err(E::custom(self.wrong_type))
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<T, E> {
        Err(E::custom(self.wrong_type))
    }
    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Err(E::custom(self.wrong_type))
    }
}

/// The schema of a string with a format of ours.
pub(crate) fn string(format: &str, pattern: Option<&str>, example: &str, text: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::Custom(format.to_owned())))
        .pattern(pattern)
        .examples([example])
        .description(Some(text))
        .into()
}

/// Turns full-width digits into ASCII and trims, as for every number somebody types.
pub(crate) fn fold_digits(text: &str) -> String {
    text.trim().chars().map(ascii_digit).collect()
}

fn ascii_digit(c: char) -> char {
    match c {
        '０'..='９' => char::from(b'0' + (u32::from(c) - u32::from('０')) as u8),
        other => other,
    }
}

/// Splits `-?digits(.digits)?` into sign, whole and decimal digits.
pub(crate) fn decimal_parts(text: &str) -> Option<(bool, &str, &str)> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, decimals) = match digits.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (digits, ""),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    (!whole.is_empty() && all_digits(whole) && all_digits(decimals)).then_some((negative, whole, decimals))
}

/// Reads the parts as an integer of `10^-scale`; `None` when it does not fit.
pub(crate) fn scaled(negative: bool, whole: &str, decimals: &str, scale: usize) -> Option<i64> {
    let units: i64 = format!("{whole}{decimals:0<scale$}").parse().ok()?;
    Some(if negative { -units } else { units })
}

/// Writes an integer of `10^-scale` as a decimal string with exactly `scale` decimals.
pub(crate) fn write_scaled(f: &mut fmt::Formatter<'_>, units: i64, scale: u32) -> fmt::Result {
    let one = 10_u64.pow(scale);
    let (sign, size) = (if units < 0 { "-" } else { "" }, units.unsigned_abs());
    match scale {
        0 => write!(f, "{sign}{size}"),
        _ => write!(f, "{sign}{}.{:0width$}", size / one, size % one, width = scale as usize),
    }
}

/// Divides, rounding half away from zero (四舍五入); `None` when the result leaves i64.
pub(crate) fn div_half_up(numerator: i128, denominator: i128) -> Option<i64> {
    let (sign, size) = (numerator.signum() * denominator.signum(), numerator.unsigned_abs());
    let by = denominator.unsigned_abs();
    let quotient = i128::try_from(size.checked_div(by)?).ok()?;
    let up = i128::from(size % by >= by.div_ceil(2));
    i64::try_from(sign * (quotient + up)).ok()
}
