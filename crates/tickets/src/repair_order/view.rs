//! An order as callers see it; the customer sees when somebody comes and what he pays.

use chrono::{DateTime, Utc};
use kernel::money::Money;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::Uuid;
use serde::Serialize;
use utoipa::ToSchema;

use super::entity::{Appointment, Bearer, Cause, Dispatch, Evaluation, Model, OrderLine, Status, Visit};
use super::read;
use crate::ticket::entity::json_list;
use crate::warranty::check::WarrantyCheck;

/// A repair order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RepairOrderView {
    pub id: Uuid,
    pub version: i32,
    /// `RO-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub ticket_id: Uuid,
    pub status: Status,
    pub part_code: String,
    pub description: String,
    pub urgent: bool,
    pub building_id: Option<Uuid>,
    pub unit_id: Option<Uuid>,
    pub appointments: Vec<Appointment>,
    pub accepted_at: Option<Timestamp>,
    pub arrived_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub bearer: Option<Bearer>,
    pub quote: Option<Quote>,
    /// The sum of the lines; of a customer only what he bears.
    pub amount: Option<Money>,
    /// Of a customer only when he bears the cost.
    pub lines: Vec<OrderLine>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub house: Option<RepairOrderHouseView>,
}

/// What the work would cost, and whether the payer agreed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RepairQuote)]
pub struct Quote {
    pub amount: Money,
    /// Null while nobody answered.
    pub accepted: Option<bool>,
    pub answered_at: Option<Timestamp>,
}

/// The part of an order customers do not see.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RepairOrderHouseView {
    pub created_by: Uuid,
    /// Supplier or unit, as `expand=provider` shows it.
    pub provider_id: Option<Uuid>,
    pub supplier_id: Option<Uuid>,
    pub org_unit_id: Option<Uuid>,
    pub dispatched_at: Option<Timestamp>,
    /// Until when the provider is to accept or refuse.
    pub respond_by: Option<Timestamp>,
    /// No answer came in time.
    pub provider_silent: bool,
    pub dispatches: Vec<Dispatch>,
    pub visits: Vec<Visit>,
    /// Whether he came before the window ended; null before anybody came.
    pub punctual: Option<bool>,
    pub result: Option<String>,
    pub cause: Option<Cause>,
    pub evaluation: Option<Evaluation>,
    pub rework_count: i32,
    pub document_ids: Vec<Uuid>,
    /// The warranty check made when the order was drafted.
    pub warranty: Option<WarrantyCheck>,
    pub proposed_bearer: Bearer,
    pub technician_id: Option<Uuid>,
    /// The last act of the provider was done for him by engineering_officer.
    pub on_behalf_of_provider: bool,
    pub cancel_reason: Option<String>,
    pub ended_at: Option<Timestamp>,
}

/// An order as the house or the customer sees it.
pub fn of(row: Model, house: bool, now: DateTime<Utc>) -> RepairOrderView {
    let time = |at: Option<DateTime<Utc>>| at.map(Timestamp::from);
    let pays = house || row.bearer == Some(Bearer::Customer);
    let quote = row.quote_fen.and_then(|fen| Money::from_fen(fen).ok());
    RepairOrderView {
        id: row.id,
        version: row.version,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
        ticket_id: row.ticket_id,
        status: row.status,
        building_id: row.building_id,
        unit_id: row.unit_id,
        appointments: json_list(&row.appointments),
        accepted_at: time(row.accepted_at),
        arrived_at: time(row.arrived_at),
        finished_at: time(row.finished_at),
        bearer: row.bearer,
        quote: quote.map(|amount| Quote {
            amount,
            accepted: row.quote_accepted,
            answered_at: time(row.quote_answered_at),
        }),
        amount: Money::from_fen(row.amount_fen).ok().filter(|_| pays),
        lines: if pays { json_list(&row.lines) } else { Vec::new() },
        urgent: row.urgent,
        house: house.then(|| house_view(&row, now)),
        number: row.number,
        part_code: row.part_code,
        description: row.description,
    }
}

fn house_view(row: &Model, now: DateTime<Utc>) -> RepairOrderHouseView {
    let time = |at: Option<DateTime<Utc>>| at.map(Timestamp::from);
    RepairOrderHouseView {
        created_by: row.created_by,
        provider_id: row.supplier_id.or(row.org_unit_id),
        supplier_id: row.supplier_id,
        org_unit_id: row.org_unit_id,
        dispatched_at: time(row.dispatched_at),
        respond_by: time(row.respond_by),
        provider_silent: row.provider_silent(now),
        dispatches: json_list(&row.dispatches),
        visits: json_list(&row.visits),
        punctual: row.punctual,
        result: row.result.clone(),
        cause: row.cause,
        evaluation: read(row.evaluation.as_deref()),
        rework_count: row.rework_count,
        document_ids: json_list(&row.document_ids),
        warranty: read(Some(&row.warranty)),
        proposed_bearer: row.proposed_bearer,
        technician_id: row.technician_id,
        on_behalf_of_provider: row.on_behalf_of_provider,
        cancel_reason: row.cancel_reason.clone(),
        ended_at: time(row.ended_at),
    }
}
