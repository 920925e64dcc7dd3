//! The ledger as callers see it.

use std::collections::HashMap;

use kernel::fault::Fault;
use kernel::money::Money;
use kernel::time::{Timestamp, business_day};
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::{Reading, resource};
use utoipa::ToSchema;

use super::entity::{Column, Entity, Kind, Model};
use super::settling;
use crate::household::status::Standings;
use crate::household::{Household, money};
use crate::season::{self, entity as seasons};

/// Every booking of a household, and what they come to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeatLedger {
    pub household_id: Uuid,
    /// Bills − receipts − credits + pay-outs; negative: more was paid than billed.
    pub balance: Money,
    pub bills: Money,
    pub receipts: Money,
    pub credits: Money,
    pub pay_outs: Money,
    /// Billed and not settled.
    pub outstanding: Money,
    /// Of that, past its due day.
    pub overdue: Money,
    /// Money that settles no bill yet; the next bill uses it.
    pub credit_balance: Money,
    pub entries: Vec<HeatLedgerEntry>,
}

/// A booking.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeatLedgerEntry {
    pub position: i32,
    pub at: Timestamp,
    pub kind: Kind,
    /// What it does to the balance.
    pub amount: Money,
    /// The balance after it.
    pub balance: Money,
    /// The bill, receipt or refund, and its number.
    pub source_id: Uuid,
    pub number: String,
    /// It takes an earlier booking back.
    pub reversal: bool,
    /// Number of the season, where it is of one.
    pub season: Option<String>,
    pub customer_id: Option<Uuid>,
    pub created_by: Uuid,
}

/// The ledger of a household.
pub async fn of(at: &Reading, household_id: Uuid) -> Result<HeatLedger, Fault> {
    let home = resource::find::<Household>(at, household_id).await?;
    let rows = Entity::find().filter(Column::HouseholdId.eq(home.id)).order_by_asc(Column::Position);
    let rows = rows.all(&at.db()).await?;
    let standings = Standings::of(at, &[home.id], business_day(at.now)).await?;
    let free: i64 = settling::free(at, home.id).await?.iter().map(|(_, fen)| fen).sum();
    let seasons = season::queries::by_id(at).await?;
    let sum = |kind| money(rows.iter().filter(|row| row.kind == kind).map(|row| row.amount_fen).sum());
    Ok(HeatLedger {
        household_id: home.id,
        balance: money(home.balance_fen)?,
        bills: sum(Kind::Bill)?,
        receipts: sum(Kind::Receipt)?.negated(),
        credits: sum(Kind::Credit)?.negated(),
        pay_outs: sum(Kind::PayOut)?,
        outstanding: money(standings.outstanding(home.id))?,
        overdue: money(standings.overdue(home.id))?,
        credit_balance: money(free)?,
        entries: rows.into_iter().map(|row| entry(row, &seasons)).collect::<Result<_, _>>()?,
    })
}

fn entry(row: Model, seasons: &HashMap<Uuid, seasons::Model>) -> Result<HeatLedgerEntry, Fault> {
    Ok(HeatLedgerEntry {
        position: row.position,
        at: row.at.into(),
        kind: row.kind,
        amount: money(row.amount_fen)?,
        balance: money(row.balance_fen)?,
        source_id: row.source_id,
        number: row.source_number,
        reversal: row.reversal,
        season: row.season_id.and_then(|id| seasons.get(&id)).map(|season| season.number.clone()),
        customer_id: row.customer_id,
        created_by: row.created_by,
    })
}
