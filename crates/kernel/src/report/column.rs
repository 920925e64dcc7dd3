//! The columns of a report by what their cells hold.

use super::{Column, ColumnKind};

/// Words.
pub const fn text(key: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column::new(key, zh, en, ColumnKind::Text)
}

/// A number of things.
pub const fn count(key: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column::new(key, zh, en, ColumnKind::Count)
}

/// An amount of money.
pub const fn money(key: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column::new(key, zh, en, ColumnKind::Money)
}

/// A share in percent.
pub const fn percent(key: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column::new(key, zh, en, ColumnKind::Percent)
}

/// A day.
pub const fn date(key: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column::new(key, zh, en, ColumnKind::Date)
}

/// An instant.
pub const fn instant(key: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column::new(key, zh, en, ColumnKind::Instant)
}

/// A length of time.
pub const fn seconds(key: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column::new(key, zh, en, ColumnKind::Seconds)
}

/// A number with two decimals.
pub const fn number(key: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column::new(key, zh, en, ColumnKind::Number)
}
