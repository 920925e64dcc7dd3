//! The leave row (请假).

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "leave_request")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    /// The person's unit.
    pub org_unit_id: Uuid,
    pub staff_id: Uuid,
    pub substitute_id: Uuid,
    pub from_at: DateTimeUtc,
    pub to_at: DateTimeUtc,
    pub reason: String,
    pub status: Status,
    /// JSON array of ids the substitute accepted.
    pub accepted_items: String,
    pub accepted_at: Option<DateTimeUtc>,
    /// JSON of the hand-over list as it was approved; titles stay out of the journal.
    #[serde(skip)]
    pub handed_over: Option<String>,
    /// JSON array of shifts nobody stands in for.
    pub uncovered_shift_ids: String,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
    pub comment: Option<String>,
    /// When his cases went over.
    pub passed_on_at: Option<DateTimeUtc>,
    /// JSON array of what lends his roles to the substitute.
    pub delegation_ids: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether it falls into a time.
    pub fn touches(&self, from: DateTimeUtc, to: DateTimeUtc) -> bool {
        self.from_at < to && from < self.to_at
    }
}

/// Where a leave stands.
#[codes::code(name = "LeaveStatus")]
pub enum Status {
    /// 已申请
    Requested,
    /// 已交接
    HandedOver,
    /// 已批准
    Approved,
    /// 未批准
    Refused,
    /// 已取消
    Cancelled,
}
