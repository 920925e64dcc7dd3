//! Whether people can work the shifts planned for them: rest and double booking, other rosters included (TK-R28).

use chrono::TimeDelta;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use store::{Reading, parameters};

use super::rota::{Clash, Planned, clash};
use crate::problems::{DOUBLE_BOOKED, REST_VIOLATION};
use crate::shift::entity::{Column, Entity, Model as Shift, Status};

/// The shift as its worker has it.
pub fn planned(shift: &Shift) -> Planned {
    Planned { staff_id: shift.responsible_staff_id, start_at: shift.start_at, end_at: shift.end_at }
}

/// Published shifts of these people that touch a time, widened by the rest; `except` are looked at otherwise.
pub async fn around(
    at: &Reading,
    staff: &[Uuid],
    (from, to): (DateTimeUtc, DateTimeUtc),
    except: Condition,
) -> Result<Vec<Shift>, Fault> {
    let rest = TimeDelta::hours(parameters::integer(at, "tickets.roster.min_rest_hours").await?);
    let shifts = Entity::find()
        .filter(Column::Published.eq(true))
        .filter(Column::Status.ne(Status::OnLeave))
        .filter(Column::ResponsibleStaffId.is_in(staff.iter().copied()))
        .filter(Column::EndAt.gt(from - rest))
        .filter(Column::StartAt.lt(to + rest))
        .filter(except);
    Ok(shifts.all(&at.db()).await?)
}

/// Refuses shifts that cannot be worked.
///
/// # Errors
/// 409 `double_booked` on an overlap, else `rest_violation`; both name the person and the two shifts.
pub async fn check(at: &Reading, shifts: Vec<Planned>) -> Result<(), Fault> {
    let hours = parameters::integer(at, "tickets.roster.min_rest_hours").await?;
    let told = |fault: Fault, first: Planned, second: Planned| {
        fault
            .rule("TK-R28")
            .with("staff_id", first.staff_id.to_string())
            .with("first_end_at", Timestamp::from(first.end_at).to_string())
            .with("second_start_at", Timestamp::from(second.start_at).to_string())
    };
    match clash(shifts, TimeDelta::hours(hours)) {
        None => Ok(()),
        Some(Clash::DoubleBooked { first, second }) => Err(told(Fault::new(&DOUBLE_BOOKED), first, second)),
        Some(Clash::Rest { first, second }) => {
            Err(told(Fault::new(&REST_VIOLATION).with("min_rest_hours", hours), first, second))
        }
    }
}
