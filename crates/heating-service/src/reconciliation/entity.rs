//! The rows of a reconciliation: itself, and its lines.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "complaint_reconciliation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    /// A channel of the official lines.
    pub channel: String,
    pub from_on: Date,
    /// The last day belongs to it.
    pub to_on: Date,
    pub state: State,
    pub closed_by: Option<Uuid>,
    pub closed_at: Option<DateTimeUtc>,
    /// Replies in time as they stood when it was closed.
    pub replies_met: Option<i64>,
    /// Of so many due.
    pub replies_due: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a reconciliation stands.
#[codes::code(name = "ReconciliationState")]
pub enum State {
    /// 对账中
    Open,
    /// 已关账
    Closed,
}

pub mod line {
    //! A line: an official one, one of ours, or both.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "reconciliation_line")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub created_at: DateTimeUtc,
        pub reconciliation_id: Uuid,
        pub official_line_id: Option<Uuid>,
        pub complaint_id: Option<Uuid>,
        /// None while a pair is only proposed.
        pub class: Option<Class>,
        /// JSON array of [`Difference`].
        pub differences: String,
        /// As they were when compared: what a closed reconciliation keeps.
        pub official_state: Option<String>,
        pub official_replied_at: Option<DateTimeUtc>,
        pub our_class: Option<String>,
        pub our_replied_at: Option<DateTimeUtc>,
        pub note: Option<String>,
        /// Whoever confirmed, refused, paired or explained it; matching anew leaves such a line alone.
        pub decided_by: Option<Uuid>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}

    /// What became of a line (HS-R19).
    #[codes::code(name = "ReconciliationClass")]
    pub enum Class {
        /// 一致
        MatchedEqual,
        /// 有差异
        MatchedDifferent,
        /// 仅官方有
        OnlyOfficial,
        /// 仅我方有
        OnlyOurs,
    }

    /// In what the two differ.
    #[codes::code(name = "ReconciliationDifference", stored = false)]
    pub enum Difference {
        /// 认定类别
        Class,
        /// 答复时间
        RepliedAt,
    }
}
