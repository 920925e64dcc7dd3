//! Service cards (便民服务卡, HS-13): printed, given to households, taken back, voided. Movements are never changed.

pub mod commands;
pub mod entity;
pub mod stock;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::external_ids::ExternalId;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::scope;
use entity::{Column, Entity, Kind, Model};

/// The movements of service cards (HS-13).
pub struct ServiceCards;

/// Cards that came or went.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceCardMovementView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub kind: Kind,
    pub count: i64,
    /// Cards of the company in stock after it, in the order of entry.
    pub balance: i64,
    pub station_id: Option<Uuid>,
    pub on: NaiveDate,
    /// Who entered it.
    pub by: Uuid,
    pub note: Option<String>,
    /// Empty: no other system enters them.
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    /// The same: it is never changed.
    pub updated_at: Timestamp,
}

impl Resource for ServiceCards {
    type Entity = Entity;
    type Row = Model;
    type View = ServiceCardMovementView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "service_cards";
    const PATH: &'static str = "/v1/service-card-movements";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_station(actor, Column::StationId, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::of_station(at.actor(), Column::StationId, scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .sort("created_at", Column::CreatedAt)
            .sort("on", Column::MovedOn)
            .by("number", Column::Number)
            .code("kind", Column::Kind, Kind::CODES)
            .by("station_id", Column::StationId)
            .range("on", Column::MovedOn)
            .custom("as_of", "date", |_, text| {
                let day = list::day("as_of", text)?;
                Ok(Condition::all().add(Column::MovedOn.lte(day)))
            })
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<ServiceCardMovementView>, Fault> {
        let view = |row: Model| ServiceCardMovementView {
            external_ids: Vec::new(),
            id: row.id,
            version: row.version,
            number: row.number,
            kind: row.kind,
            count: row.count,
            balance: row.balance,
            station_id: row.station_id,
            on: row.moved_on,
            by: row.created_by,
            note: row.note,
            created_at: row.created_at.into(),
            updated_at: row.created_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
}
