//! Room numbers (房号) in the one form that is unique inside a building.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use crate::wire;

/// Words for the hyphen between the parts.
const BETWEEN: [&str; 4] = ["号楼", "单元", "幢", "栋"];

/// What a room number names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoomKind {
    /// `building-unit-room`: `3-2-1201`, in the basement `3-2--101`.
    Residence,
    /// 商铺: `商-12`.
    Shop,
    /// 车位: `B1-023`, `A-1034`, `0123`.
    Parking,
}

/// A room number in its one form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomNo {
    text: String,
    kind: RoomKind,
}

impl RoomNo {
    /// Reads a room number as people write it (3幢2单元1201室). Leading zeros of building, unit and floor
    /// go. Errors: `room_invalid`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let mut text: String = text.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
        for word in BETWEEN {
            text = text.replace(word, "-");
        }
        let text = text.strip_suffix('室').unwrap_or(&text);
        let read = residence(text).map(|text| (text, RoomKind::Residence));
        let read = read.or_else(|| shop(text).map(|text| (text, RoomKind::Shop)));
        let read = read.or_else(|| parking(text).map(|text| (text, RoomKind::Parking)));
        read.map(|(text, kind)| Self { text, kind }).ok_or("room_invalid")
    }

    /// The number in its one form.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it names.
    pub fn kind(&self) -> RoomKind {
        self.kind
    }
}

fn digits(text: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `\d{1,3}-\d{1,2}-(?:-?\d{1,2})\d{2}`
fn residence(text: &str) -> Option<String> {
    let (building, rest) = text.split_once('-')?;
    let (unit, room) = rest.split_once('-')?;
    let (sign, room) = room.strip_prefix('-').map_or(("", room), |room| ("-", room));
    let right = digits(building, 1..=3) && digits(unit, 1..=2) && digits(room, 3..=4);
    let room = if room.len() == 4 { room.strip_prefix('0').unwrap_or(room) } else { room };
    right.then(|| format!("{}-{}-{sign}{room}", number(building), number(unit)))
}

/// The digits without leading zeros, `0` for nothing but zeros.
fn number(digits: &str) -> &str {
    match digits.trim_start_matches('0') {
        "" => "0",
        number => number,
    }
}

/// `商-\d{1,4}`
fn shop(text: &str) -> Option<String> {
    digits(text.strip_prefix("商-")?, 1..=4).then(|| text.to_owned())
}

/// `[A-Z]?\d{0,2}-?\d{3,4}`
fn parking(text: &str) -> Option<String> {
    let rest = text.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or(text);
    let right = match rest.split_once('-') {
        Some((zone, place)) => digits(zone, 0..=2) && digits(place, 3..=4),
        None => digits(rest, 3..=6),
    };
    right.then(|| text.to_owned())
}

impl fmt::Display for RoomNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for RoomNo {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for RoomNo {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        wire::read(input, "room_invalid", Self::parse)
    }
}

impl PartialSchema for RoomNo {
    fn schema() -> RefOr<Schema> {
        wire::string("room_no", None, "3-2-1201", "Residence building-unit-room, shop 商-n, or parking space.")
    }
}

impl ToSchema for RoomNo {}
