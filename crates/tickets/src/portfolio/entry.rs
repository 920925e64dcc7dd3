//! Entries: whose customer somebody is, since when, and when he was first spoken to (TK-R26).

use std::collections::HashMap;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::{Fault, INVALID_PARAMETER};
use kernel::time::{Timestamp, business_day};
use registers::{customer, delegation};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{Condition, ExprTrait, IntoActiveModel, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{Columns, truth};
use store::resource::{self, Expansion, Placement};
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::entry::{Column, Entity, Model};
use crate::scope;

/// The portfolio's entries.
pub struct PortfolioEntry;

/// Whether an entry is live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    Live,
    Ended,
}

impl From<Life> for &'static str {
    fn from(life: Life) -> Self {
        match life {
            Life::Live => "live",
            Life::Ended => "ended",
        }
    }
}

/// Acts on an entry.
const MOVES: LifeCycle<Life, Model> = LifeCycle {
    entity: "tickets.portfolio_entry",
    state: |it| life(it.row),
    moves: &[Move { action: "end", from: &[Life::Live], to: Some(Life::Ended), guards: &[] }],
};

fn life(row: &Model) -> Life {
    if row.ended_at.is_some() { Life::Ended } else { Life::Live }
}

/// One customer in one agent's hands, with his first contact.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PortfolioEntryView {
    pub id: Uuid,
    pub version: i32,
    pub customer_id: Uuid,
    /// As everybody may see them.
    pub customer_number: Option<String>,
    pub customer_name: Option<String>,
    pub agent_id: Uuid,
    pub org_unit_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
    pub plan_id: Option<Uuid>,
    pub assigned_at: Timestamp,
    /// Last day, inclusive.
    pub first_contact_due_on: NaiveDate,
    pub first_contact_at: Option<Timestamp>,
    /// Null while there was none.
    pub first_contact_in_time: Option<bool>,
    /// Nobody spoke to him and the day is over.
    pub first_contact_overdue: bool,
    pub ended_at: Option<Timestamp>,
    pub end_reason: Option<String>,
    pub created_at: Timestamp,
    pub created_by: Uuid,
}

impl Resource for PortfolioEntry {
    type Entity = Entity;
    type Row = Model;
    type View = PortfolioEntryView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "portfolio_entry";
    const PATH: &'static str = "/v1/portfolio-entries";

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_units(actor, Column::OrgUnitId, &[Column::AgentId])
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-assigned_at")
            .sort("assigned_at", Column::AssignedAt)
            .sort("first_contact_due_on", Column::FirstContactDueOn)
            .by("agent_id", Column::AgentId)
            .by("customer_id", Column::CustomerId)
            .by("plan_id", Column::PlanId)
            .by("project_id", Column::ProjectId)
            .range("first_contact_due_on", Column::FirstContactDueOn)
            .range("assigned_at", Column::AssignedAt)
            .custom("never_contacted", "boolean", |_, text| {
                let contacted = Column::FirstContactAt;
                let never = truth("never_contacted", text)?;
                Ok(Condition::all().add(if never { contacted.is_null() } else { contacted.is_not_null() }))
            })
            .custom("live", "boolean", |_, text| {
                let ended = Column::EndedAt;
                Ok(Condition::all().add(if truth("live", text)? { ended.is_null() } else { ended.is_not_null() }))
            })
            .custom("status", "string", |_, text| in_status(text))
            .custom("first_contact_in_time", "boolean", |at, text| {
                Ok(in_time(at, truth("first_contact_in_time", text)?))
            })
    }

    fn placement(row: &Model) -> Placement {
        Placement {
            project_id: row.project_id,
            org_unit_id: row.org_unit_id,
            customer_id: Some(row.customer_id),
            ..Placement::default()
        }
    }

    fn expansions() -> Vec<Expansion> {
        vec![
            Expansion::one::<customer::Customer>("customer", "customer_id"),
            Expansion::one::<registers::staff::Staff>("agent", "agent_id"),
        ]
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<PortfolioEntryView>, Fault> {
        let ids = rows.iter().map(|row| row.customer_id);
        let known = customer::Entity::find().filter(customer::entity::Column::Id.is_in(ids)).all(&at.db()).await?;
        let known: HashMap<Uuid, customer::Model> = known.into_iter().map(|row| (row.id, row)).collect();
        let now = at.now;
        let view = |row: Model| {
            let customer = known.get(&row.customer_id);
            PortfolioEntryView {
                id: row.id,
                version: row.version,
                customer_id: row.customer_id,
                customer_number: customer.map(|customer| customer.number.clone()),
                customer_name: customer.map(|customer| customer.name_masked.clone()),
                agent_id: row.agent_id,
                org_unit_id: row.org_unit_id,
                project_id: row.project_id,
                plan_id: row.plan_id,
                assigned_at: row.assigned_at.into(),
                first_contact_due_on: row.first_contact_due_on,
                first_contact_at: row.first_contact_at.map(Timestamp::from),
                first_contact_in_time: row.first_contact_at.map(|at| at < row.first_contact_due_at),
                first_contact_overdue: row.first_contact_at.is_none()
                    && row.ended_at.unwrap_or(now) >= row.first_contact_due_at,
                ended_at: row.ended_at.map(Timestamp::from),
                end_reason: row.end_reason,
                created_at: row.created_at.into(),
                created_by: row.created_by,
            }
        };
        Ok(rows.into_iter().map(view).collect())
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

/// Live or ended, as its life cycle calls it.
fn in_status(text: &str) -> Result<Condition, Fault> {
    let (mut live, mut ended) = (false, false);
    for code in text.split(',') {
        match code {
            "live" => live = true,
            "ended" => ended = true,
            _ => return Err(Fault::new(&INVALID_PARAMETER).with("parameter", "status")),
        }
    }
    Ok(match (live, ended) {
        (true, false) => Condition::all().add(Column::EndedAt.is_null()),
        (false, true) => Condition::all().add(Column::EndedAt.is_not_null()),
        _ => Condition::all(),
    })
}

/// In time: spoken to before the day was over. Not in time: later, or not at all and the day is over.
fn in_time(at: &Reading, yes: bool) -> Condition {
    let due = Expr::col(Column::FirstContactDueAt);
    match yes {
        true => Condition::all().add(Expr::col(Column::FirstContactAt).lt(due)),
        false => Condition::any().add(Expr::col(Column::FirstContactAt).gte(due)).add(
            Condition::all().add(Column::FirstContactAt.is_null()).add(Column::FirstContactDueAt.lte(at.now)).add(
                Condition::any()
                    .add(Column::EndedAt.is_null())
                    .add(Expr::col(Column::EndedAt).gte(Expr::col(Column::FirstContactDueAt))),
            ),
        ),
    }
}

/// The live entries of a customer's files, in the order of these.
pub async fn live(at: &Reading, files: &[Uuid]) -> Result<Vec<Model>, Fault> {
    let rows = Entity::find().filter(Column::CustomerId.is_in(files.iter().copied())).filter(Column::EndedAt.is_null());
    let mut rows = rows.all(&at.db()).await?;
    rows.sort_by_key(|row| files.iter().position(|file| *file == row.customer_id));
    Ok(rows)
}

/// Bound to one query at most.
const AT_ONCE: usize = 500;

/// The agents whose customers these are now, by customer; dispatch prefers them (TK-R16).
pub async fn owners_of(at: &Reading, customers: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, Uuid>, Fault> {
    let customers: Vec<Uuid> = customers.collect();
    let mut owners = HashMap::new();
    for some in customers.chunks(AT_ONCE) {
        let rows = Entity::find()
            .filter(Column::CustomerId.is_in(some.iter().copied()))
            .filter(Column::EndedAt.is_null())
            .all(&at.db())
            .await?;
        owners.extend(rows.into_iter().map(|row| (row.customer_id, row.agent_id)));
    }
    Ok(owners)
}

/// Why a customer is nobody's any more.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct EndPortfolioEntry {
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<String>,
}

/// Ends a live entry; the customer has no owner then.
pub async fn end(work: &Work, id: Uuid, input: &EndPortfolioEntry) -> Result<Model, Fault> {
    let row = resource::take::<PortfolioEntry>(work, id).await?;
    MOVES.take("end", &Subject::of(work, &row))?;
    let mut change = row.clone().into_active_model();
    change.ended_at = Set(Some(work.now));
    change.end_reason = Set(input.reason.clone());
    let fact = |fact: store::journal::Fact| store::journal::Fact { reason: input.reason.clone(), ..fact };
    let row = work.change::<PortfolioEntry>(&row, change, "ended", fact).await?;
    customer::set_owner(work, row.customer_id, None).await?;
    Ok(row)
}

/// Whether the caller is the owner or stands in for him today.
pub(crate) async fn is_owner(at: &Reading, agent_id: Uuid) -> Result<bool, Fault> {
    let actor = at.actor();
    if actor.persons().any(|person| person == agent_id) {
        return Ok(true);
    }
    let Some(me) = actor.staff_id else { return Ok(false) };
    let lent = delegation::held(at, me, business_day(at.now)).await?;
    Ok(lent.iter().any(|row| row.from_staff_id == agent_id))
}

/// Notes that a customer was spoken to at an instant, if that is his first contact: by the owner or who
/// stands in for him, with something to say. A contact told late may be earlier than the one known.
pub async fn contacted(work: &Work, entry: &Model, at: DateTimeUtc) -> Result<(), Fault> {
    // It may have ended a moment ago.
    let row = Entity::find_by_id(entry.id).lock(LockType::Update).one(&work.db()).await?;
    let Some(entry) = row.filter(|row| row.ended_at.is_none()) else { return Ok(()) };
    let known = entry.first_contact_at.is_some_and(|first| first <= at);
    if known || at < entry.assigned_at || !is_owner(work, entry.agent_id).await? {
        return Ok(());
    }
    let mut change = entry.clone().into_active_model();
    change.first_contact_at = Set(Some(at));
    let in_time = at < entry.first_contact_due_at;
    work.change::<PortfolioEntry>(&entry, change, "contacted", |fact| fact.with("in_time", in_time)).await?;
    Ok(())
}
