//! The evidence protocol (HS-R10) and the verdict of a visit (HS-R11).

use kernel::fault::Fault;
use kernel::fixed::Height;
use sea_orm::prelude::{DateTimeUtc, Uuid};
use store::{Reading, parameters};

use super::entity::{Model, Point, Room, Signature};
use crate::season::commands::decimal;

/// Why a reading decides nothing.
#[codes::code(name = "ReadingFault", stored = false)]
pub enum Flaw {
    /// 测点不在房间中央: not in the middle of the room.
    Point,
    /// 测温高度不符: too high or too low above the floor.
    Height,
    /// 门窗关闭时间不符: closed not long enough, or too long.
    ClosedTime,
    /// 手持测温: the thermometer was held by hand.
    HandHeld,
    /// 未签字且无见证: neither signed nor witnessed, or refused without a photo.
    Signature,
}

/// How a reading has to be taken, as of a day.
#[derive(Clone, Debug)]
pub struct Protocol {
    height_cm: i64,
    tolerance_cm: i64,
    closed_min: i64,
    closed_max: i64,
    /// Rooms that count.
    rooms: Vec<Room>,
}

impl Protocol {
    /// The protocol of the instant of measuring.
    pub async fn of(at: &Reading, measured_at: DateTimeUtc) -> Result<Self, Fault> {
        let day = kernel::time::business_day(measured_at);
        let height: Height = decimal(at, "heating.temp.height_m", day).await?;
        let tolerance: Height = decimal(at, "heating.temp.height_tolerance_m", day).await?;
        let rooms = parameters::value_on(at, "heating.temp.rooms", day, None).await?;
        Ok(Self {
            height_cm: height.units(),
            tolerance_cm: tolerance.units(),
            closed_min: decimal(at, "heating.temp.closed_min", day).await?,
            closed_max: decimal(at, "heating.temp.closed_max", day).await?,
            rooms: serde_json::from_value(rooms).map_err(Fault::internal)?,
        })
    }

    /// What is wrong with a reading as evidence; all limits belong to what is right.
    pub fn flaws(&self, it: &Taken) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let mut note = |wrong: bool, flaw| {
            if wrong {
                flaws.push(flaw);
            }
        };
        note(it.point != Point::Centre, Flaw::Point);
        note((it.height_cm - self.height_cm).abs() > self.tolerance_cm, Flaw::Height);
        note(!(self.closed_min..=self.closed_max).contains(&it.closed_minutes), Flaw::ClosedTime);
        note(it.hand_held, Flaw::HandHeld);
        note(!it.signed_or_witnessed(), Flaw::Signature);
        flaws
    }

    /// The rooms whose readings decide.
    pub fn rooms(&self) -> impl Iterator<Item = Room> {
        self.rooms.iter().copied()
    }

    /// Whether a reading in this room decides anything.
    pub fn counts(&self, room: Room) -> bool {
        self.rooms.contains(&room)
    }

    /// The temperature that decides a visit: the lowest of its evidential readings in counted rooms; none decides
    /// nothing.
    pub fn lowest<'a>(&self, readings: impl IntoIterator<Item = &'a Model>) -> Option<i32> {
        let counts =
            |reading: &&Model| reading.evidential && reading.retracted_at.is_none() && self.counts(reading.room);
        readings.into_iter().filter(counts).map(|reading| reading.t_dc).min()
    }
}

/// How a reading was taken.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    pub point: Point,
    pub height_cm: i64,
    pub closed_minutes: i64,
    pub hand_held: bool,
    pub signature: Signature,
    /// A second member of staff.
    pub witness: Option<Uuid>,
    pub photos: usize,
}

impl Taken {
    fn signed_or_witnessed(&self) -> bool {
        match self.signature {
            Signature::Signed => true,
            Signature::Refused => self.witness.is_some() && self.photos > 0,
            Signature::Absent => self.witness.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHT: Taken = Taken {
        point: Point::Centre,
        height_cm: 140,
        closed_minutes: 60,
        hand_held: false,
        signature: Signature::Signed,
        witness: None,
        photos: 0,
    };

    fn protocol() -> Protocol {
        let rooms = vec![Room::Bedroom, Room::LivingRoom];
        Protocol { height_cm: 140, tolerance_cm: 10, closed_min: 60, closed_max: 120, rooms }
    }

    #[test]
    fn hs_e15_every_limit_belongs_to_what_is_right() {
        let witness = Some(Uuid::from_u128(1));
        for (taken, flaws) in [
            (RIGHT, vec![]),
            (Taken { height_cm: 130, closed_minutes: 120, ..RIGHT }, vec![]),
            (Taken { height_cm: 150, ..RIGHT }, vec![]),
            (Taken { height_cm: 151, ..RIGHT }, vec![Flaw::Height]),
            (Taken { height_cm: 129, ..RIGHT }, vec![Flaw::Height]),
            (Taken { closed_minutes: 59, ..RIGHT }, vec![Flaw::ClosedTime]),
            (Taken { closed_minutes: 121, ..RIGHT }, vec![Flaw::ClosedTime]),
            (Taken { point: Point::Other, hand_held: true, ..RIGHT }, vec![Flaw::Point, Flaw::HandHeld]),
            (Taken { signature: Signature::Absent, ..RIGHT }, vec![Flaw::Signature]),
            (Taken { signature: Signature::Absent, witness, ..RIGHT }, vec![]),
            (Taken { signature: Signature::Refused, witness, ..RIGHT }, vec![Flaw::Signature]),
            (Taken { signature: Signature::Refused, witness, photos: 1, ..RIGHT }, vec![]),
        ] {
            assert_eq!(protocol().flaws(&taken), flaws, "{taken:?}");
        }
    }
}
