//! The template row: one revision of a text.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::reach::Channel;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "message_template")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub created_by: Uuid,
    /// Who changed the draft last.
    pub edited_by: Option<Uuid>,
    pub code: String,
    /// The highest approved one is used.
    pub revision: i32,
    pub channel: Channel,
    pub text: String,
    pub status: Status,
    pub approved_at: Option<DateTimeUtc>,
    pub approved_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Whether a text may be used.
#[derive(Copy, Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schema(as = MessageTemplateStatus)]
pub enum Status {
    Draft,
    Approved,
}

impl Status {
    /// Every code, for filters.
    pub const CODES: &'static [&'static str] = &["draft", "approved"];
}

impl From<Status> for &'static str {
    fn from(status: Status) -> Self {
        match status {
            Status::Draft => "draft",
            Status::Approved => "approved",
        }
    }
}
