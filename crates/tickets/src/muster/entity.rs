//! The rows of a muster (点名): itself and one line a person.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "muster")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub org_unit_id: Uuid,
    pub on_date: Date,
    pub definition_code: String,
    /// Of the shift.
    pub starts_at: DateTimeUtc,
    pub mustered_at: DateTimeUtc,
    pub punctual: bool,
    pub talk_points: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

pub mod row {
    //! What was found of one person.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "muster_row")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub muster_id: Uuid,
        pub staff_id: Uuid,
        pub result: super::Presence,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// What a muster finds of somebody.
#[codes::code(name = "MusterPresence")]
pub enum Presence {
    /// 到岗
    Present,
    /// 迟到
    Late,
    /// 缺勤
    Absent,
    /// 请假
    #[label("On leave")]
    Leave,
}
