//! The text of cells, the same in every rendering.

use kernel::report::Value;
use kernel::time::Timestamp;

/// A cell as people read it; nothing stays empty.
pub fn text(value: &Value) -> String {
    match value {
        Value::Nothing => String::new(),
        Value::Text(text) => text.clone(),
        Value::Count(n) | Value::Seconds(n) => n.to_string(),
        Value::Money(money) => money.to_string(),
        Value::Percent(percent) => percent.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Quantity(quantity) => quantity.to_string(),
        Value::Date(day) => day.to_string(),
        Value::Instant(at) => instant(at),
    }
}

/// An instant in the business time zone, to the second.
pub fn instant(at: &Timestamp) -> String {
    at.to_string()
}

/// The figure a chart draws; `None` for texts and for nothing.
#[expect(clippy::cast_precision_loss, reason = "a chart draws pixels, not cents")]
pub fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Count(n) | Value::Seconds(n) => Some(*n as f64),
        Value::Money(money) => Some(money.fen() as f64 / 100.0),
        Value::Percent(percent) => percent.to_string().parse().ok(),
        Value::Number(number) => number.to_string().parse().ok(),
        Value::Quantity(quantity) => quantity.to_string().parse().ok(),
        _ => None,
    }
}
