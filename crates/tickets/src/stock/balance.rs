//! What lies where: the guarded counters behind the ledger, and the reading of both (TK-R33).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::{Quantity, Stock};
use kernel::ids;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, OnConflict};
use sea_orm::{Condition, Set};
use serde::Serialize;
use store::{Reading, Work};
use utoipa::ToSchema;

use super::location::{Location, LocationKind};
use super::movement;
use crate::outlet;
use crate::part;
use crate::problems::INSUFFICIENT_STOCK;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "part_balance")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub part_id: Uuid,
    /// As [`Location`] writes itself.
    pub location: String,
    pub quantity_milli: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Moves a quantity between two counters, always in the same order, so that two works never wait for each
/// other. The guard is part of the update: no reader's figure decides.
///
/// # Errors
/// 409 `insufficient_stock`.
pub(super) async fn shift(
    work: &Work,
    part_id: Uuid,
    from: Location,
    to: Location,
    quantity: Quantity,
) -> Result<(), Fault> {
    let mut steps = [(from, -quantity.units()), (to, quantity.units())];
    steps.sort_by_key(|(place, _)| place.to_string());
    for (place, delta) in steps {
        if delta < 0 && place.kind.is_guarded() {
            take(work, part_id, place, -delta).await?;
        } else {
            put(work, part_id, place, delta).await?;
        }
    }
    Ok(())
}

async fn take(work: &Work, part_id: Uuid, place: Location, milli: i64) -> Result<(), Fault> {
    let taken = Entity::update_many()
        .col_expr(Column::QuantityMilli, Expr::col(Column::QuantityMilli).sub(milli))
        .filter(Column::PartId.eq(part_id))
        .filter(Column::Location.eq(place.to_string()))
        .filter(Column::QuantityMilli.gte(milli))
        .exec(&work.db())
        .await?;
    if taken.rows_affected == 1 {
        return Ok(());
    }
    Err(insufficient(part_id, place))
}

fn insufficient(part_id: Uuid, place: Location) -> Fault {
    let fault = Fault::new(&INSUFFICIENT_STOCK).rule("TK-R33").with("part_id", part_id.to_string());
    fault.with("location", place.to_string())
}

/// Refuses to take parts on a past day from a place that held too few on it, or on a day since: the ledger was never
/// below nothing (TK-R33).
///
/// # Errors
/// 409 `insufficient_stock` naming the day.
pub(super) async fn ensure_since(
    work: &Work,
    part_id: Uuid,
    place: Location,
    quantity: Quantity,
    day: NaiveDate,
) -> Result<(), Fault> {
    let moved = movement::Entity::find().filter(movement::Column::PartId.eq(part_id));
    let rows = moved.filter(movement::touching(place)).all(&work.db()).await?;
    // The day itself counts, whether something moved on it or not.
    let mut days = BTreeMap::from([(day, 0_i64)]);
    for row in rows {
        let change = days.entry(row.moved_on).or_default();
        *change += if row.to() == place { row.quantity_milli } else { 0 };
        *change -= if row.from() == place { row.quantity_milli } else { 0 };
    }
    let mut held = 0;
    for (on, change) in days {
        held += change;
        if on >= day && held < quantity.units() {
            return Err(insufficient(part_id, place).with("on", on.to_string()));
        }
    }
    Ok(())
}

async fn put(work: &Work, part_id: Uuid, place: Location, milli: i64) -> Result<(), Fault> {
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        part_id: Set(part_id),
        location: Set(place.to_string()),
        quantity_milli: Set(milli),
    };
    let more = Expr::cust("part_balance.quantity_milli + excluded.quantity_milli");
    let again = OnConflict::columns([Column::PartId, Column::Location]).value(Column::QuantityMilli, more).to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(&work.db()).await?;
    Ok(())
}

/// What lies at one place now, in thousandths.
pub async fn at_place(at: &Reading, part_id: Uuid, place: Location) -> Result<i64, Fault> {
    let row = Entity::find()
        .filter(Column::PartId.eq(part_id))
        .filter(Column::Location.eq(place.to_string()))
        .one(&at.db())
        .await?;
    Ok(row.map_or(0, |row| row.quantity_milli))
}

/// Quantities by part and place.
pub type Held = BTreeMap<(Uuid, Location), i64>;

/// What lies where now.
pub async fn now(at: &Reading) -> Result<Held, Fault> {
    let rows = Entity::find().all(&at.db()).await?;
    let held = |row: Model| {
        let place = Location::parse(&row.location).ok_or_else(|| Fault::internal("a place nobody can read"))?;
        Ok(((row.part_id, place), row.quantity_milli))
    };
    rows.into_iter().map(held).collect()
}

/// What lay where at the end of a day, from the movements alone.
pub async fn as_of(at: &Reading, day: Option<NaiveDate>) -> Result<Held, Fault> {
    let before = Condition::all().add_option(day.map(|day| movement::Column::MovedOn.lte(day)));
    let rows = movement::Entity::find().filter(before).all(&at.db()).await?;
    let mut held = Held::new();
    for row in rows {
        *held.entry((row.part_id, row.from())).or_default() -= row.quantity_milli;
        *held.entry((row.part_id, row.to())).or_default() += row.quantity_milli;
    }
    Ok(held)
}

/// The stock a caller may know of.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartStock {
    pub items: Vec<PartStockItem>,
}

/// How much of a part lies at a place.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartStockItem {
    pub part_id: Uuid,
    pub part_code: String,
    pub part_name: String,
    pub unit: String,
    pub location: Location,
    pub quantity: Stock,
    /// Less in the warehouse than the part's minimum.
    pub below_minimum: bool,
}

/// The stock of a part or all, at a place or all, now or at the end of a day.
pub async fn stock(
    at: &Reading,
    part_id: Option<Uuid>,
    place: Option<Location>,
    day: Option<NaiveDate>,
) -> Result<PartStock, Fault> {
    let held = match day {
        Some(day) => as_of(at, Some(day)).await?,
        None => now(at).await?,
    };
    let known = places_known_to(at).await?;
    let parts = part::entity::Entity::find().all(&at.db()).await?;
    let mut items = Vec::new();
    for ((id, location), milli) in held {
        let wanted = part_id.is_none_or(|part| part == id)
            && place
                .is_none_or(|place| place == location || (place.reference.is_none() && place.kind == location.kind))
            && known.as_ref().is_none_or(|known| known.contains(&location));
        let Some(part) = parts.iter().find(|part| part.id == id).filter(|_| wanted) else { continue };
        items.push(PartStockItem {
            part_id: id,
            part_code: part.code.clone(),
            part_name: part.name.clone(),
            unit: part.unit.clone(),
            location,
            quantity: Stock::from_units(milli).map_err(Fault::internal)?,
            below_minimum: location.kind == LocationKind::Warehouse && milli < part.min_stock_milli,
        });
    }
    items.sort_by(|a, b| (&a.part_code, a.location).cmp(&(&b.part_code, b.location)));
    Ok(PartStock { items })
}

/// The places a caller may know of; none when all.
pub(crate) async fn places_known_to(at: &Reading) -> Result<Option<Vec<Location>>, Fault> {
    if outlet::is_central(at.actor()) {
        return Ok(None);
    }
    if !outlet::is_part(at.actor()) {
        return Ok(Some(Vec::new()));
    }
    let outlets = outlet::entity::Entity::find()
        .filter(outlet::entity::Column::Id.in_subquery(outlet::known_to(at.actor())))
        .all(&at.db())
        .await?;
    let outlets = outlets.into_iter().map(|row| Location { kind: LocationKind::Outlet, reference: Some(row.id) });
    let team = |unit: &Uuid| Location { kind: LocationKind::Team, reference: Some(*unit) };
    Ok(Some(outlets.chain(at.actor().scope.org_unit_ids.iter().map(team)).collect()))
}

/// Whether the ledger balances.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartLedgerCheck {
    /// Every residual and every difference is zero.
    pub balanced: bool,
    pub parts: Vec<PartResidual>,
}

/// What is left of a part over all places.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartResidual {
    pub part_id: Uuid,
    pub part_code: String,
    /// Σ over all places; zero.
    pub residual: Stock,
    /// Σ of what counters and movements differ by; zero.
    pub difference: Stock,
}

/// Adds everything up, from the counters and again from the movements.
pub async fn check(at: &Reading) -> Result<PartLedgerCheck, Fault> {
    let (counted, moved) = (now(at).await?, as_of(at, None).await?);
    let mut parts = Vec::new();
    for part in part::entity::Entity::find().all(&at.db()).await? {
        let of_part = |held: &Held| -> i64 { held.iter().filter(|((id, _), _)| *id == part.id).map(|(_, n)| n).sum() };
        let keys = counted.keys().chain(moved.keys()).filter(|(id, _)| *id == part.id);
        let mut keys: Vec<_> = keys.collect();
        keys.sort();
        keys.dedup();
        let off = |key: &&(Uuid, Location)| {
            let figure = |held: &Held| held.get(*key).copied().unwrap_or_default();
            (figure(&counted) - figure(&moved)).abs()
        };
        parts.push(PartResidual {
            part_id: part.id,
            residual: Stock::from_units(of_part(&counted)).map_err(Fault::internal)?,
            difference: Stock::from_units(keys.iter().map(off).sum()).map_err(Fault::internal)?,
            part_code: part.code,
        });
    }
    parts.sort_by(|a, b| a.part_code.cmp(&b.part_code));
    let balanced = parts.iter().all(|part| part.residual.units() == 0 && part.difference.units() == 0);
    Ok(PartLedgerCheck { balanced, parts })
}
