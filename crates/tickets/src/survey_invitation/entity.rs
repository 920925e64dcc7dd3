//! The invitation row.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "survey_invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub survey_id: Uuid,
    pub customer_id: Uuid,
    pub project_id: Option<Uuid>,
    pub org_unit_id: Option<Uuid>,
    /// As written: queued, opened, answered, skipped; the rest is read from clock and outbox.
    pub status: Status,
    pub skip_reason: Option<String>,
    #[serde(skip)]
    pub token_sha256: Option<String>,
    #[serde(skip)]
    pub letter_id: Option<Uuid>,
    /// When it goes out; not in the quiet hours.
    pub sent_at: Option<DateTimeUtc>,
    pub expires_at: Option<DateTimeUtc>,
    pub opened_at: Option<DateTimeUtc>,
    pub answered_at: Option<DateTimeUtc>,
    /// JSON; never of an anonymous survey.
    #[serde(skip)]
    pub answers: Option<String>,
    pub proxy: bool,
    pub recorded_by: Option<Uuid>,
    pub reminders: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where an invitation stands.
#[codes::code(name = "SurveyInvitationStatus")]
pub enum Status {
    /// 待发送: waits for the morning or the opening.
    Queued,
    /// 已发送: handed to the outbox.
    Sent,
    /// 无法送达: the outbox gave it up.
    Undeliverable,
    /// 已打开
    Opened,
    /// 已答
    Answered,
    /// 已过期
    Expired,
    /// 未邀请: not invited; `skip_reason` says why.
    Skipped,
}
