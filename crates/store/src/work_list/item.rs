//! One item of the work list: as a source makes it, and as callers see it.

use access::JobRole;
use chrono::{DateTime, Utc};
use kernel::lang::Lang;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::Uuid;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Place, Source, never};
use crate::Reading;
use crate::resource::{Resource, Row};

/// An item as a source makes it.
#[derive(Clone, Debug)]
pub struct Item {
    pub(super) row: Uuid,
    pub(super) resource: &'static str,
    pub(super) subject_id: Uuid,
    pub(super) number: Option<String>,
    pub(super) title: String,
    pub(super) told_as: Option<String>,
    pub(super) due_at: Option<DateTime<Utc>>,
    since: DateTime<Utc>,
    url: String,
    act_url: Option<String>,
    pub(super) holder_id: Option<Uuid>,
    pub(super) watcher_id: Option<Uuid>,
    pub(super) deciders: Vec<JobRole>,
    pub(super) urgent: bool,
    pub(super) org_unit_id: Option<Uuid>,
}

impl Item {
    /// An item about a row of a resource, waiting since it was made.
    pub fn of<R: Resource>(row: &R::Row, due_at: Option<DateTime<Utc>>, title: impl Into<String>) -> Self {
        Self {
            row: row.id(),
            resource: R::NAME,
            subject_id: row.id(),
            number: row.column("number"),
            title: title.into(),
            told_as: None,
            due_at,
            since: row.column("created_at").unwrap_or_default(),
            url: format!("{}/{}", R::PATH, row.id()),
            act_url: None,
            holder_id: None,
            watcher_id: None,
            deciders: Vec::new(),
            urgent: false,
            org_unit_id: None,
        }
    }
    /// The row that waits stands for another: the ticket of an approval.
    pub fn about<R: Resource>(mut self, id: Uuid, number: Option<String>) -> Self {
        (self.resource, self.subject_id, self.number) = (R::NAME, id, number);
        self.url = format!("{}/{id}", R::PATH);
        self
    }
    /// One part of the row waits, beside others: somebody who takes part in it.
    pub fn part(mut self, part: Uuid) -> Self {
        self.row = part;
        self
    }
    /// Since when it waits.
    pub fn since(mut self, since: DateTime<Utc>) -> Self {
        self.since = since;
        self
    }
    /// Whose it is; without, it is anybody's of the unit.
    pub fn held_by(mut self, holder: Option<Uuid>) -> Self {
        self.holder_id = holder;
        self
    }
    /// Who keeps an eye on it and is reminded, though others have to act.
    pub fn watched_by(mut self, watcher: Option<Uuid>) -> Self {
        self.watcher_id = watcher;
        self
    }
    /// The roles whose turn it is.
    pub fn decided_by(mut self, roles: Vec<JobRole>) -> Self {
        self.deciders = roles;
        self
    }
    /// What a reminder calls it where its title names a person: facts are kept for ever.
    pub fn told_as(mut self, name: Option<String>) -> Self {
        self.told_as = name;
        self
    }
    /// Who is reminded hears of it at once, also at night.
    pub fn urgent(mut self, urgent: bool) -> Self {
        self.urgent = urgent;
        self
    }
    /// Where it lies.
    pub fn in_unit(mut self, unit: Option<Uuid>) -> Self {
        self.org_unit_id = unit;
        self
    }
    /// The act that settles it: `approve` below the item's own row.
    pub fn settled_by<R: Resource>(mut self, action: &str) -> Self {
        self.act_url = Some(format!("{}/{}/{action}", R::PATH, self.row));
        self
    }
    /// Where the act that settles it is sent.
    pub fn settled_at(mut self, url: impl Into<String>) -> Self {
        self.act_url = Some(url.into());
        self
    }

    pub(super) fn place(&self, kind: &str) -> Place {
        Place { due: self.due_at.unwrap_or_else(never), kind: kind.to_owned(), row: self.row }
    }

    pub(super) fn shown(self, at: &Reading, source: &Source) -> WorkItem {
        WorkItem {
            id: format!("{}:{}", source.kind, self.row),
            kind: source.kind,
            title: if at.lang() == Lang::Zh { source.title_zh } else { source.title_en },
            domain: source.domain(),
            subject: WorkSubject {
                resource: self.resource,
                id: self.subject_id,
                number: self.number,
                title: self.title,
            },
            due_at: self.due_at.map(Timestamp::from),
            since: self.since.into(),
            overdue: self.due_at.is_some_and(|due| due < at.now),
            holder_id: self.holder_id,
            org_unit_id: self.org_unit_id,
            url: self.url,
            act_url: self.act_url,
        }
    }
}

/// Something that waits (待办).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkItem {
    /// `<kind>:<row>`; the same as long as it waits.
    pub id: String,
    /// Code of the kind, to filter by.
    pub kind: &'static str,
    /// What kind of work it is, in the caller's language.
    pub title: &'static str,
    /// platform, tickets, heating.
    pub domain: &'static str,
    /// The row that waits.
    pub subject: WorkSubject,
    /// Null when it has no limit.
    pub due_at: Option<Timestamp>,
    /// Since when it waits.
    pub since: Timestamp,
    pub overdue: bool,
    /// The member of staff it waits for; null when it is anybody's of the unit.
    pub holder_id: Option<Uuid>,
    /// The unit it waits for.
    pub org_unit_id: Option<Uuid>,
    /// `GET` shows the subject.
    pub url: String,
    /// `POST` settles it, where one act does.
    pub act_url: Option<String>,
}

/// What the work is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkSubject {
    pub resource: &'static str,
    pub id: Uuid,
    pub number: Option<String>,
    pub title: String,
}
