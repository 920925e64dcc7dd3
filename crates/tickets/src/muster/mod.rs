//! Musters (点名, TK-09): the team leader sees who is there before a shift begins (TK-R29).

pub mod entity;

use std::collections::HashMap;

use access::Actor;
use chrono::{NaiveDate, TimeDelta};
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::{Timestamp, business_day, whole_second};
use registers::{locks, org_unit, staff};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{Condition, QueryOrder, QuerySelect, QueryTrait, Set};
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::problems::UNIQUE_TAKEN;
use store::resource::Placement;
use store::{Reading, Resource, Work, parameters};
use utoipa::ToSchema;
use validator::Validate;

use crate::leave::parts;
use crate::people_record;
use crate::roster::definition;
use crate::shift;
use entity::{ActiveModel, Column, Entity, Model, Presence, row};

/// The musters resource.
pub struct Muster;

/// One person at a muster.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MusterRow {
    pub staff_id: Uuid,
    pub result: Presence,
}

/// A muster as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MusterView {
    pub id: Uuid,
    pub version: i32,
    pub org_unit_id: Uuid,
    pub date: NaiveDate,
    pub definition_code: String,
    pub mustered_at: Timestamp,
    /// Held `roster.muster_lead_minutes` before the shift, or earlier.
    pub punctual: bool,
    pub rows: Vec<MusterRow>,
    /// What was said to all (班前讲话).
    pub talk_points: Option<String>,
    pub created_by: Uuid,
    pub created_at: Timestamp,
}

impl Resource for Muster {
    type Entity = Entity;
    type Row = Model;
    type View = MusterView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "muster";
    const PATH: &'static str = "/v1/musters";

    fn visible_to(actor: &Actor) -> Condition {
        let mine = row::Entity::find()
            .select_only()
            .column(row::Column::MusterId)
            .filter(row::Column::StaffId.is_in(actor.persons()));
        people_record::or_own(actor, Column::OrgUnitId, Condition::any().add(Column::Id.in_subquery(mine.into_query())))
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-date")
            .sort("date", Column::OnDate)
            .sort("created_at", Column::CreatedAt)
            .by("org_unit_id", Column::OrgUnitId)
            .by("definition_code", Column::DefinitionCode)
            .by("punctual", Column::Punctual)
            .by("date", Column::OnDate)
            .range("date", Column::OnDate)
            .custom("staff_id", "uuid", |_, value| {
                let musters = row::Entity::find()
                    .select_only()
                    .column(row::Column::MusterId)
                    .filter(row::Column::StaffId.eq(store::list::uuid("staff_id", value)?));
                Ok(Condition::all().add(Column::Id.in_subquery(musters.into_query())))
            })
    }

    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), ..Placement::default() }
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<MusterView>, Fault> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut lines: HashMap<Uuid, Vec<MusterRow>> = HashMap::new();
        for line in row::Entity::find().filter(row::Column::MusterId.is_in(ids)).all(&at.db()).await? {
            let shown = MusterRow { staff_id: line.staff_id, result: line.result };
            lines.entry(line.muster_id).or_default().push(shown);
        }
        let view = |row: Model| MusterView {
            rows: lines.remove(&row.id).unwrap_or_default(),
            id: row.id,
            version: row.version,
            org_unit_id: row.org_unit_id,
            date: row.on_date,
            definition_code: row.definition_code,
            mustered_at: row.mustered_at.into(),
            punctual: row.punctual,
            talk_points: row.talk_points,
            created_by: row.created_by,
            created_at: row.created_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

/// Who was there for a shift.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct HoldMuster {
    pub org_unit_id: Uuid,
    /// Day of the shift; default: today.
    pub date: Option<NaiveDate>,
    #[schema(max_length = 16)]
    pub definition_code: String,
    /// Default: now.
    pub mustered_at: Option<Timestamp>,
    #[schema(min_items = 1, max_items = 100)]
    pub rows: Vec<MusterRow>,
    #[schema(max_length = 2000)]
    pub talk_points: Option<String>,
}

/// Holds a muster: who is absent or on leave is off duty for that shift.
///
/// # Errors
/// 409 `already_exists` for a second muster of a shift; 422 for people who are not on it.
pub async fn hold(work: &Work, input: &HoldMuster) -> Result<Model, Fault> {
    let date = input.date.unwrap_or_else(|| business_day(work.now));
    let definition = definition::by_code(work, &input.definition_code, "/definition_code").await?;
    let (starts_at, _) = definition.span(date);
    let mustered_at = input.mustered_at.map_or(work.now, |at| at.0);
    let skew = parameters::integer(work, "platform.clock.skew_minutes").await?;
    let lead = parameters::value_on(work, "tickets.roster.muster_lead_minutes", date, None).await?;
    let lead = lead.as_i64().unwrap_or_default();
    let scope = &work.actor().scope;
    let mut errors = FieldErrors::default();
    errors.add_if(!scope.all && !scope.org_unit_ids.contains(&input.org_unit_id), "/org_unit_id", "not_found").add_if(
        mustered_at > work.now + TimeDelta::minutes(skew),
        "/mustered_at",
        "date_in_future",
    );
    errors.finish()?;
    registers::org_unit_known(work, input.org_unit_id, "/org_unit_id").await?;
    let shifts = shifts_of(work, input.org_unit_id, date, &definition.code).await?;
    check_rows(work, input, &shifts).await?;
    locks::hold(work, vec![format!("muster|{}|{date}|{}", input.org_unit_id, definition.code)]).await?;
    let held = Entity::find()
        .filter(Column::OrgUnitId.eq(input.org_unit_id))
        .filter(Column::OnDate.eq(date))
        .filter(Column::DefinitionCode.eq(definition.code.as_str()));
    if held.count(&work.db()).await? > 0 {
        return Err(Fault::new(&UNIQUE_TAKEN).rule("TK-R29").with("field", "definition_code"));
    }
    let muster = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        org_unit_id: Set(input.org_unit_id),
        on_date: Set(date),
        definition_code: Set(definition.code.clone()),
        starts_at: Set(starts_at),
        mustered_at: Set(mustered_at),
        punctual: Set(whole_second(mustered_at) <= starts_at - TimeDelta::minutes(lead)),
        talk_points: Set(input.talk_points.clone()),
    };
    let count = |result: Presence| input.rows.iter().filter(|row| row.result == result).count();
    let fact = |fact: store::journal::Fact| {
        let fact = fact.with("present", count(Presence::Present)).with("late", count(Presence::Late));
        fact.with("absent", count(Presence::Absent)).with("leave", count(Presence::Leave))
    };
    let muster = work.create::<Muster>(muster, fact, "held").await?;
    let lines = input.rows.iter().map(|line| row::ActiveModel {
        id: Set(ids::new_id(work.now)),
        muster_id: Set(muster.id),
        staff_id: Set(line.staff_id),
        result: Set(line.result),
    });
    row::Entity::insert_many(lines).exec_without_returning(&work.db()).await?;
    take_off(work, input, &shifts).await?;
    crate::dispatch::waiting::assign_near(work, input.org_unit_id).await?;
    Ok(muster)
}

async fn shifts_of(work: &Work, unit: Uuid, date: NaiveDate, code: &str) -> Result<Vec<shift::entity::Model>, Fault> {
    let shifts = shift::entity::Entity::find()
        .filter(shift::entity::Column::OrgUnitId.eq(unit))
        .filter(shift::entity::Column::OnDate.eq(date))
        .filter(shift::entity::Column::DefinitionCode.eq(code))
        .filter(shift::entity::Column::Published.eq(true))
        .order_by_asc(shift::entity::Column::Id)
        .lock(LockType::Update);
    Ok(shifts.all(&work.db()).await?)
}

/// Each once, and of the shift; without a published roster somebody of the unit.
async fn check_rows(work: &Work, input: &HoldMuster, shifts: &[shift::entity::Model]) -> Result<(), Fault> {
    let of_unit: Vec<Uuid> = match shifts.is_empty() {
        false => shifts.iter().map(|shift| shift.responsible_staff_id).collect(),
        true => {
            let units = org_unit::subtree(work, input.org_unit_id).await?;
            let people = staff::Entity::find().filter(staff::Column::OrgUnitId.is_in(units));
            people.all(&work.db()).await?.into_iter().map(|person| person.id).collect()
        }
    };
    let mut errors = FieldErrors::default();
    for (n, line) in input.rows.iter().enumerate() {
        let pointer = format!("/rows/{n}/staff_id");
        let twice = input.rows[..n].iter().any(|other| other.staff_id == line.staff_id);
        errors.add_if(!of_unit.contains(&line.staff_id), &pointer, "not_found").add_if(twice, &pointer, "duplicate");
    }
    errors.finish()
}

async fn take_off(work: &Work, input: &HoldMuster, shifts: &[shift::entity::Model]) -> Result<(), Fault> {
    use shift::entity::Status;
    let worked = parts::worked(work, shifts).await?;
    for line in &input.rows {
        let to = match line.result {
            Presence::Absent => Status::Absent,
            Presence::Leave => Status::OnLeave,
            Presence::Present | Presence::Late => continue,
        };
        let mine = |shift: &shift::entity::Model| {
            shift.responsible_staff_id == line.staff_id && shift.status == Status::Planned
        };
        for (shift, worked) in shifts.iter().zip(&worked).filter(|(shift, _)| mine(shift)) {
            // An approved leave of a part of the shift says itself when he is away.
            if to == Status::OnLeave && worked.as_slice() != [(shift.start_at, shift.end_at)] {
                continue;
            }
            shift::changed(work, shift, to, if to == Status::Absent { "absent" } else { "left" }, |fact| fact).await?;
        }
    }
    Ok(())
}
