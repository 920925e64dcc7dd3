//! The property register (房产台账, PF-05): project → phase → building → unit, and who owns a unit.
//!
//! Here are only facts of the building; whether a unit is sold or heated belongs to other domains.

pub mod building;
pub mod owner;
pub mod phase;
pub mod project;
mod scope;
pub mod status;
pub mod unit;

pub use building::Building;
pub use owner::UnitOwner;
pub use phase::Phase;
pub use project::Project;
pub use status::Status;
pub use unit::Unit;

use std::collections::HashMap;
use std::sync::Arc;

use kernel::fault::Fault;
use sea_orm::{EntityTrait, QuerySelect};
use store::Reading;
use uuid::Uuid;

/// What lies where.
pub struct Places {
    /// The project of each building.
    pub projects: HashMap<Uuid, Uuid>,
    /// The organisation unit of each project, if it has one.
    pub org_units: HashMap<Uuid, Option<Uuid>>,
}

/// Where buildings and projects belong, remembered.
pub async fn places(at: &Reading) -> Result<Arc<Places>, Fault> {
    at.remembered(async |db| {
        let projects = building::Entity::find().select_only();
        let projects = projects.columns([building::entity::Column::Id, building::entity::Column::ProjectId]);
        let units = project::Entity::find().select_only().columns([project::Column::Id, project::Column::OrgUnitId]);
        Ok(Places {
            projects: projects.into_tuple::<(Uuid, Uuid)>().all(&db).await?.into_iter().collect(),
            org_units: units.into_tuple::<(Uuid, Option<Uuid>)>().all(&db).await?.into_iter().collect(),
        })
    })
    .await
}
