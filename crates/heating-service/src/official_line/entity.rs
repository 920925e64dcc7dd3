//! The row of a complaint as an official line has it. Phone and address are sealed.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "official_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    /// None: written by an earlier version.
    pub number: Option<String>,
    /// A [`Channel`].
    pub channel: String,
    pub external_no: String,
    pub received_at: DateTimeUtc,
    /// The local day of it.
    pub received_on: Date,
    #[serde(skip_serializing)]
    pub phone_key: Option<String>,
    #[serde(skip_serializing)]
    pub phone_sealed: Option<String>,
    pub phone_masked: Option<String>,
    #[serde(skip_serializing)]
    pub address_sealed: Option<String>,
    pub address_masked: Option<String>,
    pub content: String,
    pub official_state: Option<String>,
    pub reply_due_at: Option<DateTimeUtc>,
    pub replied_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// An official line.
#[codes::code(name = "OfficialChannel", stored = false)]
pub enum Channel {
    /// 供热热线 96123-4
    #[code("96123-4")]
    #[label("Heating hotline 96123-4")]
    Heating,
    /// 政府热线 12345
    #[code("12345")]
    #[label("Government hotline 12345")]
    Government,
    /// 其他
    Other,
}
