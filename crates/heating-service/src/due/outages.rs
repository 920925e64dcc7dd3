//! Levels of an outage nobody told yet, and forecasts that have passed (HS-R20): the next level hears of what is late.

use chrono::TimeDelta;
use kernel::fault::Fault;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use store::work_list::{Asked, Due, Item};
use store::{Reading, parameters};

use super::open_to;
use crate::outage::Outage;
use crate::outage::entity::{Column, Model, Status};

async fn items(
    at: &Reading,
    asked: &Asked,
    (permission, act): (&str, &str),
    waits: Condition,
    due: Due,
) -> Result<Vec<Item>, Fault> {
    let Some(units) = open_to(at, asked, permission, Column::OrgUnitId) else { return Ok(Vec::new()) };
    let rows = asked.rows::<Outage>(at, waits.add(units), due).await?;
    let item = |(row, due): (Model, Option<DateTimeUtc>)| {
        Item::of::<Outage>(&row, due, row.number.clone()).in_unit(Some(row.org_unit_id)).settled_by::<Outage>(act)
    };
    Ok(rows.into_iter().map(item).collect())
}

async fn minutes(at: &Reading, key: &str) -> Result<TimeDelta, Fault> {
    Ok(TimeDelta::minutes(parameters::integer(at, key).await?))
}

fn not_reviewed() -> Condition {
    Condition::all().add(Column::Status.is_in([Status::Open, Status::Restored]))
}

/// Outages the branch was not told of.
pub async fn to_branch(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let due = Due::after_column(Column::StationAt, minutes(at, "heating.outage.branch_min").await?);
    let waits = not_reviewed().add(Column::BranchAt.is_null());
    items(at, asked, ("heating.outage:report_branch", "report-branch"), waits, due).await
}

/// Outages the branch knows of and the company does not.
pub async fn to_company(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let due = Due::after_column(Column::BranchAt, minutes(at, "heating.outage.company_min").await?);
    let waits = not_reviewed().add(Column::BranchAt.is_not_null()).add(Column::CompanyAt.is_null());
    items(at, asked, ("heating.outage:report_company", "report-company"), waits, due).await
}

/// Outages the company was told of and has not acknowledged; no level waits for it.
pub async fn to_acknowledge(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let waits = not_reviewed().add(Column::CompanyAt.is_not_null()).add(Column::AcknowledgedAt.is_null());
    items(at, asked, ("heating.outage:acknowledge", "acknowledge"), waits, Due::Never).await
}

/// Open outages that are due back.
pub async fn forecasts(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let waits = Condition::all().add(Column::Status.eq(Status::Open)).add(Column::ExpectedRestoreAt.is_not_null());
    items(at, asked, ("heating.outage:forecast", "forecast"), waits, Due::by(Column::ExpectedRestoreAt)).await
}
