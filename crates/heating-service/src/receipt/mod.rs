//! Receipts (收款, HS-12): money goes to the oldest due bill first; what is left waits for the next.

pub mod commands;
pub mod entity;

use std::collections::HashMap;

use access::Actor;
use kernel::fault::Fault;
use kernel::money::Money;
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::household::{Household, money};
use crate::ledger::settling;
use crate::scope;
use entity::{Column, Entity, Method, Model, Status};

/// The receipts (HS-12).
pub struct HeatReceipt;

/// Acts on a receipt.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.receipt",
    state: |it| it.row.status(),
    moves: &[Move { action: "reverse", from: &[Status::Recorded], to: Some(Status::Reversed), guards: &[] }],
};

/// Money a household paid.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeatReceiptView {
    pub id: Uuid,
    pub version: i32,
    /// `HR-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub household_id: Uuid,
    /// Who held the household when it was paid.
    pub customer_id: Option<Uuid>,
    pub method: Method,
    pub voucher_no: String,
    pub amount: Money,
    pub paid_at: Timestamp,
    /// The bills it settles.
    pub allocations: Vec<HeatAllocation>,
    /// What settles no bill yet.
    pub unallocated: Money,
    pub status: Status,
    pub created_by: Uuid,
    pub reversed_by: Option<Uuid>,
    pub reversed_at: Option<Timestamp>,
    pub reason: Option<String>,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A part of a receipt that settles a bill.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeatAllocation {
    pub bill_id: Uuid,
    pub amount: Money,
}

impl Resource for HeatReceipt {
    type Entity = Entity;
    type Row = Model;
    type View = HeatReceiptView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "heat_receipt";
    const PATH: &'static str = "/v1/heat-receipts";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_household(actor, Column::HouseholdId, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::of_household(at.actor(), Column::HouseholdId, scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-paid_at")
            .sort("paid_at", Column::PaidAt)
            .sort("number", Column::Number)
            .by("number", Column::Number)
            .by("household_id", Column::HouseholdId)
            .code("method", Column::Method, Method::CODES)
            .by("voucher_no", Column::VoucherNo)
            .range("paid_at", Column::PaidAt)
            .custom("reversed", "boolean", |_, text| {
                let reversed = list::truth("reversed", text)?;
                let test = if reversed { Column::ReversedAt.is_not_null() } else { Column::ReversedAt.is_null() };
                Ok(Condition::all().add(test))
            })
    }
    fn placement(row: &Model) -> Placement {
        Placement { customer_id: row.customer_id, ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<HeatReceiptView>, Fault> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut parts: HashMap<Uuid, Vec<settling::Part>> = HashMap::new();
        for part in settling::of_sources(at, &ids).await? {
            parts.entry(part.source_id).or_default().push(part);
        }
        let mut external = external_ids::list_for(at, Self::NAME, &ids).await?;
        let view = |row: Model| {
            let keys = external.remove(&row.id).unwrap_or_default();
            view(&row, parts.get(&row.id).map(Vec::as_slice).unwrap_or_default(), keys)
        };
        rows.into_iter().map(view).collect()
    }
    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<Household>("household", "household_id")]
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

fn view(row: &Model, parts: &[settling::Part], external_ids: Vec<ExternalId>) -> Result<HeatReceiptView, Fault> {
    let allocated: i64 = parts.iter().map(|part| part.fen).sum();
    let counts = row.status() == Status::Recorded;
    let allocation = |part: &settling::Part| Ok(HeatAllocation { bill_id: part.bill_id, amount: money(part.fen)? });
    Ok(HeatReceiptView {
        allocations: parts.iter().map(allocation).collect::<Result<_, Fault>>()?,
        unallocated: money(if counts { row.amount_fen - allocated } else { 0 })?,
        id: row.id,
        version: row.version,
        number: row.number.clone(),
        household_id: row.household_id,
        customer_id: row.customer_id,
        method: row.method,
        voucher_no: row.voucher_no.clone(),
        amount: money(row.amount_fen)?,
        paid_at: row.paid_at.into(),
        status: row.status(),
        created_by: row.created_by,
        reversed_by: row.reversed_by,
        reversed_at: row.reversed_at.map(Timestamp::from),
        reason: row.reason.clone(),
        created_at: row.created_at.into(),
        external_ids,
        updated_at: row.updated_at.into(),
    })
}
