//! The policy set row.

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use serde::Serialize;

use super::Policy;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "sla_policy_set")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    /// Counted from 1; clocks name it.
    pub number: i32,
    pub name: String,
    pub valid_from: DateTimeUtc,
    pub status: Status,
    /// JSON array of [`Policy`], in the order they were given.
    pub policies: String,
    pub activated_at: Option<DateTimeUtc>,
    pub superseded_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The policies, in the order they were given.
    pub fn policies(&self) -> Result<Vec<Policy>, Fault> {
        serde_json::from_str(&self.policies).map_err(Fault::internal)
    }
}

/// Where a set stands.
#[codes::code(name = "SlaPolicySetStatus")]
pub enum Status {
    /// 草稿
    Draft,
    /// 生效
    Active,
    /// 已被替代
    Superseded,
}
