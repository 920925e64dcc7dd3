//! Shifts (班次安排, TK-09): one person's turn on one day, and being told to stop work (责令停止工作).

pub mod entity;
mod worked;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::{Fault, INVALID_STATE};
use kernel::ids;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::acts::ReasonedAct;
use store::journal::Fact;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{Columns, uuid};
use store::resource::Placement;
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use crate::people_record;
use crate::roster::definition::Place;
use crate::roster::rosters_of;
use entity::{Column, Entity, Model, Status, stop};
pub use worked::worked_in;

/// The shifts resource.
pub struct Shift;

/// Acts on a shift.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.shift",
    state: |it| it.row.status,
    moves: &[
        Move { action: "stop-work", from: &[Status::Planned], to: Some(Status::Stopped), guards: &[in_force] },
        Move { action: "lift", from: &[Status::Stopped], to: Some(Status::Planned), guards: &[] },
    ],
};

/// Guard: only what a published roster says can be stopped.
fn in_force(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if it.row.published {
        return Ok(());
    }
    Err(Fault::new(&INVALID_STATE)
        .with("action", "stop-work")
        .with("state", "draft")
        .with("allowed_from", vec!["published"]))
}

/// A shift as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShiftView {
    pub id: Uuid,
    pub version: i32,
    pub roster_id: Uuid,
    pub org_unit_id: Uuid,
    /// As planned.
    pub staff_id: Uuid,
    /// Who answers for it: the planned person, after a swap the taker.
    pub responsible_staff_id: Uuid,
    pub date: NaiveDate,
    pub definition_code: String,
    pub place: Place,
    pub start_at: Timestamp,
    pub end_at: Timestamp,
    /// Its roster is in force.
    pub published: bool,
    pub status: Status,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for Shift {
    type Entity = Entity;
    type Row = Model;
    type View = ShiftView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "shift";
    const PATH: &'static str = "/v1/shifts";

    fn visible_to(actor: &Actor) -> Condition {
        let own = Condition::any()
            .add(Column::RosterId.in_subquery(rosters_of(actor)))
            .add(Column::ResponsibleStaffId.is_in(actor.persons()));
        people_record::or_own(actor, Column::OrgUnitId, own)
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("date,start_at")
            .sort("date", Column::OnDate)
            .sort("start_at", Column::StartAt)
            .custom("staff_id", "uuid", |_, value| {
                let person = uuid("staff_id", value)?;
                Ok(Condition::any().add(Column::StaffId.eq(person)).add(Column::ResponsibleStaffId.eq(person)))
            })
            .by("responsible_staff_id", Column::ResponsibleStaffId)
            .by("roster_id", Column::RosterId)
            .by("org_unit_id", Column::OrgUnitId)
            .by("definition_code", Column::DefinitionCode)
            .by("published", Column::Published)
            .code("status", Column::Status, Status::CODES)
            .by("date", Column::OnDate)
            .range("date", Column::OnDate)
    }

    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), ..Placement::default() }
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<ShiftView>, Fault> {
        let view = |row: Model| ShiftView {
            id: row.id,
            version: row.version,
            roster_id: row.roster_id,
            org_unit_id: row.org_unit_id,
            staff_id: row.staff_id,
            responsible_staff_id: row.responsible_staff_id,
            date: row.on_date,
            definition_code: row.definition_code,
            place: row.place,
            start_at: row.start_at.into(),
            end_at: row.end_at.into(),
            published: row.published,
            status: row.status,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

/// What is said when somebody may work again.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct LiftStop {
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// Tells somebody to stop working; he is off duty from now on, the head is told.
pub async fn stop_work(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<Shift>(work, id, "stop-work").await?;
    let stopped = stop::ActiveModel {
        id: Set(ids::new_id(work.now)),
        shift_id: Set(row.id),
        from_at: Set(work.now),
        to_at: Set(None),
        reason: Set(input.reason.clone()),
        stopped_by: Set(work.actor().sub),
        lifted_by: Set(None),
    };
    work.insert(stopped).await?;
    let fact = |fact: Fact| {
        let fact = fact.with("staff_id", row.responsible_staff_id.to_string()).with("date", row.on_date.to_string());
        fact.reason(input.reason.as_str()).with("definition_code", row.definition_code.as_str())
    };
    changed(work, &row, to, "stopped", fact).await
}

/// Lets somebody work again.
pub async fn lift(work: &Work, id: Uuid, input: &LiftStop) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<Shift>(work, id, "lift").await?;
    stop::Entity::update_many()
        .col_expr(stop::Column::ToAt, Expr::value(work.now))
        .col_expr(stop::Column::LiftedBy, Expr::value(work.actor().sub))
        .filter(stop::Column::ShiftId.eq(row.id))
        .filter(stop::Column::ToAt.is_null())
        .exec(&work.db())
        .await?;
    let fact = |fact: Fact| match &input.reason {
        Some(reason) => fact.reason(reason.as_str()),
        None => fact,
    };
    changed(work, &row, to, "lifted", fact).await
}

/// Writes another status of a shift.
pub(crate) async fn changed(
    work: &Work,
    row: &Model,
    to: Status,
    verb: &str,
    fact: impl FnOnce(Fact) -> Fact,
) -> Result<Model, Fault> {
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    work.change::<Shift>(row, change, verb, fact).await
}
