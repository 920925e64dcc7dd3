//! The rows of a visit: the visit, its lines, and why something of it does not count.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "visit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub number: String,
    pub station_id: Uuid,
    /// The station's, for the feed.
    pub org_unit_id: Uuid,
    pub officer_id: Uuid,
    pub visited_at: DateTimeUtc,
    /// The local day.
    pub visited_on: Date,
    /// Lines with somebody met (户次).
    pub met: i32,
    /// Homes at far ends that count.
    pub counted: i32,
    pub credited: bool,
    pub note: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// What became of a line.
#[codes::code(name = "VisitLineResult")]
pub enum LineResult {
    /// 见到用户
    Met,
    /// 无人在家
    Absent,
    /// 拒绝入户
    Refused,
}

/// What proves that somebody was there.
#[codes::code(name = "VisitEvidence")]
#[derive(Default)]
pub enum Evidence {
    /// 签字
    Signature,
    /// 照片
    Photo,
    /// 无
    #[default]
    None,
}

pub mod line {
    //! The row of a line: one household of a visit.
    use sea_orm::entity::prelude::*;

    use super::{Evidence, LineResult};

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "visit_line")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub visit_id: Uuid,
        pub position: i32,
        pub household_id: Uuid,
        pub result: LineResult,
        /// As the register said then.
        pub far_end: bool,
        pub counted: bool,
        pub opinion: Option<String>,
        /// Tenths of a degree.
        pub t_dc: Option<i32>,
        pub work_resource: Option<String>,
        pub work_id: Option<Uuid>,
        pub evidence: Evidence,
        /// JSON array of documents.
        pub document_ids: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod reason {
    //! The row of a reason why a visit, or a line of it, does not count.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "visit_reason")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub visit_id: Uuid,
        /// None: the whole visit does not count.
        pub line_id: Option<Uuid>,
        pub reason: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
