//! An outage as callers see it; a customer without its cause.

use chrono::TimeDelta;
use kernel::fault::Fault;
use kernel::time::{Timestamp, business_day};
use registers::external_ids::{self, ExternalId};
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::{Reading, Resource};
use utoipa::ToSchema;

use super::Outage;
use super::area::Area;
use super::entity::{Cause, CauseClass, Forecast, Kind, Model, Status};
use crate::season::commands::decimal;
use crate::temperature::entity::{Liability, json_list};

/// Heat that is stopped or reduced (停缓供).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutageView {
    pub id: Uuid,
    pub version: i32,
    /// `OT-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub kind: Kind,
    pub planned: bool,
    /// Stations, buildings or households, as it was opened.
    pub station_ids: Vec<Uuid>,
    pub building_ids: Vec<Uuid>,
    pub household_ids: Vec<Uuid>,
    pub started_at: Timestamp,
    pub expected_restore_at: Option<Timestamp>,
    /// What customers are told.
    pub customer_text: Option<String>,
    pub restored_at: Option<Timestamp>,
    /// From start to restoration.
    pub duration_minutes: Option<i64>,
    pub status: Status,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub house: Option<OutageHouseView>,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The part of an outage customers do not see.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutageHouseView {
    pub cause: Cause,
    pub cause_class: CauseClass,
    /// The stations whose households it reaches.
    pub reached_station_ids: Vec<Uuid>,
    /// Connected households that are not stopped; frozen when it is restored.
    pub affected_count: i32,
    pub levels: OutageLevels,
    pub forecasts: Vec<Forecast>,
    pub notified_at: Option<Timestamp>,
    pub notice_channels: Vec<String>,
    pub notice_text: Option<String>,
    /// A planned stop that was told of too late (HS-R24).
    pub notice_late: bool,
    pub repair_started_at: Option<Timestamp>,
    pub solution: Option<String>,
    pub root_cause_code: Option<String>,
    pub delay_reason_code: Option<String>,
    pub liability: Option<Liability>,
    pub review_text: Option<String>,
    pub review_measures: Option<String>,
    pub reviewed_by: Option<Uuid>,
    pub cancel_reason: Option<String>,
    pub created_by: Uuid,
}

/// When each level was told, and by how many minutes too late (HS-R20).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutageLevels {
    pub station_at: Timestamp,
    pub branch_at: Option<Timestamp>,
    pub branch_due_at: Timestamp,
    pub branch_delay_minutes: i64,
    pub company_at: Option<Timestamp>,
    /// Null until the branch was told.
    pub company_due_at: Option<Timestamp>,
    pub company_delay_minutes: i64,
    pub acknowledged_at: Option<Timestamp>,
}

/// Whole minutes past a limit, as told or as of now.
fn delay(due: DateTimeUtc, told: Option<DateTimeUtc>, now: DateTimeUtc) -> i64 {
    (told.unwrap_or(now) - due).num_minutes().max(0)
}

/// When each level was told, as of now.
pub(crate) async fn levels(at: &Reading, row: &Model) -> Result<OutageLevels, Fault> {
    let limit = async |key: &str, from: DateTimeUtc| {
        let minutes: i64 = decimal(at, key, business_day(from)).await?;
        Ok::<_, Fault>(from + TimeDelta::minutes(minutes))
    };
    let branch_due = limit("heating.outage.branch_min", row.station_at).await?;
    let company_due = match row.branch_at {
        Some(branch_at) => Some(limit("heating.outage.company_min", branch_at).await?),
        None => None,
    };
    // What was not told before the end is not told any later by waiting.
    let end = row.restored_at.unwrap_or(at.now);
    Ok(OutageLevels {
        station_at: row.station_at.into(),
        branch_at: row.branch_at.map(Timestamp::from),
        branch_due_at: branch_due.into(),
        branch_delay_minutes: delay(branch_due, row.branch_at, end),
        company_at: row.company_at.map(Timestamp::from),
        company_due_at: company_due.map(Timestamp::from),
        company_delay_minutes: company_due.map_or(0, |due| delay(due, row.company_at, end)),
        acknowledged_at: row.acknowledged_at.map(Timestamp::from),
    })
}

/// Rows as callers see them.
pub(super) async fn of(at: &Reading, rows: Vec<Model>) -> Result<Vec<OutageView>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut areas = Area::of(at, &ids).await?;
    let mut external = external_ids::list_for(at, Outage::NAME, &ids).await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let (area, reached) = areas.remove(&row.id).unwrap_or_default();
        let keys = external.remove(&row.id).unwrap_or_default();
        views.push(view(at, row, (area, reached), keys).await?);
    }
    Ok(views)
}

async fn view(
    at: &Reading,
    row: Model,
    (area, reached): (Area, Vec<Uuid>),
    external_ids: Vec<ExternalId>,
) -> Result<OutageView, Fault> {
    let himself = at.actor().is_customer();
    let house = if himself { None } else { Some(house(&row, reached, levels(at, &row).await?)) };
    Ok(OutageView {
        house,
        station_ids: area.stations,
        building_ids: area.buildings,
        external_ids,
        // Whose homes they are is nobody else's business.
        household_ids: if himself { Vec::new() } else { area.households },
        duration_minutes: row.restored_at.map(|end| (end - row.started_at).num_minutes()),
        id: row.id,
        version: row.version,
        number: row.number,
        kind: row.kind,
        planned: row.planned,
        started_at: row.started_at.into(),
        expected_restore_at: row.expected_restore_at.map(Timestamp::from),
        customer_text: row.customer_text,
        restored_at: row.restored_at.map(Timestamp::from),
        status: row.status,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    })
}

fn house(row: &Model, reached_station_ids: Vec<Uuid>, levels: OutageLevels) -> OutageHouseView {
    OutageHouseView {
        cause: row.cause,
        cause_class: row.cause.class(),
        reached_station_ids,
        affected_count: row.affected_count,
        levels,
        forecasts: json_list(&row.forecasts),
        notified_at: row.notified_at.map(Timestamp::from),
        notice_channels: json_list(&row.notice_channels),
        notice_text: row.notice_text.clone(),
        notice_late: row.notice_late,
        repair_started_at: row.repair_started_at.map(Timestamp::from),
        solution: row.solution.clone(),
        root_cause_code: row.root_cause_code.clone(),
        delay_reason_code: row.delay_reason_code.clone(),
        liability: row.liability,
        review_text: row.review_text.clone(),
        review_measures: row.review_measures.clone(),
        reviewed_by: row.reviewed_by,
        cancel_reason: row.cancel_reason.clone(),
        created_by: row.created_by,
    }
}
