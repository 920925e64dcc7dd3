//! The letter row.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

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
#[derive(Copy, Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum State {
    Ready,
    OnHold,
    Withdrawn,
}
