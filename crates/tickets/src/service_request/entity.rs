//! A service request (服务申请): an application, a return, an exchange, an order of the shop …

use kernel::money::Money;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "service_request")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub r#type: RequestType,
    pub ticket_id: Option<Uuid>,
    pub customer_id: Uuid,
    pub project_id: Option<Uuid>,
    /// The desk that handles it.
    pub org_unit_id: Option<Uuid>,
    /// JSON array of [`Line`].
    pub lines: String,
    pub total_fen: i64,
    pub reason_code: Option<String>,
    pub description: Option<String>,
    pub urgent: bool,
    pub status: Status,
    /// JSON of [`Decision`].
    pub decision: Option<String>,
    /// What the inspection of the goods found.
    pub inspection: Option<String>,
    pub refunded_fen: Option<i64>,
    pub completed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// What is asked for (申请类型).
#[codes::code(name = "ServiceRequestType")]
pub enum RequestType {
    /// 业务申请
    Application,
    /// 退货
    Return,
    /// 换货
    Exchange,
    /// 质量退回
    QualityReturn,
    /// 售前维修
    #[label("Repair before sale")]
    PresaleRepair,
    /// 订单
    Order,
}

/// Where a request stands: the step that was done last.
#[codes::code(name = "ServiceRequestStatus")]
pub enum Status {
    /// 已提交
    Submitted,
    /// 已核对
    Checked,
    /// 已批准
    Approved,
    /// 已拒绝
    Refused,
    /// 已收货
    GoodsReceived,
    /// 已检验
    Inspected,
    /// 已分配
    Allocated,
    /// 已配货
    Picked,
    /// 已送达
    Delivered,
    /// 已退款
    Refunded,
    /// 已完成
    Completed,
    /// 已取消
    Cancelled,
}

impl Status {
    /// The last ones: nothing follows any more.
    pub const ENDED: &'static [Self] = &[Self::Refused, Self::Completed, Self::Cancelled];
}

/// One article of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ServiceRequestLine)]
pub struct Line {
    #[schema(min_length = 1, max_length = 120)]
    pub item: String,
    #[schema(minimum = 1, maximum = 100_000)]
    pub quantity: i64,
    /// Of one piece.
    pub price: Money,
}

/// Who said yes or no, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ServiceRequestDecision)]
pub struct Decision {
    pub approved: bool,
    pub by: Uuid,
    pub at: kernel::time::Timestamp,
    pub reason: Option<String>,
}

impl Model {
    /// The articles.
    pub fn lines(&self) -> Vec<Line> {
        serde_json::from_str(&self.lines).unwrap_or_default()
    }
    /// The decision, once there is one.
    pub fn decision(&self) -> Option<Decision> {
        self.decision.as_deref().and_then(|text| serde_json::from_str(text).ok())
    }
}
