//! A fact as others read it, in the feed and in webhooks: what changed is named, values stay inside.

use kernel::time::Timestamp;
use sea_orm::entity::prelude::Uuid;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::entity::Model;

/// A fact. Personal fields and values are absent; `changed` names what changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Event {
    /// Place in the one order of all facts, without a gap; give the last one as `after`.
    pub position: i64,
    /// When it happened.
    pub at: Timestamp,
    /// `<entity>.<past verb>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What sort of row it is about: `ticket`.
    pub resource: String,
    pub resource_id: Option<Uuid>,
    /// The version of the row after it.
    pub version: Option<i32>,
    /// Who did it: `sub` of his token.
    pub actor_id: Uuid,
    pub actor_role: String,
    /// The principal whose role was lent.
    pub on_behalf_of: Option<Uuid>,
    /// `X-Request-Id` of the call.
    pub request_id: String,
    pub project_id: Option<Uuid>,
    pub org_unit_id: Option<Uuid>,
    pub customer_id: Option<Uuid>,
    /// Names of the fields that changed.
    pub changed: Vec<String>,
    /// What the fact says beyond that; never personal.
    #[schema(value_type = Object)]
    pub data: Value,
}

impl From<Model> for Event {
    fn from(row: Model) -> Self {
        let changes: Value = serde_json::from_str(&row.changes).unwrap_or_default();
        let names = changes.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
        Self {
            position: row.position.unwrap_or_default(),
            at: row.at.into(),
            kind: row.kind,
            resource: row.resource,
            resource_id: row.resource_id,
            version: row.resource_version,
            actor_id: row.actor_id,
            actor_role: row.actor_role,
            on_behalf_of: row.on_behalf_of,
            request_id: row.request_id,
            project_id: row.project_id,
            org_unit_id: row.org_unit_id,
            customer_id: row.customer_id,
            changed: names,
            data: serde_json::from_str(&row.data).unwrap_or_default(),
        }
    }
}
