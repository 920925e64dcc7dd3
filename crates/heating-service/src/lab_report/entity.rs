//! The rows of a report and of the samples in it.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "lab_report")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub kind: Kind,
    pub status: Status,
    /// 1, or one more than the report it replaces.
    pub revision: i32,
    pub replaces_id: Option<Uuid>,
    pub receiver_org_unit_id: Option<Uuid>,
    pub receiver: Option<String>,
    pub reviewed_by: Uuid,
    pub issued_at: Option<DateTimeUtc>,
    pub issued_by: Option<Uuid>,
    pub archive_no: Option<String>,
    pub archived_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// What a report is of.
#[codes::code(name = "LabReportKind")]
pub enum Kind {
    /// 煤质化验分析报告
    Coal,
    /// 灰渣含碳量化验分析报告
    Ash,
}

/// Where a report stands.
#[codes::code(name = "LabReportStatus")]
pub enum Status {
    /// 草稿
    Draft,
    /// 已签发
    Issued,
    /// 已归档
    Archived,
    /// 已被更正版取代
    Superseded,
}

pub mod lines {
    //! A sample in a report, with its figures as they were issued.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "lab_report_sample")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub report_id: Uuid,
        pub sample_id: Uuid,
        pub position: i32,
        /// JSON.
        pub figures: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
