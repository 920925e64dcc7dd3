//! The row of a problem found on a visit.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "visit_problem")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub visit_id: Uuid,
    pub station_id: Uuid,
    /// The station's, for the feed.
    pub org_unit_id: Uuid,
    pub household_id: Uuid,
    /// Who held the household then.
    pub customer_id: Option<Uuid>,
    pub found_on: Date,
    pub kind: Kind,
    pub text: Option<String>,
    pub cause: Option<String>,
    pub ticket_id: Option<Uuid>,
    pub solved_at: Option<DateTimeUtc>,
    pub solved_by: Option<Uuid>,
    pub solution: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether it waits.
    pub fn status(&self) -> Status {
        if self.solved_at.is_some() { Status::Solved } else { Status::Open }
    }
}

/// What is wrong.
#[codes::code(name = "VisitProblemKind")]
pub enum Kind {
    /// 室温
    Temperature,
    /// 跑冒漏
    Leak,
    /// 热费
    Fee,
    /// 服务
    Service,
    /// 管网
    Network,
    /// 其他
    Other,
}

/// Where a problem stands.
#[codes::code(name = "VisitProblemStatus", stored = false)]
pub enum Status {
    /// 未解决
    Open,
    /// 已解决
    Solved,
}
