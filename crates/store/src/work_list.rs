//! The work list (PF-16): everything due, overdue or waiting, derived from data at the instant of asking.
//!
//! Each domain declares its kinds, one [`Source`] a kind; nothing is stored, so no job can make the list late
//! or incomplete. A source answers the rows that wait in due order; the list merges them.

mod due;
mod item;
mod reminder;

use std::cmp::Ordering;

use access::Actor;
use chrono::{DateTime, Utc};
use futures_util::future::LocalBoxFuture;
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Order;
use sea_orm::{Condition, ConnectionTrait, FromQueryResult, QueryOrder, QuerySelect, QueryTrait};
use serde::{Deserialize, Serialize};

use crate::Reading;
use crate::list::{self, DEFAULT_LIMIT, MAX_LIMIT, Page};
use crate::resource::Resource;
pub use due::{Due, last_second, never};
pub use item::{Item, WorkItem, WorkSubject};
pub use reminder::{Reminder, Told, remind};

type Items = for<'a> fn(&'a Reading, &'a Asked) -> LocalBoxFuture<'a, Result<Vec<Item>, Fault>>;

/// A kind of work, as it is declared once.
pub struct Source {
    /// Its code: `callback`. Unique among all domains.
    pub kind: &'static str,
    pub title_zh: &'static str,
    pub title_en: &'static str,
    /// Who may know of its subjects at all: the permission that reads them.
    pub permission: &'static str,
    /// What waits for whom was asked, in due order, within the stretch asked for.
    pub items: Items,
}

impl Source {
    /// A kind with its titles – Chinese, English –, the permission that reads its subjects, and who answers its items.
    pub const fn new(
        kind: &'static str,
        (title_zh, title_en): (&'static str, &'static str),
        permission: &'static str,
        items: Items,
    ) -> Self {
        Self { kind, title_zh, title_en, permission, items }
    }

    /// The domain it belongs to, the first part of its permission: `tickets`.
    pub fn domain(&self) -> &'static str {
        self.permission.split_once('.').map_or(self.permission, |(domain, _)| domain)
    }
}

/// For whom the list is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The caller, in the role of his token; the principal too when it is lent.
    Me,
    /// Anybody of these units.
    Units(Vec<Uuid>),
    /// Everybody: for the jobs that remind.
    Anybody,
}

/// What a caller asked of the list.
#[derive(Clone, Debug)]
pub struct Query {
    pub waiting: Waiting,
    pub domains: Vec<String>,
    pub kinds: Vec<String>,
    pub overdue: Option<bool>,
    pub due_from: Option<DateTime<Utc>>,
    pub due_before: Option<DateTime<Utc>>,
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    pub include_total: bool,
}

/// What is counted of each kind; a total of more means "at least".
const COUNTED: u64 = 1_000;

impl Query {
    /// Everything that waits for somebody.
    pub fn of(waiting: Waiting) -> Self {
        Self {
            waiting,
            domains: Vec::new(),
            kinds: Vec::new(),
            overdue: None,
            due_from: None,
            due_before: None,
            limit: None,
            cursor: None,
            include_total: false,
        }
    }

    /// The question as a source hears it.
    fn asked(&self, source: &Source, after: Option<Place>, limit: u64) -> Asked {
        Asked {
            waiting: self.waiting.clone(),
            kind: source.kind,
            overdue: self.overdue,
            due_from: self.due_from,
            due_before: self.due_before,
            after,
            limit,
        }
    }

    fn wants(&self, source: &Source) -> bool {
        let named = |list: &[String], name: &str| list.is_empty() || list.iter().any(|known| known == name);
        named(&self.domains, source.domain()) && named(&self.kinds, source.kind)
    }
}

/// The question as one source hears it: for whom, and which stretch of the list.
#[derive(Clone, Debug)]
pub struct Asked {
    pub waiting: Waiting,
    kind: &'static str,
    overdue: Option<bool>,
    due_from: Option<DateTime<Utc>>,
    due_before: Option<DateTime<Utc>>,
    after: Option<Place>,
    limit: u64,
}

/// The place of an item in the list: by due instant, then kind, then row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Place {
    due: DateTime<Utc>,
    kind: String,
    row: Uuid,
}

impl Asked {
    /// Rows that one person holds: the caller himself, or whoever it is in the units asked for.
    pub fn held<C: ColumnTrait>(&self, actor: &Actor, holder: C, unit: C) -> Condition {
        match &self.waiting {
            Waiting::Me => Condition::all().add(holder.is_in(actor.persons())),
            Waiting::Units(units) => Condition::all().add(unit.is_in(units.iter().copied())),
            Waiting::Anybody => Condition::all(),
        }
    }

    /// Rows of a unit that anybody with this permission may take there; nothing when the caller does not hold it.
    pub fn open_to<C: ColumnTrait>(&self, actor: &Actor, permission: &str, unit: C) -> Option<Condition> {
        match &self.waiting {
            Waiting::Me if !actor.holds(permission) => None,
            Waiting::Me if actor.scope.all => Some(Condition::all()),
            Waiting::Me => Some(Condition::all().add(unit.is_in(actor.scope.org_unit_ids.iter().copied()))),
            Waiting::Units(units) => Some(Condition::all().add(unit.is_in(units.iter().copied()))),
            Waiting::Anybody => Some(Condition::all()),
        }
    }

    /// The rows of a resource that wait, of those the caller may know of, with the instant each is due.
    pub async fn rows<R: Resource>(
        &self,
        at: &Reading,
        waits: Condition,
        due: Due,
    ) -> Result<Vec<(R::Row, Option<DateTime<Utc>>)>, Fault> {
        let id = list::column_named::<R>("id")?;
        let query = R::Entity::find()
            .filter(R::visible(at))
            .filter(waits)
            .filter(self.stretch(at.now, &due, id))
            .expr_as(due.expression(), "work_due")
            .order_by(due.expression(), Order::Asc)
            .order_by(id, Order::Asc)
            .limit(self.limit + 1);
        let rows = at.db().query_all(&query.into_query()).await?;
        rows.iter().map(|row| Ok((R::Row::from_query_result(row, "")?, due.read(row, "work_due")?))).collect()
    }

    /// Of items computed beside the database, those of the stretch asked for, in order.
    pub fn chosen(&self, now: DateTime<Utc>, mut items: Vec<Item>) -> Vec<Item> {
        items.retain(|item| {
            let due = item.due_at.unwrap_or_else(never);
            self.overdue.is_none_or(|overdue| overdue == (due < now))
                && self.due_from.is_none_or(|from| due >= from)
                && self.due_before.is_none_or(|before| due < before)
                && self.after.as_ref().is_none_or(|after| item.place(self.kind) > *after)
        });
        items.sort_by_cached_key(|item| item.place(self.kind));
        items.truncate(usize::try_from(self.limit + 1).unwrap_or(usize::MAX));
        items
    }

    fn stretch<C: ColumnTrait>(&self, now: DateTime<Utc>, due: &Due, id: C) -> Condition {
        let mut all = Condition::all();
        match self.overdue {
            Some(true) => all = all.add(due.before(now)),
            Some(false) => all = all.add(due.from(now)),
            None => {}
        }
        if let Some(from) = self.due_from {
            all = all.add(due.from(from));
        }
        if let Some(before) = self.due_before {
            all = all.add(due.before(before));
        }
        if let Some(after) = &self.after {
            // At one instant the items stand by kind, those of one kind by row.
            all = all.add(match self.kind.cmp(after.kind.as_str()) {
                Ordering::Less => Condition::all().add(due.after(after.due)),
                Ordering::Greater => Condition::all().add(due.from(after.due)),
                Ordering::Equal => {
                    let next = Condition::all().add(due.from(after.due)).add(id.gt(after.row));
                    Condition::any().add(due.after(after.due)).add(next)
                }
            });
        }
        all
    }
}

const CURSOR_KEY: &str = "work_list.cursor";

#[derive(Serialize, Deserialize)]
struct Cursor {
    /// Hash of what was asked; a cursor belongs to one list.
    list: String,
    after: Place,
}

/// A page of the work list over all sources the caller may know of.
///
/// # Errors
/// `invalid_cursor` for one that was edited or belongs to another list.
pub async fn page(at: &Reading, sources: &[&Source], query: &Query) -> Result<Page<WorkItem>, Fault> {
    let fingerprint = fingerprint(at, query);
    let after = match &query.cursor {
        Some(text) => {
            let cursor: Cursor = list::unsealed(at, CURSOR_KEY, text)?;
            Some(cursor.after).filter(|_| cursor.list == fingerprint)
        }
        None => None,
    };
    if query.cursor.is_some() && after.is_none() {
        return Err(Fault::new(&kernel::fault::INVALID_CURSOR));
    }
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
    let mut found: Vec<(Place, &Source, Item)> = Vec::new();
    let mut total = query.include_total.then_some(0_u64);
    let known = |source: &&Source| query.wants(source) && at.actor().holds(source.permission);
    for source in sources.iter().copied().filter(known) {
        let items = (source.items)(at, &query.asked(source, after.clone(), limit)).await?;
        found.extend(items.into_iter().map(|item| (item.place(source.kind), source, item)));
        if let Some(total) = &mut total {
            // One more than asked for is answered where there is one.
            *total += (source.items)(at, &query.asked(source, None, COUNTED - 1)).await?.len() as u64;
        }
    }
    found.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next_cursor = match found.last().filter(|_| more) {
        Some((place, ..)) => Some(list::sealed(at, CURSOR_KEY, &Cursor { list: fingerprint, after: place.clone() })?),
        None => None,
    };
    let items = found.into_iter().map(|(_, source, item)| item.shown(at, source)).collect();
    Ok(Page { items, next_cursor, total })
}

fn fingerprint(at: &Reading, query: &Query) -> String {
    let text = format!(
        "{:?}|{:?}|{:?}|{:?}|{:?}|{:?}|{}",
        query.waiting,
        query.domains,
        query.kinds,
        query.overdue,
        query.due_from,
        query.due_before,
        at.actor().sub
    );
    hex::encode(&at.store.keys().mac("work_list.filters", text.as_bytes())[..8])
}
