//! A fact as it is told to people: the words a template may use.

use std::collections::BTreeMap;

use kernel::fault::Fault;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde_json::Value;
use store::Reading;
use store::journal::entity::{Column, Entity, Model};

use super::kinds::{Kind, Source};

/// Characters of an answer that go into a message.
const ANSWER: usize = 300;

/// A fact, and how its resource began when that matters.
pub struct Told {
    pub fact: Model,
    data: Value,
    changes: Value,
    began: Value,
    /// Who let the resource begin.
    pub begun_by: Uuid,
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

impl Told {
    /// Reads a fact. An approval's later facts say nothing of its subject; its first one does.
    pub async fn of(at: &Reading, fact: Model) -> Result<Self, Fault> {
        let first = match (fact.resource.as_str(), fact.resource_id) {
            ("approval", Some(id)) => {
                let started =
                    Entity::find().filter(Column::ResourceId.eq(id)).filter(Column::Kind.eq("approval.started"));
                started.order_by_asc(Column::Seq).one(&at.db()).await?
            }
            _ => None,
        };
        let began = first.as_ref().map_or(Value::Null, |first| json(&first.changes));
        let begun_by = first.map_or(fact.actor_id, |first| first.actor_id);
        Ok(Self { data: json(&fact.data), changes: json(&fact.changes), began, begun_by, fact })
    }

    /// A value of the fact's data.
    pub fn data(&self, name: &str) -> &Value {
        &self.data[name]
    }

    /// What a field became with the fact; null when it did not change.
    pub fn became(&self, field: &str) -> &Value {
        &self.changes[field][1]
    }

    /// What a field was when the resource began.
    pub fn began(&self, field: &str) -> &Value {
        &self.began[field][1]
    }

    fn answer(&self) -> String {
        let reply = self.became("reply").as_str().map(json).unwrap_or_default();
        let content = reply["content"].as_str().unwrap_or_default();
        let short: String = content.chars().take(ANSWER).collect();
        if short.len() < content.len() { short + "…" } else { short }
    }

    /// The variables of a kind, by name.
    pub fn values(&self, kind: &Kind) -> BTreeMap<&'static str, String> {
        let value = |source: Source| match source {
            Source::Data(name) => shown(self.data(name)),
            Source::Became(field) => shown(self.became(field)),
            Source::Began(field) => shown(self.began(field)),
            Source::Answer => self.answer(),
        };
        kind.variables.iter().map(|(name, source)| (*name, value(*source))).collect()
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.trim_matches(',').replace(',', ", "),
        other => other.to_string(),
    }
}
