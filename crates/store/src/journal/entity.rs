//! The journal row.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "journal")]
pub struct Model {
    /// Order of insertion, taken while the row is locked.
    #[sea_orm(primary_key)]
    pub seq: i64,
    /// Gap-free place in the chain, given by the sealer.
    pub position: Option<i64>,
    pub at: DateTimeUtc,
    pub kind: String,
    pub resource: String,
    pub resource_id: Option<Uuid>,
    pub resource_version: Option<i32>,
    pub actor_id: Uuid,
    pub actor_role: String,
    pub on_behalf_of: Option<Uuid>,
    pub client_id: Option<Uuid>,
    pub request_id: String,
    pub ip: Option<String>,
    pub operation: String,
    pub result: String,
    pub reason: Option<String>,
    pub changes: String,
    pub data: String,
    pub project_id: Option<Uuid>,
    pub org_unit_id: Option<Uuid>,
    pub customer_id: Option<Uuid>,
    pub audience: String,
    pub prev_hash: Option<String>,
    pub hash: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
