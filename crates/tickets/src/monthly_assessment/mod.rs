//! Monthly assessments (月度考核, TK-R38): penalties of confirmed violations, or the reward.

pub mod commands;
pub mod entity;

use access::Actor;
use kernel::fault::Fault;
use kernel::money::Money;
use kernel::time::Timestamp;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::people_record;
use entity::{Column, Entity, Model, Status};

/// The monthly assessments resource.
pub struct MonthlyAssessment;

/// The one act.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.monthly_assessment",
    state: |it| it.row.status,
    moves: &[Move { action: "publish", from: &[Status::Draft], to: Some(Status::Published), guards: &[] }],
};

/// A person's month as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MonthlyAssessmentView {
    pub id: Uuid,
    pub version: i32,
    pub number: String,
    pub staff_id: Uuid,
    pub org_unit_id: Option<Uuid>,
    /// `YYYY-MM`.
    pub month: String,
    /// Σ penalties of confirmed violations, zero or less.
    pub penalty_total: Money,
    /// Only without any penalty.
    pub reward: Money,
    /// Reward plus penalties, without a floor.
    pub net: Money,
    pub status: Status,
    pub published_at: Option<Timestamp>,
    pub published_by: Option<Uuid>,
    pub created_at: Timestamp,
    pub created_by: Uuid,
}

impl Resource for MonthlyAssessment {
    type Entity = Entity;
    type Row = Model;
    type View = MonthlyAssessmentView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "monthly_assessment";
    const PATH: &'static str = "/v1/monthly-assessments";

    fn visible_to(actor: &Actor) -> Condition {
        let ready =
            Condition::any().add(Column::Status.eq(Status::Published)).add(Column::StaffId.is_not_in(actor.persons()));
        let known = people_record::visible(actor, Column::OrgUnitId, Column::StaffId);
        if people_record::leads(actor) { known } else { Condition::all().add(known).add(ready) }
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-month")
            .by("staff_id", Column::StaffId)
            .months("month", Column::Month)
            .by("org_unit_id", Column::OrgUnitId)
            .code("status", Column::Status, Status::CODES)
            .sort("month", Column::Month)
            .by("number", Column::Number)
            .sort("number", Column::Number)
            .sort("created_at", Column::CreatedAt)
    }

    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: row.org_unit_id, ..Placement::default() }
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<MonthlyAssessmentView>, Fault> {
        let money = |fen: i64| Money::from_fen(fen).map_err(Fault::internal);
        let view = |row: Model| {
            Ok(MonthlyAssessmentView {
                penalty_total: money(row.penalty_total_fen)?,
                reward: money(row.reward_fen)?,
                net: money(row.net_fen)?,
                id: row.id,
                version: row.version,
                number: row.number,
                staff_id: row.staff_id,
                org_unit_id: row.org_unit_id,
                month: row.month,
                status: row.status,
                published_at: row.published_at.map(Timestamp::from),
                published_by: row.published_by,
                created_at: row.created_at.into(),
                created_by: row.created_by,
            })
        };
        rows.into_iter().map(view).collect()
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}
