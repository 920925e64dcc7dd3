//! The journal as others read it: the change feed (sealed, in scope) and the audit trail.

use access::{Actor, JobRole};
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect};

use super::entity::{Column, Entity, Model};
use crate::Reading;

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

/// Sealed facts after a position that this caller may know of, in order.
pub async fn after(at: &Reading, wanted: &Wanted) -> Result<Vec<Model>, Fault> {
    let mut select = Entity::find().filter(Column::Position.gt(wanted.after)).filter(shown(at.actor(), wanted.audit));
    if !wanted.types.is_empty() {
        select = select.filter(Column::Kind.is_in(wanted.types.iter().cloned()));
    }
    if !wanted.resources.is_empty() {
        select = select.filter(Column::Resource.is_in(wanted.resources.iter().cloned()));
    }
    Ok(select.order_by_asc(Column::Position).limit(wanted.limit).all(&at.db()).await?)
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
fn visible_to(actor: &Actor) -> Condition {
    let told = Condition::all().add(Column::Audience.is_in(["staff", "customer"])).add(blind_to(actor));
    if actor.is_system() || actor.scope.all {
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
    match actor.role {
        // A consultant knows only of his own customers.
        JobRole::PropertyConsultant => {
            told.add(Condition::any().add(Column::CustomerId.is_null()).add(Column::ActorId.eq(actor.sub)))
        }
        _ => told,
    }
}

/// What a reader of the feed is shown: what he may know of, and to whoever reads the audit trail its facts too –
/// sign-ins, accounts, clients, what was revealed. Refusals are no facts.
fn shown(actor: &Actor, audit: bool) -> Condition {
    let mut shown = Condition::any().add(visible_to(actor));
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
    pub actor: Option<Uuid>,
    pub resource: Option<String>,
    pub resource_id: Option<Uuid>,
    pub request_id: Option<String>,
    pub kind: Option<String>,
    /// Goes on below this entry.
    pub before: Option<i64>,
    pub limit: u64,
}

/// Entries of the audit trail, newest first, sealed or not.
pub async fn trail(at: &Reading, wanted: &Trail) -> Result<Vec<Model>, Fault> {
    let mut scope = Condition::all();
    scope = scope.add_option(wanted.actor.map(|id| Column::ActorId.eq(id)));
    scope = scope.add_option(wanted.resource.as_ref().map(|name| Column::Resource.eq(name)));
    scope = scope.add_option(wanted.resource_id.map(|id| Column::ResourceId.eq(id)));
    scope = scope.add_option(wanted.request_id.as_ref().map(|id| Column::RequestId.eq(id)));
    scope = scope.add_option(wanted.kind.as_ref().map(|kind| Column::Kind.eq(kind)));
    scope = scope.add_option(wanted.before.map(|seq| Column::Seq.lt(seq)));
    Ok(Entity::find().filter(scope).order_by_desc(Column::Seq).limit(wanted.limit).all(&at.db()).await?)
}
