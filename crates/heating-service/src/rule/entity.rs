//! The rows of a rule and of the stations it holds for.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "station_rule")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    /// None: written by an earlier version.
    pub number: Option<String>,
    pub title: String,
    pub kind: Kind,
    pub document_id: Uuid,
    pub valid_from: Date,
    /// The rule that took its place.
    pub replaced_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// What a rule is about.
#[codes::code(name = "StationRuleKind")]
pub enum Kind {
    /// 工作流程
    Process,
    /// 安全
    Safety,
    /// 服务
    Service,
    /// 化验室
    Laboratory,
}

pub mod station {
    //! A station a rule holds for.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "station_rule_station")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub rule_id: Uuid,
        pub station_id: Uuid,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
