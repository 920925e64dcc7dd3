//! Who is on duty at an instant (TK-R29): the one answer calls, dispatch and assignments read.
//!
//! On duty is whose published shift holds then, unless he was absent at its muster, is on approved leave or was
//! stopped. A unit without a published roster that day counts as on duty.

use std::collections::{HashMap, HashSet};

use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::{org_unit, staff};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder};
use serde::Serialize;
use store::Reading;
use utoipa::ToSchema;

use super::definition::Place;
use super::entity::{self as roster, person};
use crate::leave;
use crate::shift::entity::{self as shift, Status, stop};

/// Whether somebody is on duty, and why not.
#[codes::code(stored = false)]
pub enum Duty {
    /// 在岗
    OnDuty,
    /// 不当班
    OffShift,
    /// 请假
    OnLeave,
    /// 缺勤
    Absent,
    /// 停岗
    Stopped,
}

/// Somebody's duty and the shift that makes it.
#[derive(Clone, Debug, Default)]
pub struct Duties(HashMap<Uuid, (Duty, Option<shift::Model>)>);

impl Duties {
    /// The duty of somebody that was asked about.
    pub fn of(&self, staff_id: Uuid) -> Duty {
        self.0.get(&staff_id).map_or(Duty::OffShift, |(duty, _)| *duty)
    }
    /// His shift, if a roster says so.
    pub fn shift(&self, staff_id: Uuid) -> Option<&shift::Model> {
        self.0.get(&staff_id)?.1.as_ref()
    }
}

/// The duties of these people at an instant.
pub async fn of(at: &Reading, instant: DateTimeUtc, people: &[staff::Model]) -> Result<Duties, Fault> {
    let ids: Vec<Uuid> = people.iter().map(|person| person.id).collect();
    let away = leave::away(at, &ids, instant).await?;
    let rosters = roster::Entity::find()
        .filter(roster::Column::Status.eq(roster::Status::Published))
        .filter(roster::Column::StartsAt.lte(instant))
        .filter(roster::Column::EndsAt.gt(instant))
        .all(&at.db())
        .await?;
    let shifts = shifts_at(at, instant, &ids).await?;
    let stopped = stopped_at(at, instant, shifts.iter().map(|shift| shift.id)).await?;
    let units: HashSet<Uuid> = rosters.iter().map(|roster| roster.org_unit_id).collect();
    let planned = planned_people(at, &rosters, &ids).await?;
    let duty = |person: &staff::Model| {
        let mine: Vec<&shift::Model> = shifts.iter().filter(|shift| shift.responsible_staff_id == person.id).collect();
        let works = |shift: &&&shift::Model| {
            matches!(shift.status, Status::Planned | Status::Stopped) && !stopped.contains(&shift.id)
        };
        let shift = mine.iter().find(works).or(mine.first()).copied();
        let rostered = units.contains(&person.org_unit_id) || planned.contains(&person.id);
        let duty = match shift {
            _ if away.contains(&person.id) => Duty::OnLeave,
            Some(shift) if stopped.contains(&shift.id) => Duty::Stopped,
            Some(shift) if shift.status == Status::Absent => Duty::Absent,
            Some(shift) if shift.status == Status::OnLeave => Duty::OnLeave,
            Some(_) => Duty::OnDuty,
            None if rostered => Duty::OffShift,
            None => Duty::OnDuty,
        };
        (person.id, (duty, shift.cloned()))
    };
    Ok(Duties(people.iter().map(duty).collect()))
}

async fn shifts_at(at: &Reading, instant: DateTimeUtc, ids: &[Uuid]) -> Result<Vec<shift::Model>, Fault> {
    let shifts = shift::Entity::find()
        .filter(shift::Column::ResponsibleStaffId.is_in(ids.iter().copied()))
        .filter(shift::Column::Published.eq(true))
        .filter(shift::Column::StartAt.lte(instant))
        .filter(shift::Column::EndAt.gt(instant))
        .order_by_asc(shift::Column::StartAt);
    Ok(shifts.all(&at.db()).await?)
}

async fn stopped_at(
    at: &Reading,
    instant: DateTimeUtc,
    shifts: impl Iterator<Item = Uuid>,
) -> Result<HashSet<Uuid>, Fault> {
    let shifts: Vec<Uuid> = shifts.collect();
    if shifts.is_empty() {
        return Ok(HashSet::new());
    }
    let not_lifted = Condition::any().add(stop::Column::ToAt.is_null()).add(stop::Column::ToAt.gt(instant));
    let stops = stop::Entity::find()
        .filter(stop::Column::ShiftId.is_in(shifts))
        .filter(stop::Column::FromAt.lte(instant))
        .filter(not_lifted);
    Ok(stops.all(&at.db()).await?.into_iter().map(|stop| stop.shift_id).collect())
}

async fn planned_people(at: &Reading, rosters: &[roster::Model], ids: &[Uuid]) -> Result<HashSet<Uuid>, Fault> {
    if rosters.is_empty() {
        return Ok(HashSet::new());
    }
    let rows = person::Entity::find()
        .filter(person::Column::RosterId.is_in(rosters.iter().map(|roster| roster.id)))
        .filter(person::Column::StaffId.is_in(ids.iter().copied()));
    Ok(rows.all(&at.db()).await?.into_iter().map(|row| row.staff_id).collect())
}

/// Whether a call of the table `call` found somebody of its channel's unit on duty, in the words both databases
/// share.
pub const CALL_STAFFED: &str = r#"(NOT EXISTS (SELECT 1 FROM roster r WHERE r.status = 'published'
    AND r.org_unit_id = COALESCE((SELECT n.default_org_unit_id FROM channel n WHERE n.code = "call"."channel_code"),
        "call"."org_unit_id")
    AND r.starts_at <= "call"."ring_started_at" AND r.ends_at > "call"."ring_started_at")
  OR EXISTS (SELECT 1 FROM shift s WHERE s.published AND s.status IN ('planned', 'stopped')
    AND s.org_unit_id = COALESCE((SELECT n.default_org_unit_id FROM channel n WHERE n.code = "call"."channel_code"),
        "call"."org_unit_id")
    AND s.start_at <= "call"."ring_started_at" AND s.end_at > "call"."ring_started_at"
    AND NOT EXISTS (SELECT 1 FROM shift_stop p WHERE p.shift_id = s.id AND p.from_at <= "call"."ring_started_at"
        AND (p.to_at IS NULL OR p.to_at > "call"."ring_started_at"))
    AND NOT EXISTS (SELECT 1 FROM leave_request l WHERE l.staff_id = s.responsible_staff_id AND l.status = 'approved'
        AND l.from_at <= "call"."ring_started_at" AND l.to_at > "call"."ring_started_at")))"#;

/// Who is on duty.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OnDuty {
    pub at: Timestamp,
    pub items: Vec<OnDutyPerson>,
}

/// Somebody on duty, and by which shift; without one where no roster is published.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OnDutyPerson {
    pub staff_id: Uuid,
    pub number: String,
    pub name: String,
    pub org_unit_id: Uuid,
    pub shift_id: Option<Uuid>,
    pub definition_code: Option<String>,
    pub place: Option<Place>,
    pub start_at: Option<Timestamp>,
    pub end_at: Option<Timestamp>,
}

/// The people of a unit and those below it, or on its rosters, who are on duty at an instant.
pub async fn in_unit(at: &Reading, instant: DateTimeUtc, unit: Uuid) -> Result<OnDuty, Fault> {
    let units = org_unit::subtree(at, unit).await?;
    let lent = shift::Entity::find()
        .filter(shift::Column::OrgUnitId.is_in(units.iter().copied()))
        .filter(shift::Column::Published.eq(true))
        .filter(shift::Column::StartAt.lte(instant))
        .filter(shift::Column::EndAt.gt(instant))
        .all(&at.db())
        .await?;
    let here = Condition::any()
        .add(staff::Column::OrgUnitId.is_in(units))
        .add(staff::Column::Id.is_in(lent.iter().map(|shift| shift.responsible_staff_id)));
    let people = staff::Entity::find()
        .filter(staff::Column::Status.eq("active"))
        .filter(here)
        .order_by_asc(staff::Column::Number)
        .all(&at.db())
        .await?;
    let duties = of(at, instant, &people).await?;
    let shown = |person: staff::Model| {
        let shift = duties.shift(person.id);
        OnDutyPerson {
            shift_id: shift.map(|shift| shift.id),
            definition_code: shift.map(|shift| shift.definition_code.clone()),
            place: shift.map(|shift| shift.place),
            start_at: shift.map(|shift| shift.start_at.into()),
            end_at: shift.map(|shift| shift.end_at.into()),
            staff_id: person.id,
            number: person.number,
            name: person.name,
            org_unit_id: person.org_unit_id,
        }
    };
    let items = people.into_iter().filter(|person| duties.of(person.id) == Duty::OnDuty).map(shown).collect();
    Ok(OnDuty { at: instant.into(), items })
}
