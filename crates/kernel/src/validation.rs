//! Forms people and papers use – identity cards, credit codes, phones, room numbers, texts – checked,
//! brought to one form, masked. Errors are the 422 codes of the contract.

use uuid::Uuid;

use crate::fixed::{Area, Height, Percent, Quantity, Stock, Temperature};
use crate::money::{Money, MoneyError};
use crate::time::{Month, Timestamp, parse_date};
use crate::wire;

mod email;
mod identity;
mod mask;
mod phone;
mod room;
mod texts;

#[cfg(test)]
mod tests;

pub use email::{Email, mask_email};
pub use identity::{IdCard, Uscc};
pub use mask::{mask_address, mask_id, mask_name, mask_phone};
pub use phone::{Phone, PhoneKind};
pub use room::{RoomKind, RoomNo};
pub use texts::{clean_code, clean_name, clean_text};

/// Checks a string against a schema format of ours; an unknown format accepts everything. Whether a date of
/// birth lies ahead is not asked here: that needs today. Errors: the 422 code.
pub fn check_format(format: &str, value: &str) -> Result<(), &'static str> {
    match format {
        "money" => Money::parse(value).map(drop).map_err(MoneyError::code),
        "area" => Area::parse(value).map(drop),
        "height" => Height::parse(value).map(drop),
        "temperature" => Temperature::parse(value).map(drop),
        "percent" => Percent::parse(value).map(drop),
        "quantity" => Quantity::parse(value).map(drop),
        "stock_quantity" => Stock::parse(value).map(drop),
        "decimal" => wire::decimal_parts(&wire::fold_digits(value)).map(drop).ok_or("number_format"),
        "email" => Email::parse(value).map(drop),
        "phone" => Phone::parse(value).map(drop),
        "id_card" => IdCard::parse(value).map(drop),
        "uscc" => Uscc::parse(value).map(drop),
        "room_no" => RoomNo::parse(value).map(drop),
        "date" => parse_date(value).map(drop),
        "date-time" => Timestamp::parse(value).map(drop),
        "month" => Month::parse(value).map(drop),
        "uuid" if value.len() != 36 => Err("invalid_format"),
        "uuid" => Uuid::try_parse(value).map(drop).or(Err("invalid_format")),
        _ => Ok(()),
    }
}
