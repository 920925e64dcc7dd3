//! What a parameter is: its key, the kind of its values with their bounds, and its default.

use chrono::NaiveTime;
use kernel::fault::FieldError;
use serde_json::Value;

use super::shape;
use crate::Store;

/// What is wrong, by its place, in a table that is shaped as its default: given that, and the table.
pub type Judge = fn(&Value, &Value) -> Vec<FieldError>;

/// What a value of a parameter is, with its bounds and default.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Integer {
        default: i64,
        min: i64,
        max: i64,
    },
    Boolean {
        default: bool,
    },
    /// A money amount in yuan, as a decimal string.
    Money {
        default: &'static str,
    },
    /// A percentage with two decimals, as a decimal string.
    Percent {
        default: &'static str,
    },
    /// A number with up to two decimals, as a decimal string.
    Decimal {
        default: &'static str,
    },
    Text {
        default: &'static str,
    },
    /// One of these codes.
    Code {
        default: &'static str,
        codes: &'static [&'static str],
    },
    /// The name of one entry of a table, which is another parameter.
    Entry {
        default: &'static str,
        table: &'static str,
    },
    /// A text of a shape of its own: a time, a window of the day.
    Shaped {
        default: &'static str,
        fits: fn(&str) -> bool,
    },
    /// A list each row of which is one its reader understands; the default is JSON text.
    Rows {
        default: &'static str,
        fits: fn(&Store, &Value) -> bool,
    },
    /// Lists, windows and tables, shaped as the default is; that is JSON text.
    Json {
        default: &'static str,
        /// Of their whole numbers.
        bounds: (i64, i64),
        judge: Judge,
    },
}

/// One key of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// `<domain>.<group>.<name>`.
    pub key: &'static str,
    pub kind: Kind,
    pub unit: &'static str,
    pub zh: &'static str,
}

impl Parameter {
    /// A whole number with bounds.
    pub const fn integer(
        key: &'static str,
        default: i64,
        bounds: (i64, i64),
        unit: &'static str,
        zh: &'static str,
    ) -> Self {
        Self { key, kind: Kind::Integer { default, min: bounds.0, max: bounds.1 }, unit, zh }
    }
    pub const fn boolean(key: &'static str, default: bool, zh: &'static str) -> Self {
        Self { key, kind: Kind::Boolean { default }, unit: "", zh }
    }
    pub const fn money(key: &'static str, default: &'static str, zh: &'static str) -> Self {
        Self { key, kind: Kind::Money { default }, unit: "CNY", zh }
    }
    pub const fn decimal(key: &'static str, default: &'static str, unit: &'static str, zh: &'static str) -> Self {
        Self { key, kind: Kind::Decimal { default }, unit, zh }
    }
    pub const fn text(key: &'static str, default: &'static str, zh: &'static str) -> Self {
        Self { key, kind: Kind::Text { default }, unit: "", zh }
    }
    pub const fn code(
        key: &'static str,
        default: &'static str,
        codes: &'static [&'static str],
        zh: &'static str,
    ) -> Self {
        Self { key, kind: Kind::Code { default, codes }, unit: "", zh }
    }
    /// The name of an entry of the table `table`.
    pub const fn entry(key: &'static str, default: &'static str, table: &'static str, zh: &'static str) -> Self {
        Self { key, kind: Kind::Entry { default, table }, unit: "", zh }
    }
    /// A text that `fits` reads.
    pub const fn shaped(key: &'static str, default: &'static str, fits: fn(&str) -> bool, zh: &'static str) -> Self {
        Self { key, kind: Kind::Shaped { default, fits }, unit: "", zh }
    }
    /// A list whose rows `fits` reads.
    pub const fn rows(
        key: &'static str,
        default: &'static str,
        fits: fn(&Store, &Value) -> bool,
        zh: &'static str,
    ) -> Self {
        Self { key, kind: Kind::Rows { default, fits }, unit: "", zh }
    }
    pub const fn json(key: &'static str, default: &'static str, unit: &'static str, zh: &'static str) -> Self {
        Self { key, kind: Kind::Json { default, bounds: (0, shape::GREATEST), judge: |_, _| Vec::new() }, unit, zh }
    }
    /// A list or table whose whole numbers lie within bounds.
    pub const fn numbers(
        key: &'static str,
        default: &'static str,
        bounds: (i64, i64),
        unit: &'static str,
        zh: &'static str,
    ) -> Self {
        Self { key, kind: Kind::Json { default, bounds, judge: |_, _| Vec::new() }, unit, zh }
    }
    /// A table with rules of its own.
    pub const fn table(key: &'static str, default: &'static str, judge: Judge, zh: &'static str) -> Self {
        Self { key, kind: Kind::Json { default, bounds: (0, shape::GREATEST), judge }, unit: "", zh }
    }

    /// The value that holds while nobody has set another.
    pub fn default_value(&self) -> Value {
        match self.kind {
            Kind::Integer { default, .. } => default.into(),
            Kind::Boolean { default } => default.into(),
            Kind::Money { default }
            | Kind::Percent { default }
            | Kind::Decimal { default }
            | Kind::Text { default }
            | Kind::Code { default, .. }
            | Kind::Entry { default, .. }
            | Kind::Shaped { default, .. } => default.into(),
            Kind::Json { default, .. } | Kind::Rows { default, .. } => {
                serde_json::from_str(default).unwrap_or(Value::Null)
            }
        }
    }

    /// Why a value cannot be set; `None` when it can.
    pub fn refuses(&self, value: &Value) -> Option<&'static str> {
        match self.kind {
            Kind::Integer { min, max, .. } => match value.as_i64() {
                Some(n) if (min..=max).contains(&n) => None,
                Some(_) => Some("out_of_range"),
                None => Some("invalid_type"),
            },
            Kind::Boolean { .. } => (!value.is_boolean()).then_some("invalid_type"),
            Kind::Money { default } => format_error("money", value).or_else(|| wrong_side(default, value)),
            Kind::Percent { default } | Kind::Decimal { default } => {
                format_error("percent", value).or_else(|| wrong_side(default, value))
            }
            Kind::Text { .. } | Kind::Entry { .. } => (!value.is_string()).then_some("invalid_type"),
            Kind::Code { codes, .. } => match value.as_str() {
                Some(code) => (!codes.contains(&code)).then_some("out_of_range"),
                None => Some("invalid_type"),
            },
            Kind::Shaped { fits, .. } => match value.as_str() {
                Some(text) => (!fits(text)).then_some("invalid_format"),
                None => Some("invalid_type"),
            },
            Kind::Rows { .. } => (!value.is_array()).then_some("invalid_type"),
            // Told by its place.
            Kind::Json { .. } => None,
        }
    }

    /// What nobody could read of a list or a table, by its place.
    pub(crate) fn unreadable(&self, store: &Store, value: &Value) -> Vec<FieldError> {
        match (self.kind, value) {
            (Kind::Rows { fits, .. }, Value::Array(rows)) => {
                let wrong = rows.iter().enumerate().filter(|(_, row)| !fits(store, row));
                wrong.map(|(n, _)| FieldError::new(format!("/value/{n}"), "invalid_format")).collect()
            }
            (Kind::Json { bounds, judge, .. }, value) => {
                let default = self.default_value();
                let found = shape::departures(&default, value, "/value", bounds);
                if found.is_empty() { judge(&default, value) } else { found }
            }
            _ => Vec::new(),
        }
    }
}

/// Reads a time of the day: `08:00`.
pub fn time_of_day(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text.trim(), "%H:%M").ok()
}

/// Reads a window of the day, over midnight too: `21:00-08:00`.
pub fn window_of_day(text: &str) -> Option<(NaiveTime, NaiveTime)> {
    let (from, to) = text.split_once(['-', '–'])?;
    Some((time_of_day(from)?, time_of_day(to)?))
}

/// An amount that is meant above zero does not go below it, nor one that is taken away above it.
fn wrong_side(default: &str, value: &Value) -> Option<&'static str> {
    let negative = |text: &str| text.starts_with('-');
    let nothing = |text: &str| text.chars().all(|digit| matches!(digit, '0' | '.'));
    let wrong = |text: &str| negative(text) != negative(default) && !nothing(text);
    value.as_str().is_some_and(wrong).then_some("out_of_range")
}

fn format_error(format: &str, value: &Value) -> Option<&'static str> {
    // What is no text is as wrong as an empty one.
    kernel::validation::check_format(format, value.as_str().unwrap_or_default()).err()
}
