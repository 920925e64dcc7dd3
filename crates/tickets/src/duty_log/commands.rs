//! Opening a duty log, writing into it, handing it over.

use chrono::{NaiveDate, TimeDelta};
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::{Timestamp, business_day};
use registers::locks;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::acts::BareAct;
use store::life_cycle::Subject;
use store::problems::UNIQUE_TAKEN;
use store::{Work, parameters, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Kind, Model, Status, entry};
use super::{DutyLog, MOVES};
use crate::roster::definition;

/// The shift a log is kept of, with what is known already.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct OpenDutyLog {
    /// Default: the team leader's own unit.
    pub org_unit_id: Option<Uuid>,
    /// Day of the shift; default: today.
    pub date: Option<NaiveDate>,
    #[schema(max_length = 16)]
    pub definition_code: String,
    #[serde(default)]
    #[schema(max_items = 50)]
    pub entries: Vec<WriteEntry>,
}

/// An entry.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct WriteEntry {
    /// Default: now.
    pub at: Option<Timestamp>,
    pub kind: Kind,
    #[schema(min_length = 2, max_length = 2000)]
    pub text: String,
}

/// Opens the log of a shift.
///
/// # Errors
/// 409 `already_exists` for a second log of a shift.
pub async fn open(work: &Work, input: &OpenDutyLog) -> Result<Model, Fault> {
    let scope = &work.actor().scope;
    let unit = input.org_unit_id.or(scope.org_unit_id).ok_or_else(|| Fault::field("/org_unit_id", "required"))?;
    if !scope.all && !scope.org_unit_ids.contains(&unit) {
        return Err(Fault::field("/org_unit_id", "not_found"));
    }
    registers::org_unit_known(work, unit, "/org_unit_id").await?;
    let date = input.date.unwrap_or_else(|| business_day(work.now));
    let definition = definition::by_code(work, &input.definition_code, "/definition_code").await?;
    check_times(latest(work).await?, input.entries.iter().map(|entry| entry.at), |n| format!("/entries/{n}/at"))?;
    locks::hold(work, vec![format!("duty_log|{unit}|{date}|{}", definition.code)]).await?;
    let kept = Entity::find()
        .filter(Column::OrgUnitId.eq(unit))
        .filter(Column::OnDate.eq(date))
        .filter(Column::DefinitionCode.eq(definition.code.as_str()));
    if kept.count(&work.db()).await? > 0 {
        return Err(Fault::new(&UNIQUE_TAKEN).with("field", "definition_code"));
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        org_unit_id: Set(unit),
        on_date: Set(date),
        ends_at: Set(definition.span(date).1),
        definition_code: Set(definition.code),
        status: Set(Status::Open),
        closed_at: Set(None),
        closed_by: Set(None),
        accepted_at: Set(None),
        accepted_by: Set(None),
    };
    let row = work.create::<DutyLog>(row, |fact| fact, "opened").await?;
    for entry in &input.entries {
        write(work, row.id, entry).await?;
    }
    Ok(row)
}

/// The last instant that counts as now.
async fn latest(work: &Work) -> Result<DateTimeUtc, Fault> {
    Ok(work.now + TimeDelta::minutes(parameters::integer(work, "platform.clock.skew_minutes").await?))
}

fn check_times(
    latest: DateTimeUtc,
    given: impl Iterator<Item = Option<Timestamp>>,
    pointer: impl Fn(usize) -> String,
) -> Result<(), Fault> {
    let mut errors = FieldErrors::default();
    for (n, at) in given.enumerate() {
        let ahead = at.is_some_and(|at| at.0 > latest);
        errors.add_if(ahead, &pointer(n), "date_in_future");
    }
    errors.finish()
}

async fn write(work: &Work, log: Uuid, input: &WriteEntry) -> Result<(), Fault> {
    let row = entry::ActiveModel {
        id: Set(ids::new_id(work.now)),
        duty_log_id: Set(log),
        at: Set(input.at.map_or(work.now, |at| at.0)),
        kind: Set(input.kind),
        text: Set(input.text.trim().to_owned()),
        written_by: Set(work.actor().sub),
        written_at: Set(work.now),
    };
    work.insert(row).await?;
    Ok(())
}

/// Writes an entry into an open log.
pub async fn add_entry(work: &Work, id: Uuid, input: &WriteEntry) -> Result<Model, Fault> {
    let latest = latest(work).await?;
    let judge = |_: &Model| check_times(latest, std::iter::once(input.at), |_| "/at".to_owned());
    let row = resource::take_judged::<DutyLog>(work, id, judge).await?;
    MOVES.take("entries", &Subject::of(work, &row))?;
    write(work, row.id, input).await?;
    let fact = |fact: store::journal::Fact| fact.with("kind", input.kind.code());
    work.change::<DutyLog>(&row, row.clone().into_active_model(), "written", fact).await
}

/// Closes the log at the end of the shift.
pub async fn close(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<DutyLog>(work, id, "close").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.closed_at = Set(Some(work.now));
    change.closed_by = Set(Some(work.actor().sub));
    work.change::<DutyLog>(&row, change, "closed", |fact| fact).await
}

/// The next team leader takes it over.
pub async fn accept(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<DutyLog>(work, id, "accept").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.accepted_at = Set(Some(work.now));
    change.accepted_by = Set(Some(work.actor().sub));
    work.change::<DutyLog>(&row, change, "accepted", |fact| fact).await
}
