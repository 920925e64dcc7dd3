//! The repair order row (维修单).

use kernel::fixed::Quantity;
use kernel::money::Money;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "repair_order")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub ticket_id: Uuid,
    pub status: Status,
    /// Code of a part under warranty.
    pub part_code: String,
    pub description: String,
    pub urgent: bool,
    pub project_id: Option<Uuid>,
    pub building_id: Option<Uuid>,
    pub unit_id: Option<Uuid>,
    pub customer_id: Option<Uuid>,
    /// Who answered for the ticket when the order was made.
    pub case_org_unit_id: Option<Uuid>,
    pub supplier_id: Option<Uuid>,
    pub org_unit_id: Option<Uuid>,
    /// JSON of [`Dispatch`]es, oldest first.
    pub dispatches: String,
    pub dispatched_at: Option<DateTimeUtc>,
    /// Who gave it to its provider last.
    pub dispatched_by: Option<Uuid>,
    /// Until when the provider is to accept or refuse.
    pub respond_by: Option<DateTimeUtc>,
    pub accepted_at: Option<DateTimeUtc>,
    /// When the last dispatch was accepted or refused.
    pub answered_at: Option<DateTimeUtc>,
    /// JSON of [`Appointment`]s, oldest first.
    pub appointments: String,
    /// The window of the live appointment.
    pub window_from: Option<DateTimeUtc>,
    pub window_to: Option<DateTimeUtc>,
    /// JSON of [`Visit`]s, oldest first.
    pub visits: String,
    pub no_access_count: i32,
    pub arrived_at: Option<DateTimeUtc>,
    pub punctual: Option<bool>,
    pub finished_at: Option<DateTimeUtc>,
    pub result: Option<String>,
    /// JSON of [`OrderLine`]s.
    pub lines: String,
    pub amount_fen: i64,
    pub bearer: Option<Bearer>,
    pub quote_fen: Option<i64>,
    pub quote_accepted: Option<bool>,
    pub quote_answered_at: Option<DateTimeUtc>,
    pub cause: Option<Cause>,
    /// JSON of the last [`Evaluation`].
    pub evaluation: Option<String>,
    pub evaluated_at: Option<DateTimeUtc>,
    pub rework_count: i32,
    /// JSON array of document ids.
    pub document_ids: String,
    /// JSON of the warranty check made at the creation.
    pub warranty: String,
    /// The contractor who answers for the part.
    pub responsible_supplier_id: Option<Uuid>,
    pub contractor_covered: bool,
    pub proposed_bearer: Bearer,
    /// JSON array of the persons who worked on it for the provider.
    pub workers: String,
    /// Who finished it.
    pub technician_id: Option<Uuid>,
    pub on_behalf_of_provider: bool,
    pub cancel_reason: Option<String>,
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where an order stands (维修单状态).
#[codes::code(name = "RepairOrderStatus")]
pub enum Status {
    /// 草拟
    Drafted,
    /// 已派工
    Dispatched,
    /// 已接单
    Accepted,
    /// 已拒单
    Refused,
    /// 已预约
    Scheduled,
    /// 已到场
    Arrived,
    /// 维修中
    Working,
    /// 已完工
    Finished,
    /// 已评价
    Evaluated,
    /// 已关闭
    Closed,
    /// 已取消
    Cancelled,
}

impl Status {
    /// States a ticket does not wait for (TK-R21).
    pub const DONE: &'static [Self] = &[Self::Evaluated, Self::Closed, Self::Cancelled];
    /// States in which the provider needs the customer's contact.
    pub const WITH_PROVIDER: &'static [Self] =
        &[Self::Dispatched, Self::Accepted, Self::Scheduled, Self::Arrived, Self::Working, Self::Finished];
}

/// Who bears the cost (费用承担).
#[codes::code(name = "CostBearer")]
pub enum Bearer {
    /// 公司
    Company,
    /// 施工单位
    Contractor,
    /// 业主
    Customer,
    /// 维修资金
    MaintenanceFund,
    /// 保险公司
    Insurer,
}

/// Why it broke (故障原因).
#[codes::code(name = "RepairCause")]
pub enum Cause {
    /// 施工缺陷
    ConstructionDefect,
    /// 材料
    Material,
    /// 设计
    Design,
    /// 自然损耗
    Wear,
    /// 使用不当
    Misuse,
    /// 第三方
    ThirdParty,
    /// 不明
    Unknown,
}

/// To whom an order went, and what he said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Dispatch {
    pub supplier_id: Option<Uuid>,
    pub org_unit_id: Option<Uuid>,
    pub by: Uuid,
    pub at: Timestamp,
    pub respond_by: Timestamp,
    pub answer: Option<DispatchAnswer>,
    pub answered_at: Option<Timestamp>,
    pub reason: Option<String>,
}

impl Dispatch {
    /// Whether no answer came in time, as known at an instant (TK-R22).
    pub fn is_silent(&self, at: DateTimeUtc) -> bool {
        self.answered_at.as_ref().map_or(at, |answered| answered.0) > self.respond_by.0
    }
}

/// What a provider said to an order.
#[codes::code(stored = false)]
pub enum DispatchAnswer {
    /// 接单
    Accepted,
    /// 拒单
    Refused,
}

/// A window in which somebody comes (预约).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Appointment {
    pub window_from: Timestamp,
    pub window_to: Timestamp,
    pub made_by: Uuid,
    pub confirmed_by: Option<Uuid>,
    pub confirmed_at: Option<Timestamp>,
    /// Confirmed by the desk for the customer.
    pub on_behalf: bool,
    pub status: AppointmentStatus,
}

/// What became of an appointment.
#[codes::code(stored = false)]
pub enum AppointmentStatus {
    /// 待确认
    Proposed,
    /// 已确认
    Confirmed,
    /// 已取消
    Cancelled,
    /// 已履约
    Kept,
    /// 未能入户
    NoAccess,
}

/// Somebody was there (上门).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Visit {
    pub at: Timestamp,
    pub by: Uuid,
    pub result: VisitResult,
    pub document_ids: Vec<Uuid>,
}

/// Whether the visit reached the place.
#[codes::code(stored = false)]
pub enum VisitResult {
    /// 到场
    Arrived,
    /// 未能入户
    NoAccess,
}

/// What was done or used: quantity × unit price, half up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = RepairOrderLine)]
pub struct OrderLine {
    pub kind: LineKind,
    pub part_id: Option<Uuid>,
    pub text: Option<String>,
    pub quantity: Quantity,
    pub unit_price: Money,
    pub amount: Money,
}

/// What a line of an order is for (费用项目).
#[codes::code(name = "RepairLineKind", stored = false)]
pub enum LineKind {
    /// 配件
    Part,
    /// 人工
    Labour,
    /// 交通
    Travel,
}

/// How the repair was judged (维修评价).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = RepairEvaluation)]
pub struct Evaluation {
    pub result: EvaluationResult,
    pub scores: Scores,
    pub text: String,
    pub evaluator_id: Uuid,
    pub at: Timestamp,
}

/// Scores from 1, bad, to 5, good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RepairScores)]
pub struct Scores {
    /// 维修质量
    #[schema(minimum = 1, maximum = 5)]
    pub quality: i32,
    /// 及时性
    #[schema(minimum = 1, maximum = 5)]
    pub timeliness: i32,
    /// 服务态度
    #[schema(minimum = 1, maximum = 5)]
    pub attitude: i32,
}

/// Whether the repair holds.
#[codes::code(name = "RepairEvaluationResult", stored = false)]
pub enum EvaluationResult {
    /// 合格
    Passed,
    /// 不合格
    Failed,
}

impl Model {
    /// Whether the provider let the time to answer pass, read at an instant; a late answer ends the
    /// silence, an order cancelled meanwhile keeps the fact (TK-R22).
    pub fn provider_silent(&self, at: DateTimeUtc) -> bool {
        let waited_until = match self.status {
            Status::Dispatched => Some(at),
            Status::Cancelled if self.answered_at.is_none() => self.ended_at,
            _ => None,
        };
        waited_until.zip(self.respond_by).is_some_and(|(waited, by)| waited > by)
    }
}
