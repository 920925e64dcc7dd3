//! Drafting an order and giving it to a provider (TK-R19, TK-R20).

use access::{JobRole, groups};
use chrono::TimeDelta;
use kernel::fault::{Fault, INVALID_STATE};
use kernel::ids;
use kernel::time::{Timestamp, business_day};
use registers::{referenced, staff, supplier};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::{Work, numbers, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Bearer, Dispatch, Model, Status};
use super::life_cycle::begin_checked;
use super::{RepairOrder, json, record};
use crate::outlet;
use crate::ticket::Ticket;
use crate::ticket::entity::{Model as TicketRow, Status as TicketStatus, json_list};
use crate::warranty::check::{self, Place, WarrantyCheck};
use crate::warranty::part;

/// What is to be repaired.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateRepairOrder {
    pub ticket_id: Uuid,
    /// Code of a part under warranty: `waterproofing`.
    #[schema(min_length = 1, max_length = 40)]
    pub part_code: String,
    #[schema(min_length = 2, max_length = 4000)]
    pub description: String,
    /// Default: whether the ticket is urgent.
    pub urgent: Option<bool>,
}

/// Who repairs it, and who is expected to pay.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DispatchRepairOrder {
    /// A contractor or outlet; else a unit of the house.
    pub supplier_id: Option<Uuid>,
    pub org_unit_id: Option<Uuid>,
    pub bearer: Bearer,
}

/// Drafts an order for an assigned or started ticket; the warranty check of the day of receipt is kept with
/// it.
pub async fn create(work: &Work, input: &CreateRepairOrder) -> Result<Model, Fault> {
    let case = referenced::locked::<Ticket>(work, input.ticket_id, "/ticket_id").await?;
    let part = part::named(work, &input.part_code).await?;
    if !matches!(case.status, TicketStatus::Assigned | TicketStatus::InProgress) {
        return Err(Fault::new(&INVALID_STATE)
            .with("action", "create")
            .with("state", case.status.code())
            .with("allowed_from", vec!["assigned", "in_progress"]));
    }
    let place = Place { unit_id: case.unit_id, building_id: case.building_id, kind: case.place_kind };
    let warranty = check::check(work, place, &part, business_day(case.received_at)).await?;
    let row = draft(work, &case, input, &warranty).await?;
    let fact = |fact: store::journal::Fact| {
        fact.with("proposed_bearer", warranty.proposed_bearer.code()).audience(store::journal::Audience::Customer)
    };
    work.create::<RepairOrder>(row, fact, "created").await
}

async fn draft(
    work: &Work,
    case: &TicketRow,
    input: &CreateRepairOrder,
    warranty: &WarrantyCheck,
) -> Result<ActiveModel, Fault> {
    let empty = || "[]".to_owned();
    Ok(ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "RO").await?),
        ticket_id: Set(case.id),
        status: Set(Status::Drafted),
        part_code: Set(warranty.part_code.clone()),
        description: Set(input.description.trim().to_owned()),
        urgent: Set(input.urgent.unwrap_or(case.urgent)),
        project_id: Set(case.project_id),
        building_id: Set(case.building_id),
        unit_id: Set(case.unit_id),
        customer_id: Set(case.customer_id),
        case_org_unit_id: Set(case.responsible_org_unit_id.or(case.received_org_unit_id)),
        dispatches: Set(empty()),
        appointments: Set(empty()),
        visits: Set(empty()),
        no_access_count: Set(0),
        lines: Set(empty()),
        amount_fen: Set(0),
        rework_count: Set(0),
        document_ids: Set(empty()),
        warranty: Set(json(warranty)?),
        responsible_supplier_id: Set(warranty.supplier_id),
        contractor_covered: Set(warranty.contractor.covered),
        proposed_bearer: Set(warranty.proposed_bearer),
        workers: Set(empty()),
        on_behalf_of_provider: Set(false),
        ..Default::default()
    })
}

/// Gives a drafted or refused order to a provider, who has a while to answer (TK-R22).
///
/// # Errors
/// 422 `exactly_one` unless one of supplier and unit is named; 409 `supplier_not_active`.
pub async fn dispatch(work: &Work, id: Uuid, input: &DispatchRepairOrder) -> Result<Model, Fault> {
    let check = async |_: &Model| -> Result<(), Fault> {
        match (input.supplier_id, input.org_unit_id) {
            (Some(id), None) => referenced::known::<supplier::Supplier>(work, id, "/supplier_id").await.map(drop),
            (None, Some(unit)) => referenced::org_unit_known(work, unit, "/org_unit_id").await,
            _ => Err(Fault::field("/supplier_id", "exactly_one")),
        }
    };
    let (around, to) = begin_checked(work, id, "dispatch", check).await?;
    let row = around.row;
    if let Some(id) = input.supplier_id {
        supplier::ensure_active(work, id).await?;
    }
    let limit = if row.urgent { "tickets.repair.accept_minutes_urgent" } else { "tickets.repair.accept_minutes" };
    let respond_by = work.now + TimeDelta::minutes(parameters::integer(work, limit).await?);
    let mut dispatches: Vec<Dispatch> = json_list(&row.dispatches);
    dispatches.push(Dispatch {
        supplier_id: input.supplier_id,
        org_unit_id: input.org_unit_id,
        by: work.actor().sub,
        at: Timestamp::from(work.now),
        respond_by: Timestamp::from(respond_by),
        answer: None,
        answered_at: None,
        reason: None,
    });
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.supplier_id = Set(input.supplier_id);
    change.org_unit_id = Set(input.org_unit_id);
    change.bearer = Set(Some(input.bearer));
    change.dispatches = Set(json(&dispatches)?);
    change.dispatched_at = Set(Some(work.now));
    change.dispatched_by = Set(Some(work.actor().sub));
    change.respond_by = Set(Some(respond_by));
    change.accepted_at = Set(None);
    change.answered_at = Set(None);
    let people = provider_people(work, input).await?;
    let fact = |fact: store::journal::Fact| match &people {
        Some(people) => fact.tells(people.iter().copied()),
        // A contractor has nobody here; who acts for him passes it on.
        None => fact.tells_any_of(&[JobRole::EngineeringOfficer]),
    };
    record(work, &row, change, "dispatched", fact).await
}

/// The people of the outlet or unit an order goes to; none for a contractor.
async fn provider_people(work: &Work, input: &DispatchRepairOrder) -> Result<Option<Vec<Uuid>>, Fault> {
    let outlet = match input.supplier_id {
        Some(supplier) => outlet::commands::of_supplier(work, supplier).await?,
        None => None,
    };
    let Some(unit) = outlet.map(|outlet| outlet.org_unit_id).or(input.org_unit_id) else { return Ok(None) };
    let units = registers::org_unit::subtree(work, unit).await?;
    let posts = staff::post::held_in(work, &units, groups::PROVIDER, business_day(work.now)).await?;
    let mut people: Vec<Uuid> = posts.into_iter().map(|post| post.staff_id).collect();
    people.sort_unstable();
    people.dedup();
    Ok(Some(people))
}

/// Cancels what nobody has come for yet: the ticket ended without an answer.
pub(crate) async fn cancel_open(work: &Work, ticket_id: Uuid, reason: &str) -> Result<(), Fault> {
    for row in super::queries::open_of_ticket(work, ticket_id).await? {
        if row.arrived_at.is_some() {
            continue;
        }
        let mut change = row.clone().into_active_model();
        change.status = Set(Status::Cancelled);
        change.cancel_reason = Set(Some(reason.to_owned()));
        change.ended_at = Set(Some(work.now));
        change.window_from = Set(None);
        change.window_to = Set(None);
        record(work, &row, change, "cancelled", |fact| fact.reason(reason)).await?;
    }
    Ok(())
}
