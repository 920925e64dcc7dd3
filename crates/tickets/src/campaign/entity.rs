//! The campaign row.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "outreach_campaign")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub created_by: Uuid,
    /// Who changed the draft last.
    pub edited_by: Option<Uuid>,
    pub number: String,
    pub org_unit_id: Option<Uuid>,
    pub name: String,
    pub kind: Kind,
    /// JSON, in the shape of the API.
    pub audience: String,
    pub template_code: String,
    /// The revision it was approved with.
    pub template_id: Option<Uuid>,
    /// JSON of the values that come from the campaign.
    pub filled: String,
    /// JSON array.
    pub document_ids: String,
    pub planned_at: Option<DateTimeUtc>,
    /// As written; a running campaign with nothing left to do reads as finished.
    pub status: Status,
    pub approved_at: Option<DateTimeUtc>,
    pub approved_by: Option<Uuid>,
    pub started_at: Option<DateTimeUtc>,
    /// Cancelled.
    pub ended_at: Option<DateTimeUtc>,
    #[serde(skip)]
    pub finish_told: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// What a campaign is for (活动类型).
#[codes::code(name = "OutreachKind")]
pub enum Kind {
    /// 节日问候
    Festival,
    /// 促销
    Promotion,
    /// 续费
    Renewal,
    /// 催费
    PaymentReminder,
    /// 通知
    Notice,
}

impl Kind {
    /// Whether it takes the customer's consent and comes only now and then.
    pub fn is_marketing(self) -> bool {
        matches!(self, Self::Festival | Self::Promotion)
    }
}

/// Where a campaign stands.
#[codes::code(name = "OutreachCampaignStatus")]
pub enum Status {
    /// 草稿
    Draft,
    /// 已批准
    Approved,
    /// 进行中
    Running,
    /// 已暂停
    Paused,
    /// 已结束: never written: nothing is left to send or to call.
    Finished,
    /// 已取消
    Cancelled,
}
