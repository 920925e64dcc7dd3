//! A pause of the handling clock (暂停), with reason, proof and approver (TK-R14).

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "ticket_pause")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub ticket_id: Uuid,
    pub cycle: i32,
    pub reason_code: String,
    pub until: DateTimeUtc,
    pub note: Option<String>,
    pub proof_document_id: Uuid,
    pub requested_by: Uuid,
    pub approved_by: Option<Uuid>,
    pub started_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
    /// by_hand, until, resolved, transferred.
    pub end_cause: Option<String>,
    pub status: Status,
    pub project_id: Option<Uuid>,
    pub org_unit_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a pause stands.
#[codes::code(name = "TicketPauseStatus")]
pub enum Status {
    /// 待批
    Requested,
    /// 暂停中
    Active,
    /// 已结束
    Ended,
    /// 未批准
    Refused,
}

impl Model {
    /// An active pause ends by itself at `until`; no job is needed for it to be so.
    pub fn is_active_at(&self, at: DateTimeUtc) -> bool {
        self.status == Status::Active && at < self.until
    }

    /// Where it stands then, whether or not anybody wrote its end.
    pub fn status_at(&self, at: DateTimeUtc) -> Status {
        if self.status == Status::Active && !self.is_active_at(at) { Status::Ended } else { self.status }
    }
}
