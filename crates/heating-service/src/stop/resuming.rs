//! Heat again in the season (恢复供热, HS-R26): the resumption is billed, paid, and the valve opened.

use kernel::fault::Fault;
use kernel::money::Money;
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use store::Work;
use store::acts::BareAct;

use super::commands::{ApproveStopApplication, full_fee};
use super::entity::{Kind, Model, Status};
use super::{MOVES, StopApplication, fees, queries, season_of};
use crate::bill::{self, entity::Kind as BillKind};
use crate::household::entity::{Model as Home, Valve};
use crate::household::standing::Standing;
use crate::household::{Household, commands as homes, money};
use crate::problems::{NOT_STOPPED, RESUME_UNPAID};
use crate::reopening::{self, entity::Cause};
use crate::season::entity::Model as Season;
use crate::valve_check;

async fn stop_of(work: &Work, row: &Model) -> Result<Model, Fault> {
    let stop = queries::of_season(work, row.household_id, row.season_id, Kind::Stop).await?;
    stop.filter(|stop| stop.status == Status::Effective && stop.ended_on.is_none())
        .ok_or_else(|| Fault::new(&NOT_STOPPED).rule("HS-R26"))
}

async fn price(work: &Work, home: &Home, season: &Season, stop: &Model, from: Date) -> Result<Money, Fault> {
    let basic = money(stop.basic_fee_fen.unwrap_or_default())?;
    fees::resumption(full_fee(work, home, season).await?, basic, season, from)
}

async fn bill(
    work: &Work,
    home: &Home,
    season: &Season,
    kind: BillKind,
    total: Money,
    source: (Uuid, Date),
) -> Result<Option<Uuid>, Fault> {
    if total.is_zero() {
        return Ok(None);
    }
    let (source_id, from) = source;
    let days = (season.ends_on - from.max(season.starts_on)).num_days() + 1;
    let draft = bill::Draft {
        household: home,
        season,
        kind,
        lines: vec![bill::flat_line(season, days, total)],
        total,
        due_on: business_day(work.now),
        source_id: Some(source_id),
    };
    Ok(Some(bill::commands::issue_draft(work, draft).await?.id))
}

/// The first day of heat, as the decision says it.
pub(super) fn first_day(work: &Work, season: &Season, input: &ApproveStopApplication) -> Result<Date, Fault> {
    match input.effective_from {
        None => Err(Fault::field("/effective_from", "required")),
        Some(from) if from < business_day(work.now) || !season.holds(from) => {
            Err(Fault::field("/effective_from", "out_of_range"))
        }
        Some(from) => Ok(from),
    }
}

/// Fixes the first day of heat and bills the resumption.
pub(super) async fn approve(
    work: &Work,
    row: Model,
    to: Status,
    input: &ApproveStopApplication,
) -> Result<Model, Fault> {
    let season = season_of(work, &row).await?;
    let from = first_day(work, &season, input)?;
    let stop = stop_of(work, &row).await?;
    let home = homes::locked(work, row.household_id).await?;
    let owed = price(work, &home, &season, &stop, from).await?;
    let bill = bill(work, &home, &season, BillKind::Resume, owed, (row.id, from)).await?;
    if bill.is_none() {
        // Nothing is to be paid first.
        let home = homes::locked(work, home.id).await?;
        reopening::commands::order(work, &home, Cause::Resume, Some(row.id)).await?;
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.approved_by = Set(Some(work.actor().sub));
    change.effective_from = Set(Some(from));
    change.bill_id = Set(bill);
    work.change::<StopApplication>(&row, change, "approved", |fact| fact.with("from", from.to_string())).await
}

/// Opens the valve once the resumption is paid. Opened on another day than approved, that day counts and the
/// difference is billed; the day of opening is a day of heat.
///
/// # Errors
/// 409 `resume_unpaid`.
pub async fn open_valve(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<StopApplication>(work, id, "open-valve").await?;
    if let Some(bill) = row.bill_id
        && !bill::queries::is_paid(work, bill).await?
    {
        return Err(Fault::new(&RESUME_UNPAID).rule("HS-R26"));
    }
    let season = season_of(work, &row).await?;
    let stop = stop_of(work, &row).await?;
    let today = business_day(work.now);
    let home = homes::locked(work, row.household_id).await?;
    let standing = Standing::of(work, &home).await?;
    let approved_for = row.effective_from.unwrap_or(today);
    if approved_for != today {
        let before = price(work, &home, &season, &stop, approved_for).await?;
        let owed = price(work, &home, &season, &stop, today).await?;
        let difference = money(owed.fen() - before.fen())?;
        bill(work, &home, &season, BillKind::Correction, difference, (row.id, today)).await?;
    }
    let home = homes::locked(work, row.household_id).await?;
    let mut valve = home.clone().into_active_model();
    valve.valve = Set(Valve::Open);
    valve.seal_no = Set(None);
    work.change::<Household>(&home, valve, "changed", |fact| fact.with("stop_application_id", row.id.to_string()))
        .await?;
    reopening::commands::opened(work, home.id).await?;
    valve_check::paying::resumed(work, home.id).await?;
    let mut ended = stop.clone().into_active_model();
    ended.ended_on = Set(today.pred_opt());
    work.change::<StopApplication>(&stop, ended, "resumed", |fact| fact).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.sealed_by = Set(Some(work.actor().sub));
    change.effective_from = Set(Some(today));
    let row = work.change::<StopApplication>(&row, change, "effective", |fact| fact).await?;
    standing.told(work).await?;
    Ok(row)
}
