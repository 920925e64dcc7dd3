//! The call row, and which tickets a call belongs to.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "call")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub number: String,
    pub direction: Direction,
    pub channel_code: String,
    /// The number outside, sealed; with its masked form and its blind index.
    pub external_number_sealed: Option<String>,
    pub external_number_masked: Option<String>,
    #[serde(skip)]
    pub external_number_key: Option<String>,
    pub agent_id: Option<Uuid>,
    pub org_unit_id: Option<Uuid>,
    pub ring_started_at: DateTimeUtc,
    /// As the telephone system counted them, if it did.
    pub ring_count: Option<i32>,
    pub answered_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
    pub result: Outcome,
    /// Counted or computed; none when not answered and not counted.
    pub rings: Option<i32>,
    pub within_limit: bool,
    pub recording_document_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Who called whom (呼叫方向).
#[codes::code(name = "CallDirection")]
pub enum Direction {
    /// 呼入
    #[label("Incoming")]
    In,
    /// 呼出
    #[label("Outgoing")]
    Out,
}

/// What became of a call (通话结果).
#[codes::code(name = "CallResult")]
pub enum Outcome {
    /// 已接
    Answered,
    /// 未接
    Lost,
    /// 占线
    Busy,
    /// 语音留言
    Voicemail,
}

pub mod link {
    //! A call of a ticket; many to many.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "call_ticket")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub call_id: Uuid,
        pub ticket_id: Uuid,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
