//! The outlet row: a supplier who repairs for us in a region.

use access::{Actor, JobRole};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{QuerySelect, QueryTrait};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "service_outlet")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub supplier_id: Uuid,
    pub region_org_unit_id: Uuid,
    /// The unit whose people act for it.
    pub org_unit_id: Uuid,
    /// JSON array of words.
    pub categories: String,
    /// active, inactive.
    pub status: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether this person acts for the outlet.
    pub fn is_of(&self, actor: &Actor) -> bool {
        actor.is(JobRole::ServiceOutlet) && actor.scope.org_unit_ids.contains(&self.org_unit_id)
    }
}

/// A column of the outlets this person acts for.
pub fn own(actor: &Actor, column: Column) -> SelectStatement {
    let rows = Entity::find().select_only().column(column);
    rows.filter(Column::OrgUnitId.is_in(actor.scope.org_unit_ids.iter().copied())).into_query()
}
