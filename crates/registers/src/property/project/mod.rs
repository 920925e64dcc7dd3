//! Projects (项目).

pub mod commands;
pub mod entity;
mod view;

use access::Actor;
use kernel::fault::Fault;
use kernel::fixed::Area;
use sea_orm::Condition;
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};

use super::{scope, unit};
pub use entity::{Column, Entity, Model};
pub use view::ProjectView;

/// The projects of the register (PF-05).
pub struct Project;

impl Resource for Project {
    type Entity = Entity;
    type Row = Model;
    type View = ProjectView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "project";
    const PATH: &'static str = "/v1/projects";
    const STEADY: bool = true;
    const REMEMBERED: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::rows(actor, Column::Id, Column::Id, |customer| {
            scope::of_units(unit::entity::Column::ProjectId, customer)
        })
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("code")
            .by("code", Column::Code)
            .by("org_unit_id", Column::OrgUnitId)
            .code("status", Column::Status, super::Status::CODES)
            .searched()
            .sort("code", Column::Code)
            .sort("created_at", Column::CreatedAt)
    }
    fn placement(row: &Model) -> Placement {
        Placement { project_id: Some(row.id), org_unit_id: row.org_unit_id, ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<ProjectView>, Fault> {
        view::of(at, rows).await
    }
}

/// A stored area on the wire.
pub(super) fn area(dm2: Option<i64>) -> Option<Area> {
    dm2.and_then(|units| Area::from_units(units).ok())
}
