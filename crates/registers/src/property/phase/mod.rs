//! Phases of a project (分期).

pub mod commands;
pub mod entity;

use access::Actor;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition};
use serde::Serialize;
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Status, building, scope, unit};
use crate::external_ids::{self, ExternalId};
use entity::Column;
pub use entity::{Entity, Model};

/// A phase of a project (分期, PF-05).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PhaseView {
    pub id: Uuid,
    pub project_id: Uuid,
    pub code: String,
    pub name: String,
    pub status: Status,
    pub external_ids: Vec<ExternalId>,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The phases of the register (PF-05).
pub struct Phase;

impl Resource for Phase {
    type Entity = Entity;
    type Row = Model;
    type View = PhaseView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "phase";
    const PATH: &'static str = "/v1/phases";
    const STEADY: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::rows(actor, Column::ProjectId, Column::Id, |customer| {
            let buildings = scope::of_units(unit::entity::Column::BuildingId, customer);
            Query::select()
                .column(building::entity::Column::PhaseId)
                .from(building::entity::Entity)
                .and_where(building::entity::Column::Id.in_subquery(buildings))
                .and_where(building::entity::Column::PhaseId.is_not_null())
                .to_owned()
        })
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("code")
            .by("project_id", Column::ProjectId)
            .by("code", Column::Code)
            .code("status", Column::Status, super::Status::CODES)
            .searched()
            .sort("code", Column::Code)
            .sort("created_at", Column::CreatedAt)
    }
    fn placement(row: &Model) -> Placement {
        Placement { project_id: Some(row.project_id), ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<PhaseView>, Fault> {
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| PhaseView {
            external_ids: external.remove(&row.id).unwrap_or_default(),
            id: row.id,
            project_id: row.project_id,
            code: row.code,
            name: row.name,
            status: row.status,
            version: row.version,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
}
