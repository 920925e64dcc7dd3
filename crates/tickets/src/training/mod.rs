//! Trainings (培训) with their exams (TK-10, TK-R30).

pub mod commands;
pub mod entity;

use std::collections::HashMap;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect, QueryTrait};
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::people_record;
use entity::{Column, Entity, Model, Status, TrainingAudience, row};

/// The trainings resource.
pub struct Training;

/// Acts on a training.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.training",
    state: |it| it.row.status,
    moves: &[
        Move { action: "record-results", from: &[Status::Planned], to: Some(Status::Held), guards: &[] },
        Move { action: "close", from: &[Status::Held], to: Some(Status::Closed), guards: &[] },
    ],
};

/// A training as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrainingView {
    pub id: Uuid,
    pub version: i32,
    pub number: String,
    pub org_unit_id: Option<Uuid>,
    pub topic: String,
    pub audience: TrainingAudience,
    pub source_summary_id: Option<Uuid>,
    pub planned_on: Option<NaiveDate>,
    pub held_at: Option<Timestamp>,
    pub rows: Vec<TrainingRowView>,
    pub status: Status,
    pub closed_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub created_by: Uuid,
}

/// One participant; who did not pass is to be trained again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrainingRowView {
    pub staff_id: Uuid,
    pub attended: Option<bool>,
    pub exam_score: Option<i32>,
    pub passed: Option<bool>,
}

impl Resource for Training {
    type Entity = Entity;
    type Row = Model;
    type View = TrainingView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "training";
    const PATH: &'static str = "/v1/trainings";

    /// Those of the caller's units, those he made, and those he takes part in.
    fn visible_to(actor: &Actor) -> Condition {
        let taking_part = row::Entity::find()
            .select_only()
            .column(row::Column::TrainingId)
            .filter(row::Column::StaffId.is_in(actor.persons()));
        Condition::any()
            .add(people_record::visible(actor, Column::OrgUnitId, Column::CreatedBy))
            .add(Column::Id.in_subquery(taking_part.into_query()))
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .code("status", Column::Status, Status::CODES)
            .by("source_summary_id", Column::SourceSummaryId)
            .by("inspector_id", Column::CreatedBy)
            .custom("agent_id", "uuid", |_, value| {
                let agents = value.split(',').map(|one| list::uuid("agent_id", one)).collect::<Result<Vec<_>, _>>()?;
                Ok(of_staff(agents))
            })
            .custom("month", "string", |_, value| {
                let month = list::month("month", value)?;
                Ok(Condition::all().add(Column::HeldAt.gte(month.starts_at())).add(Column::HeldAt.lt(month.ends_at())))
            })
            .range("held_at", Column::HeldAt)
            .sort("created_at", Column::CreatedAt)
            .by("number", Column::Number)
            .sort("number", Column::Number)
    }

    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: row.org_unit_id, ..Placement::default() }
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<TrainingView>, Fault> {
        let mut of: HashMap<Uuid, Vec<TrainingRowView>> = HashMap::new();
        let parts = row::Entity::find()
            .filter(row::Column::TrainingId.is_in(rows.iter().map(|row| row.id)))
            .order_by_asc(row::Column::Id)
            .all(&at.db())
            .await?;
        for part in parts {
            of.entry(part.training_id).or_default().push(TrainingRowView {
                staff_id: part.staff_id,
                attended: part.attended,
                exam_score: part.exam_score,
                passed: part.passed,
            });
        }
        let view = |row: Model| TrainingView {
            rows: of.remove(&row.id).unwrap_or_default(),
            id: row.id,
            version: row.version,
            number: row.number,
            org_unit_id: row.org_unit_id,
            topic: row.topic,
            audience: row.audience,
            source_summary_id: row.source_summary_id,
            planned_on: row.planned_on,
            held_at: row.held_at.map(Timestamp::from),
            status: row.status,
            closed_at: row.closed_at.map(Timestamp::from),
            created_at: row.created_at.into(),
            created_by: row.created_by,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

/// Trainings these people take part in.
fn of_staff(staff: Vec<Uuid>) -> Condition {
    let parts =
        row::Entity::find().select_only().column(row::Column::TrainingId).filter(row::Column::StaffId.is_in(staff));
    Condition::all().add(Column::Id.in_subquery(parts.into_query()))
}
