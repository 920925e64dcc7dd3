//! The rows of a duty log (值班日志): itself and its entries.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "duty_log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub org_unit_id: Uuid,
    pub on_date: Date,
    pub definition_code: String,
    /// Of the shift.
    pub ends_at: DateTimeUtc,
    pub status: Status,
    pub closed_at: Option<DateTimeUtc>,
    pub closed_by: Option<Uuid>,
    pub accepted_at: Option<DateTimeUtc>,
    pub accepted_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a duty log stands.
#[codes::code(name = "DutyLogStatus")]
pub enum Status {
    /// 记录中
    Open,
    /// 待交接
    Closed,
    /// 已交接
    Accepted,
}

/// What an entry is about.
#[codes::code(name = "DutyLogEntryKind")]
pub enum Kind {
    /// 事件
    Event,
    /// 系统问题
    SystemProblem,
    /// 疑难问题
    DifficultCase,
    /// 上级指示
    Instruction,
    /// 责令停止工作
    #[label("Stop of work")]
    StopWork,
}

pub mod entry {
    //! One entry; never changed.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "duty_log_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub duty_log_id: Uuid,
        pub at: DateTimeUtc,
        pub kind: super::Kind,
        pub text: String,
        pub written_by: Uuid,
        pub written_at: DateTimeUtc,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
