//! The invitation row.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "survey_invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub survey_id: Uuid,
    pub customer_id: Uuid,
    pub project_id: Option<Uuid>,
    pub org_unit_id: Option<Uuid>,
    /// As written: queued, opened, answered, skipped; the rest is read from clock and outbox.
    pub status: Status,
    pub skip_reason: Option<String>,
    #[serde(skip)]
    pub token_sha256: Option<String>,
    #[serde(skip)]
    pub letter_id: Option<Uuid>,
    /// When it goes out; not in the quiet hours.
    pub sent_at: Option<DateTimeUtc>,
    pub expires_at: Option<DateTimeUtc>,
    pub opened_at: Option<DateTimeUtc>,
    pub answered_at: Option<DateTimeUtc>,
    /// JSON; never of an anonymous survey.
    #[serde(skip)]
    pub answers: Option<String>,
    pub proxy: bool,
    pub recorded_by: Option<Uuid>,
    pub reminders: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where an invitation stands.
#[derive(Copy, Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schema(as = SurveyInvitationStatus)]
pub enum Status {
    /// Waits for the morning or the opening.
    Queued,
    /// Handed to the outbox.
    Sent,
    /// The outbox gave it up.
    Undeliverable,
    Opened,
    Answered,
    Expired,
    /// Not invited; `skip_reason` says why.
    Skipped,
}

impl Status {
    /// Every code, for filters.
    pub const CODES: &'static [&'static str] =
        &["queued", "sent", "undeliverable", "opened", "answered", "expired", "skipped"];
}
