//! The follow-up row: one promise to a customer.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "follow_up")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub created_by: Uuid,
    pub customer_id: Uuid,
    /// Who owes it: the customer's owner, else who promised.
    pub agent_id: Uuid,
    pub org_unit_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
    pub ticket_id: Option<Uuid>,
    /// The contact it was made in.
    pub log_id: Option<Uuid>,
    /// The promise it came after.
    pub postpones_id: Option<Uuid>,
    pub made_at: DateTimeUtc,
    pub promised_at: DateTimeUtc,
    pub kept_at: Option<DateTimeUtc>,
    pub kept_by_log_id: Option<Uuid>,
    pub notice_text: Option<String>,
    pub apology: bool,
    /// As written; a promise whose time is over reads as missed.
    pub status: Status,
    /// Kept, postponed or cancelled.
    pub closed_at: Option<DateTimeUtc>,
    pub cancel_reason: Option<String>,
    #[serde(skip)]
    pub miss_told: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a promise stands.
#[codes::code(name = "FollowUpStatus")]
pub enum Status {
    /// 待兑现
    Open,
    /// 已兑现
    Kept,
    /// 已失约: never written, its time is over.
    Missed,
    /// 已延期
    Postponed,
    /// 已取消
    Cancelled,
}

impl Model {
    /// The status at an instant.
    pub fn status_at(&self, at: DateTimeUtc) -> Status {
        if self.status == Status::Open && at > self.promised_at { Status::Missed } else { self.status }
    }

    /// Whether its time passed without a contact: a fact that stays, whatever came after.
    pub fn missed_at(&self, at: DateTimeUtc) -> bool {
        self.status != Status::Kept && self.closed_at.unwrap_or(at) > self.promised_at
    }
}
