//! Monthly summaries (月度走访小结, HS-06): what was found at a station in a month, why, and what is done about it.

pub mod commands;
pub mod entity;

use std::collections::HashMap;

use access::Actor;
use kernel::fault::Fault;
use kernel::time::{Month, Timestamp};
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::scope;
use crate::station::HeatingStation;
use crate::temperature::entity::json_list;
use crate::visit_problem::entity as problems;
use crate::visit_problem::queries::{ProblemCount, counted};
use entity::{Column, Entity, Model, Status};

/// The monthly summaries (HS-06).
pub struct VisitSummary;

/// Acts on a summary.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.visit_summary",
    state: |it| it.row.status,
    moves: &[
        Move { action: "submit", from: &[Status::Draft], to: Some(Status::Submitted), guards: &[] },
        Move { action: "accept", from: &[Status::Submitted], to: Some(Status::Accepted), guards: &[] },
    ],
};

/// A station's month of visits in words.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VisitSummaryView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub station_id: Uuid,
    pub month: Month,
    /// By kind and cause; of a draft as they stand now, afterwards as they stood when it was submitted.
    pub problems: Vec<ProblemCount>,
    pub measures: Option<String>,
    pub status: Status,
    pub submitted_by: Option<Uuid>,
    pub submitted_at: Option<Timestamp>,
    pub accepted_by: Option<Uuid>,
    pub accepted_at: Option<Timestamp>,
    pub created_by: Uuid,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

pub(crate) fn month_of(text: &str) -> Result<Month, Fault> {
    Month::parse(text).map_err(Fault::internal)
}

/// The problems of the drafts among these rows, as they stand now.
async fn standing(at: &Reading, rows: &[Model]) -> Result<HashMap<Uuid, Vec<ProblemCount>>, Fault> {
    use problems::Column;
    let mut any = Condition::any().add(Expr::value(false));
    let mut drafts = Vec::new();
    for row in rows.iter().filter(|row| row.status == Status::Draft) {
        let month = month_of(&row.month)?;
        let of_month = Condition::all()
            .add(Column::StationId.eq(row.station_id))
            .add(Column::FoundOn.gte(month.first_day()))
            .add(Column::FoundOn.lte(month.last_day()));
        any = any.add(of_month);
        drafts.push((row.id, row.station_id, month));
    }
    let found = problems::Entity::find().filter(any).all(&at.db()).await?;
    let of = |(id, station, month): (Uuid, Uuid, Month)| {
        let own = found.iter().filter(|row| row.station_id == station && month.contains(row.found_on));
        (id, counted(own))
    };
    Ok(drafts.into_iter().map(of).collect())
}

impl Resource for VisitSummary {
    type Entity = Entity;
    type Row = Model;
    type View = VisitSummaryView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "visit_summary";
    const PATH: &'static str = "/v1/visit-summaries";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_station(actor, Column::StationId, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::of_station(at.actor(), Column::StationId, scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-month")
            .sort("month", Column::Month)
            .sort("created_at", Column::CreatedAt)
            .by("number", Column::Number)
            .by("station_id", Column::StationId)
            .code("status", Column::Status, Status::CODES)
            .months("month", Column::Month)
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<VisitSummaryView>, Fault> {
        let mut standing = standing(at, &rows).await?;
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| {
            Ok(VisitSummaryView {
                external_ids: external.remove(&row.id).unwrap_or_default(),
                month: month_of(&row.month)?,
                problems: standing.remove(&row.id).unwrap_or_else(|| json_list(&row.problems)),
                id: row.id,
                version: row.version,
                number: row.number,
                station_id: row.station_id,
                measures: row.measures,
                status: row.status,
                submitted_by: row.submitted_by,
                submitted_at: row.submitted_at.map(Timestamp::from),
                accepted_by: row.accepted_by,
                accepted_at: row.accepted_at.map(Timestamp::from),
                created_by: row.created_by,
                created_at: row.created_at.into(),
                updated_at: row.updated_at.into(),
            })
        };
        rows.into_iter().map(view).collect()
    }
    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<HeatingStation>("station", "station_id")]
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}
