//! An order to account for a case (督办), to a unit or a person.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "supervision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    /// Who issued it; nil when a missed clock did.
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub ticket_id: Uuid,
    pub cycle: i32,
    pub to_org_unit_id: Option<Uuid>,
    pub to_staff_id: Option<Uuid>,
    pub text: String,
    pub answer_due_at: DateTimeUtc,
    pub answer: Option<String>,
    pub answered_by: Option<Uuid>,
    pub answered_at: Option<DateTimeUtc>,
    pub status: Status,
    /// The missed handling clock that issued it by itself, once.
    pub clock_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
    /// The unit addressed, or that of the person addressed.
    pub org_unit_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a supervision stands.
#[codes::code(name = "SupervisionStatus")]
pub enum Status {
    /// 已督办
    Issued,
    /// 已回复
    Answered,
    /// 已结束
    Closed,
}
