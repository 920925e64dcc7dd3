//! `/history` of a row: the journal entries about it, sealed or not.

use kernel::fault::{self, Fault};
use kernel::time::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use serde_json::Value;
use store::journal::entity::{Column, Entity, Model};
use store::journal::feed;
use store::{Answer, Done, Resource, list, resource};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::call::{Call, Reply};

/// The changes of one row, oldest first.
#[derive(Serialize, ToSchema)]
pub struct History {
    pub items: Vec<Entry>,
    pub next_cursor: Option<String>,
}

/// One fact.
#[derive(Serialize, ToSchema)]
#[schema(as = HistoryEntry)]
pub struct Entry {
    /// Place in the sealed chain; null until sealed.
    pub position: Option<i64>,
    pub at: Timestamp,
    /// `<entity>.<past verb>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Who did it: `sub` of his token.
    pub actor_id: Uuid,
    pub actor_role: String,
    /// The principal whose role was lent.
    pub on_behalf_of: Option<Uuid>,
    /// `X-Request-Id` of the call.
    pub request_id: String,
    /// The version of the row after it.
    pub version: Option<i32>,
    /// Why, as he said it.
    pub reason: Option<String>,
    /// `{column: [before, after]}` as kept in the database: amounts in fen, lists as JSON text, personal fields as
    /// ciphertext; instants with +08:00.
    #[schema(value_type = Object)]
    pub changes: Value,
    /// What the fact says beyond that; never personal.
    #[schema(value_type = Object)]
    pub data: Value,
}

/// Instants before and after as instants are told everywhere: with +08:00. The journal keeps them as they are stored.
fn in_house_time(value: Value) -> Value {
    match value {
        Value::String(text) if text.ends_with('Z') => {
            let at = Timestamp::parse(&text).map(|at| at.to_string());
            Value::String(at.unwrap_or(text))
        }
        Value::Array(items) => items.into_iter().map(in_house_time).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, in_house_time(value))).collect(),
        other => other,
    }
}

impl From<Model> for Entry {
    fn from(row: Model) -> Self {
        let json = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
        Self {
            position: row.position,
            at: row.at.into(),
            kind: row.kind,
            actor_id: row.actor_id,
            actor_role: row.actor_role,
            on_behalf_of: row.on_behalf_of,
            request_id: row.request_id,
            version: row.resource_version,
            reason: row.reason,
            changes: in_house_time(json(&row.changes)),
            data: json(&row.data),
        }
    }
}

/// The history of a row the caller may know of. The customer himself sees what is meant for him.
pub async fn of_row<R: Resource>(call: Call) -> Result<Reply, Fault> {
    let at = call.reading();
    let id = call.id()?;
    resource::find::<R>(&at, id).await?;
    if !R::history_shown(call.actor()) {
        return Err(Fault::new(&fault::NOT_FOUND));
    }
    let path = call.request.path();
    let limit = list::limit(&call.query)?;
    let after = list::place_after(&at, path, &call.query)?.unwrap_or_default();
    let mut select = Entity::find()
        .filter(Column::Resource.eq(R::NAME))
        .filter(Column::ResourceId.eq(id))
        .filter(Column::Seq.gt(after))
        .filter(feed::blind_to(call.actor()))
        .order_by_asc(Column::Seq)
        .limit(limit + 1);
    if call.actor().is_customer() {
        select = select.filter(Column::Audience.eq("customer"));
    }
    let mut rows = select.all(&at.db()).await?;
    let more = rows.len() as u64 > limit;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|row| list::place_cursor(&at, path, &call.query, row.seq));
    let next_cursor = next.transpose()?;
    let mut items: Vec<Entry> = rows.into_iter().map(Entry::from).collect();
    if call.actor().is_customer() {
        // What changed inside is staff's business, and so is who of them was told, and why they did it.
        for entry in &mut items {
            entry.changes = Value::Object(Default::default());
            if let Value::Object(data) = &mut entry.data {
                data.retain(|name, _| !name.starts_with("told") && !R::HOUSE.contains(&name.as_str()));
            }
            entry.reason = entry.reason.take().filter(|_| entry.actor_id == call.actor().sub);
        }
    }
    Ok(Reply::Answer(Answer::json(Done::Ok, &History { items, next_cursor })?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn instants_are_told_in_the_time_of_the_house() {
        let check = |stored: Value, told: Value| assert_eq!(in_house_time(stored), told);
        check(
            json!({ "at": [null, "2026-11-29T19:09:59.738841Z"] }),
            json!({ "at": [null, "2026-11-30T03:09:59.738841+08:00"] }),
        );
        check(json!({ "on": ["2026-11-29", null], "n": [1, 2] }), json!({ "on": ["2026-11-29", null], "n": [1, 2] }));
        check(json!(["Z", "2026-11-29Z", "楼Z"]), json!(["Z", "2026-11-29Z", "楼Z"]));
    }
}
