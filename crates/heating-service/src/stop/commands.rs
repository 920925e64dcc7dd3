//! A stop from the application to the sealed valve, and its end with the season.

use chrono::{Days, NaiveDate};
use kernel::fault::{Fault, FieldErrors, PRICE_MISSING};
use kernel::ids;
use kernel::money::Money;
use kernel::time::{Timestamp, business_day, start_of_day};
use registers::external_ids::{self, ExternalId};
use registers::locks;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::acts::{BareAct, ReasonedAct};
use store::journal::Fact;
use store::life_cycle::Subject;
use store::{Resource, Work, numbers, parameters, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Kind, Model, Status};
use super::{MOVES, StopApplication, ensure_not_over, fees, queries, resuming, season_of};
use crate::bill::{self, entity::Kind as BillKind};
use crate::fee::{Exception, Rates};
use crate::household::entity::{Model as Home, Valve};
use crate::household::standing::Standing;
use crate::household::status::Standings;
use crate::household::{Household, commands as homes, money};
use crate::problems::{
    ALREADY_APPLIED, ARREARS_OPEN, BASIC_FEE_UNPAID, NOT_STOPPED, STOP_WINDOW_CLOSED, WARRANTY_HOME,
};
use crate::season::{self, entity::Model as Season};
use crate::tense::Tense;
use crate::{area_item, ownership, reopening};

/// An application to stop for a season, or to resume in it.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SubmitStopApplication {
    pub household_id: Uuid,
    /// Number or id of the season.
    #[schema(min_length = 1, max_length = 40)]
    pub season: String,
    pub kind: Kind,
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// When the paper came in; now when absent. A customer does not say it.
    pub applied_at: Option<Timestamp>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// The decision; that of a resumption says from when.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ApproveStopApplication {
    /// First day of heat: required of a resumption, a day of the season that is not past.
    pub effective_from: Option<NaiveDate>,
}

/// The valve is closed and sealed.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SealStopApplication {
    #[schema(min_length = 1, max_length = 40)]
    pub seal_no: String,
    #[schema(min_items = 1, max_items = 20)]
    pub photos: Vec<Uuid>,
}

/// Why it is taken back.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct WithdrawStopApplication {
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<String>,
}

/// Applies for a stop or a resumption.
///
/// # Errors
/// 409 `stop_window_closed` after the day before the season (HS-R25), `arrears_open`, `warranty_home`;
/// `already_applied` while another application of the kind is live; `not_stopped` for a resumption of nothing.
pub async fn submit(work: &Work, input: &SubmitStopApplication) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    Tense::of(work).await?.instant(&mut errors, input.applied_at, "/applied_at");
    let himself = work.actor().is_customer();
    errors.add_if(himself && input.applied_at.is_some(), "/applied_at", "unknown_field");
    errors.add_if(himself && !input.external_ids.is_empty(), "/external_ids", "unknown_field");
    errors.finish()?;
    let home = registers::referenced::known::<Household>(work, input.household_id, "/household_id").await?;
    let season = season::queries::named_at(work, &input.season, home.station_id, "/season").await?;
    season::ensure_not_closed(&season, "submit")?;
    locks::hold(work, vec![format!("stop_application|{}", home.id)]).await?;
    if queries::of_season(work, home.id, season.id, input.kind).await?.is_some() {
        return Err(Fault::new(&ALREADY_APPLIED));
    }
    let applied_at = input.applied_at.map_or(work.now, |at| at.0);
    match input.kind {
        Kind::Stop => may_stop(work, &home, &season, applied_at).await?,
        Kind::Resume => {
            let stop = queries::of_season(work, home.id, season.id, Kind::Stop).await?;
            if !stop.is_some_and(|stop| stop.status == Status::Effective && stop.ended_on.is_none()) {
                return Err(Fault::new(&NOT_STOPPED).rule("HS-R26"));
            }
        }
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "BT").await?),
        household_id: Set(home.id),
        season_id: Set(season.id),
        kind: Set(input.kind),
        applied_at: Set(applied_at),
        applicant_customer_id: Set(ownership::queries::holder(work, &home).await?),
        reason: Set(input.reason.trim().to_owned()),
        effective_from: Set(None),
        ended_on: Set(None),
        basic_fee_fen: Set(None),
        status: Set(Status::Submitted),
        seal_no: Set(None),
        photos: Set("[]".to_owned()),
        bill_id: Set(None),
        accepted_by: Set(None),
        approved_by: Set(None),
        sealed_by: Set(None),
        lapsed_at: Set(None),
        decision: Set(None),
        told_on: Set(None),
    };
    let kind: &str = input.kind.into();
    let described = |fact: Fact| fact.with("kind", kind).with("season", season.number);
    let row = work.create::<StopApplication>(row, described, "submitted").await?;
    external_ids::attach_all(work, StopApplication::NAME, row.id, &input.external_ids).await?;
    Ok(row)
}

async fn may_stop(work: &Work, home: &Home, season: &Season, applied_at: DateTimeUtc) -> Result<(), Fault> {
    let days = parameters::integer(work, "heating.stop.deadline_days").await?.max(1);
    let closes = season.starts_on.checked_sub_days(Days::new(days.unsigned_abs() - 1)).unwrap_or(season.starts_on);
    let late = applied_at >= start_of_day(closes);
    if late && !parameters::boolean(work, "heating.stop.mid_season").await? {
        return Err(Fault::new(&STOP_WINDOW_CLOSED).rule("HS-R25").with("until", closes.to_string()));
    }
    ensure_no_arrears(work, home).await?;
    let in_warranty = home.warranty_until.is_some_and(|until| until >= season.starts_on);
    if in_warranty && parameters::boolean(work, "heating.stop.refuse_warranty").await? {
        return Err(Fault::new(&WARRANTY_HOME).rule("HS-R25"));
    }
    Ok(())
}

async fn ensure_no_arrears(work: &Work, home: &Home) -> Result<(), Fault> {
    match Standings::of(work, &[home.id], business_day(work.now)).await?.overdue(home.id) {
        0 => Ok(()),
        overdue => Err(Fault::new(&ARREARS_OPEN).rule("HS-R25").with("overdue", money(overdue)?.to_string())),
    }
}

/// What the household would pay for the season.
///
/// # Errors
/// 409 `price_missing`: what is not priced yet is not for nothing.
pub(super) async fn full_fee(work: &Work, home: &Home, season: &Season) -> Result<Money, Fault> {
    let items = area_item::queries::of_household(work, home.id, season.starts_on, season.ends_on).await?;
    let computed = Rates::of(work, season.clone()).await?.fee(home, &items)?;
    match computed.exception {
        Some(Exception::NoPrice) => Err(Fault::new(&PRICE_MISSING).with("uses", vec![home.purpose.code()])),
        _ => Ok(computed.total),
    }
}

/// Accepts an application to stop; a basic fee is billed at once.
///
/// # Errors
/// 409 `arrears_open`; `price_missing` while the season has none and a basic fee is to be paid; `invalid_state` once the
/// season is over.
pub async fn accept(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<StopApplication>(work, id, "accept").await?;
    let season = season_of(work, &row).await?;
    ensure_not_over(work, &season, "accept")?;
    let home = homes::locked(work, row.household_id).await?;
    ensure_no_arrears(work, &home).await?;
    let basic = match fees::is_due(work, &season).await? {
        true => fees::basic_fee(work, &season, full_fee(work, &home, &season).await?).await?,
        false => Money::ZERO,
    };
    let bill = match basic.is_zero() {
        true => None,
        false => {
            let draft = bill::Draft {
                household: &home,
                season: &season,
                kind: BillKind::BasicFee,
                lines: vec![bill::flat_line(&season, season.days(), basic)],
                total: basic,
                due_on: season.fee_due_on.max(business_day(work.now)),
                source_id: Some(row.id),
            };
            Some(bill::commands::issue_draft(work, draft).await?.id)
        }
    };
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.accepted_by = Set(Some(work.actor().sub));
    change.basic_fee_fen = Set(Some(basic.fen()));
    change.bill_id = Set(bill);
    work.change::<StopApplication>(&row, change, "accepted", |fact| fact).await
}

/// Approves an application: a stop once its basic fee is paid, a resumption with the day it begins.
///
/// # Errors
/// 409 `basic_fee_unpaid`; `invalid_state` once the season is over; 422 `required` for a resumption without its first
/// day, `out_of_range` for a past one or one outside the season.
pub async fn approve(work: &Work, id: Uuid, input: &ApproveStopApplication) -> Result<Model, Fault> {
    let fits = async |row: &Model| match row.kind {
        Kind::Stop => Ok(()),
        Kind::Resume => resuming::first_day(work, &season_of(work, row).await?, input).map(drop),
    };
    let (row, to) = MOVES.begin_checked::<StopApplication>(work, id, "approve", fits).await?;
    if row.kind == Kind::Resume {
        return resuming::approve(work, row, to, input).await;
    }
    ensure_not_over(work, &season_of(work, &row).await?, "approve")?;
    if let Some(bill) = row.bill_id
        && !bill::queries::is_paid(work, bill).await?
    {
        return Err(Fault::new(&BASIC_FEE_UNPAID).rule("HS-R26"));
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.approved_by = Set(Some(work.actor().sub));
    work.change::<StopApplication>(&row, change, "approved", |fact| fact).await
}

/// Seals the valve: the stop takes effect with the season, or today when that has begun. A season bill of the
/// household is taken back.
///
/// # Errors
/// 409 `seal_in_use`; `invalid_state` once the season is over.
pub async fn seal(work: &Work, id: Uuid, input: &SealStopApplication) -> Result<Model, Fault> {
    let check = async |_: &Model| documents::ensure_all_visible(work, &input.photos, "/photos").await;
    let row = resource::take_checked::<StopApplication>(work, id, check).await?;
    let to = MOVES.take("seal", &Subject::of(work, &row))?;
    let season = season_of(work, &row).await?;
    ensure_not_over(work, &season, "seal")?;
    homes::refuse_taken_seal(work, Some(&input.seal_no), Some(row.household_id)).await?;
    let home = homes::locked(work, row.household_id).await?;
    let standing = Standing::of(work, &home).await?;
    let mut valve = home.clone().into_active_model();
    valve.valve = Set(Valve::Sealed);
    valve.seal_no = Set(Some(input.seal_no.clone()));
    work.change::<Household>(&home, valve, "changed", |fact| fact.with("stop_application_id", row.id.to_string()))
        .await?;
    bill::commands::take_back_season_bill(work, home.id, season.id, &row.number).await?;
    documents::attach(work, &input.photos, Household::NAME, home.id, "seal").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.seal_no = Set(Some(input.seal_no.clone()));
    change.photos = Set(serde_json::to_string(&input.photos).map_err(Fault::internal)?);
    change.sealed_by = Set(Some(work.actor().sub));
    change.effective_from = Set(Some(season.starts_on.max(business_day(work.now))));
    change.told_on = Set(Some(business_day(work.now)));
    let row = work.change::<StopApplication>(&row, change, "effective", |fact| fact).await?;
    standing.told(work).await?;
    Ok(row)
}

/// Refuses an application.
pub async fn reject(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    ended(work, id, "reject", Some(&input.reason)).await
}

/// Takes one's own application back before it has taken effect.
pub async fn withdraw(work: &Work, id: Uuid, input: &WithdrawStopApplication) -> Result<Model, Fault> {
    ended(work, id, "withdraw", input.reason.as_deref()).await
}

async fn ended(work: &Work, id: Uuid, action: &str, reason: Option<&str>) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<StopApplication>(work, id, action).await?;
    if let Some(bill) = row.bill_id {
        bill::commands::take_back(work, bill, &row.number).await?;
    }
    reopening::commands::called_off(work, row.id).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.decision = Set(reason.map(str::to_owned));
    let verb: &str = to.into();
    work.change::<StopApplication>(&row, change, verb, |fact| fact.reason(reason.unwrap_or_default())).await
}

/// Ends every stop of a season with it (HS-R27): the valves stay as they are, also those ordered open.
pub(crate) async fn lapse(work: &Work, season_id: Uuid) -> Result<usize, Fault> {
    let of_season = Entity::find()
        .filter(Column::SeasonId.eq(season_id))
        .filter(Column::Kind.eq(Kind::Stop))
        .filter(Column::Status.eq(Status::Effective));
    let rows = of_season.all(&work.db()).await?;
    for row in &rows {
        let mut change = row.clone().into_active_model();
        change.status = Set(Status::Lapsed);
        change.lapsed_at = Set(Some(work.now));
        work.change::<StopApplication>(row, change, "lapsed", |fact| fact).await?;
    }
    let unopened = Entity::find()
        .filter(Column::SeasonId.eq(season_id))
        .filter(Column::Kind.eq(Kind::Resume))
        .filter(Column::Status.eq(Status::Approved));
    for row in unopened.all(&work.db()).await? {
        reopening::commands::called_off(work, row.id).await?;
    }
    Ok(rows.len())
}
