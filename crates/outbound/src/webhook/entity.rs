//! The webhook row.

use chrono::{DateTime, Utc};
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::protected::Keyring;

use crate::sign::Secret;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "webhook")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub url: String,
    /// JSON array of event types; empty: every type.
    pub types: String,
    pub active: bool,
    /// Staff or client: his scope is the webhook's.
    pub owner_id: Uuid,
    pub owner_role: String,
    pub on_behalf_of: Option<Uuid>,
    /// Never in the journal.
    #[serde(skip)]
    pub secret_sealed: String,
    #[serde(skip)]
    pub old_secret_sealed: Option<String>,
    /// Until then messages are signed with the old secret too.
    pub old_secret_until: Option<DateTimeUtc>,
    /// The last position made into deliveries.
    pub position: i64,
    /// The first failure since the last success.
    pub failing_since: Option<DateTimeUtc>,
    /// failing, owner_gone.
    pub disabled_reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

fn place(id: Uuid, column: &str) -> String {
    format!("webhook|{id}|{column}")
}

/// A secret as the row keeps it.
pub(super) fn seal(keys: &Keyring, id: Uuid, column: &str, secret: &Secret) -> Result<String, Fault> {
    keys.seal(&place(id, column), secret.show().as_bytes())
}

impl Model {
    /// The event types it asks for; none means every type.
    pub fn types(&self) -> Vec<String> {
        serde_json::from_str(&self.types).unwrap_or_default()
    }

    /// The present secret.
    pub fn secret(&self, keys: &Keyring) -> Result<Secret, Fault> {
        self.open(keys, "secret_sealed", &self.secret_sealed)
    }

    /// Every secret a message is signed with at an instant.
    pub fn secrets(&self, keys: &Keyring, now: DateTime<Utc>) -> Result<Vec<Secret>, Fault> {
        let mut secrets = vec![self.secret(keys)?];
        if let Some(old) = &self.old_secret_sealed
            && self.old_secret_until.is_some_and(|until| now < until)
        {
            secrets.push(self.open(keys, "old_secret_sealed", old)?);
        }
        Ok(secrets)
    }

    fn open(&self, keys: &Keyring, column: &str, sealed: &str) -> Result<Secret, Fault> {
        let bytes = keys.open(&place(self.id, column), sealed)?;
        let text = std::str::from_utf8(&bytes).map_err(Fault::internal)?;
        Secret::read(text).ok_or_else(|| Fault::internal("a webhook's secret cannot be read"))
    }
}
