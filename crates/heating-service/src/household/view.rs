//! What callers see of a household: the address to its building, but for the holder himself.

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::Area;
use kernel::money::Money;
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::{Reading, Resource};
use utoipa::ToSchema;

use super::Household;
use super::entity::{Model, Use, Valve};
use super::status::{HouseholdFlags, Standings, Status};
use crate::{area_item, ownership};

/// A heat account (用热户).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HouseholdView {
    pub id: Uuid,
    pub version: i32,
    /// `RH-000001`.
    pub number: String,
    pub station_id: Uuid,
    pub unit_id: Option<Uuid>,
    pub building: String,
    /// Only for the holder himself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room_no: Option<String>,
    /// Masked behind the building, but for the holder himself.
    pub address: String,
    /// Who holds it; nobody once a tenancy has ended.
    pub customer_id: Option<Uuid>,
    #[serde(rename = "use")]
    pub purpose: Use,
    /// At the far end of its network.
    pub far_end: bool,
    /// Not connected when null or later than today.
    pub connected_on: Option<NaiveDate>,
    pub valve: Valve,
    pub seal_no: Option<String>,
    pub warranty_until: Option<NaiveDate>,
    /// A price a square metre agreed for this home instead of the season's.
    pub price_exception: Option<Money>,
    /// Today's, or of the day a list is shown as of; the first of the flags that holds.
    pub status: Status,
    pub flags: HouseholdFlags,
    /// The area charged on that day, in m².
    pub charged_area_m2: Option<Area>,
    /// Billed and not paid.
    pub outstanding: Money,
    /// Of that, past its due day.
    pub overdue: Money,
    /// What the ledger says is owed; negative: a credit.
    pub balance: Money,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Rows as callers see them.
pub(super) async fn of(at: &Reading, rows: Vec<Model>) -> Result<Vec<HouseholdView>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let day = at.day();
    let mut external = external_ids::list_for(at, Household::NAME, &ids).await?;
    let standings = Standings::of(at, &ids, day).await?;
    let charged = area_item::queries::charged_on(at, &ids, day).await?;
    let left = ownership::queries::left(at, &ids).await?;
    let view = |row: Model| {
        let flags = standings.flags(&row);
        let himself = at.actor().is_customer_of(row.customer_id);
        let (room_no, address) = match himself {
            true => (Some(room(at, &row)?), address(at, &row)?),
            false => (None, masked(&row)),
        };
        Ok(HouseholdView {
            external_ids: external.remove(&row.id).unwrap_or_default(),
            room_no,
            address,
            status: flags.status(),
            flags,
            charged_area_m2: charged.get(&row.id).and_then(|units| Area::from_units(*units).ok()),
            outstanding: money(standings.outstanding(row.id))?,
            overdue: money(standings.overdue(row.id))?,
            balance: money(row.balance_fen)?,
            price_exception: row.price_exception_fen.map(money).transpose()?,
            id: row.id,
            version: row.version,
            number: row.number,
            station_id: row.station_id,
            unit_id: row.unit_id,
            building: row.building,
            customer_id: row.customer_id.filter(|_| !left.contains(&row.id)),
            purpose: row.purpose,
            far_end: row.far_end,
            connected_on: row.connected_on,
            valve: row.valve,
            seal_no: row.seal_no,
            warranty_until: row.warranty_until,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        })
    };
    rows.into_iter().map(view).collect()
}

/// Stored fen as an amount.
pub(crate) fn money(fen: i64) -> Result<Money, Fault> {
    Money::from_fen(fen).map_err(Fault::internal)
}

/// The address as everybody may see it.
pub(crate) fn masked(row: &Model) -> String {
    format!("{}****", row.building)
}

/// Where a sealed field of a household belongs.
pub(super) fn place(id: Uuid, field: &str) -> String {
    format!("household|{id}|{field}")
}

fn opened(at: &Reading, place: &str, sealed: &str) -> Result<String, Fault> {
    String::from_utf8(at.store.keys().open(place, sealed)?).map_err(Fault::internal)
}

/// The canonical room in clear, for a caller whose right was checked.
pub(crate) fn room(at: &Reading, row: &Model) -> Result<String, Fault> {
    opened(at, &place(row.id, "room"), &row.room_sealed)
}

/// The address in clear, for a caller whose right was checked.
pub(crate) fn address(at: &Reading, row: &Model) -> Result<String, Fault> {
    opened(at, &place(row.id, "address"), &row.address_sealed)
}
