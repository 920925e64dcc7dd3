//! Buildings (楼栋).

pub mod commands;
pub mod entity;
mod view;

use access::Actor;
use kernel::fault::Fault;
use sea_orm::Condition;
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};

use super::{scope, unit};
use entity::Column;
pub use entity::{Entity, Model};
pub use view::BuildingView;

/// The buildings of the register (PF-05).
pub struct Building;

impl Resource for Building {
    type Entity = Entity;
    type Row = Model;
    type View = BuildingView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "building";
    const PATH: &'static str = "/v1/buildings";
    const STEADY: bool = true;
    const REMEMBERED: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        let owned = |customer| scope::of_units(unit::entity::Column::BuildingId, customer);
        scope::rows(actor, Column::ProjectId, Column::Id, owned)
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("code")
            .by("project_id", Column::ProjectId)
            .by("phase_id", Column::PhaseId)
            .by("code", Column::Code)
            .range("accepted_on", Column::AcceptedOn)
            .code("status", Column::Status, super::Status::CODES)
            .searched()
            .sort("code", Column::Code)
            .sort("created_at", Column::CreatedAt)
    }
    fn placement(row: &Model) -> Placement {
        Placement { project_id: Some(row.project_id), ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<BuildingView>, Fault> {
        view::of(at, rows).await
    }
}
