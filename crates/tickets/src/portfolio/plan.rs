//! Plans: who would get whom, computed once and applied only while nothing changed (TK-R26).

use std::collections::{HashMap, HashSet};

use access::Actor;
use chrono::TimeDelta;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::{Timestamp, business_day, end_of_day};
use registers::{customer, locks, staff};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, IntoActiveModel, PaginatorTrait, QuerySelect, QueryTrait, Set};
use serde::{Deserialize, Serialize};
use store::acts::BareAct;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::PortfolioEntry;
use super::allocation::{Candidate, allocate};
use super::entity::entry;
use super::entity::plan::{ActiveModel, Column, Entity, Model, Status};
use crate::audience::Audience;
use crate::problems::{CUSTOMER_ASSIGNED, PLAN_STALE};
use crate::scope;

/// The skill whose level says how many customers somebody can look after.
const CARE: &str = "customer_care";

/// The portfolio's plans.
pub struct PortfolioPlan;

/// Acts on a plan.
const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.portfolio_plan",
    state: |it| it.row.status,
    moves: &[
        Move { action: "apply", from: &[Status::Planned], to: Some(Status::Applied), guards: &[] },
        Move { action: "cancel", from: &[Status::Planned], to: Some(Status::Cancelled), guards: &[] },
    ],
};

/// Customers – named, or all without an owner that meet a filter – for these agents.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreatePortfolioPlan {
    /// Exactly one of this and `filter`.
    #[schema(min_items = 1, max_items = 5000)]
    pub customer_ids: Option<Vec<Uuid>>,
    pub filter: Option<Audience>,
    #[schema(min_items = 1, max_items = 200)]
    pub agent_ids: Vec<Uuid>,
}

/// An agent of a plan with his figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PortfolioAgent {
    pub agent_id: Uuid,
    /// Of the skill `customer_care`, 1–5.
    pub level: i64,
    pub customers_before: i64,
    pub customers_after: i64,
}

/// Who gets whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PortfolioAllocation {
    pub customer_id: Uuid,
    pub agent_id: Uuid,
}

/// A plan as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PortfolioPlanView {
    pub id: Uuid,
    pub version: i32,
    pub status: Status,
    pub agents: Vec<PortfolioAgent>,
    /// In the order they were given: customers by number.
    pub allocations: Vec<PortfolioAllocation>,
    /// Nobody had room for them.
    pub unassigned_customer_ids: Vec<Uuid>,
    pub applied_at: Option<Timestamp>,
    pub applied_by: Option<Uuid>,
    pub created_at: Timestamp,
    pub created_by: Uuid,
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Vec<T> {
    serde_json::from_str(text).unwrap_or_default()
}

fn written(value: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(Fault::internal)
}

impl Resource for PortfolioPlan {
    type Entity = Entity;
    type Row = Model;
    type View = PortfolioPlanView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "portfolio_plan";
    const PATH: &'static str = "/v1/portfolio-plans";

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_units(actor, Column::OrgUnitId, &[Column::CreatedBy])
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at").sort("created_at", Column::CreatedAt).code(
            "status",
            Column::Status,
            Status::CODES,
        )
    }

    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: row.org_unit_id, ..Placement::default() }
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<PortfolioPlanView>, Fault> {
        let view = |row: Model| PortfolioPlanView {
            id: row.id,
            version: row.version,
            status: row.status,
            agents: read(&row.agents),
            allocations: read(&row.allocations),
            unassigned_customer_ids: read(&row.unassigned),
            applied_at: row.applied_at.map(Timestamp::from),
            applied_by: row.applied_by,
            created_at: row.created_at.into(),
            created_by: row.created_by,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

/// Computes who would get whom.
///
/// # Errors
/// 409 `customer_assigned` when a named customer has an owner; 422 for unknown customers or agents.
pub async fn create(work: &Work, input: &CreatePortfolioPlan) -> Result<Model, Fault> {
    let customers = customers(work, input).await?;
    let agents = agents(work, &input.agent_ids).await?;
    let most = parameters::integer(work, "tickets.portfolio.max_customers").await?;
    let mut candidates: Vec<Candidate> = agents.iter().map(|(.., candidate)| candidate.clone()).collect();
    let given = allocate(customers.len(), &mut candidates, most);
    let (mut allocations, mut unassigned) = (Vec::new(), Vec::new());
    for (customer, place) in customers.iter().zip(given) {
        match place {
            Some(place) => {
                allocations.push(PortfolioAllocation { customer_id: customer.id, agent_id: agents[place].0 })
            }
            None => unassigned.push(customer.id),
        }
    }
    let figures: Vec<PortfolioAgent> = agents
        .iter()
        .zip(&candidates)
        .map(|((agent_id, _, before), after)| PortfolioAgent {
            agent_id: *agent_id,
            level: before.level,
            customers_before: before.customers,
            customers_after: after.customers,
        })
        .collect();
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
        created_by: Set(work.actor().sub),
        org_unit_id: Set(work.actor().scope.org_unit_id),
        status: Set(Status::Planned),
        agents: Set(written(&figures)?),
        allocations: Set(written(&allocations)?),
        unassigned: Set(written(&unassigned)?),
        basis: Set(written(&agents.iter().map(|(_, entries, _)| *entries).collect::<Vec<_>>())?),
        applied_at: Set(None),
        applied_by: Set(None),
    };
    work.create::<PortfolioPlan>(row, |fact| fact, "created").await
}

async fn customers(work: &Work, input: &CreatePortfolioPlan) -> Result<Vec<customer::Model>, Fault> {
    let audience = match (&input.customer_ids, &input.filter) {
        (Some(ids), None) => Audience::named(ids.clone()),
        (None, Some(filter)) => filter.clone(),
        (None, None) => return Err(Fault::field("/customer_ids", "required")),
        (Some(_), Some(_)) => return Err(Fault::field("/filter", "unknown_field")),
    };
    let pointer = if input.filter.is_some() { "/filter" } else { "" };
    let mut found = audience.resolve(work, pointer).await?;
    let owned = owned(work, found.iter().map(|row| row.id)).await?;
    if input.customer_ids.is_some() && !owned.is_empty() {
        return Err(Fault::new(&CUSTOMER_ASSIGNED).rule("TK-R26").with("customers", owned.len()));
    }
    found.retain(|row| !owned.contains(&row.id));
    Ok(found)
}

/// Those of these customers who have an owner, be it by a file merged into theirs.
async fn owned(at: &Reading, customers: impl Iterator<Item = Uuid>) -> Result<HashSet<Uuid>, Fault> {
    use customer::entity::{Column as Of, Entity as Customers};
    let customers: Vec<Uuid> = customers.collect();
    let merged = Customers::find().select_only().column(Of::Id).filter(Of::MergedIntoId.is_not_null()).into_query();
    let merged: Vec<Uuid> = entry::Entity::find()
        .select_only()
        .column(entry::Column::CustomerId)
        .filter(entry::Column::EndedAt.is_null())
        .filter(entry::Column::CustomerId.in_subquery(merged))
        .into_tuple()
        .all(&at.db())
        .await?;
    let mut owned: HashSet<Uuid> = match merged.is_empty() {
        true => HashSet::new(),
        false => customer::merge::kept_in(at, merged).await?.into_values().collect(),
    };
    owned.retain(|customer| customers.contains(customer));
    for part in customers.chunks(500) {
        let live: Vec<Uuid> = entry::Entity::find()
            .select_only()
            .column(entry::Column::CustomerId)
            .filter(entry::Column::CustomerId.is_in(part.iter().copied()))
            .filter(entry::Column::EndedAt.is_null())
            .into_tuple()
            .all(&at.db())
            .await?;
        owned.extend(live);
    }
    Ok(owned)
}

/// The agents with level and count, each once, in the order given.
async fn agents(at: &Reading, ids: &[Uuid]) -> Result<Vec<(Uuid, Entries, Candidate)>, Fault> {
    let default_level = parameters::integer(at, "tickets.portfolio.default_level").await?;
    let rows = staff::Entity::find().filter(staff::Column::Id.is_in(ids.iter().copied())).all(&at.db()).await?;
    let rows: HashMap<Uuid, staff::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let (mut errors, mut seen, mut agents) = (FieldErrors::default(), HashSet::new(), Vec::new());
    for (n, id) in ids.iter().enumerate() {
        let Some(row) = rows.get(id).filter(|row| row.is_active()) else {
            errors.add(format!("/agent_ids/{n}"), "not_found");
            continue;
        };
        if !seen.insert(*id) {
            errors.add(format!("/agent_ids/{n}"), "repeated_items");
            continue;
        }
        let skills: Vec<staff::Skill> = read(&row.skills);
        let care = skills.iter().find(|skill| skill.category == CARE).map(|skill| i64::from(skill.level));
        let entries = entries(at, *id).await?;
        let customers = i64::try_from(entries.live).map_err(Fault::internal)?;
        let level = care.unwrap_or(default_level);
        agents.push((*id, entries, Candidate { number: row.number.clone(), level, customers }));
    }
    errors.finish()?;
    Ok(agents)
}

/// Makes the plan's entries.
///
/// # Errors
/// 409 `plan_stale` when an entry of its agents or customers began or ended since.
pub async fn apply(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<PortfolioPlan>(work, id, "apply").await?;
    let agents: Vec<PortfolioAgent> = read(&row.agents);
    let allocations: Vec<PortfolioAllocation> = read(&row.allocations);
    // Plans wait for each other: the second for an agent or a customer then finds itself stale.
    locks::hold(work, vec!["portfolio".to_owned()]).await?;
    if is_stale(work, &row, &allocations).await? {
        return Err(Fault::new(&PLAN_STALE).rule("TK-R26"));
    }
    let days = parameters::integer(work, "tickets.portfolio.first_contact_days").await?;
    let due_on = business_day(work.now) + TimeDelta::days(days);
    let ids = agents.iter().map(|agent| agent.agent_id);
    let people = staff::Entity::find().filter(staff::Column::Id.is_in(ids)).all(&work.db()).await?;
    let units: HashMap<Uuid, Uuid> = people.into_iter().map(|row| (row.id, row.org_unit_id)).collect();
    for allocation in &allocations {
        let customer = customer::set_owner(work, allocation.customer_id, Some(allocation.agent_id)).await?;
        let new = entry::ActiveModel {
            id: Set(ids::new_id(work.now)),
            version: Set(1),
            created_at: Set(work.now),
            updated_at: Set(work.now),
            created_by: Set(work.actor().sub),
            customer_id: Set(allocation.customer_id),
            agent_id: Set(allocation.agent_id),
            org_unit_id: Set(units.get(&allocation.agent_id).copied()),
            project_id: Set(customer.project_id),
            plan_id: Set(Some(row.id)),
            assigned_at: Set(work.now),
            first_contact_due_on: Set(due_on),
            first_contact_due_at: Set(end_of_day(due_on)),
            first_contact_at: Set(None),
            ended_at: Set(None),
            end_reason: Set(None),
        };
        work.create::<PortfolioEntry>(new, |fact| fact, "assigned").await?;
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.applied_at = Set(Some(work.now));
    change.applied_by = Set(Some(work.actor().sub));
    work.change::<PortfolioPlan>(&row, change, "applied", |fact| fact.with("entries", allocations.len())).await
}

/// Whether entries of these agents began or ended since the plan was made, or a customer got an owner.
async fn is_stale(at: &Reading, plan: &Model, allocations: &[PortfolioAllocation]) -> Result<bool, Fault> {
    let agents: Vec<PortfolioAgent> = read(&plan.agents);
    for (agent, then) in agents.iter().zip(read::<Entries>(&plan.basis)) {
        if entries(at, agent.agent_id).await? != then {
            return Ok(true);
        }
    }
    Ok(!owned(at, allocations.iter().map(|allocation| allocation.customer_id)).await?.is_empty())
}

/// How many entries somebody has, and how many he ever had: an entry that begins or ends changes one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entries {
    live: u64,
    ever: u64,
}

async fn entries(at: &Reading, agent_id: Uuid) -> Result<Entries, Fault> {
    let all = entry::Entity::find().filter(entry::Column::AgentId.eq(agent_id));
    let live = all.clone().filter(entry::Column::EndedAt.is_null()).count(&at.db()).await?;
    Ok(Entries { live, ever: all.count(&at.db()).await? })
}

/// Gives a plan up.
pub async fn cancel(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<PortfolioPlan>(work, id, "cancel").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    work.change::<PortfolioPlan>(&row, change, "cancelled", |fact| fact).await
}
