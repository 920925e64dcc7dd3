//! All a call about a home needs, in one answer (HS-R16).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::money::Money;
use kernel::time::business_day;
use registers::customer::{self, MaskedContact, clear_contact, masked_contact};
use registers::staff;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::{Reading, Resource, resource};
use utoipa::ToSchema;

use super::entity::{Model, Use, Valve};
use super::status::{HouseholdFlags, Standings, Status};
use super::{Household, masked, money, view};
use crate::alteration::{self, AlterationView, entity as alterations};
use crate::area_item::{self, AreaItemView};
use crate::bill::entity as bills;
use crate::fee::charge::HeightTest;
use crate::inspection::brief::{self as inspected, OpenInspectionCase};
use crate::outage::{OpenOutageView, area, brief};
use crate::station::entity as stations;
use crate::stop::{StopApplication, StopApplicationView, entity as stops};
use crate::temperature::{LastVerdict, OpenTemperatureCase, lately};
use crate::{ownership, season};

/// A home as the desk sees it during a call. The holder himself gets it without the alterations and
/// cases.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HouseholdContext {
    pub household_id: Uuid,
    pub number: String,
    pub as_of: NaiveDate,
    pub building: String,
    /// Masked behind the building, but for the holder himself.
    pub address: String,
    /// Who holds it, masked, but for the holder himself.
    pub holder: Option<MaskedContact>,
    #[serde(rename = "use")]
    pub purpose: Use,
    pub far_end: bool,
    pub status: Status,
    pub flags: HouseholdFlags,
    pub connected_on: Option<NaiveDate>,
    pub warranty_until: Option<NaiveDate>,
    pub valve: Valve,
    pub seal_no: Option<String>,
    pub outstanding: Money,
    pub overdue: Money,
    pub balance: Money,
    /// What is billed and not paid, by season.
    pub seasons: Vec<SeasonDebt>,
    /// The areas of the day with the reason why each is charged or not.
    pub area_items: Vec<AreaItemView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_alterations: Option<Vec<AlterationView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_cases: Option<Vec<OpenTemperatureCase>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_inspection_cases: Option<Vec<OpenInspectionCase>>,
    /// The last three, the latest first.
    pub last_verdicts: Vec<LastVerdict>,
    /// With when heat is expected back and what customers are told.
    pub open_outages: Vec<OpenOutageView>,
    /// Null while no feed is configured.
    #[schema(value_type = Option<Object>)]
    pub weather: Option<serde_json::Value>,
    /// Live applications to stop or resume.
    pub stop_applications: Vec<StopApplicationView>,
    pub station: StationContact,
}

/// What a household owes for a season.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SeasonDebt {
    pub season: String,
    pub season_id: Uuid,
    pub outstanding: Money,
    pub overdue: Money,
}

/// Whom to call about a home.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StationContact {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub phone: Option<String>,
    pub head_staff_id: Option<Uuid>,
    pub head_name: Option<String>,
}

/// The context of a household on a day.
pub async fn of(at: &Reading, id: Uuid, day: Option<NaiveDate>) -> Result<HouseholdContext, Fault> {
    let row = resource::find::<Household>(at, id).await?;
    let day = day.unwrap_or_else(|| business_day(at.now));
    let himself = at.actor().is_customer();
    let standings = Standings::of(at, &[row.id], day).await?;
    let flags = standings.flags(&row);
    let test = HeightTest::of_day(at, day).await?;
    let areas = area_item::queries::of_household(at, row.id, day, day).await?;
    let open_alterations = if himself { None } else { Some(alterations_of(at, row.id).await?) };
    let live = stops::Entity::find()
        .filter(stops::Column::HouseholdId.eq(row.id))
        .filter(stops::Column::Status.is_in(stops::Status::LIVE))
        .all(&at.db())
        .await?;
    Ok(HouseholdContext {
        as_of: day,
        address: if himself { view::address(at, &row)? } else { masked(&row) },
        holder: holder(at, &row).await?,
        status: flags.status(),
        flags,
        outstanding: money(standings.outstanding(row.id))?,
        overdue: money(standings.overdue(row.id))?,
        balance: money(row.balance_fen)?,
        seasons: debts(at, row.id, day).await?,
        area_items: areas.into_iter().map(|item| area_item::view(item, test)).collect::<Result<_, _>>()?,
        open_alterations,
        open_cases: if himself { None } else { Some(lately::open(at, row.id).await?) },
        open_inspection_cases: if himself { None } else { Some(inspected::open(at, row.id).await?) },
        last_verdicts: lately::verdicts(at, row.id).await?,
        open_outages: brief::open(at, area::of_home(at, &row).await?).await?,
        weather: None,
        stop_applications: StopApplication::views(at, live).await?,
        station: contact(at, row.station_id).await?,
        household_id: row.id,
        number: row.number,
        building: row.building,
        purpose: row.purpose,
        far_end: row.far_end,
        connected_on: row.connected_on,
        warranty_until: row.warranty_until,
        valve: row.valve,
        seal_no: row.seal_no,
    })
}

async fn holder(at: &Reading, row: &Model) -> Result<Option<MaskedContact>, Fault> {
    let Some(id) = ownership::queries::holder(at, row).await? else { return Ok(None) };
    if at.actor().is_customer_of(Some(id)) {
        let (name, phone, _) = clear_contact(at, id).await?;
        return Ok(Some(MaskedContact { customer_id: Some(id), name: name.unwrap_or_default(), phone }));
    }
    let row = customer::Entity::find_by_id(id).one(&at.db()).await?;
    Ok(row.as_ref().map(masked_contact))
}

async fn alterations_of(at: &Reading, household_id: Uuid) -> Result<Vec<AlterationView>, Fault> {
    let open = alterations::Entity::find()
        .filter(alterations::Column::HouseholdId.eq(household_id))
        .filter(alteration::open())
        .order_by_desc(alterations::Column::FoundAt);
    Ok(open.all(&at.db()).await?.into_iter().map(alteration::view).collect())
}

async fn debts(at: &Reading, household_id: Uuid, day: NaiveDate) -> Result<Vec<SeasonDebt>, Fault> {
    let rows = bills::Entity::find()
        .filter(bills::Column::HouseholdId.eq(household_id))
        .filter(bills::Column::Status.eq(bills::Status::Issued))
        .all(&at.db())
        .await?;
    let seasons = season::queries::by_id(at).await?;
    let mut debts: BTreeMap<(NaiveDate, Uuid), (i64, i64)> = BTreeMap::new();
    for bill in rows.iter().filter(|bill| bill.outstanding_fen() > 0) {
        let starts_on = seasons.get(&bill.season_id).map_or(NaiveDate::MIN, |season| season.starts_on);
        let debt = debts.entry((starts_on, bill.season_id)).or_default();
        debt.0 += bill.outstanding_fen();
        if bill.due_on < day {
            debt.1 += bill.outstanding_fen();
        }
    }
    let debt = |((_, season_id), (outstanding, overdue)): ((NaiveDate, Uuid), (i64, i64))| {
        Ok(SeasonDebt {
            season: seasons.get(&season_id).map_or_else(String::new, |season| season.number.clone()),
            season_id,
            outstanding: money(outstanding)?,
            overdue: money(overdue)?,
        })
    };
    debts.into_iter().map(debt).collect()
}

async fn contact(at: &Reading, station_id: Uuid) -> Result<StationContact, Fault> {
    let row = stations::Entity::find_by_id(station_id).one(&at.db()).await?;
    let row = row.ok_or_else(|| Fault::internal("a household without a station"))?;
    let head = match row.head_staff_id {
        Some(id) => staff::Entity::find_by_id(id).one(&at.db()).await?,
        None => None,
    };
    Ok(StationContact {
        id: row.id,
        code: row.code,
        name: row.name,
        phone: row.phone,
        head_staff_id: row.head_staff_id,
        head_name: head.map(|head| head.name),
    })
}
