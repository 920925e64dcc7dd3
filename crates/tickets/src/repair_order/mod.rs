//! Repair orders (维修单, TK-05): who repairs what, when he comes, what it costs and who bears it.

pub mod answering;
pub mod drafting;
pub mod ending;
pub mod entity;
pub mod finishing;
pub mod life_cycle;
pub mod queries;
pub mod quoting;
pub mod view;
pub mod visiting;

use access::{Actor, JobRole};
use kernel::fault::Fault;
use kernel::money::Money;
use registers::customer::merge::files_of;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::journal::{Audience, Fact};
use store::life_cycle::Allowed;
use store::list::Columns;
use store::resource::{Expansion, Placement};
use store::{Reading, Resource, Work};

use crate::ticket::{Ticket, person};
use crate::{outlet, ticket};
use entity::{ActiveModel, Column, Entity, Model};
use life_cycle::Around;

/// The repair orders (TK-05).
pub struct RepairOrder;

/// The orders given to the caller's outlet or unit.
pub fn given_to(actor: &Actor) -> Condition {
    let units = actor.scope.org_unit_ids.iter().copied();
    let given = Condition::any().add(Column::OrgUnitId.is_in(units));
    match actor.role {
        JobRole::ServiceOutlet => {
            given.add(Column::SupplierId.in_subquery(outlet::entity::own(actor, outlet::entity::Column::SupplierId)))
        }
        _ => given,
    }
}

impl Resource for RepairOrder {
    type Entity = Entity;
    type Row = Model;
    type View = view::RepairOrderView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "repair_order";
    const PATH: &'static str = "/v1/repair-orders";
    const HOUSE: &'static [&'static str] =
        &["supplier_id", "provider_org_unit_id", "cause", "bearer", "proposed_bearer", "amount"];

    /// The scope of the ticket, and what was given to the caller's outlet or unit.
    fn visible_to(actor: &Actor) -> Condition {
        if actor.scope.all {
            return Condition::all();
        }
        match actor.role {
            JobRole::Customer => match actor.customer_id {
                Some(customer) => Condition::all().add(Column::CustomerId.in_subquery(files_of(customer))),
                None => Condition::all().add(Expr::value(false)),
            },
            JobRole::ServiceOutlet | JobRole::RepairTechnician => given_to(actor),
            _ => given_to(actor).add(ticket::is_known(actor, Column::TicketId)),
        }
    }

    fn columns() -> Columns<Self> {
        queries::columns()
    }

    fn placement(row: &Model) -> Placement {
        Placement {
            project_id: row.project_id,
            org_unit_id: row.case_org_unit_id,
            customer_id: row.customer_id,
            audience: Audience::Staff,
        }
    }

    fn said(row: &Model) -> Vec<(&'static str, Value)> {
        vec![
            ("number", row.number.as_str().into()),
            ("ticket_id", row.ticket_id.to_string().into()),
            ("supplier_id", row.supplier_id.map(|id| id.to_string()).into()),
            ("provider_org_unit_id", row.org_unit_id.map(|id| id.to_string()).into()),
            ("part_code", row.part_code.as_str().into()),
            ("cause", row.cause.map(|cause| cause.code()).into()),
            ("bearer", row.bearer.map(|bearer| bearer.code()).into()),
            ("amount", Money::from_fen(row.amount_fen).ok().map(|amount| amount.to_string()).into()),
        ]
    }

    fn expansions() -> Vec<Expansion> {
        vec![
            Expansion::one::<Ticket>("ticket", "ticket_id"),
            Expansion::one::<registers::property::unit::Unit>("unit", "unit_id"),
            Expansion::either::<registers::supplier::Supplier, registers::org_unit::OrgUnit>("provider", "provider_id"),
        ]
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<view::RepairOrderView>, Fault> {
        let house = !at.actor().is_customer();
        Ok(rows.into_iter().map(|row| view::of(row, house, at.now)).collect())
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        let around = Around::load(at, row.clone()).await?;
        Ok(Some(life_cycle::MOVES.allowed(&around.subject(at), at.lang())))
    }
}

/// What the customer is told of.
const PUBLIC: &[&str] =
    &["created", "scheduled", "appointment_confirmed", "no_access", "quoted", "quote_answered", "arrived", "finished"];

/// Writes a changed order and its fact.
async fn record(
    work: &Work,
    before: &Model,
    change: ActiveModel,
    verb: &str,
    fact: impl FnOnce(Fact) -> Fact,
) -> Result<Model, Fault> {
    let describe = |given: Fact| match PUBLIC.contains(&verb) {
        true => fact(given).audience(Audience::Customer),
        false => fact(given),
    };
    work.change::<RepairOrder>(before, change, verb, describe).await
}

/// Notes that the caller worked on the order for its provider: he neither judges it nor calls back (TK-R21,
/// TK-R24).
async fn worked(work: &Work, around: &Around, change: &mut ActiveModel) -> Result<(), Fault> {
    let mut workers = around.workers.clone();
    workers.extend(work.actor().persons());
    workers.sort_unstable();
    workers.dedup();
    change.workers = sea_orm::Set(json(&workers)?);
    change.on_behalf_of_provider = sea_orm::Set(!around.is_provider(work.actor()));
    let case = ticket::entity::Entity::find_by_id(around.row.ticket_id).one(&work.db()).await?;
    let case = case.ok_or_else(|| Fault::internal("an order without a ticket"))?;
    person::remember(work, case.id, case.cycle, "order", work.actor().persons()).await;
    Ok(())
}

/// The text of a JSON column.
pub(crate) fn json(value: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(Fault::internal)
}

/// The value of a JSON column, if it has one.
pub(crate) fn read<T: DeserializeOwned>(text: Option<&str>) -> Option<T> {
    text.and_then(|text| serde_json::from_str(text).ok())
}
