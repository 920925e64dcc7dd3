//! The row of a rectification.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "rectification")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub evaluation_id: Option<Uuid>,
    pub station_id: Uuid,
    /// The station's, for the feed.
    pub org_unit_id: Uuid,
    /// Code of the item that failed.
    pub item: String,
    pub text: String,
    pub due_on: Date,
    pub status: Status,
    /// JSON array of documents.
    pub photos: String,
    pub done_note: Option<String>,
    pub done_by: Option<Uuid>,
    pub done_at: Option<DateTimeUtc>,
    pub verified_by: Option<Uuid>,
    pub verified_at: Option<DateTimeUtc>,
    /// Why it was not accepted the last time.
    pub refusal: Option<String>,
    pub ticket_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a rectification stands.
#[codes::code(name = "RectificationStatus")]
pub enum Status {
    /// 待整改
    Open,
    /// 已整改
    Done,
    /// 已验收
    Verified,
}
