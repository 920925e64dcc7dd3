//! The rows of an incident (群发事件): itself, the categories it explains, the places it reaches.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "incident")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub title: String,
    pub started_at: DateTimeUtc,
    pub expected_restore_at: Option<DateTimeUtc>,
    pub restored_at: Option<DateTimeUtc>,
    pub customer_text: Option<String>,
    pub cause: Option<String>,
    pub solution: Option<String>,
    pub root_cause_code: Option<String>,
    pub delay_reason_code: Option<String>,
    pub cancel_reason: Option<String>,
    pub status: Status,
    /// Where its facts belong: the only project it concerns.
    pub project_id: Option<Uuid>,
    /// The unit that opened it.
    pub org_unit_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where an incident stands.
#[codes::code(name = "IncidentStatus")]
pub enum Status {
    /// 处理中
    Open,
    /// 已恢复
    Restored,
    /// 已关闭
    Closed,
}

pub mod category {
    //! A category, with those below it, that an incident explains.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "incident_category")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub incident_id: Uuid,
        pub category_code: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod place {
    //! A project, building or station that an incident reaches.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "incident_place")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub incident_id: Uuid,
        pub kind: Kind,
        pub place_id: Uuid,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}

    /// What kind of place.
    #[codes::code]
    pub enum Kind {
        /// 项目
        Project,
        /// 楼栋
        Building,
        /// 供热站
        Station,
    }
}
