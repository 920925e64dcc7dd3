//! The shape of a table in a parameter: that of its default.

use kernel::fault::{FieldError, pointer_step};
use kernel::time::DayTime;
use serde_json::Value;

/// The greatest number a table holds.
pub(super) const GREATEST: i64 = 10_000_000;
/// The most digits a decimal has before its point.
const DIGITS: usize = 9;

/// Where a value is not shaped as the default is: a whole number, a decimal with as many decimals at most, or a time of
/// the day stays one. A list has any number of items, each like one of the default's; an object may have further
/// fields like those it has. Null and what is empty say nothing about what may stand there. Whole numbers lie within
/// `bounds`.
pub(super) fn departures(default: &Value, value: &Value, pointer: &str, bounds: (i64, i64)) -> Vec<FieldError> {
    let wrong = match (default, value) {
        (Value::Null, _) | (Value::Bool(_), Value::Bool(_)) => None,
        (Value::Number(_), Value::Number(number)) => match number.as_i64() {
            Some(number) => (!(bounds.0..=bounds.1).contains(&number)).then_some("out_of_range"),
            None => Some("invalid_type"),
        },
        (Value::String(default), Value::String(text)) => wrong_text(default, text),
        (Value::String(default), _) if decimals(default).is_some() => Some("number_format"),
        (Value::Array(known), Value::Array(items)) => {
            let known = together(known);
            let items = items.iter().enumerate();
            return items.flat_map(|(n, item)| unlike(known.iter(), item, &format!("{pointer}/{n}"), bounds)).collect();
        }
        (Value::Object(known), Value::Object(fields)) => {
            let of_field = |(name, field): (&String, &Value)| {
                let pointer = format!("{pointer}/{}", pointer_step(name));
                match known.get(name) {
                    Some(default) => departures(default, field, &pointer, bounds),
                    None => unlike(known.values(), field, &pointer, bounds),
                }
            };
            return fields.iter().flat_map(of_field).collect();
        }
        _ => Some("invalid_type"),
    };
    let told = |code| match value {
        Value::Number(_) if code == "out_of_range" => {
            FieldError::new(pointer, code).with("min", bounds.0).with("max", bounds.1)
        }
        _ => FieldError::new(pointer, code),
    };
    wrong.map(told).into_iter().collect()
}

/// What items of a list are like: where all are objects, one object with the fields of all.
fn together(items: &[Value]) -> Vec<Value> {
    let mut fields = serde_json::Map::new();
    for item in items {
        let Value::Object(item) = item else { return items.to_vec() };
        for (name, value) in item {
            fields.entry(name).or_insert_with(|| value.clone());
        }
    }
    if items.is_empty() { Vec::new() } else { vec![Value::Object(fields)] }
}

/// Nothing when the value is like one of these, or there are none; else how it is not like the first.
fn unlike<'a>(
    known: impl Iterator<Item = &'a Value>,
    value: &Value,
    pointer: &str,
    bounds: (i64, i64),
) -> Vec<FieldError> {
    let mut first = None;
    for default in known {
        let found = departures(default, value, pointer, bounds);
        if found.is_empty() {
            return found;
        }
        first = first.or(Some(found));
    }
    first.unwrap_or_default()
}

fn wrong_text(default: &str, text: &str) -> Option<&'static str> {
    match (decimals(default), decimals(text)) {
        (Some(most), Some(said)) => (said > most).then_some("too_many_decimals"),
        (Some(_), None) if text.strip_prefix('-').and_then(decimals).is_some() => Some("out_of_range"),
        (Some(_), None) => Some("number_format"),
        (None, _) if DayTime::parse(default).is_ok() => DayTime::parse(text).err(),
        (None, _) => text.trim().is_empty().then_some("required"),
    }
}

/// How many decimals a number has that is written as a text; nothing when it is none.
fn decimals(text: &str) -> Option<usize> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = text.split_once('.').map_or((text, None), |(whole, part)| (whole, Some(part)));
    let number = digits(whole) && whole.len() <= DIGITS && part.is_none_or(digits);
    number.then(|| part.map_or(0, str::len))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(default: &Value, value: Value, wanted: &[(&str, &str)]) {
        let found = departures(default, &value, "/value", (0, GREATEST));
        let found: Vec<(&str, &str)> =
            found.iter().map(|error| (error.pointer.as_str(), error.code.as_str())).collect();
        assert_eq!(found, wanted, "{value}");
    }

    #[test]
    fn a_list_holds_what_the_default_holds() {
        let percents = json!([50, 80]);
        check(&percents, json!([]), &[]);
        check(&percents, json!([10, 50, 80]), &[]);
        check(&percents, json!(50), &[("/value", "invalid_type")]);
        check(&percents, json!([50, "80", -1]), &[("/value/1", "invalid_type"), ("/value/2", "out_of_range")]);
        check(&percents, json!([10_000_001, 0.5]), &[("/value/0", "out_of_range"), ("/value/1", "invalid_type")]);
        let steps = json!([{ "up_to": 16700, "alpha": "0.0010" }, { "alpha": "0.0016" }]);
        check(&steps, json!([{ "alpha": "0.001" }]), &[]);
        check(&steps, json!([{ "up_to": "16700", "alpha": "0.0010" }]), &[("/value/0/up_to", "invalid_type")]);
        check(&steps, json!([{ "alpha": "0.00101" }]), &[("/value/0/alpha", "too_many_decimals")]);
        check(&steps, json!([{ "alpha": 0.001 }]), &[("/value/0/alpha", "number_format")]);
    }

    #[test]
    fn an_object_may_say_more_of_the_same() {
        let sets = json!({ "LN": [{ "below": "16.0", "percent": "100.00" }, { "from": "16.0", "below": "18.0" }] });
        check(&sets, json!({ "HRB": [{ "from": "1.0", "below": "18", "percent": "50.00" }] }), &[]);
        check(&sets, json!({ "HRB": "none" }), &[("/value/HRB", "invalid_type")]);
        check(&sets, json!({ "LN": [{ "below": "-1.0" }] }), &[("/value/LN/0/below", "out_of_range")]);
        let hours = json!({ "from": "09:00", "hotline": { "to": "24:00" }, "org_units": {} });
        check(&hours, json!({ "from": "08:30", "org_units": { "7": { "from": 1 } } }), &[]);
        check(
            &hours,
            json!({ "from": "soon", "hotline": { "to": "24:01" } }),
            &[("/value/from", "invalid_format"), ("/value/hotline/to", "invalid_format")],
        );
        let methods = json!({ "St": "GB/T 214" });
        check(&methods, json!({ "St": " " }), &[("/value/St", "required")]);
        check(&methods, json!({ "Q/t": 1 }), &[("/value/Q~1t", "invalid_type")]);
        check(&Value::Null, json!({ "any": [1.5] }), &[]);
    }
}
