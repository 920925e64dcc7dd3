//! The bill row.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::fee::BillLine;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "heat_bill")]
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
    /// Who holds the household when it is issued.
    pub customer_id: Option<Uuid>,
    /// JSON array of [`BillLine`].
    pub lines: String,
    /// Below zero only for a correction.
    pub total_fen: i64,
    /// By receipts and credits.
    pub settled_fen: i64,
    pub due_on: Date,
    pub status: Status,
    /// That it is overdue was told.
    pub overdue_told: bool,
    /// What it follows from: a stop, a case.
    pub source_id: Option<Uuid>,
    pub approved_by: Option<Uuid>,
    pub approved_at: Option<DateTimeUtc>,
    pub issued_by: Option<Uuid>,
    pub issued_at: Option<DateTimeUtc>,
    pub reversed_by: Option<Uuid>,
    pub reversed_at: Option<DateTimeUtc>,
    /// Why it was reversed.
    pub reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The lines.
    pub fn lines(&self) -> Vec<BillLine> {
        serde_json::from_str(&self.lines).unwrap_or_default()
    }
    /// What is still to be paid, in fen; nothing unless it is issued.
    pub fn outstanding_fen(&self) -> i64 {
        match self.status {
            Status::Issued => (self.total_fen - self.settled_fen).max(0),
            Status::Draft | Status::Approved | Status::Reversed => 0,
        }
    }
}

/// What is billed.
#[codes::code(name = "HeatBillKind")]
pub enum Kind {
    /// 采暖费
    Season,
    /// 追缴
    Supplement,
    /// 基本热费
    BasicFee,
    /// 恢复供热
    Resume,
    /// 更正
    Correction,
}

/// Where a bill stands.
#[codes::code(name = "HeatBillStatus")]
pub enum Status {
    /// 草稿
    Draft,
    /// 已批准
    Approved,
    /// 已出账
    Issued,
    /// 已冲销
    Reversed,
}
