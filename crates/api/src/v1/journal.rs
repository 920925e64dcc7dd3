//! `/v1/journal-entries`, `/v1/journal-checkpoints`: the audit trail and what is signed over it (PF-11).

use actix_web::http::Method;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use store::journal::checkpoint::JournalCheckpoint;
use store::journal::entity::Model;
use store::journal::feed::{self, Trail};
use store::{Answer, Done, list};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::call::{Call, Reply};
use crate::router::Api;

/// Entries of the audit trail, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct JournalPage {
    pub items: Vec<JournalEntry>,
    pub next_cursor: Option<String>,
}

/// One entry, as it is chained.
#[derive(Debug, Serialize, ToSchema)]
pub struct JournalEntry {
    pub seq: i64,
    /// Place in the sealed chain; null until sealed.
    pub position: Option<i64>,
    pub at: Timestamp,
    /// `<entity>.<past verb>`.
    #[serde(rename = "type")]
    pub kind: String,
    pub resource: String,
    pub resource_id: Option<Uuid>,
    pub version: Option<i32>,
    pub actor_id: Uuid,
    pub actor_role: String,
    pub on_behalf_of: Option<Uuid>,
    pub client_id: Option<Uuid>,
    pub request_id: String,
    pub ip: Option<String>,
    pub operation: String,
    /// done or refused.
    pub result: String,
    pub reason: Option<String>,
    /// `{field: [before, after]}`; personal fields as ciphertext.
    #[schema(value_type = Object)]
    pub changes: Value,
    #[schema(value_type = Object)]
    pub data: Value,
    pub prev_hash: Option<String>,
    pub hash: Option<String>,
}

/// Declares the audit trail.
pub fn routes(api: &mut Api) {
    api.operation(Method::GET, "/v1/journal-entries", "list_journal_entries", "platform.journal:read", read)
        .tag("journal")
        .summary("Lists entries of the journal, newest first.")
        .query("actor", "uuid", "Who acted.")
        .query("resource", "string", "Kind of resource, one of them as `kind:id`, or an id; comma-separated.")
        .query("resource_id", "uuid", "The resource.")
        .query("request_id", "string", "The request.")
        .query("type", "string", "Event type.")
        .query("limit", "integer", "Rows a page, 1–200.")
        .query("cursor", "string", "`next_cursor` of the page before.")
        .answers::<JournalPage>();
    api.resource::<JournalCheckpoint>("journal", "journal_checkpoints").read_with("platform.journal:read").list();
}

async fn read(call: Call) -> Result<Reply, Fault> {
    let words = |name: &str| -> Vec<String> {
        call.query_value(name).into_iter().flat_map(|text| text.split(',')).map(str::to_owned).collect()
    };
    let ids = |name: &str| call.query_value(name).map_or_else(|| Ok(Vec::new()), |text| list::uuids(name, text));
    let (at, path) = (call.reading(), call.request.path());
    let limit = list::limit(&call.query)?;
    let trail = Trail {
        actors: ids("actor")?,
        resource_ids: ids("resource_id")?,
        request_ids: words("request_id"),
        kinds: words("type"),
        about: call.query_value("resource").map(str::to_owned),
        before: list::place_after(&at, path, &call.query)?,
        limit: limit + 1,
    };
    let mut rows = feed::trail(&at, &trail).await?;
    let more = rows.len() as u64 > limit;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|row| list::place_cursor(&at, path, &call.query, row.seq));
    let next_cursor = next.transpose()?;
    let items = rows.into_iter().map(JournalEntry::from).collect();
    Ok(Reply::Answer(Answer::json(Done::Ok, &JournalPage { items, next_cursor })?))
}

impl From<Model> for JournalEntry {
    fn from(row: Model) -> Self {
        let json = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
        Self {
            changes: json(&row.changes),
            data: json(&row.data),
            seq: row.seq,
            position: row.position,
            at: row.at.into(),
            kind: row.kind,
            resource: row.resource,
            resource_id: row.resource_id,
            version: row.resource_version,
            actor_id: row.actor_id,
            actor_role: row.actor_role,
            on_behalf_of: row.on_behalf_of,
            client_id: row.client_id,
            request_id: row.request_id,
            ip: row.ip,
            operation: row.operation,
            result: row.result,
            reason: row.reason,
            prev_hash: row.prev_hash,
            hash: row.hash,
        }
    }
}
