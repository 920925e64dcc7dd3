//! A station at a glance: its households by status, its visits of the month, its last score.

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::Fixed;
use kernel::time::Month;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::{Reading, resource};
use utoipa::ToSchema;

use super::HeatingStation;
use super::entity::{Kind, Model};
use crate::evaluation::entity as evaluations;
use crate::household::entity::{Column, Entity};
use crate::household::status::{self, Status};
use crate::outage::{OpenOutageView, area, brief};
use crate::visit;
use crate::visit_summary::month_of;

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
    /// Its visits of the month; null where none are asked for.
    pub quota: Option<VisitQuota>,
    /// The last one that was confirmed.
    pub last_evaluation: Option<LastEvaluation>,
    pub open_outages: Vec<OpenOutageView>,
}

/// How a station stands with its visits in a month (HS-R31).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VisitQuota {
    pub month: Month,
    pub weeks_due: i64,
    pub weeks_met: i64,
    pub credited: i64,
    pub needed: i64,
}

/// The last score of a station.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LastEvaluation {
    pub evaluation_id: Uuid,
    pub month: Month,
    pub total: Option<Fixed<2>>,
    pub rank: Option<i32>,
}

async fn quota(at: &Reading, row: &Model, day: NaiveDate) -> Result<Option<VisitQuota>, Fault> {
    if !row.is_target() {
        return Ok(None);
    }
    let month = Month::of(day);
    let standing = visit::queries::compliance(at, std::slice::from_ref(row), month).await?;
    let asked_for = standing.get(&row.id).filter(|it| it.due() > 0);
    Ok(asked_for.map(|it| VisitQuota {
        month,
        weeks_due: it.due(),
        weeks_met: it.met(),
        credited: it.credited,
        needed: it.quota.per_month,
    }))
}

async fn last_evaluation(at: &Reading, station_id: Uuid, day: NaiveDate) -> Result<Option<LastEvaluation>, Fault> {
    let row = evaluations::Entity::find()
        .filter(evaluations::Column::StationId.eq(station_id))
        .filter(evaluations::Column::Status.is_in(evaluations::Status::RANKED))
        .filter(evaluations::Column::Month.lte(Month::of(day).to_string()))
        .order_by_desc(evaluations::Column::Month)
        .one(&at.db())
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(LastEvaluation {
        evaluation_id: row.id,
        month: month_of(&row.month)?,
        total: row.total_units.map(Fixed::from_units).transpose().map_err(Fault::internal)?,
        rank: row.rank,
    }))
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
    let quota = quota(at, &row, day).await?;
    let last_evaluation = last_evaluation(at, id, day).await?;
    let open_outages = brief::open(at, area::reaching(row.id)).await?;
    let counted = context(row, day, households, by_status, far_end_households);
    Ok(HeatingStationContext { quota, last_evaluation, open_outages, ..counted })
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
        quota: None,
        last_evaluation: None,
        open_outages: Vec::new(),
    }
}
