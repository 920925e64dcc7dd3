//! The text of a cell as a field of the row. What does not fit stays text; the schema then says what is wrong.

use chrono::{NaiveDate, NaiveDateTime};
use kernel::time::Timestamp;
use serde_json::Value;
use store::imports::Cell;

/// The field a text becomes.
pub fn value(cell: Cell, text: &str) -> Value {
    let kept = || Value::from(text);
    match cell {
        Cell::Text => kept(),
        Cell::Integer => text.parse::<i64>().map_or_else(|_| kept(), Value::from),
        Cell::Boolean => match text.to_lowercase().as_str() {
            "true" | "yes" | "1" | "是" => true.into(),
            "false" | "no" | "0" | "否" => false.into(),
            _ => kept(),
        },
        Cell::Date => date(text).map_or_else(kept, |day| day.to_string().into()),
        Cell::Instant => instant(text).map_or_else(kept, Value::from),
        Cell::List => parts(text, &[';', '\u{ff1b}', '\n']),
        Cell::Codes => parts(text, &[';', '\u{ff1b}', ',', '\u{ff0c}', '、', '\n']),
    }
}

fn parts(text: &str, separators: &[char]) -> Value {
    text.split(separators).map(str::trim).filter(|part| !part.is_empty()).map(Value::from).collect()
}

/// A day as people and spreadsheets write it.
fn date(text: &str) -> Option<NaiveDate> {
    ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(text, form).ok())
}

/// An instant; without an offset it is business time.
fn instant(text: &str) -> Option<String> {
    if Timestamp::parse(text).is_ok() {
        return Some(text.to_owned());
    }
    let plain = text.replace('T', " ").replace('/', "-");
    let forms = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"];
    let at = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(&plain, form).ok());
    let at = at.or_else(|| date(text)?.and_hms_opt(0, 0, 0))?;
    Some(format!("{}+08:00", at.format("%Y-%m-%dT%H:%M:%S")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_become_what_their_column_means() {
        let check = |cell: Cell, text: &str, wanted: Value| assert_eq!(value(cell, text), wanted, "{cell:?} {text}");
        check(Cell::Text, "001", json!("001"));
        check(Cell::Integer, "18", json!(18));
        check(Cell::Integer, "=9+9", json!("=9+9"));
        check(Cell::Boolean, "是", json!(true));
        check(Cell::Boolean, "0", json!(false));
        check(Cell::Boolean, "maybe", json!("maybe"));
        check(Cell::Date, "2026/1/5", json!("2026-01-05"));
        check(Cell::Date, "2026年1月5日", json!("2026-01-05"));
        check(Cell::Date, "2026-02-30", json!("2026-02-30"));
        check(Cell::Instant, "2026-01-05 08:30", json!("2026-01-05T08:30:00+08:00"));
        check(Cell::Instant, "2026/01/05 08:30:15", json!("2026-01-05T08:30:15+08:00"));
        check(Cell::Instant, "2026-01-05T00:30:00Z", json!("2026-01-05T00:30:00Z"));
        check(Cell::Instant, "soon", json!("soon"));
        check(Cell::List, "和平路 1 号, 3 幢;滨河路 2 号", json!(["和平路 1 号, 3 幢", "滨河路 2 号"]));
        check(Cell::Codes, "bank、 outlet,other;", json!(["bank", "outlet", "other"]));
    }
}
