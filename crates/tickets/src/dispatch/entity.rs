//! A decision of the dispatch with everything it looked at; never changed.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "ticket_assignment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub ticket_id: Uuid,
    pub decided_at: DateTimeUtc,
    pub chosen_staff_id: Uuid,
    pub weight: i32,
    /// JSON array of every candidate with figures, reason and rank.
    pub candidates: String,
    pub decided_by: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
