//! Who visits which station (包保责任人, HS-06): one officer a station a day. It is also what a visit officer sees.

pub mod commands;
pub mod entity;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::{Month, Timestamp};
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::scope;
use entity::{Column, Entity, Model};

/// The assignments of visit officers (HS-06).
pub struct VisitAssignment;

/// A station's responsible officer for a time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VisitAssignmentView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub station_id: Uuid,
    pub officer_id: Uuid,
    pub from: NaiveDate,
    /// The last day; open when null.
    pub to: Option<NaiveDate>,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Those that run on a day of a month.
fn running(month: Month) -> Condition {
    let runs = Condition::any().add(Column::ToOn.is_null()).add(Column::ToOn.gte(month.first_day()));
    Condition::all().add(Column::FromOn.lte(month.last_day())).add(runs)
}

impl Resource for VisitAssignment {
    type Entity = Entity;
    type Row = Model;
    type View = VisitAssignmentView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "visit_assignment";
    const PATH: &'static str = "/v1/visit-assignments";

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_station(actor, Column::StationId, None)
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-from")
            .sort("from", Column::FromOn)
            .by("number", Column::Number)
            .by("station_id", Column::StationId)
            .by("officer", Column::OfficerId)
            .by("officer_id", Column::OfficerId)
            .custom("month", "string", |_, text| {
                let months = list::months("month", text)?;
                Ok(months.into_iter().fold(Condition::any(), |any, month| any.add(running(month))))
            })
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<VisitAssignmentView>, Fault> {
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| VisitAssignmentView {
            external_ids: external.remove(&row.id).unwrap_or_default(),
            id: row.id,
            version: row.version,
            number: row.number,
            station_id: row.station_id,
            officer_id: row.officer_id,
            from: row.from_on,
            to: row.to_on,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.unwrap_or(row.created_at).into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
}
