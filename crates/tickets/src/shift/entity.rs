//! The shift row (班次安排) and the times it was stopped.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::roster::definition::Place;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "shift")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub roster_id: Uuid,
    pub org_unit_id: Uuid,
    /// As planned.
    pub staff_id: Uuid,
    /// Who answers for it since the last swap.
    pub responsible_staff_id: Uuid,
    pub on_date: Date,
    pub definition_code: String,
    pub place: Place,
    pub start_at: DateTimeUtc,
    pub end_at: DateTimeUtc,
    /// Its roster is in force.
    pub published: bool,
    pub status: Status,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a shift stands.
#[codes::code(name = "ShiftStatus")]
pub enum Status {
    /// 计划
    Planned,
    /// 责令停止工作
    #[label("Told to stop")]
    Stopped,
    /// 缺勤
    Absent,
    /// 请假
    OnLeave,
}

pub mod stop {
    //! A time in which somebody had to stop working (责令停止工作).
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "shift_stop")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub shift_id: Uuid,
        pub from_at: DateTimeUtc,
        pub to_at: Option<DateTimeUtc>,
        pub reason: String,
        pub stopped_by: Uuid,
        pub lifted_by: Option<Uuid>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
