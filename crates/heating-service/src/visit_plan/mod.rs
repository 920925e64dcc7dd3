//! Plans (走访计划, HS-06): on which days of a month a station is to be visited.

pub mod commands;
pub mod entity;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::{Month, Timestamp};
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use serde::Serialize;
use store::list::{self, Columns};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::scope;
use crate::station::HeatingStation;
use crate::temperature::entity::json_list;
use crate::visit_assignment::entity as assignments;
use crate::visit_summary::month_of;
use entity::{Column, Entity, Model};

/// The plans of visits (HS-06).
pub struct VisitPlan;

/// The days a station is to be visited.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VisitPlanView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub station_id: Uuid,
    pub month: Month,
    pub dates: Vec<NaiveDate>,
    pub created_by: Uuid,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The plans of the stations one of these officers is responsible for.
fn of_officer(parameter: &'static str, text: &str) -> Result<Condition, Fault> {
    let stations = Query::select()
        .column(assignments::Column::StationId)
        .from(assignments::Entity)
        .and_where(assignments::Column::OfficerId.is_in(list::uuids(parameter, text)?))
        .to_owned();
    Ok(Condition::all().add(Column::StationId.in_subquery(stations)))
}

impl Resource for VisitPlan {
    type Entity = Entity;
    type Row = Model;
    type View = VisitPlanView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "visit_plan";
    const PATH: &'static str = "/v1/visit-plans";
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
            .months("month", Column::Month)
            .custom("officer", "uuid", |_, text| of_officer("officer", text))
            .custom("officer_id", "uuid", |_, text| of_officer("officer_id", text))
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<VisitPlanView>, Fault> {
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| {
            Ok(VisitPlanView {
                external_ids: external.remove(&row.id).unwrap_or_default(),
                month: month_of(&row.month)?,
                dates: json_list(&row.dates),
                id: row.id,
                version: row.version,
                number: row.number,
                station_id: row.station_id,
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
}
