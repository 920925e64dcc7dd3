//! Writing a movement: counters, row, the outlet's account, the fact – in one transaction (TK-R33).

use chrono::NaiveDate;
use kernel::fault::{Fault, PRICE_MISSING};
use kernel::fixed::Quantity;
use kernel::ids;
use kernel::money::Money;
use kernel::time::business_day;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use store::Work;
use store::journal::Fact;

use super::balance;
use super::location::{Location, LocationKind};
use super::movement::{ActiveModel, Kind, Model, PartMovement};
use crate::outlet::account::{self, EntryKind};
use crate::part::price;

/// A movement about to be written.
#[derive(Clone, Debug)]
pub struct Posting {
    pub part_id: Uuid,
    pub kind: Kind,
    pub from: Location,
    pub to: Location,
    pub quantity: Quantity,
    /// None: the catalogue's price of the day, if there is one.
    pub unit_price: Option<Money>,
    pub moved_on: Option<NaiveDate>,
    /// What caused it: resource and id.
    pub caused_by: Option<(&'static str, Uuid)>,
    pub issue_id: Option<Uuid>,
    pub reverses_id: Option<Uuid>,
    pub note: Option<String>,
    /// Whether an outlet pays for what it gets, and is paid for what it gives back.
    pub charged: bool,
}

impl Posting {
    /// A movement of today without more to say.
    pub fn new(kind: Kind, part_id: Uuid, from: Location, to: Location, quantity: Quantity) -> Self {
        Self {
            part_id,
            kind,
            from,
            to,
            quantity,
            unit_price: None,
            moved_on: None,
            caused_by: None,
            issue_id: None,
            reverses_id: None,
            note: None,
            charged: matches!(kind, Kind::Issue | Kind::ReturnUnused),
        }
    }
    /// Names what caused it.
    pub fn caused_by(mut self, resource: &'static str, id: Uuid) -> Self {
        self.caused_by = Some((resource, id));
        self
    }
}

/// Posts movements of several parts, always in the order of the parts.
pub async fn post_all(work: &Work, mut postings: Vec<Posting>) -> Result<Vec<Model>, Fault> {
    postings.sort_by_key(|posting| posting.part_id);
    let mut rows = Vec::new();
    for posting in postings {
        rows.push(post(work, posting).await?);
    }
    Ok(rows)
}

/// Posts one movement.
///
/// # Errors
/// 409 `insufficient_stock`, `price_missing` when an outlet is to be charged without a price.
pub async fn post(work: &Work, posting: Posting) -> Result<Model, Fault> {
    let today = business_day(work.now);
    let moved_on = posting.moved_on.unwrap_or(today);
    let price = match posting.unit_price {
        Some(price) => Some(price),
        None => price::of(work, posting.part_id, moved_on).await?,
    };
    balance::shift(work, posting.part_id, posting.from, posting.to, posting.quantity).await?;
    if moved_on < today && posting.from.kind.is_guarded() {
        balance::ensure_since(work, posting.part_id, posting.from, posting.quantity, moved_on).await?;
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        part_id: Set(posting.part_id),
        kind: Set(posting.kind),
        from_kind: Set(posting.from.kind),
        from_ref: Set(posting.from.reference),
        to_kind: Set(posting.to.kind),
        to_ref: Set(posting.to.reference),
        quantity_milli: Set(posting.quantity.units()),
        unit_price_fen: Set(price.map(Money::fen)),
        moved_on: Set(moved_on),
        ref_resource: Set(posting.caused_by.map(|(resource, _)| resource.to_owned())),
        ref_id: Set(posting.caused_by.map(|(_, id)| id)),
        issue_id: Set(posting.issue_id),
        reverses_id: Set(posting.reverses_id),
        note: Set(posting.note.clone()),
    };
    let fact = |fact: Fact| {
        fact.with("part_id", posting.part_id.to_string())
            .with("kind", posting.kind.code())
            .with("from", posting.from.to_string())
            .with("to", posting.to.to_string())
            .with("quantity", posting.quantity.to_string())
    };
    let row = work.create::<PartMovement>(row, fact, "posted").await?;
    if posting.charged {
        charge(work, &row, posting.quantity, price).await?;
    }
    Ok(row)
}

/// What an outlet gets is charged at the catalogue's price of the day, what comes back is credited at the
/// price charged; a reversal does the opposite.
async fn charge(work: &Work, row: &Model, quantity: Quantity, price: Option<Money>) -> Result<(), Fault> {
    let (outlet, kind) = match (row.from_kind, row.to_kind) {
        (_, LocationKind::Outlet) => (row.to_ref, EntryKind::PartsCharge),
        (LocationKind::Outlet, _) => (row.from_ref, EntryKind::ReturnCredit),
        _ => return Ok(()),
    };
    let Some(outlet) = outlet else { return Ok(()) };
    let price = price.ok_or_else(|| Fault::new(&PRICE_MISSING).with("part_id", row.part_id.to_string()))?;
    let amount = price.times(quantity.decimal()).map_err(|error| Fault::field("/quantity", error.code()))?;
    account::post(work, outlet, kind, amount, ("part_movement", row.id), None).await?;
    Ok(())
}
