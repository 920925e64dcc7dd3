//! The row of a temperature case.

use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "temperature_case")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub household_id: Uuid,
    /// The station's, for the feed.
    pub org_unit_id: Uuid,
    /// Who held the household when it was asked for.
    pub customer_id: Option<Uuid>,
    pub origin: Origin,
    pub requested_at: DateTimeUtc,
    pub requested_by: Uuid,
    pub ticket_id: Option<Uuid>,
    pub status: Status,
    /// Of the last visit that decided anything.
    pub verdict: Option<Verdict>,
    /// Tenths of a degree, of that visit.
    pub lowest_dc: Option<i32>,
    pub visits: i32,
    /// Of the first visit, the re-measurement or the call-back.
    pub due_at: DateTimeUtc,
    pub round: i32,
    /// JSON array of [`Remedy`].
    pub remedies: String,
    /// JSON array of [`CallBack`].
    pub call_backs: String,
    /// JSON array of [`CallBackAttempt`].
    pub call_back_attempts: String,
    pub liability: Option<Liability>,
    pub liability_document_id: Option<Uuid>,
    pub judged_by: Option<Uuid>,
    pub judged_at: Option<DateTimeUtc>,
    pub feedback_document_id: Option<Uuid>,
    pub close_reason: Option<String>,
    pub closed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a case comes from.
#[codes::code(name = "TemperatureCaseOrigin")]
pub enum Origin {
    /// 用户报修
    Customer,
    /// 工单
    Ticket,
    /// 走访
    Visit,
    /// 普测
    Survey,
    /// 停缓供
    Outage,
}

/// Where a case stands.
#[codes::code(name = "TemperatureCaseStatus")]
pub enum Status {
    /// 待测温
    Requested,
    /// 达标
    Qualified,
    /// 不达标
    Unqualified,
    /// 已整改
    Remedied,
    /// 已回访
    CalledBack,
    /// 已关闭
    Closed,
    /// 已取消
    Cancelled,
}

impl Status {
    /// Those of a case that has not ended.
    pub const OPEN: [Self; 5] = [Self::Requested, Self::Qualified, Self::Unqualified, Self::Remedied, Self::CalledBack];
    /// Those with a limit: a visit, a second measurement or a call back is due.
    pub const WAITING: [Self; 3] = [Self::Requested, Self::Remedied, Self::Qualified];
}

/// What a visit found.
#[codes::code(name = "TemperatureVerdict")]
pub enum Verdict {
    /// 达标
    Qualified,
    /// 不达标
    Unqualified,
}

/// Who answers for a cold home.
#[codes::code(name = "HeatLiability")]
pub enum Liability {
    /// 供热公司
    Company,
    /// 用户
    Household,
    /// 第三方
    ThirdParty,
}

/// What was done against the cold.
#[codes::code(name = "RemedyKind", stored = false)]
pub enum RemedyKind {
    /// 调网
    NetworkAdjust,
    /// 冲洗
    Flush,
    /// 维修
    Repair,
    /// 其他
    Other,
}

/// Why a call reached nobody.
#[codes::code(name = "CallBackAttemptResult", stored = false)]
pub enum AttemptResult {
    /// 无人接听
    NoAnswer,
    /// 占线
    Busy,
    /// 关机
    PowerOff,
    /// 空号
    WrongNumber,
    /// 不便接听
    NotConvenient,
}

/// A remedy as the case keeps it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = TemperatureRemedy)]
pub struct Remedy {
    pub kind: RemedyKind,
    pub text: String,
    pub at: Timestamp,
    pub by: Uuid,
}

/// A call-back as the case keeps it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = TemperatureCallBack)]
pub struct CallBack {
    pub round: i32,
    pub at: Timestamp,
    pub by: Uuid,
    pub satisfied: bool,
    pub note: Option<String>,
}

/// A call that reached nobody, as the case keeps it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = TemperatureCallBackAttempt)]
pub struct CallBackAttempt {
    pub round: i32,
    pub at: Timestamp,
    pub by: Uuid,
    pub result: AttemptResult,
}

/// A JSON column as a list.
pub fn json_list<T: serde::de::DeserializeOwned>(text: &str) -> Vec<T> {
    serde_json::from_str(text).unwrap_or_default()
}
