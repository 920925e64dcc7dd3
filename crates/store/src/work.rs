//! What a query and a command are given: a connection, the fixed instant, the actor.

use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use access::Actor;
use chrono::{DateTime, NaiveDate, Utc};
use kernel::fault::Fault;
use kernel::lang::Lang;
use kernel::time::business_day;
use sea_orm::entity::prelude::Uuid;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, ModelTrait, QueryTrait, Statement};
use serde::Serialize;

use crate::Store;
use crate::calendars::Versions;
use crate::connection::{Connection, Db};
use crate::journal::Fact;
use crate::protected::PersonKey;

/// Everything about one call that is not its body.
#[derive(Clone, Debug)]
pub struct Context {
    pub actor: Actor,
    /// Operation id of the contract, e.g. `assign_ticket`.
    pub operation: &'static str,
    pub request_id: String,
    pub ip: Option<String>,
    pub lang: Lang,
    /// `Idempotency-Key` and the hash of what was sent with it.
    pub key: Option<(String, String)>,
    /// The versions `If-Match` named, one of which must be the row's.
    pub if_match: Option<Vec<i32>>,
    /// Check everything, answer the same, keep nothing.
    pub dry_run: bool,
    /// A 409 of this operation is journaled: approvals.
    pub journals_refusals: bool,
    /// The service is a sandbox: it may show what elsewhere only a message holds.
    pub sandbox: bool,
}

impl Context {
    /// The context of jobs, flows and set-up.
    pub fn system(operation: &'static str) -> Arc<Self> {
        Arc::new(Self::of(Actor::system(), operation))
    }
    /// A context without key, preconditions or address.
    pub fn of(actor: Actor, operation: &'static str) -> Self {
        Self {
            actor,
            operation,
            request_id: String::new(),
            ip: None,
            lang: Lang::Zh,
            key: None,
            if_match: None,
            dry_run: false,
            journals_refusals: false,
            sandbox: false,
        }
    }
}

/// A place to read from: outside a write the pool, inside it the open transaction.
pub struct Reading {
    /// None outside a write.
    transaction: Option<Connection>,
    /// Set once this work changed what is remembered.
    pub(crate) forgets: Cell<bool>,
    /// Whether a work knows which edition holds since it began.
    pub(crate) asked: Cell<bool>,
    /// What this reading has found not to be there: the row it would belong to, and its word.
    pub(crate) absent: RefCell<Vec<(Uuid, &'static str)>>,
    /// The person this work made a key for last, with the key: it is often asked for again at once.
    pub(crate) made_key: RefCell<Option<(Uuid, PersonKey)>>,
    /// The instant of this call; every rule reads this one.
    pub now: DateTime<Utc>,
    /// The day a list is to be shown as of.
    as_of: Cell<Option<NaiveDate>>,
    pub ctx: Arc<Context>,
    pub store: Store,
    /// The calendar versions this call reads.
    pub(crate) calendars: RefCell<Option<Arc<Versions>>>,
}

impl Reading {
    pub fn db(&self) -> Db<'_> {
        match &self.transaction {
            Some(transaction) => transaction.db(),
            None => self.committed(),
        }
    }
    /// Where to read what a process remembers: what an open transaction wrote may yet be rolled back.
    pub fn committed(&self) -> Db<'_> {
        self.store.reader().db()
    }
    /// The day what depends on one is computed for: the day asked for, else today.
    pub fn day(&self) -> NaiveDate {
        self.as_of.get().unwrap_or_else(|| business_day(self.now))
    }
    /// Computes for this day from now on. Who may know of what stays a question of today.
    pub fn show_as_of(&self, day: NaiveDate) {
        self.as_of.set(Some(day));
    }
    /// Whether this reads inside an open transaction.
    pub fn in_transaction(&self) -> bool {
        self.transaction.is_some()
    }
    pub fn actor(&self) -> &Actor {
        &self.ctx.actor
    }
    pub fn lang(&self) -> Lang {
        self.ctx.lang
    }
}

impl Reading {
    fn new(store: &Store, transaction: Option<Connection>, ctx: Arc<Context>, now: DateTime<Utc>) -> Self {
        Self {
            transaction,
            forgets: Cell::new(false),
            absent: RefCell::default(),
            made_key: RefCell::default(),
            // Claiming the key tells it, before the command runs.
            asked: Cell::new(ctx.key.is_some() && !ctx.dry_run),
            now,
            as_of: Cell::new(None),
            ctx,
            store: store.clone(),
            calendars: RefCell::default(),
        }
    }
}

impl Store {
    /// Opens a reading for one call.
    pub fn reading(&self, ctx: Arc<Context>) -> Reading {
        Reading::new(self, None, ctx, self.now())
    }
}

/// A reading inside the write door; only [`Store::write`] makes one.
pub struct Work {
    reading: Reading,
    connection: Connection,
    pub(crate) facts: RefCell<Vec<Fact>>,
    /// The customers the facts written so far are about.
    pub(crate) customers: RefCell<BTreeSet<Uuid>>,
    pub(crate) nothing_changed: Cell<bool>,
    /// The edition this work moved to, if it did.
    pub(crate) edition: Cell<Option<i64>>,
    spilled: Cell<bool>,
    /// What was looked up for the acts to come, by its type; shared with the parts of this work.
    kept: Rc<RefCell<HashMap<TypeId, Rc<dyn Any>>>>,
}

impl Deref for Work {
    type Target = Reading;
    fn deref(&self) -> &Reading {
        &self.reading
    }
}

impl Work {
    pub(crate) fn new(store: &Store, ctx: Arc<Context>, connection: Connection, now: DateTime<Utc>) -> Self {
        Self {
            reading: Reading::new(store, Some(connection.clone()), ctx, now),
            connection,
            facts: RefCell::new(Vec::new()),
            customers: RefCell::default(),
            nothing_changed: Cell::new(false),
            edition: Cell::new(None),
            spilled: Cell::new(false),
            kept: Rc::default(),
        }
    }
    /// Appends a fact to the journal, in this transaction.
    pub fn record(&self, fact: Fact) {
        if fact.remembered {
            self.forget();
        }
        self.facts.borrow_mut().push(fact);
    }
    /// As [`Work::record`], for what had come about by itself before this work acted on the row: told before its acts.
    pub fn record_before(&self, fact: Fact) {
        if fact.remembered {
            self.forget();
        }
        let mut facts = self.facts.borrow_mut();
        let place = facts.iter().position(|other| other.resource_id == fact.resource_id).unwrap_or(facts.len());
        facts.insert(place, fact);
    }
    /// Completes the last fact recorded of a row by what only became known after it.
    pub fn complete(&self, id: Uuid, add: impl FnOnce(Fact) -> Fact) {
        let mut facts = self.facts.borrow_mut();
        if let Some(fact) = facts.iter_mut().rfind(|fact| fact.resource_id == Some(id)) {
            *fact = add(std::mem::take(fact));
        }
    }
    /// Writes what was recorded so far into the journal, in this transaction: thousands of facts need not wait
    /// in memory for the end.
    pub async fn spill(&self) -> Result<(), Fault> {
        let facts = self.facts.take();
        self.customers.borrow_mut().extend(facts.iter().filter_map(|fact| fact.placement.customer_id));
        let first = !self.spilled.get();
        self.spilled.set(!first || !facts.is_empty());
        crate::journal::append(self, facts, first).await
    }
    /// Whether anything was recorded.
    pub(crate) fn has_recorded(&self) -> bool {
        self.spilled.get() || !self.facts.borrow().is_empty()
    }
    /// Runs a part that may be refused without refusing the whole: what it wrote and recorded is undone
    /// with it.
    pub async fn attempt<T>(&self, part: impl AsyncFnOnce(&Work) -> Result<T, Fault>) -> Result<T, Fault> {
        let connection = &self.connection;
        connection.savepoint().await;
        let new = Self::new(&self.store, self.ctx.clone(), connection.clone(), self.now);
        let inner = Self { kept: self.kept.clone(), ..new };
        inner.forgets.set(self.forgets.get());
        inner.asked.set(self.asked.get());
        let mut result = part(&inner).await;
        self.asked.set(inner.asked.get());
        if result.is_ok() {
            // What waited may yet be refused.
            if let Err(error) = connection.release().await {
                result = Err(error.into());
            }
        }
        if result.is_ok() {
            self.forgets.set(inner.forgets.get());
            self.facts.borrow_mut().extend(inner.facts.take());
            self.customers.borrow_mut().extend(inner.customers.take());
            self.spilled.set(self.spilled.get() || inner.spilled.get());
        } else {
            connection.undo().await?;
        }
        result
    }
    /// Runs a part as somebody else at another instant, in this transaction: history told afterwards, act by act. What it
    /// records is journaled as his, of then.
    ///
    /// # Errors
    /// Those of the part; what it wrote is undone with the whole.
    pub async fn told_by<T>(
        &self,
        ctx: Arc<Context>,
        now: DateTime<Utc>,
        part: impl AsyncFnOnce(&Work) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        // In the order it happened.
        self.spill().await?;
        let inner = Self::new(&self.store, ctx, self.connection.clone(), now);
        inner.forgets.set(self.forgets.get());
        inner.asked.set(self.asked.get());
        inner.spilled.set(self.spilled.get());
        let told = part(&inner).await?;
        inner.spill().await?;
        self.forgets.set(inner.forgets.get());
        self.asked.set(inner.asked.get());
        self.spilled.set(inner.spilled.get());
        self.nothing_changed.set(self.nothing_changed.get() || inner.nothing_changed.get());
        self.customers.borrow_mut().extend(inner.customers.take());
        Ok(told)
    }
    /// Writes a new row with the next statement of this work, without waiting for it. What could refuse it has been
    /// checked; rows written so do not depend on each other but in their order.
    pub async fn insert_later<M, A>(&self, row: &M)
    where
        M: ModelTrait + IntoActiveModel<A>,
        A: ActiveModelTrait<Entity = M::Entity>,
    {
        let row = row.clone().into_active_model().reset_all();
        self.later(M::Entity::insert(row).build(self.store.0.backend)).await;
    }
    /// As [`Work::insert_later`], for another change that nothing has to answer. It touches no row that another such
    /// change touches.
    pub async fn change_later(&self, change: &impl QueryTrait) {
        self.later(change.build(self.store.0.backend)).await;
    }
    /// Sends a change with the next statement of this work. It touches no row that another such change touches.
    pub async fn later(&self, change: Statement) {
        self.connection.later(change).await;
    }
    /// Keeps what was looked up at once for the acts to come; the parts of this work find it as well.
    pub fn keep<T: 'static>(&self, value: T) {
        self.kept.borrow_mut().insert(TypeId::of::<T>(), Rc::new(value));
    }
    /// What was kept of this type.
    pub fn kept<T: 'static>(&self) -> Option<Rc<T>> {
        let kept = self.kept.borrow().get(&TypeId::of::<T>()).cloned();
        kept?.downcast().ok()
    }
    /// Says that this command deliberately changed nothing.
    pub fn unchanged(&self) {
        self.nothing_changed.set(true);
    }
    /// Refuses when `If-Match` named another version than the row's.
    pub fn expect_version(&self, version: i32) -> Result<(), Fault> {
        match &self.ctx.if_match {
            Some(named) if !named.contains(&version) => Err(Fault::new(&kernel::fault::STALE).with("version", version)),
            _ => Ok(()),
        }
    }
    /// Refuses when `If-Match` named a version of what is only to be made.
    pub fn expect_none(&self) -> Result<(), Fault> {
        match self.ctx.if_match {
            Some(_) => Err(Fault::new(&kernel::fault::NO_VERSION_YET)),
            None => Ok(()),
        }
    }
}

/// How a write went well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Ok,
    Created,
    Accepted,
    /// Some rows yes, some no: one result a row in the body.
    Mixed,
    NoContent,
}

impl Done {
    pub(crate) fn code(self) -> i16 {
        match self {
            Self::Ok => 0,
            Self::Created => 1,
            Self::Accepted => 2,
            Self::Mixed => 3,
            Self::NoContent => 4,
        }
    }
    pub(crate) fn from_code(code: i16) -> Self {
        match code {
            1 => Self::Created,
            2 => Self::Accepted,
            3 => Self::Mixed,
            4 => Self::NoContent,
            _ => Self::Ok,
        }
    }
}

/// What is sent back, complete before the commit and kept under the idempotency key.
#[derive(Clone, Debug)]
pub struct Answer {
    pub done: Done,
    /// Becomes the `ETag`.
    pub version: Option<i32>,
    /// Path of what was created.
    pub location: Option<String>,
    pub body: Vec<u8>,
    /// True when this is the first answer again.
    pub replayed: bool,
    /// True when everything was checked and nothing kept; the write door says so.
    pub dry_run: bool,
}

/// Most answers fit into so many bytes.
const USUAL_BODY: usize = 8 * 1024;

impl Answer {
    /// Serialises `body` as JSON.
    pub fn json(done: Done, body: &impl Serialize) -> Result<Self, Fault> {
        let mut json = Vec::with_capacity(USUAL_BODY);
        serde_json::to_writer(&mut json, body).map_err(Fault::internal)?;
        Ok(Self { done, version: None, location: None, body: json, replayed: false, dry_run: false })
    }
    pub fn no_content() -> Self {
        Self { done: Done::NoContent, version: None, location: None, body: Vec::new(), replayed: false, dry_run: false }
    }
    pub fn version(mut self, version: i32) -> Self {
        self.version = Some(version);
        self
    }
    pub fn location(mut self, path: impl Into<String>) -> Self {
        self.location = Some(path.into());
        self
    }
}

/// What a command comes to.
pub enum Outcome {
    /// The effect stands; the answer is kept under the key.
    Done(Answer),
    /// What was recorded stands (a failed sign-in is counted), the caller hears the refusal.
    Refused(Fault),
}

impl From<Answer> for Outcome {
    fn from(answer: Answer) -> Self {
        Self::Done(answer)
    }
}
