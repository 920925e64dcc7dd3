//! The journal: history of a resource, audit trail, change feed and source of webhooks in one (PF-11).

pub mod checkpoint;
pub mod entity;
pub mod event;
pub mod feed;
mod merkle;
pub mod proof;
mod purge;
pub mod seal;
pub mod verify;
mod versions;

pub use purge::Purged;
pub use versions::{Stray, Versioned};

use std::collections::BTreeSet;

use access::JobRole;
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::NotSet, ConnectionTrait, QueryTrait, Set};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::resource::{Placement, Resource, Row};
use crate::work::Work;

/// Who may see an entry in the feed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// Staff in scope.
    #[default]
    Staff,
    /// Also the customer himself.
    Customer,
    /// Only those who read the audit trail.
    Audit,
}

impl Audience {
    pub fn code(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Customer => "customer",
            Self::Audit => "audit",
        }
    }
}

/// One fact on its way into the journal.
#[derive(Clone, Debug, Default)]
pub struct Fact {
    /// `<entity>.<past verb>`.
    pub kind: String,
    pub resource: String,
    pub resource_id: Option<Uuid>,
    pub resource_version: Option<i32>,
    pub result: &'static str,
    pub reason: Option<String>,
    pub changes: Map<String, Value>,
    pub data: Map<String, Value>,
    pub placement: Placement,
    /// About a row that processes remember ([`Resource::REMEMBERED`]).
    pub remembered: bool,
}

impl Fact {
    /// A fact about something that is not a row of a [`Resource`].
    pub fn new(kind: &str, resource: &str, id: Option<Uuid>) -> Self {
        Self {
            kind: kind.to_owned(),
            resource: resource.to_owned(),
            resource_id: id,
            result: "done",
            ..Self::default()
        }
    }
    /// `verb` happened to this row; what the resource says of itself in every fact is in its data.
    pub fn of<R: Resource>(verb: &str, row: &R::Row) -> Self {
        let fact = Self {
            kind: format!("{}.{verb}", R::NAME),
            resource: R::NAME.to_owned(),
            resource_id: Some(row.id()),
            resource_version: Some(row.version()),
            result: "done",
            placement: R::placement(row),
            remembered: R::REMEMBERED,
            ..Self::default()
        };
        R::said(row).into_iter().fold(fact, |fact, (name, value)| fact.with(name, value))
    }
    /// An operation was refused by rule.
    pub fn refusal(operation: &str, code: &str) -> Self {
        let mut fact =
            Self::new("operation.refused", "operation", None).with("operation", operation).with("code", code);
        fact.result = "refused";
        fact.placement.audience = Audience::Audit;
        fact
    }
    /// Adds what changed between two states of a row: `{field: [before, after]}`.
    pub fn changed(mut self, before: &impl Serialize, after: &impl Serialize) -> Self {
        self.changes = difference(before, after);
        self
    }
    /// Adds the state a new row starts with: `{field: [null, value]}`.
    pub fn started_as(self, after: &impl Serialize) -> Self {
        self.changed(&Map::new(), after)
    }
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.data.insert(name.to_owned(), value.into());
        self
    }
    /// Names people who are told of it.
    pub fn tells(self, people: impl IntoIterator<Item = Uuid>) -> Self {
        people.into_iter().fold(self, |fact, person| fact.listed("told", person.to_string()))
    }
    /// Names roles of which those nearest to the fact's unit are told. Roles named together stand for one another;
    /// called again, it names another group.
    pub fn tells_any_of(self, roles: &[JobRole]) -> Self {
        self.listed("told_roles", roles.iter().map(|role| role.code()).collect::<Vec<_>>().join("|"))
    }
    fn listed(mut self, name: &str, item: String) -> Self {
        let mut list = match self.data.remove(name) {
            Some(Value::Array(list)) => list,
            _ => Vec::new(),
        };
        list.push(item.into());
        self.with(name, list)
    }
    pub fn audience(mut self, audience: Audience) -> Self {
        self.placement.audience = audience;
        self
    }
}

const UNINTERESTING: &[&str] = &["id", "version", "created_at", "updated_at"];

fn difference(before: &impl Serialize, after: &impl Serialize) -> Map<String, Value> {
    let (before, after) = (object(before), object(after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let at = |map: &Map<String, Value>, name: &str| map.get(name).cloned().unwrap_or(Value::Null);
    names
        .into_iter()
        .filter(|name| !UNINTERESTING.contains(&name.as_str()) && at(&before, name) != at(&after, name))
        .map(|name| (name.clone(), Value::Array(vec![at(&before, name), at(&after, name)])))
        .collect()
}

fn object(value: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

/// Appends facts in the writing transaction; the sealer gives them their place in the chain later. Only the first
/// ones of a work may wait for its next statement: parts of one statement have no order, entries do.
pub(crate) async fn append(work: &Work, facts: Vec<Fact>, first: bool) -> Result<(), Fault> {
    if facts.is_empty() {
        return Ok(());
    }
    let actor = work.actor();
    let text = |map: Map<String, Value>| Value::Object(map).to_string();
    let rows = facts.into_iter().map(|fact| entity::ActiveModel {
        seq: NotSet,
        position: Set(None),
        at: Set(work.now),
        kind: Set(fact.kind),
        resource: Set(fact.resource),
        resource_id: Set(fact.resource_id),
        resource_version: Set(fact.resource_version),
        actor_id: Set(actor.sub),
        actor_role: Set(if actor.is_system() { "system".to_owned() } else { actor.role.code().to_owned() }),
        on_behalf_of: Set(actor.on_behalf_of),
        client_id: Set(actor.client_id),
        request_id: Set(work.ctx.request_id.clone()),
        ip: Set(work.ctx.ip.clone()),
        operation: Set(work.ctx.operation.to_owned()),
        result: Set(fact.result.to_owned()),
        reason: Set(fact.reason),
        changes: Set(text(fact.changes)),
        data: Set(text(fact.data)),
        project_id: Set(fact.placement.project_id),
        org_unit_id: Set(fact.placement.org_unit_id),
        customer_id: Set(fact.placement.customer_id),
        audience: Set(fact.placement.audience.code().to_owned()),
        prev_hash: Set(None),
        hash: Set(None),
    });
    let rows: Vec<_> = rows.collect();
    for (n, chunk) in rows.chunks(500).enumerate() {
        let insert = entity::Entity::insert_many(chunk.to_vec());
        if first && n == 0 {
            work.later(insert.build(work.db().get_database_backend())).await;
        } else {
            insert.exec_without_returning(&work.db()).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_names_only_what_changed() {
        let before = json!({"id": 1, "version": 1, "status": "registered", "title": "x"});
        let after = json!({"id": 1, "version": 2, "status": "assigned", "title": "x", "assignee_id": "a"});
        let difference = Value::Object(difference(&before, &after));
        assert_eq!(difference, json!({"status": ["registered", "assigned"], "assignee_id": [null, "a"]}));
    }
}
