//! Tickets (诉求工单): registration, handling, answer, closing (TK-01, TK-02, TK-04, TK-06).

pub mod answering;
pub mod case;
pub mod classifying;
pub mod contact;
pub mod duplicates;
pub mod ending;
pub mod entity;
pub mod external;
pub mod handling;
pub mod life_cycle;
pub mod merging;
pub mod notes;
pub mod person;
pub mod queries;
pub mod rebuild;
pub mod register;
pub mod shown;
pub mod view;

use access::{Actor, JobRole, groups};
use chrono::{DateTime, Utc};
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::customer::merge::files_of;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{Condition, DbErr, QueryResult, QuerySelect, QueryTrait};
use serde_json::Value;
use store::journal::{Audience, Fact};
use store::life_cycle::{Allowed, Subject, refuse_where};
use store::list::Columns;
use store::resource::{self, Expansion, Placement};
use store::{Reading, Resource, Work, rows};

use crate::clock::projection::{self, Projection};
use crate::clock::writing::Chosen;
use crate::repair_order::entity as orders;
use case::Case;
use entity::{ActiveModel, Column, Entity, Model, Status};

/// The tickets resource.
pub struct Ticket;

impl Resource for Ticket {
    type Entity = Entity;
    type Row = Model;
    type View = shown::TicketShown;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "ticket";
    const PATH: &'static str = "/v1/tickets";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        if actor.scope.all {
            return Condition::all();
        }
        let projects = Column::ProjectId.is_in(actor.scope.project_ids.clone());
        match actor.role {
            JobRole::Customer => match actor.customer_id {
                Some(customer) => Condition::all().add(Column::CustomerId.in_subquery(files_of(customer))),
                None => Condition::all().add(Expr::value(false)),
            },
            JobRole::ServiceOutlet | JobRole::RepairTechnician => Condition::all().add(of_orders_given_to(actor)),
            // The telephone system reads no ticket: it names those its calls belong to.
            JobRole::TelephoneClient => Condition::all(),
            role if role.is_client() => Condition::any().add(projects).add(Column::CreatedBy.eq(actor.sub)),
            _ => {
                let units = actor.scope.org_unit_ids.clone();
                let me = actor.staff_id.unwrap_or(actor.sub);
                let given = groups::PROVIDER.contains(&actor.role).then(|| of_orders_given_to(actor));
                Condition::any()
                    .add_option(given)
                    .add(Column::ReceivedOrgUnitId.is_in(units.clone()))
                    .add(Column::ResponsibleOrgUnitId.is_in(units))
                    .add(projects)
                    .add(Column::ReceivedById.eq(me))
                    .add(Column::AssigneeId.eq(me))
                    .add(Column::FirstAskedStaffId.eq(me))
                    .add(queries::observed_by(me))
            }
        }
    }

    fn columns() -> Columns<Self> {
        queries::columns()
    }

    fn placement(row: &Model) -> Placement {
        Placement {
            project_id: row.project_id,
            org_unit_id: row.responsible_org_unit_id.or(row.received_org_unit_id),
            customer_id: row.customer_id,
            audience: Audience::Staff,
        }
    }

    fn said(row: &Model) -> Vec<(&'static str, Value)> {
        let id = |id: Option<Uuid>| Value::from(id.map(|id| id.to_string()));
        vec![
            ("number", row.number.as_str().into()),
            ("kind", row.kind.code().into()),
            ("category_code", row.category_code.as_str().into()),
            ("severity", row.severity.code().into()),
            ("project_id", id(row.project_id)),
            ("building_id", id(row.building_id)),
            ("unit_id", id(row.unit_id)),
            ("station_org_unit_id", id(row.station_org_unit_id)),
            ("responsible_org_unit_id", id(row.responsible_org_unit_id)),
            ("status_after", row.status.code().into()),
            ("cycle", row.cycle.into()),
            ("due_at", row.due_at.map(|at| Timestamp::from(at).to_string()).into()),
        ]
    }

    fn history_shown(actor: &Actor) -> bool {
        !actor.is(JobRole::ServiceOutlet)
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<shown::TicketShown>, Fault> {
        shown::views(at, rows).await
    }

    fn expansions() -> Vec<Expansion> {
        vec![
            Expansion::one::<registers::customer::Customer>("customer", "customer_id"),
            Expansion::one::<registers::property::unit::Unit>("unit", "unit_id"),
            Expansion::one::<registers::property::building::Building>("building", "building_id"),
            Expansion::one::<registers::staff::Staff>("assignee", "assignee_id"),
            Expansion::one::<registers::org_unit::OrgUnit>("responsible_org_unit", "responsible_org_unit_id"),
            Expansion::many::<crate::repair_order::RepairOrder>("repair_orders", "ticket_id"),
            Expansion::one::<crate::incident::Incident>("incident", "incident_id"),
            Expansion::many::<crate::callback::Callback>("callbacks", "ticket_id"),
        ]
    }

    fn read(row: &QueryResult) -> Result<Model, DbErr> {
        Model::in_order(row)
    }

    fn beside() -> Vec<(&'static str, SelectStatement)> {
        case::beside()
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        let case = Case::load(at, row.clone()).await?;
        let mut acts = life_cycle::MOVES.allowed(&case.subject(at), at.lang());
        if acts.iter().any(|act| act.action == "resolve" && act.allowed) {
            refuse_where(&mut acts, "resolve", answering::ensure_repaired(at, row.id).await, at.lang())?;
        }
        Ok(Some(acts))
    }
}

/// That the ticket a column names is one the caller may know of.
pub(crate) fn is_known<C: ColumnTrait>(actor: &Actor, ticket: C) -> Expr {
    rows::of_known::<Entity>(actor, Column::Id, ticket, Ticket::visible_to(actor))
}

/// A provider sees the tickets of his orders (spec tickets §7).
fn of_orders_given_to(actor: &Actor) -> Expr {
    let orders = orders::Entity::find().select_only().column(orders::Column::TicketId);
    Column::Id.in_subquery(orders.filter(crate::repair_order::given_to(actor)).into_query())
}

impl Case {
    /// The case as guards look at it, for the caller of this reading.
    pub fn subject<'a>(&'a self, at: &'a Reading) -> Subject<'a, Case> {
        Subject::of(at, self)
    }
}

/// Takes a ticket for an act: in scope, locked, the act allowed. Answers the case and the state it leads to.
pub(crate) async fn begin(work: &Work, id: Uuid, action: &str) -> Result<(Case, Status), Fault> {
    begin_judged(work, id, action, |_| Ok(())).await
}

/// As [`begin`], for a body with rules of its own: what is wrong in it is told before the state.
pub(crate) async fn begin_judged(
    work: &Work,
    id: Uuid,
    action: &str,
    judge: impl FnOnce(&Model) -> Result<(), Fault>,
) -> Result<(Case, Status), Fault> {
    let row = resource::take_judged::<Ticket>(work, id, judge).await?;
    admitted(work, row, action).await
}

/// As [`begin_judged`], where what the body names has to be looked up.
pub(crate) async fn begin_checked(
    work: &Work,
    id: Uuid,
    action: &str,
    check: impl AsyncFnOnce(&Model) -> Result<(), Fault>,
) -> Result<(Case, Status), Fault> {
    let row = resource::take_checked::<Ticket>(work, id, check).await?;
    admitted(work, row, action).await
}

/// As [`begin_checked`]; answers what was looked up too.
pub(crate) async fn begin_with<T>(
    work: &Work,
    id: Uuid,
    action: &str,
    find: impl AsyncFnOnce(&Model) -> Result<T, Fault>,
) -> Result<(Case, Status, T), Fault> {
    let (row, found) = resource::take_with::<Ticket, _>(work, id, find).await?;
    let (case, to) = admitted(work, row, action).await?;
    Ok((case, to, found))
}

async fn admitted(work: &Work, row: Model, action: &str) -> Result<(Case, Status), Fault> {
    let case = Case::load(work, row).await?;
    let to = life_cycle::MOVES.take(action, &case.subject(work))?;
    Ok((case, to))
}

/// What the customer is told of.
const PUBLIC: &[&str] = &[
    "registered",
    "assigned",
    "started",
    "resolved",
    "replied",
    "closed",
    "reopened",
    "withdrawn",
    "dismissed",
    "rated",
];

/// Writes a changed ticket with its fact, moves the ledger along and refreshes the projection.
pub(crate) async fn finish(
    work: &Work,
    before: &Model,
    change: ActiveModel,
    verb: &str,
    fact: impl FnOnce(Fact) -> Fact,
    begun_by: Option<&str>,
) -> Result<Model, Fault> {
    let public = match verb {
        // What the desk writes when it chases is said to the holder.
        "chased" => work.actor().is_customer(),
        _ => PUBLIC.contains(&verb),
    };
    let describe = |given: Fact| {
        let given = fact(given).with("status_before", before.status.code());
        if public { given.audience(Audience::Customer) } else { given }
    };
    let after = work.change::<Ticket>(before, change, verb, describe).await?;
    if let Some(begun_by) = begun_by {
        crate::clock::writing::step(work, before, &after, begun_by).await?;
    }
    let after = refresh(work, after).await?;
    due_again(work, &after);
    Ok(after)
}

/// Says in the last fact of a ticket when it is due now: the clocks are known only after it.
pub(crate) fn due_again(work: &Work, row: &Model) {
    let due_at = row.due_at.map(|at| Timestamp::from(at).to_string());
    work.complete(row.id, |fact| match fact.resource.as_str() {
        Ticket::NAME => fact.with("due_at", due_at),
        _ => fact,
    });
}

/// Notes the policy the ticket is under now, and refreshes the projection.
pub(crate) async fn under_policy(work: &Work, row: Model, chosen: &Chosen) -> Result<Model, Fault> {
    let change = ActiveModel {
        id: Set(row.id),
        policy_code: Set(Some(chosen.policy.code.clone())),
        urgent: Set(chosen.policy.urgent),
        ..Default::default()
    };
    let row = Entity::update(change).validate()?.exec(&work.db()).await?;
    let row = refresh(work, row).await?;
    due_again(work, &row);
    Ok(row)
}

/// Writes the projection of the ledger into the rows, if it moved.
pub(crate) async fn refresh(work: &Work, row: Model) -> Result<Model, Fault> {
    let now = projection::project(work, &row).await?;
    projection::place(work, &now.moved).await;
    let same = (row.due_at, row.due_sort, row.paused_until, row.near_due_at)
        == (now.due_at, now.due_sort, now.paused_until, now.near_due_at);
    if same {
        return Ok(row);
    }
    let row = place(work, &row, &now).await?;
    if let Some(target) = row.merged_into_id {
        let target = Entity::find_by_id(target).one(&work.db()).await?;
        if let Some(target) = target {
            Box::pin(refresh(work, target)).await?;
        }
    }
    Ok(row)
}

/// As [`refresh`], by id.
pub(crate) async fn refresh_one(work: &Work, id: Uuid) -> Result<(), Fault> {
    match Entity::find_by_id(id).one(&work.db()).await? {
        Some(row) => refresh(work, row).await.map(drop),
        None => Ok(()),
    }
}

/// Writes a projection into the row.
async fn place(work: &Work, row: &Model, now: &Projection) -> Result<Model, Fault> {
    let change = ActiveModel {
        id: Set(row.id),
        due_at: Set(now.due_at),
        due_sort: Set(now.due_sort),
        paused_until: Set(now.paused_until),
        near_due_at: Set(now.near_due_at),
        ..Default::default()
    };
    Ok(Entity::update(change).validate()?.exec(&work.db()).await?)
}

/// Instants of the ledger are whole seconds.
pub(crate) fn second(at: DateTime<Utc>) -> DateTime<Utc> {
    kernel::time::whole_second(at)
}
