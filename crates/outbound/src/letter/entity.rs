//! The letter row.

use sea_orm::entity::prelude::*;

use crate::notification::entity::Channel;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "letter")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub customer_id: Uuid,
    pub channel: Channel,
    pub subject: Option<String>,
    /// With the customer's key; gone once it was sent.
    pub body_sealed: Option<String>,
    pub due_at: DateTimeUtc,
    /// What it is written for.
    pub batch_id: Uuid,
    pub state: State,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Whether a letter may go.
#[codes::code]
pub enum State {
    /// 待发
    Ready,
    /// 等待时段
    OnHold,
    /// 已撤回
    Withdrawn,
}
