//! Calendar months.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use crate::time::{add_months_clamped, parse_date, start_of_day};
use crate::wire;

/// A calendar month, `2026-01` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(NaiveDate);

impl Month {
    /// The month a day lies in.
    pub fn of(day: NaiveDate) -> Self {
        Self(day.with_day(1).unwrap_or(day))
    }
    /// Reads `YYYY-MM`. Errors: `invalid_format`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        parse_date(&format!("{text}-01")).map(Self)
    }
    /// Its first day.
    pub fn first_day(self) -> NaiveDate {
        self.0
    }
    /// Its last day.
    pub fn last_day(self) -> NaiveDate {
        self.plus(1).0.pred_opt().unwrap_or(self.0)
    }
    /// The month so many months later, or earlier when negative.
    pub fn plus(self, months: i32) -> Self {
        Self::of(add_months_clamped(self.0, months))
    }
    /// Whether the day lies in it.
    pub fn contains(self, day: NaiveDate) -> bool {
        Self::of(day) == self
    }
    /// Its first instant.
    pub fn starts_at(self) -> DateTime<Utc> {
        start_of_day(self.0)
    }
    /// The first instant after it.
    pub fn ends_at(self) -> DateTime<Utc> {
        self.plus(1).starts_at()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m"))
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        wire::read(input, "invalid_format", Self::parse)
    }
}

impl PartialSchema for Month {
    fn schema() -> RefOr<Schema> {
        wire::string("month", Some(r"^\d{4}-(0[1-9]|1[0-2])$"), "2026-01", "Calendar month.")
    }
}

impl ToSchema for Month {}
