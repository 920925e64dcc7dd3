//! A training (培训) and who took part with which result.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "training")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub org_unit_id: Option<Uuid>,
    pub topic: String,
    pub audience: TrainingAudience,
    pub source_summary_id: Option<Uuid>,
    pub planned_on: Option<Date>,
    pub held_at: Option<DateTimeUtc>,
    pub status: Status,
    pub closed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Whom a training is for (培训对象).
#[codes::code]
pub enum TrainingAudience {
    /// 全员
    #[label("Everybody")]
    All,
    /// 个别
    #[label("Individuals")]
    Individual,
}

/// Where a training stands.
#[codes::code(name = "TrainingStatus")]
pub enum Status {
    /// 已计划
    Planned,
    /// 已举办
    Held,
    /// 已结束
    Closed,
}

pub mod row {
    //! One participant of a training.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "training_row")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub training_id: Uuid,
        pub staff_id: Uuid,
        pub attended: Option<bool>,
        pub exam_score: Option<i32>,
        /// Attended and at or above the pass mark of the day it was held.
        pub passed: Option<bool>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
