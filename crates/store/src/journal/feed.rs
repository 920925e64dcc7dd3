//! The journal as others read it: the change feed (sealed, in scope) and the audit trail.

use std::collections::HashSet;

use access::{Actor, JobRole};
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{Condition, ConnectionTrait, QueryOrder, QuerySelect};

use super::entity::{Column, Entity, Model};
use crate::{Reading, Resource, list};

/// Who reads a kind of resource, and with it the facts about it.
#[derive(Clone, Copy)]
pub struct Reader {
    /// As the journal names it.
    pub resource: &'static str,
    /// Whoever reads one holds it.
    pub permission: &'static str,
    known: fn(&Reading, Vec<Uuid>) -> Result<Option<SelectStatement>, Fault>,
}

impl Reader {
    /// Who reads rows of `R`.
    pub fn of<R: Resource>(permission: &'static str) -> Self {
        Self { resource: R::NAME, permission, known: list::known_of::<R> }
    }
}

/// What a reader of the feed asks for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The last position he has.
    pub after: i64,
    pub types: Vec<String>,
    pub resources: Vec<String>,
    /// Also what is for the audit trail, where the reader may read that.
    pub audit: bool,
    pub limit: u64,
}

/// Facts looked at in one go, where what they are about is looked at too.
const STRETCH: u64 = 200;

/// Sealed facts after a position that this caller may know of, in order. Facts about what nobody is named a reader of
/// are told by their place alone.
pub async fn after(at: &Reading, wanted: &Wanted, readers: &[Reader]) -> Result<Vec<Model>, Fault> {
    if readers.is_empty() || sees_all_places(at.actor()) || at.actor().role.is_client() {
        return stretch(at, wanted, wanted.after, wanted.limit, readers).await;
    }
    let (mut told, mut after, size) = (Vec::new(), wanted.after, wanted.limit.max(STRETCH));
    loop {
        let mut found = stretch(at, wanted, after, size, readers).await?;
        let last = found.last().and_then(|entry| entry.position).filter(|_| found.len() as u64 == size);
        keep_known(at, &mut found, readers).await?;
        told.append(&mut found);
        match last {
            Some(last) if (told.len() as u64) < wanted.limit => after = last,
            _ => break,
        }
    }
    told.truncate(usize::try_from(wanted.limit).unwrap_or(usize::MAX));
    Ok(told)
}

async fn stretch(
    at: &Reading,
    wanted: &Wanted,
    after: i64,
    limit: u64,
    readers: &[Reader],
) -> Result<Vec<Model>, Fault> {
    let shown = shown(at.actor(), wanted.audit, readers);
    let mut select = Entity::find().filter(Column::Position.gt(after)).filter(shown);
    if !wanted.types.is_empty() {
        select = select.filter(Column::Kind.is_in(wanted.types.iter().cloned()));
    }
    if !wanted.resources.is_empty() {
        select = select.filter(Column::Resource.is_in(wanted.resources.iter().cloned()));
    }
    Ok(select.order_by_asc(Column::Position).limit(limit).all(&at.db()).await?)
}

/// Of what belongs to no unit and no project, leaves what is about rows the caller may know of.
async fn keep_known(at: &Reading, found: &mut Vec<Model>, readers: &[Reader]) -> Result<(), Fault> {
    let mut asked: Vec<&str> = Vec::new();
    for reader in readers {
        let nowhere = |entry: &Model| entry.org_unit_id.is_none() && entry.project_id.is_none();
        let about = |entry: &Model| entry.resource == reader.resource && nowhere(entry);
        let ids: Vec<Uuid> = found.iter().filter(|entry| about(entry)).filter_map(|entry| entry.resource_id).collect();
        if ids.is_empty() || asked.contains(&reader.resource) {
            continue;
        }
        asked.push(reader.resource);
        let Some(select) = (reader.known)(at, ids)? else { continue };
        let rows = at.db().query_all(&select).await?;
        let known = rows.iter().map(|row| row.try_get_by_index::<Uuid>(0)).collect::<Result<HashSet<_>, _>>()?;
        found.retain(|entry| !about(entry) || entry.resource_id.is_some_and(|id| known.contains(&id)));
    }
    Ok(())
}

/// The entry at a position.
pub async fn entry(at: &Reading, position: i64) -> Result<Option<Model>, Fault> {
    Ok(Entity::find().filter(Column::Position.eq(position)).one(&at.db()).await?)
}

/// The last position of the chain.
pub async fn head(at: &Reading) -> Result<i64, Fault> {
    let last =
        Entity::find().filter(Column::Position.is_not_null()).order_by_desc(Column::Position).one(&at.db()).await?;
    Ok(last.and_then(|row| row.position).unwrap_or_default())
}

/// The facts nobody's scope keeps from him but his task: an analyst of coal works blind and must not learn who took a
/// sample (heating R42).
pub fn blind_to(actor: &Actor) -> Condition {
    match actor.role {
        JobRole::CoalAnalyst => Condition::all().add(Column::ActorRole.ne(JobRole::CoalSampler.code())),
        _ => Condition::all(),
    }
}

/// The facts a reader of the feed may know of, by where they belonged when they happened.
fn visible_to(actor: &Actor, readers: &[Reader]) -> Condition {
    let told = Condition::all().add(Column::Audience.is_in(["staff", "customer"])).add(blind_to(actor));
    if sees_all_places(actor) {
        return told;
    }
    let projects = of_projects(actor);
    if actor.role.is_client() {
        // Customers of no project are known to every machine, and so is what becomes of them.
        let customers = Condition::all().add(Column::Resource.eq("customer")).add(Column::ProjectId.is_null());
        return told.add(Condition::any().add(projects).add(Column::ActorId.eq(actor.sub)).add(customers));
    }
    let unplaced = Condition::all().add(Column::OrgUnitId.is_null()).add(Column::ProjectId.is_null());
    let units = Column::OrgUnitId.is_in(actor.scope.org_unit_ids.iter().copied());
    let told = told.add(Condition::any().add(projects).add(units).add(unplaced));
    let told = told.add_option(of_kinds_read(actor, readers));
    match actor.role {
        // A consultant knows only of his own customers.
        JobRole::PropertyConsultant => {
            told.add(Condition::any().add(Column::CustomerId.is_null()).add(Column::ActorId.eq(actor.sub)))
        }
        _ => told,
    }
}

/// Whoever may read no resource of a kind hears no facts about one, wherever they belong.
fn of_kinds_read(actor: &Actor, readers: &[Reader]) -> Option<Condition> {
    let may = |kind: &str| readers.iter().any(|reader| reader.resource == kind && actor.holds(reader.permission));
    let mut unread: Vec<&str> = readers.iter().map(|reader| reader.resource).filter(|kind| !may(kind)).collect();
    unread.sort_unstable();
    unread.dedup();
    (!unread.is_empty()).then(|| Condition::all().add(Column::Resource.is_not_in(unread)))
}

fn sees_all_places(actor: &Actor) -> bool {
    actor.is_system() || actor.scope.all
}

/// What a reader of the feed is shown: what he may know of, and to whoever reads the audit trail its facts too –
/// sign-ins, accounts, clients, what was revealed. Refusals are no facts.
fn shown(actor: &Actor, audit: bool, readers: &[Reader]) -> Condition {
    let mut shown = Condition::any().add(visible_to(actor, readers));
    if audit && (actor.is_system() || actor.holds("platform.journal:read")) {
        shown = shown.add(Condition::all().add(Column::Audience.eq("audit")).add(Column::Result.eq("done")));
    }
    shown
}

/// Registers whose rows every post knows that is not confined to projects.
const REGISTERS: [&str; 5] = ["customer", "project", "phase", "building", "unit"];

/// What belongs to his projects; to a post not confined to any, all of the registers.
fn of_projects(actor: &Actor) -> Condition {
    let named = &actor.scope.project_ids;
    match named.is_empty() && !actor.role.is_client() {
        true => Condition::all().add(Column::Resource.is_in(REGISTERS)),
        false => Condition::all().add(Column::ProjectId.is_in(named.iter().copied())),
    }
}

/// What a reader of the audit trail asks for.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    /// Any of them; all where there are none. So with the others.
    pub actors: Vec<Uuid>,
    pub resource_ids: Vec<Uuid>,
    pub request_ids: Vec<String>,
    pub kinds: Vec<String>,
    /// What they are about, as [`list::about`] reads it.
    pub about: Option<String>,
    /// Goes on below this entry.
    pub before: Option<i64>,
    pub limit: u64,
}

/// Entries of the audit trail, newest first, sealed or not.
pub async fn trail(at: &Reading, wanted: &Trail) -> Result<Vec<Model>, Fault> {
    let mut scope = Condition::all().add_option(wanted.before.map(|seq| Column::Seq.lt(seq)));
    for (column, ids) in [(Column::ActorId, &wanted.actors), (Column::ResourceId, &wanted.resource_ids)] {
        scope = scope.add_option((!ids.is_empty()).then(|| column.is_in(ids.iter().copied())));
    }
    if let Some(about) = &wanted.about {
        scope = scope.add(list::about("resource", about, Column::Resource, Column::ResourceId)?);
    }
    for (column, words) in [(Column::RequestId, &wanted.request_ids), (Column::Kind, &wanted.kinds)] {
        scope = scope.add_option((!words.is_empty()).then(|| column.is_in(words.iter().cloned())));
    }
    Ok(Entity::find().filter(scope).order_by_desc(Column::Seq).limit(wanted.limit).all(&at.db()).await?)
}
