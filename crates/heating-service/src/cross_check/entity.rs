//! The rows of a cross-check and of its lines.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "cross_check")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    /// None: written by an earlier version.
    pub number: Option<String>,
    pub sample_id: Uuid,
    pub status: Status,
    pub laboratory_id: Option<Uuid>,
    pub external_no: Option<String>,
    pub sent_at: Option<DateTimeUtc>,
    pub compared_at: Option<DateTimeUtc>,
    /// The worst of its lines.
    pub verdict: Option<Verdict>,
    pub reviewed_by: Option<Uuid>,
    pub reviewed_at: Option<DateTimeUtc>,
    pub note: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a cross-check stands.
#[codes::code(name = "CrossCheckStatus")]
pub enum Status {
    /// 已分样
    Split,
    /// 已送检
    Sent,
    /// 已比对
    Compared,
    /// 已审核
    Reviewed,
}

/// Whether two laboratories agree.
#[codes::code(name = "CrossCheckVerdict")]
pub enum Verdict {
    /// 符合
    Pass,
    /// 超差
    Fail,
    /// 无限值
    NoLimit,
}

pub mod lines {
    //! One item of a cross-check, in units of its last decimal; heat in hundredths of MJ/kg.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    use super::Verdict;
    use crate::lab::item::Item;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "cross_check_line")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub check_id: Uuid,
        pub position: i32,
        pub item: Item,
        pub ours_units: i64,
        pub theirs_units: i64,
        /// The critical difference R.
        pub limit_units: Option<i64>,
        pub deviation_units: i64,
        pub verdict: Verdict,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
