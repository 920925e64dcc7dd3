//! An outage from its opening to its review.

use chrono::{Days, TimeDelta};
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::{Timestamp, business_day, whole_second};
use registers::external_ids::{self, ExternalId};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::acts::{BareAct, ReasonedAct};
use store::journal::Fact;
use store::{Resource, Work, numbers, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::area::{Area, affected};
use super::entity::{ActiveModel, Cause, CauseClass, Forecast, Kind, Model, Status};
use super::{MOVES, Outage, notice};
use crate::refund::arising;
use crate::temperature::entity::{Liability, json_list};
use crate::tense::Tense;

/// Heat that stops or is reduced: of stations, of buildings or of single households.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct OpenOutage {
    pub kind: Kind,
    #[serde(default)]
    pub planned: bool,
    pub cause: Cause,
    #[serde(default)]
    #[schema(max_items = 50)]
    pub station_ids: Vec<Uuid>,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub building_ids: Vec<Uuid>,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub household_ids: Vec<Uuid>,
    /// Now when absent; a planned one may begin later.
    pub started_at: Option<Timestamp>,
    pub expected_restore_at: Option<Timestamp>,
    /// What customers are told.
    #[schema(min_length = 1, max_length = 1000)]
    pub customer_text: Option<String>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// Who was told what.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NotifyOutage {
    #[schema(min_length = 1, max_length = 1000)]
    pub text: String,
    #[schema(min_items = 1, max_items = 10)]
    pub channels: Vec<NoticeChannel>,
}

/// How users are told.
#[codes::code(name = "OutageNoticeChannel", stored = false)]
pub enum NoticeChannel {
    /// 短信
    #[label("SMS")]
    Sms,
    /// 站内消息
    App,
    /// 电话
    Phone,
    /// 张贴通知
    Notice,
    /// 媒体
    Media,
    /// 企业微信
    #[label("WeCom")]
    Wecom,
}

/// When heat is expected back.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ForecastOutage {
    pub expected_restore_at: Timestamp,
    #[schema(min_length = 1, max_length = 1000)]
    pub customer_text: Option<String>,
}

/// Heat is back.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RestoreOutage {
    pub restored_at: Timestamp,
    #[schema(min_length = 2, max_length = 4000)]
    pub solution: String,
    /// Code of the catalogue `root_cause`.
    #[schema(max_length = 64)]
    pub root_cause_code: String,
    /// Code of the catalogue `delay_reason`, for tickets past their limit.
    #[schema(max_length = 64)]
    pub delay_reason_code: Option<String>,
}

/// What is learned from it.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReviewOutage {
    #[schema(min_length = 2, max_length = 4000)]
    pub text: String,
    #[schema(min_length = 1, max_length = 4000)]
    pub measures: Option<String>,
    /// The final cause; as opened when absent.
    pub cause: Option<Cause>,
    /// Company for a cause of our own, else `heating.outage.external_liability`, when absent; otherwise with proof.
    pub liability: Option<Liability>,
    pub proof_document_id: Option<Uuid>,
}

/// Opens an outage; the station knows from now on.
pub async fn open(work: &Work, input: &OpenOutage) -> Result<Model, Fault> {
    let started_at = whole_second(input.started_at.map_or(work.now, |at| at.0));
    let mut errors = FieldErrors::default();
    if !input.planned {
        Tense::of(work).await?.instant(&mut errors, input.started_at, "/started_at");
    }
    errors.add_if(input.expected_restore_at.is_some_and(|at| at.0 < started_at), "/expected_restore_at", "date_order");
    errors.finish()?;
    let area = Area {
        stations: input.station_ids.clone(),
        buildings: input.building_ids.clone(),
        households: input.household_ids.clone(),
    };
    area.check(work).await?;
    let reached = area.stations(work, business_day(started_at)).await?;
    let Some(first) = reached.first() else { return Err(Fault::field("/building_ids", "not_found")) };
    let forecast = input.expected_restore_at.map(|at| said(work, at));
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "OT").await?),
        org_unit_id: Set(first.org_unit_id),
        kind: Set(input.kind),
        planned: Set(input.planned),
        cause: Set(input.cause),
        started_at: Set(started_at),
        expected_restore_at: Set(input.expected_restore_at.map(|at| at.0)),
        forecasts: Set(json(&forecast.into_iter().collect::<Vec<_>>())?),
        customer_text: Set(input.customer_text.clone()),
        restored_at: Set(None),
        station_at: Set(work.now),
        branch_at: Set(None),
        company_at: Set(None),
        acknowledged_at: Set(None),
        notified_at: Set(None),
        notice_channels: Set("[]".to_owned()),
        notice_text: Set(None),
        notice_late: Set(false),
        repair_started_at: Set(None),
        affected_count: Set(affected(work, &area, started_at).await?),
        solution: Set(None),
        root_cause_code: Set(None),
        delay_reason_code: Set(None),
        status: Set(Status::Open),
        liability: Set(None),
        review_text: Set(None),
        review_measures: Set(None),
        reviewed_by: Set(None),
        cancel_reason: Set(None),
    };
    let stations = named(reached.iter().map(|station| station.id));
    let row = work.create::<Outage>(row, |fact| fact.with("stations", stations), "opened").await?;
    area.keep(work, row.id, &reached).await?;
    external_ids::attach_all(work, Outage::NAME, row.id, &input.external_ids).await?;
    Ok(row)
}

/// Stations as a fact names them.
fn named(stations: impl IntoIterator<Item = Uuid>) -> Vec<String> {
    let mut stations: Vec<String> = stations.into_iter().map(|id| id.to_string()).collect();
    stations.sort();
    stations
}

/// Writes a change and tells of it, with the stations the outage reaches.
async fn changed(
    work: &Work,
    row: &Model,
    change: ActiveModel,
    verb: &str,
    more: impl FnOnce(Fact) -> Fact,
) -> Result<Model, Fault> {
    let (_, reached) = Area::of(work, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    let stations = named(reached);
    work.change::<Outage>(row, change, verb, |fact| more(fact).with("stations", stations)).await
}

fn said(work: &Work, at: Timestamp) -> Forecast {
    Forecast { expected_restore_at: at, at: work.now.into(), by: work.actor().sub }
}

fn json(value: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(Fault::internal)
}

async fn reported(work: &Work, row: &Model, change: ActiveModel, level: &str) -> Result<Model, Fault> {
    changed(work, row, change, "level_reported", |fact| fact.with("level", level)).await
}

/// The station tells its branch.
pub async fn report_branch(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, _) = MOVES.begin::<Outage>(work, id, "report-branch").await?;
    let mut change = row.clone().into_active_model();
    change.branch_at = Set(Some(work.now));
    reported(work, &row, change, "branch").await
}

/// The branch tells the company.
///
/// # Errors
/// 409 `level_missing` before the branch was told (HS-R20).
pub async fn report_company(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, _) = MOVES.begin::<Outage>(work, id, "report-company").await?;
    let mut change = row.clone().into_active_model();
    change.company_at = Set(Some(work.now));
    reported(work, &row, change, "company").await
}

/// The company says that it knows.
pub async fn acknowledge(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, _) = MOVES.begin::<Outage>(work, id, "acknowledge").await?;
    let mut change = row.clone().into_active_model();
    change.acknowledged_at = Set(Some(work.now));
    reported(work, &row, change, "acknowledged").await
}

/// Whether a planned stop of more than a day is told of later than two calendar days before (HS-R24).
async fn told_late(work: &Work, row: &Model) -> Result<bool, Fault> {
    let long = row.expected_restore_at.is_some_and(|end| end - row.started_at > TimeDelta::hours(24));
    if !row.planned || row.kind != Kind::Stopped || !long {
        return Ok(false);
    }
    let days = parameters::integer(work, "heating.outage.planned_notice_days").await?;
    let begins = business_day(row.started_at);
    let latest = begins.checked_sub_days(Days::new(days.unsigned_abs())).unwrap_or(begins);
    Ok(business_day(work.now) > latest)
}

/// Tells the users: who holds a home it reaches gets a letter on each channel that takes one. From now on that is
/// what customers are told of the outage.
pub async fn notify(work: &Work, id: Uuid, input: &NotifyOutage) -> Result<Model, Fault> {
    let (row, _) = MOVES.begin::<Outage>(work, id, "notify").await?;
    let late = told_late(work, &row).await?;
    let mut change = row.clone().into_active_model();
    change.notified_at = Set(row.notified_at.or(Some(work.now)));
    change.notice_channels = Set(json(&input.channels)?);
    change.notice_text = Set(Some(input.text.trim().to_owned()));
    change.customer_text = Set(Some(input.text.trim().to_owned()));
    change.notice_late = Set(row.notice_late || (late && row.notified_at.is_none()));
    let letters = notice::write(work, &row, input.text.trim(), &input.channels).await?;
    changed(work, &row, change, "users_notified", |fact| fact.with("letters", letters)).await
}

/// Begins the repair.
pub async fn start_repair(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, _) = MOVES.begin::<Outage>(work, id, "start-repair").await?;
    let mut change = row.clone().into_active_model();
    change.repair_started_at = Set(row.repair_started_at.or(Some(work.now)));
    changed(work, &row, change, "repair_started", |fact| fact).await
}

/// Says when heat is expected back.
pub async fn forecast(work: &Work, id: Uuid, input: &ForecastOutage) -> Result<Model, Fault> {
    let check = async |row: &Model| match input.expected_restore_at.0 < row.started_at {
        true => Err(Fault::field("/expected_restore_at", "date_order")),
        false => Ok(()),
    };
    let (row, _) = MOVES.begin_checked::<Outage>(work, id, "forecast", check).await?;
    let mut forecasts: Vec<Forecast> = json_list(&row.forecasts);
    forecasts.push(said(work, input.expected_restore_at));
    let mut change = row.clone().into_active_model();
    change.expected_restore_at = Set(Some(input.expected_restore_at.0));
    change.forecasts = Set(json(&forecasts)?);
    change.customer_text = Set(input.customer_text.clone().or(row.customer_text.clone()));
    let expected = input.expected_restore_at.to_string();
    changed(work, &row, change, "forecast_changed", |fact| fact.with("expected_restore_at", expected)).await
}

/// Ends an outage; who it reached is frozen.
///
/// # Errors
/// 422 `date_order` unless heat is back after it went.
pub async fn restore(work: &Work, id: Uuid, input: &RestoreOutage) -> Result<Model, Fault> {
    let restored_at = whole_second(input.restored_at.0);
    let check = async |row: &Model| {
        let mut errors = FieldErrors::default();
        Tense::of(work).await?.instant(&mut errors, Some(input.restored_at), "/restored_at");
        errors.add_if(restored_at <= row.started_at, "/restored_at", "date_order");
        errors.finish()
    };
    let (row, to) = MOVES.begin_checked::<Outage>(work, id, "restore", check).await?;
    let (area, _) = Area::of(work, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    let count = affected(work, &area, row.started_at).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.restored_at = Set(Some(restored_at));
    change.solution = Set(Some(input.solution.trim().to_owned()));
    change.root_cause_code = Set(Some(input.root_cause_code.clone()));
    change.delay_reason_code = Set(input.delay_reason_code.clone());
    change.affected_count = Set(count);
    changed(work, &row, change, "restored", |fact| fact).await
}

/// Who answers for an outage of this cause unless somebody proves otherwise (HS-R23).
async fn usual_liability(work: &Work, cause: Cause) -> Result<Liability, Fault> {
    match cause.class() {
        CauseClass::Internal => Ok(Liability::Company),
        CauseClass::External => {
            let code = parameters::value(work, "heating.outage.external_liability").await?;
            serde_json::from_value(code).map_err(Fault::internal)
        }
    }
}

/// Reviews a restored outage.
///
/// # Errors
/// 409 `level_missing` names the levels that were never told (HS-R20).
pub async fn review(work: &Work, id: Uuid, input: &ReviewOutage) -> Result<Model, Fault> {
    let check = async |row: &Model| {
        let usual = usual_liability(work, input.cause.unwrap_or(row.cause)).await?;
        if input.liability.is_some_and(|said| said != usual) && input.proof_document_id.is_none() {
            return Err(Fault::field("/proof_document_id", "required"));
        }
        documents::ensure_one_visible(work, input.proof_document_id, "/proof_document_id").await
    };
    let (row, to) = MOVES.begin_checked::<Outage>(work, id, "review", check).await?;
    let cause = input.cause.unwrap_or(row.cause);
    let liability = match input.liability {
        Some(said) => said,
        None => usual_liability(work, cause).await?,
    };
    let papers: Vec<Uuid> = input.proof_document_id.into_iter().collect();
    documents::attach(work, &papers, Outage::NAME, row.id, "liability").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.cause = Set(cause);
    change.liability = Set(Some(liability));
    change.review_text = Set(Some(input.text.trim().to_owned()));
    change.review_measures = Set(input.measures.clone());
    change.reviewed_by = Set(Some(work.actor().sub));
    let row = changed(work, &row, change, "reviewed", |fact| fact).await?;
    arising::of_outage(work, &row).await?;
    Ok(row)
}

/// Takes back an outage that was none; it counts nowhere.
pub async fn cancel(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<Outage>(work, id, "cancel").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.cancel_reason = Set(Some(input.reason.clone()));
    notice::withdraw(work, &row).await?;
    changed(work, &row, change, "cancelled", |fact| fact.reason(input.reason.as_str())).await
}
