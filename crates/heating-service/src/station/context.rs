//! A station at a glance: its households by status.

use chrono::NaiveDate;
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::{Reading, resource};
use utoipa::ToSchema;

use super::HeatingStation;
use super::entity::{Kind, Model};
use crate::household::entity::{Column, Entity};
use crate::household::status::{self, Status};
use crate::outage::{OpenOutageView, area, brief};

/// A station and how its households stand on a day; the counts add up to its households (HS-R02).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeatingStationContext {
    pub station_id: Uuid,
    pub code: String,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: Kind,
    pub phone: Option<String>,
    pub head_staff_id: Option<Uuid>,
    pub as_of: NaiveDate,
    pub households: u64,
    pub by_status: HouseholdCounts,
    /// Homes at the far ends of its network.
    pub far_end_households: u64,
    pub open_outages: Vec<OpenOutageView>,
}

/// Households by status.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct HouseholdCounts {
    pub not_connected: u64,
    pub stopped: u64,
    pub arrears: u64,
    pub using: u64,
}

/// The station as it stands on a day.
pub async fn of(at: &Reading, id: Uuid, day: NaiveDate) -> Result<HeatingStationContext, Fault> {
    let row = resource::find::<HeatingStation>(at, id).await?;
    let homes = || Entity::find().filter(Column::StationId.eq(id));
    let count = async |status| Ok::<_, Fault>(homes().filter(status::condition(status, day)).count(&at.db()).await?);
    let by_status = HouseholdCounts {
        not_connected: count(Status::NotConnected).await?,
        stopped: count(Status::Stopped).await?,
        arrears: count(Status::Arrears).await?,
        using: count(Status::Using).await?,
    };
    let households = homes().count(&at.db()).await?;
    let far_end_households = homes().filter(Column::FarEnd.eq(true)).count(&at.db()).await?;
    let open_outages = brief::open(at, area::reaching(row.id)).await?;
    Ok(HeatingStationContext { open_outages, ..context(row, day, households, by_status, far_end_households) })
}

fn context(
    row: Model,
    as_of: NaiveDate,
    households: u64,
    by_status: HouseholdCounts,
    far: u64,
) -> HeatingStationContext {
    HeatingStationContext {
        station_id: row.id,
        code: row.code,
        name: row.name,
        kind: row.kind,
        phone: row.phone,
        head_staff_id: row.head_staff_id,
        as_of,
        households,
        by_status,
        far_end_households: far,
        open_outages: Vec::new(),
    }
}
