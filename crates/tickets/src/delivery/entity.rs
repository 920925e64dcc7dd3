//! The delivery row: one customer of a campaign.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::reach::Channel;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub campaign_id: Uuid,
    pub customer_id: Uuid,
    pub org_unit_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
    pub channel: Channel,
    pub marketing: bool,
    pub state: State,
    /// Why it was suppressed at the start.
    pub reason: Option<String>,
    /// Short messages the text makes.
    pub segments: Option<i32>,
    /// When it goes out; not in the quiet hours.
    pub due_at: DateTimeUtc,
    #[serde(skip)]
    pub letter_id: Option<Uuid>,
    /// JSON, of calls only; messages have theirs in the outbox.
    pub attempts: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// What the desk itself knows of it; the rest is read from clock and outbox.
#[codes::code]
pub enum State {
    /// 待办
    Open,
    /// 未发送
    Suppressed,
    /// 已通话: the call was made.
    Answered,
}
