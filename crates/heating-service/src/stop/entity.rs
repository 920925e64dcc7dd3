//! The row of an application to stop or resume.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "stop_application")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub household_id: Uuid,
    pub season_id: Uuid,
    pub kind: Kind,
    pub applied_at: DateTimeUtc,
    /// The holder who applied, himself or by the desk.
    pub applicant_customer_id: Option<Uuid>,
    pub reason: String,
    pub effective_from: Option<Date>,
    /// The last day stopped, when heat was resumed in the season.
    pub ended_on: Option<Date>,
    pub basic_fee_fen: Option<i64>,
    pub status: Status,
    pub seal_no: Option<String>,
    /// JSON array of documents.
    pub photos: String,
    /// The basic fee's bill, or the resumption's.
    pub bill_id: Option<Uuid>,
    pub accepted_by: Option<Uuid>,
    pub approved_by: Option<Uuid>,
    pub sealed_by: Option<Uuid>,
    pub lapsed_at: Option<DateTimeUtc>,
    /// Why it was rejected or withdrawn.
    pub decision: Option<String>,
    /// The day as of which it was last told how its household stands; none: before that was kept.
    pub told_on: Option<Date>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// What is applied for.
#[codes::code(name = "StopApplicationKind")]
pub enum Kind {
    /// 报停
    Stop,
    /// 恢复供热
    Resume,
}

/// Where an application stands.
#[codes::code(name = "StopApplicationStatus")]
pub enum Status {
    /// 已申请
    Submitted,
    /// 已受理
    Accepted,
    /// 已批准
    Approved,
    /// 已生效
    Effective,
    /// 已驳回
    Rejected,
    /// 已撤回
    Withdrawn,
    /// 已到期
    Lapsed,
}

impl Status {
    /// Those of a live application: one a household, season and kind.
    pub const LIVE: [Self; 4] = [Self::Submitted, Self::Accepted, Self::Approved, Self::Effective];
}
