//! What the generic shapes – list, get, create, patch, act, history – need to know of a resource.

use std::collections::HashMap;
use std::str::FromStr;

use access::{Actor, policy};
use futures_util::future::LocalBoxFuture;
use kernel::fault::{self, Fault};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{LockType, Query, SelectStatement, ValueType};
use sea_orm::{
    ActiveModelTrait, Condition, ConnectionTrait, FromQueryResult, IntoActiveModel, QueryResult, QuerySelect,
    QueryTrait, SqlErr,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::journal::{Audience, Fact};
use crate::life_cycle::Allowed;
use crate::list::Columns;
use crate::problems::UNIQUE_TAKEN;
use crate::{Reading, Work, rows};

/// Where a fact belongs: decides who sees it in the feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    pub project_id: Option<Uuid>,
    pub org_unit_id: Option<Uuid>,
    pub customer_id: Option<Uuid>,
    pub audience: Audience,
}

/// A row with an id and an optimistic version; every entity of ours is one.
pub trait Row: ModelTrait + Serialize {
    fn id(&self) -> Uuid {
        self.column("id").unwrap_or_default()
    }
    fn version(&self) -> i32 {
        self.column("version").unwrap_or_default()
    }
    /// The value of a column by its name, if the row has it and it is not null.
    fn column<T: ValueType>(&self, name: &str) -> Option<T> {
        let column = <<Self::Entity as EntityTrait>::Column as FromStr>::from_str(name).ok()?;
        T::try_from(self.get(column)).ok()
    }
}

impl<M: ModelTrait + Serialize> Row for M {}

/// A resource of the API. The impl is its declaration; rules live beside it.
#[expect(async_fn_in_trait, reason = "handlers run on one thread; their futures need not be Send")]
pub trait Resource: Sized + 'static {
    type Entity: EntityTrait<Model = Self::Row>;
    type Row: Row<Entity = Self::Entity>
        + IntoActiveModel<<Self::Entity as EntityTrait>::ActiveModel>
        + FromQueryResult
        + Clone;
    /// What callers see. Personal data in it is masked.
    type View: Serialize + ToSchema + 'static;

    /// First part of the permission: `tickets`.
    const DOMAIN: &'static str;
    /// The entity: `ticket`. Events, journal and permissions use it.
    const NAME: &'static str;
    /// Where it lives: `/v1/tickets`.
    const PATH: &'static str;

    /// Whether the view depends on neither caller nor time, so that `If-None-Match` may answer 304.
    const STEADY: bool = false;

    /// Whether one row may be asked for `as_of` a day, as its list may: the view computes for [`Reading::day`].
    const OF_A_DAY: bool = false;

    /// Whether processes remember rows of it between calls ([`Reading::remembered`]): each recorded fact about one
    /// moves the edition.
    const REMEMBERED: bool = false;

    /// Whether rows are never deleted, so that a missing one was taken away past the write door.
    const LASTING: bool = false;

    /// Words of a fact's data that are the house's business: the customer's own history leaves them out.
    const HOUSE: &'static [&'static str] = &[];

    /// The rows this actor may know of; everything else is 404.
    fn visible_to(actor: &Actor) -> Condition;

    /// A row from all its columns in their order. A wide table that is read much reads them by their places
    /// ([`codes::InOrder`]): by its name each would be looked up anew.
    fn read(row: &QueryResult) -> Result<Self::Row, DbErr> {
        Self::Row::from_query_result(row, "")
    }

    /// Lets rows arise that follow from other facts and stand there as soon as anybody looks.
    async fn arise(_at: &Reading) -> Result<(), Fault> {
        Ok(())
    }

    /// As [`Resource::visible_to`], where it also depends on the day.
    fn visible(at: &Reading) -> Condition {
        Self::visible_to(at.actor())
    }

    /// What lists filter and sort by.
    fn columns() -> Columns<Self>;

    /// Where a fact about this row belongs.
    fn placement(row: &Self::Row) -> Placement;

    /// What every fact about this row says of it in its data; nothing personal.
    fn said(_row: &Self::Row) -> Vec<(&'static str, Value)> {
        Vec::new()
    }

    /// Rows as the caller sees them, in the same order.
    async fn views(at: &Reading, rows: Vec<Self::Row>) -> Result<Vec<Self::View>, Fault>;

    /// What `expand=` may name: related rows shown inside each item, one level deep.
    fn expansions() -> Vec<Expansion> {
        Vec::new()
    }

    /// Whether this caller may read the history of rows he may know of.
    fn history_shown(_actor: &Actor) -> bool {
        true
    }

    /// What lies beside some rows and not most, by a word of its own: queries that name the row's own columns, with no
    /// value of one. A read looks whether there is any of it along with the row, and asks no more for what there is not
    /// ([`Reading::has_none`]).
    fn beside() -> Vec<(&'static str, SelectStatement)> {
        Vec::new()
    }

    /// The acts of this row's life cycle for this caller, now; none when it has no life cycle.
    async fn allowed_actions(_at: &Reading, _row: &Self::Row) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(None)
    }
}

type Loaded<'a> = LocalBoxFuture<'a, Result<HashMap<Uuid, Value>, Fault>>;

/// Related rows that `expand=` shows.
pub struct Expansion {
    /// As `expand=` names it, and the field it becomes.
    pub name: &'static str,
    /// The field of the view that holds the key.
    pub key: &'static str,
    /// What stands there when nothing is found: null, or an empty list.
    pub absent: Value,
    load: for<'a> fn(&'a Reading, Vec<Uuid>, &'static str) -> Loaded<'a>,
    parent: &'static str,
}

impl Expansion {
    /// The row of `R` whose id stands in the field `key`.
    pub fn one<R: Resource>(name: &'static str, key: &'static str) -> Self {
        Self { name, key, absent: Value::Null, load: |at, ids, _| Box::pin(by_id::<R>(at, ids)), parent: "id" }
    }
    /// The rows of `R` whose column `parent` names this row.
    pub fn many<R: Resource>(name: &'static str, parent: &'static str) -> Self {
        let absent = Value::Array(Vec::new());
        Self { name, key: "id", absent, load: |at, ids, parent| Box::pin(by_parent::<R>(at, ids, parent)), parent }
    }
    /// The row of `A` or of `B` whose id stands in the field `key`.
    pub fn either<A: Resource, B: Resource>(name: &'static str, key: &'static str) -> Self {
        Self {
            name,
            key,
            absent: Value::Null,
            load: |at, ids, _| Box::pin(by_either_id::<A, B>(at, ids)),
            parent: "id",
        }
    }
    /// Loads what belongs to these keys, as far as the caller may know of it.
    pub async fn load(&self, at: &Reading, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Value>, Fault> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        (self.load)(at, ids, self.parent).await
    }
}

/// Whether the caller may read rows of a resource at all; those read under another permission's name are left to their
/// scope.
fn may_read<R: Resource>(actor: &Actor) -> bool {
    let permission = format!("{}.{}:read", R::DOMAIN, R::NAME);
    policy::grant(&permission).is_none() || actor.holds(&permission)
}

async fn related<R: Resource>(at: &Reading, ids: Vec<Uuid>, name: &str) -> Result<Vec<(Uuid, Value)>, Fault> {
    if !may_read::<R>(at.actor()) {
        return Ok(Vec::new());
    }
    let select = R::Entity::find().filter(column::<R::Entity>(name)?.is_in(ids)).filter(R::visible(at));
    let rows = select.all(&at.db()).await?;
    let keys: Vec<Uuid> = rows.iter().filter_map(|row| row.column(name)).collect();
    let views = R::views(at, rows).await?;
    let json = views.iter().map(|view| serde_json::to_value(view).map_err(Fault::internal));
    keys.into_iter().zip(json).map(|(key, value)| Ok((key, value?))).collect()
}

async fn by_id<R: Resource>(at: &Reading, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Value>, Fault> {
    Ok(related::<R>(at, ids, "id").await?.into_iter().collect())
}

async fn by_either_id<A: Resource, B: Resource>(at: &Reading, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Value>, Fault> {
    let mut found = by_id::<A>(at, ids.clone()).await?;
    found.extend(by_id::<B>(at, ids).await?);
    Ok(found)
}

async fn by_parent<R: Resource>(at: &Reading, ids: Vec<Uuid>, parent: &str) -> Result<HashMap<Uuid, Value>, Fault> {
    let mut lists: HashMap<Uuid, Value> = HashMap::new();
    for (key, value) in related::<R>(at, ids, parent).await? {
        if let Value::Array(list) = lists.entry(key).or_insert_with(|| Value::Array(Vec::new())) {
            list.push(value);
        }
    }
    Ok(lists)
}

fn column<E: EntityTrait>(name: &str) -> Result<E::Column, Fault> {
    E::Column::from_str(name).map_err(|_| Fault::internal(format!("no column {name}")))
}

/// The row, if the caller may know of it.
pub async fn find<R: Resource>(at: &Reading, id: Uuid) -> Result<R::Row, Fault> {
    // A write may add what was not there.
    let beside = if at.in_transaction() { None } else { Some(rows::beside::<R>()) };
    let mut select = match beside {
        Some(beside) => rows::selecting::<R::Entity>(beside.columns),
        None => rows::select::<R::Entity>(),
    };
    select.and_where(column::<R::Entity>("id")?.eq(id)).cond_where(R::visible(at));
    let found = at.db().query_one(&select).await?.ok_or_else(|| Fault::new(&fault::NOT_FOUND))?;
    for (place, word) in beside.map(rows::Beside::words).into_iter().flatten() {
        if !found.try_get_by_index::<bool>(place)? {
            at.found_none(id, word);
        }
    }
    Ok(R::read(&found)?)
}

impl Reading {
    /// Notes that there is nothing of this kind beside a row.
    pub fn found_none(&self, id: Uuid, word: &'static str) {
        self.absent.borrow_mut().push((id, word));
    }

    /// Whether this reading has found that there is nothing of this kind beside a row ([`Resource::beside`]); of a
    /// row it has not found itself it knows nothing.
    pub fn has_none(&self, id: Uuid, word: &str) -> bool {
        self.absent.borrow().iter().any(|(row, absent)| *row == id && *absent == word)
    }
}

/// The row for a change: in scope, locked until the end of the work, at the version `If-Match` named.
pub async fn take<R: Resource>(work: &Work, id: Uuid) -> Result<R::Row, Fault> {
    take_judged::<R>(work, id, |_| Ok(())).await
}

/// As [`take`], for a body with rules of its own. Told in this order: not found, what is wrong in the body, a stale
/// version. The state comes after these.
pub async fn take_judged<R: Resource>(
    work: &Work,
    id: Uuid,
    judge: impl FnOnce(&R::Row) -> Result<(), Fault>,
) -> Result<R::Row, Fault> {
    let row = locked::<R>(work, id).await?;
    judge(&row)?;
    work.expect_version(row.version())?;
    Ok(row)
}

/// As [`take_judged`], where what the body names has to be looked up.
pub async fn take_checked<R: Resource>(
    work: &Work,
    id: Uuid,
    check: impl AsyncFnOnce(&R::Row) -> Result<(), Fault>,
) -> Result<R::Row, Fault> {
    take_with::<R, ()>(work, id, check).await.map(|(row, ())| row)
}

/// As [`take_checked`]; answers also what was found for the body.
pub async fn take_with<R: Resource, T>(
    work: &Work,
    id: Uuid,
    find: impl AsyncFnOnce(&R::Row) -> Result<T, Fault>,
) -> Result<(R::Row, T), Fault> {
    let row = locked::<R>(work, id).await?;
    let found = find(&row).await?;
    work.expect_version(row.version())?;
    Ok((row, found))
}

/// The row in scope, locked until the end of the work.
async fn locked<R: Resource>(work: &Work, id: Uuid) -> Result<R::Row, Fault> {
    let mut select = rows::select::<R::Entity>();
    select.and_where(column::<R::Entity>("id")?.eq(id)).cond_where(R::visible(work)).lock(LockType::Update);
    rows::one::<R>(&work.db(), &select).await?.ok_or_else(|| Fault::new(&fault::NOT_FOUND))
}

/// Which of these queries would find anything, in one look. Rows written later by this work do not count.
pub async fn any<A: EntityTrait, B: EntityTrait>(
    at: &Reading,
    (one, other): (Select<A>, Select<B>),
) -> Result<(bool, bool), Fault> {
    let query = Query::select()
        .expr(Expr::exists(one.select_only().expr(Expr::val(1)).into_query()))
        .expr(Expr::exists(other.select_only().expr(Expr::val(1)).into_query()))
        .to_owned();
    let row = at.db().ahead().query_one(&query).await?.ok_or_else(|| Fault::internal("no answer"))?;
    Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))
}

/// One row as the caller sees it.
pub async fn view<R: Resource>(at: &Reading, row: R::Row) -> Result<R::View, Fault> {
    let mut views = R::views(at, vec![row]).await?;
    views.pop().ok_or_else(|| Fault::internal("a row without a view"))
}

/// Two creates at once: the second hears that the key is taken, whatever checks went before.
fn taken(error: DbErr) -> Fault {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Fault::new(&UNIQUE_TAKEN).with("field", "key"),
        _ => error.into(),
    }
}

impl Work {
    /// Inserts a new row and answers it as stored.
    pub async fn insert<A>(&self, row: A) -> Result<<A::Entity as EntityTrait>::Model, Fault>
    where
        A: ActiveModelTrait + ActiveModelBehavior + Send,
        <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    {
        A::Entity::insert(row).exec_with_returning(&self.db()).await.map_err(taken)
    }

    /// Inserts a new row of a resource and records `<entity>.<verb>`.
    pub async fn create<R: Resource>(
        &self,
        row: <R::Entity as EntityTrait>::ActiveModel,
        fact: impl FnOnce(Fact) -> Fact,
        verb: &str,
    ) -> Result<R::Row, Fault>
    where
        <R::Entity as EntityTrait>::ActiveModel: Send,
    {
        let row = R::Entity::insert(row).exec_with_returning(&self.db()).await.map_err(taken)?;
        self.record(fact(Fact::of::<R>(verb, &row).started_as(&row)));
        Ok(row)
    }

    /// As [`Work::create`], without waiting for the row to be written ([`Work::insert_later`]).
    pub async fn create_later<R: Resource>(&self, row: &R::Row, fact: impl FnOnce(Fact) -> Fact, verb: &str) {
        self.insert_later(row).await;
        self.record(fact(Fact::of::<R>(verb, row).started_as(row)));
    }

    /// Writes a changed row – version + 1, only if nobody else changed it – and records `<entity>.<verb>`
    /// with what changed.
    pub async fn change<R: Resource>(
        &self,
        before: &R::Row,
        mut row: <R::Entity as EntityTrait>::ActiveModel,
        verb: &str,
        fact: impl FnOnce(Fact) -> Fact,
    ) -> Result<R::Row, Fault>
    where
        <R::Entity as EntityTrait>::ActiveModel: Send,
    {
        let version = column::<R::Entity>("version")?;
        row.set(version, (before.version() + 1).into());
        if let Ok(updated_at) = column::<R::Entity>("updated_at") {
            row.set(updated_at, self.now.into());
        }
        let after =
            R::Entity::update(row).validate()?.filter(version.eq(before.version())).exec(&self.db()).await.map_err(
                |error| match error {
                    // The next try reads the row as it is now; a version the caller named is compared anew there.
                    DbErr::RecordNotUpdated => Fault::new(&fault::STALE).with("version", before.version()).retryable(),
                    other => other.into(),
                },
            )?;
        self.record(fact(Fact::of::<R>(verb, &after).changed(before, &after)));
        Ok(after)
    }
}
