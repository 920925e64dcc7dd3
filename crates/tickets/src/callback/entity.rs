//! The callback row.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "callback")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub number: String,
    /// The ticket that was answered.
    pub ticket_id: Uuid,
    /// That ticket, or one merged into it, through which this customer is asked.
    pub source_ticket_id: Uuid,
    pub cycle: i32,
    pub customer_id: Option<Uuid>,
    /// Blind index of the requester's phone when he is no known customer.
    pub requester_key: Option<String>,
    pub contact_masked: Option<String>,
    pub due_at: DateTimeUtc,
    pub priority: Priority,
    pub status: Status,
    pub outcome: Option<Outcome>,
    /// Code of [`RelationToCustomer`].
    pub relation: Option<String>,
    pub answered_by_sealed: Option<String>,
    pub answered_by_masked: Option<String>,
    pub proxy: bool,
    pub identity_check: Option<String>,
    pub introduced: Option<bool>,
    pub convenient: Option<bool>,
    pub opinion: Option<String>,
    pub score: Option<i32>,
    pub caller_id: Option<Uuid>,
    /// JSON array of attempts.
    pub attempts: String,
    pub completed_at: Option<DateTimeUtc>,
    pub waived_by: Option<Uuid>,
    pub waive_reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a callback stands.
#[codes::code(name = "CallbackStatus")]
pub enum Status {
    /// 待回访
    Pending,
    /// 已回访
    Done,
    /// 免回访
    Waived,
    /// 作废: the case was reopened before it was made.
    Void,
}

/// How urgent it is.
#[codes::code(name = "CallbackPriority")]
pub enum Priority {
    /// 普通
    Normal,
    /// 优先: the customer contested the answer or rated it low.
    High,
}

/// What the customer said (回访结果).
#[codes::code(name = "CallbackOutcome")]
pub enum Outcome {
    /// 满意
    Satisfied,
    /// 不满意
    NotSatisfied,
    /// 拒绝回访
    Declined,
    /// 无法联系
    Unreachable,
}

/// Who answered, in relation to the customer.
#[codes::code(stored = false)]
pub enum RelationToCustomer {
    /// 本人
    #[code("self")]
    #[label("Himself")]
    Himself,
    /// 配偶
    Spouse,
    /// 家属
    Family,
    /// 租户
    Tenant,
    /// 物业人员
    PropertyStaff,
    /// 其他
    Other,
}

/// Why a call reached nobody.
#[codes::code(stored = false)]
pub enum AttemptResult {
    /// 无人接听
    NoAnswer,
    /// 占线
    Busy,
    /// 关机
    #[label("Switched off")]
    PowerOff,
    /// 号码有误
    WrongNumber,
    /// 不便接听
    NotConvenient,
}
