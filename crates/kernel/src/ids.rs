//! Identifiers: UUIDv7 for machines, dated numbers for people.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, NaiveDate, Utc};
use uuid::{Builder, Uuid};

/// A new UUIDv7 (RFC 9562) for the instant. Ids of one process ascend with the instant to the microsecond and
/// among 16,384 ids of the same microsecond; 48 bits are random.
///
/// # Panics
/// When the system has no randomness: an id that could be guessed or repeated must not be made.
pub fn new_id(at: DateTime<Utc>) -> Uuid {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    let micros = u64::from(at.timestamp_subsec_micros() % 1000);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut rest = [0_u8; 10];
    if let Err(error) = getrandom::fill(&mut rest[4..]) {
        panic!("no randomness: {error}");
    }
    // The upper four bits of byte 0 and two of byte 2 give way to version and variant.
    rest[..2].copy_from_slice(&low_bytes(micros * 4096 / 1000));
    rest[2..4].copy_from_slice(&low_bytes(count & 0x3fff));
    Builder::from_unix_timestamp_millis(millis, &rest).into_uuid()
}

fn low_bytes(value: u64) -> [u8; 2] {
    let [.., high, low] = value.to_be_bytes();
    [high, low]
}

/// A number for people: prefix, business day, count of the day – `TK-20260115-000123`.
pub fn number(prefix: &str, day: NaiveDate, n: i64) -> String {
    format!("{prefix}-{}-{n:06}", day.format("%Y%m%d"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Clock, FixedClock, parse_date};

    #[test]
    fn ids_ascend_with_time_and_within_an_instant() {
        let clock = FixedClock::at("2026-01-15T08:30:00.123456+08:00");
        let first: Vec<Uuid> = (0..100).map(|_| new_id(clock.now())).collect();
        clock.advance(chrono::Duration::microseconds(1));
        let later = new_id(clock.now());
        assert!(first.windows(2).all(|pair| pair[0] < pair[1]) && first[99] < later);
        assert_eq!((later.get_version_num(), later.get_variant()), (7, uuid::Variant::RFC4122));
        assert_eq!(later.get_timestamp().unwrap().to_unix().0, 1_768_437_000);
    }

    #[test]
    fn numbers_hold_six_digits_and_more() {
        let day = parse_date("2026-01-15").unwrap();
        assert_eq!(number("TK", day, 123), "TK-20260115-000123");
        assert_eq!(number("TK", day, 1_234_567), "TK-20260115-1234567");
    }
}
