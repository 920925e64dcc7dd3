//! Units (房屋、商铺、车位).

pub mod commands;
pub mod entity;
mod view;

use access::Actor;
use kernel::fault::Fault;
use kernel::fixed::Height;
use kernel::validation::RoomNo;
use sea_orm::{ColumnTrait, Condition};
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};

use super::scope;
use entity::Column;
pub use entity::UnitUse;
pub use entity::{Entity, Model};
pub use view::{UnitOwnership, UnitView};

/// The units of the register (PF-05).
pub struct Unit;

impl Resource for Unit {
    type Entity = Entity;
    type Row = Model;
    type View = UnitView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "unit";
    const PATH: &'static str = "/v1/units";
    const LASTING: bool = true;
    const STEADY: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::rows(actor, Column::ProjectId, Column::Id, scope::units_of)
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("room_no")
            .by("project_id", Column::ProjectId)
            .by("building_id", Column::BuildingId)
            .code("use", Column::Purpose, entity::UnitUse::CODES)
            .custom("room_no", "string", |_, text| {
                Ok(Condition::all().add(Column::RoomNo.is_in(text.split(',').map(canonical))))
            })
            .custom("delivered", "boolean", |_, text| {
                let delivered = list::truth("delivered", text)?;
                let test = if delivered { Column::DeliveredOn.is_not_null() } else { Column::DeliveredOn.is_null() };
                Ok(Condition::all().add(test))
            })
            .code("status", Column::Status, super::Status::CODES)
            .searched()
            .sort("room_no", Column::RoomNo)
            .sort("created_at", Column::CreatedAt)
    }
    fn placement(row: &Model) -> Placement {
        Placement { project_id: Some(row.project_id), ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<UnitView>, Fault> {
        view::of(at, rows).await
    }
}

/// The canonical room number of what somebody typed; what cannot be read matches nothing.
fn canonical(text: &str) -> String {
    RoomNo::parse(text).map_or_else(|_| text.to_owned(), |room| room.to_string())
}

/// A stored height on the wire.
fn height(cm: Option<i32>) -> Option<Height> {
    cm.and_then(|units| Height::from_units(units.into()).ok())
}
