//! The ticket row (诉求工单).

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::catalogue::{Kind, PlaceKind, Severity};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, codes::InOrder, Serialize)]
#[sea_orm(table_name = "ticket")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub channel_code: String,
    pub kind: Kind,
    pub category_code: String,
    pub place_kind: PlaceKind,
    pub severity: Severity,
    /// The severity as a number, so that lists can sort by it.
    pub severity_rank: i32,
    pub status: Status,
    pub title: String,
    pub description: String,
    pub cause: Option<String>,
    pub customer_id: Option<Uuid>,
    /// Key of the requester's sealed data when he is not a known customer.
    pub requester_id: Option<Uuid>,
    pub requester_sealed: Option<String>,
    pub requester_name_masked: Option<String>,
    pub requester_phone_masked: Option<String>,
    pub requester_name_key: Option<String>,
    pub requester_phone_key: Option<String>,
    pub requester_org_unit_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
    pub building_id: Option<Uuid>,
    pub unit_id: Option<Uuid>,
    pub station_org_unit_id: Option<Uuid>,
    pub received_at: DateTimeUtc,
    pub received_by_id: Option<Uuid>,
    pub received_org_unit_id: Option<Uuid>,
    pub first_asked_staff_id: Option<Uuid>,
    pub responsible_org_unit_id: Option<Uuid>,
    pub assignee_id: Option<Uuid>,
    pub complained_staff_id: Option<Uuid>,
    /// JSON array of staff ids.
    pub observers: String,
    pub solution: Option<String>,
    pub root_cause_code: Option<String>,
    pub cause_analysis: Option<String>,
    pub delay_reason_code: Option<String>,
    pub solution_at: Option<DateTimeUtc>,
    pub resolved_at: Option<DateTimeUtc>,
    pub resolved_by_id: Option<Uuid>,
    pub replied_at: Option<DateTimeUtc>,
    pub replied_by_id: Option<Uuid>,
    /// JSON of the reply.
    pub reply: Option<String>,
    pub closed_at: Option<DateTimeUtc>,
    pub close_reason: Option<CloseReason>,
    /// 1, and one more with each reopening.
    pub cycle: i32,
    pub reopen_count: i32,
    pub transfer_count: i32,
    pub chase_count: i32,
    pub last_chased_at: Option<DateTimeUtc>,
    /// 0 none, 1 team_leader, 2 cs_supervisor, 3 cs_director / cs_manager, 4 company_leader.
    pub escalation_level: i32,
    pub leader_informed_at: Option<DateTimeUtc>,
    pub incident_id: Option<Uuid>,
    pub split_from_id: Option<Uuid>,
    pub merged_into_id: Option<Uuid>,
    pub merged_on: Option<Date>,
    /// The status an undone merge returns to.
    pub merged_from: Option<Status>,
    /// The status a pending approval returns to.
    pub origin_status: Option<Status>,
    pub rating: Option<i32>,
    pub rated_cycle: Option<i32>,
    /// JSON array of words.
    pub tags: String,
    /// JSON array of document ids.
    pub document_ids: String,
    /// JSON array of ticked checklist codes.
    pub checklist: String,
    pub authority_number: Option<String>,
    pub authority_due_at: Option<DateTimeUtc>,
    /// JSON of why and to whom it was dismissed or withdrawn.
    pub dismiss_reason: Option<String>,
    pub policy_code: Option<String>,
    pub urgent: bool,
    /// Projection of the ledger for lists: as if a pause ended at its `until`.
    pub due_at: Option<DateTimeUtc>,
    pub due_sort: DateTimeUtc,
    pub paused_until: Option<DateTimeUtc>,
    pub near_due_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Serious, major or urgent: its people hear of it at night too.
    pub fn is_pressing(&self) -> bool {
        self.urgent || self.severity > Severity::Normal
    }
}

/// Where a ticket stands (状态).
#[codes::code(name = "TicketStatus")]
pub enum Status {
    /// 已登记
    Registered,
    /// 已派单
    Assigned,
    /// 处理中
    InProgress,
    /// 待审批
    #[label("Waiting for approval")]
    PendingApproval,
    /// 已解决
    Resolved,
    /// 已答复
    Replied,
    /// 已关闭
    Closed,
    /// 不予受理
    OutOfScope,
    /// 已撤回
    Withdrawn,
    /// 已合并
    Merged,
}

impl Status {
    /// States in which the handling clock runs unless a solution was reached before.
    pub const OPEN: &'static [Self] = &[Self::Registered, Self::Assigned, Self::InProgress, Self::PendingApproval];
    /// States that end a ticket; closed may reopen, merged may be undone.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Closed | Self::OutOfScope | Self::Withdrawn | Self::Merged)
    }
}

/// Why a ticket was closed (关闭原因).
#[codes::code(name = "TicketCloseReason")]
pub enum CloseReason {
    /// 客户满意: every customer was content.
    Satisfied,
    /// 免回访: a callback was waived.
    #[label("Callback waived")]
    Waived,
    /// 内部诉求: an internal finding: nobody to call back.
    Internal,
}

/// A JSON array column as a vector; anything else is empty.
pub fn json_list<T: serde::de::DeserializeOwned>(text: &str) -> Vec<T> {
    if text == "[]" {
        return Vec::new();
    }
    serde_json::from_str(text).unwrap_or_default()
}
