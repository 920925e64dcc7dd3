//! A time of the day as shifts and windows name it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use crate::wire;

/// Minutes since midnight, 00:00 to 24:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayTime(u16);

/// Minutes of a day.
const DAY: u16 = 24 * 60;

impl DayTime {
    /// So many minutes since midnight; `None` past 24:00.
    pub fn from_minutes(minutes: i64) -> Option<Self> {
        u16::try_from(minutes).ok().filter(|minutes| *minutes <= DAY).map(Self)
    }
    /// Minutes since midnight.
    pub fn minutes(self) -> i64 {
        self.0.into()
    }
    /// Reads `HH:MM`. Errors: `invalid_format`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let digits = text.len() == 5
            && text.bytes().enumerate().all(|(n, b)| (n == 2) == (b == b':') && (n == 2 || b.is_ascii_digit()));
        let (hours, minutes) = text.split_once(':').filter(|_| digits).ok_or("invalid_format")?;
        let (hours, minutes): (i64, i64) =
            (hours.parse().map_err(|_| "invalid_format")?, minutes.parse().map_err(|_| "invalid_format")?);
        if minutes > 59 {
            return Err("invalid_format");
        }
        Self::from_minutes(hours * 60 + minutes).ok_or("invalid_format")
    }
}

impl fmt::Display for DayTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for DayTime {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DayTime {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        wire::read(input, "invalid_format", Self::parse)
    }
}

impl PartialSchema for DayTime {
    fn schema() -> RefOr<Schema> {
        let pattern = r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$";
        wire::string("day-time", Some(pattern), "09:00", "A time of the day, 00:00 to 24:00.")
    }
}

impl ToSchema for DayTime {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_the_day_is_read_and_written() {
        for (text, minutes) in [("00:00", Some(0)), ("09:05", Some(545)), ("23:59", Some(1439)), ("24:00", Some(1440))]
        {
            assert_eq!(DayTime::parse(text).ok().map(DayTime::minutes), minutes, "{text}");
            assert_eq!(DayTime::parse(text).unwrap().to_string(), text);
        }
        for text in ["24:01", "9:00", "12:60", "ab:cd", "12-00", "", "+1:00", "12:0０"] {
            assert_eq!(DayTime::parse(text), Err("invalid_format"), "{text}");
        }
    }
}
