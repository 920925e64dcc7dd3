//! Movements by hand: purchases, issues, returns, consumption, old parts; and taking one back.

use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::fixed::Quantity;
use kernel::money::Money;
use kernel::time::business_day;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use serde::Deserialize;
use store::acts::ReasonedAct;
use store::{Work, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::issuing;
use super::location::{Location, LocationKind as Place};
use super::movement::{self, Column, Entity, Kind, Model, PartMovement};
use super::posting::{Posting, post};
use crate::part;
use crate::problems::{INSUFFICIENT_STOCK, NOT_REVERSIBLE};

/// A movement by hand. Write-offs and adjustments come from their own papers.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreatePartMovement {
    pub part_id: Uuid,
    pub kind: Kind,
    pub from_location: Location,
    pub to_location: Location,
    pub quantity: Quantity,
    /// The price paid; otherwise the catalogue's. An issue always takes the catalogue's.
    pub unit_price: Option<Money>,
    /// Default: today.
    pub moved_on: Option<NaiveDate>,
    /// The issue a return belongs to.
    pub issue_id: Option<Uuid>,
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// From where to where a kind leads; none for kinds nobody moves by hand.
fn way(kind: Kind) -> Option<(&'static [Place], &'static [Place])> {
    Some(match kind {
        Kind::Purchase => (&[Place::Supplier], &[Place::Warehouse]),
        Kind::Issue => (&[Place::Warehouse], &[Place::Outlet, Place::Team]),
        Kind::ReturnUnused => (&[Place::Outlet, Place::Team], &[Place::Warehouse]),
        Kind::Consume => (&[Place::Warehouse, Place::Outlet, Place::Team], &[Place::Consumed, Place::Field]),
        Kind::RecoverOld => (&[Place::Consumed, Place::Field], &[Place::Recovered]),
        Kind::Scrap => (&[Place::Recovered], &[Place::Scrapped]),
        Kind::WriteOff | Kind::Adjust | Kind::Reversal => return None,
    })
}

/// Writes a movement.
///
/// # Errors
/// 422 `location_invalid` for a way the kind does not lead; 409 `insufficient_stock`.
pub async fn create(work: &Work, input: &CreatePartMovement) -> Result<Model, Fault> {
    part::named(work, input.part_id, "/part_id").await?;
    let Some((from, to)) = way(input.kind) else { return Err(Fault::field("/kind", "invalid_enum")) };
    let back = input.kind == Kind::ReturnUnused;
    let mut errors = FieldErrors::default();
    errors
        .add_if(!from.contains(&input.from_location.kind), "/from_location/kind", "location_invalid")
        .add_if(!to.contains(&input.to_location.kind), "/to_location/kind", "location_invalid")
        .add_if(input.moved_on.is_some_and(|on| on > business_day(work.now)), "/moved_on", "date_in_future")
        .add_if(input.unit_price.is_some_and(Money::is_negative), "/unit_price", "out_of_range")
        .add_if(back && input.issue_id.is_none(), "/issue_id", "required")
        .add_if(!back && input.issue_id.is_some(), "/issue_id", "unknown_field");
    errors.finish()?;
    input.from_location.check(work, "/from_location").await?;
    input.to_location.check(work, "/to_location").await?;
    let charged = match input.issue_id {
        Some(issue) => returnable(work, issue, input).await?,
        None => input.unit_price.filter(|_| input.kind != Kind::Issue),
    };
    let posting = Posting {
        unit_price: charged,
        moved_on: input.moved_on,
        issue_id: input.issue_id,
        note: input.note.clone(),
        ..Posting::new(input.kind, input.part_id, input.from_location, input.to_location, input.quantity)
    };
    post(work, posting).await
}

/// The price an issue was charged at, if so much of it may come back.
async fn returnable(work: &Work, issue_id: Uuid, input: &CreatePartMovement) -> Result<Option<Money>, Fault> {
    let issue = Entity::find_by_id(issue_id).lock(LockType::Update).one(&work.db()).await?;
    let issue = issue.filter(|issue| {
        issue.kind == Kind::Issue && issue.part_id == input.part_id && issue.to() == input.from_location
    });
    let issue = issue.ok_or_else(|| Fault::field("/issue_id", "not_found"))?;
    let returns = live_returns(work, issue.id).await?;
    let gone = !movement::reversed(work, [issue.id]).await?.is_empty();
    let left = issue.quantity_milli - returns.iter().map(|row| row.quantity_milli).sum::<i64>();
    if gone || input.quantity.units() > left {
        return Err(Fault::new(&INSUFFICIENT_STOCK)
            .rule("TK-R33")
            .with("part_id", issue.part_id.to_string())
            .with("location", issue.to().to_string()));
    }
    issue.unit_price_fen.map(Money::from_fen).transpose().map_err(Fault::internal)
}

/// The returns of an issue that stand.
async fn live_returns(work: &Work, issue_id: Uuid) -> Result<Vec<Model>, Fault> {
    let rows = Entity::find().filter(Column::IssueId.eq(issue_id)).all(&work.db()).await?;
    let reversed = movement::reversed(work, rows.iter().map(|row| row.id)).await?;
    Ok(rows.into_iter().filter(|row| !reversed.contains(&row.id)).collect())
}

/// Takes a movement back, once; answers the reversal. What was issued for a request is open there again.
///
/// # Errors
/// 409 `not_reversible` for a reversal, a movement taken back before, or an issue of which something came
/// back; `insufficient_stock` when the parts are no longer there.
pub async fn reverse(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let row = resource::take::<PartMovement>(work, id).await?;
    let before = !movement::reversed(work, [row.id]).await?.is_empty();
    let returned = row.kind == Kind::Issue && !live_returns(work, row.id).await?.is_empty();
    if row.kind == Kind::Reversal || before || returned {
        return Err(Fault::new(&NOT_REVERSIBLE).rule("TK-R33"));
    }
    if row.kind == Kind::Issue {
        issuing::take_back(work, &row).await?;
    }
    let quantity = Quantity::from_units(row.quantity_milli).map_err(Fault::internal)?;
    let posting = Posting {
        unit_price: row.unit_price_fen.map(Money::from_fen).transpose().map_err(Fault::internal)?,
        reverses_id: Some(row.id),
        note: Some(input.reason.clone()),
        charged: matches!(row.kind, Kind::Issue | Kind::ReturnUnused),
        ..Posting::new(Kind::Reversal, row.part_id, row.to(), row.from(), quantity)
    };
    post(work, posting).await
}
