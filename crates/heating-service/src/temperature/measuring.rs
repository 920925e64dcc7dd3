//! A visit with the thermometer, and what it decides (HS-R11).

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::{Timestamp, business_day, end_of_day, start_of_day};
use registers::referenced;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect, Set};
use serde::Deserialize;
use store::life_cycle::Subject;
use store::{Reading, Resource, Work, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::commands::{ended, open};
use super::entity::{ActiveModel, CallBack, Column, Entity, Model, Origin, Status, Verdict, json_list};
use super::{MOVES, TemperatureCase, due};
use crate::household::entity::Model as Home;
use crate::household::{Household, commands as homes};
use crate::reading::commands::{TakeReading, check, of_case, sent_before, write};
use crate::reading::entity::Model as Row;
use crate::reading::evidence::Protocol;
use crate::refund::arising;
use crate::season::commands::decimal;
use crate::{season, station};

/// Why a routine case of a warm home is closed.
const SURVEY_QUALIFIED: &str = "survey_qualified";

/// The readings of a visit.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MeasureTemperature {
    #[schema(min_items = 1, max_items = 20)]
    pub readings: Vec<TakeReading>,
    /// The user agreed to an hour outside those of visits.
    #[serde(default)]
    pub user_agreed_hour: bool,
    /// The signed slip.
    pub feedback_document_id: Option<Uuid>,
}

/// A household measured on a routine round.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SurveyTemperature {
    pub household_id: Uuid,
    #[schema(min_items = 1, max_items = 20)]
    pub readings: Vec<TakeReading>,
    #[serde(default)]
    pub user_agreed_hour: bool,
    pub feedback_document_id: Option<Uuid>,
}

/// The temperature a home is owed on a day, in tenths of a degree.
pub(super) async fn standard(at: &Reading, household_id: Uuid, measured_at: DateTimeUtc) -> Result<i32, Fault> {
    let day = business_day(measured_at);
    let home = crate::household::entity::Entity::find_by_id(household_id).one(&at.db()).await?;
    let region = match home {
        Some(home) => station::area_of(at, home.station_id).await?,
        None => None,
    };
    match season::queries::of_day(at, day, region.as_deref()).await? {
        Some(season) => Ok(season.standard_dc),
        None => {
            let usual: kernel::fixed::Temperature = decimal(at, "heating.temp.standard_c", day).await?;
            i32::try_from(usual.units()).map_err(Fault::internal)
        }
    }
}

/// What the last visit that decided anything found, of those since an instant.
async fn decided(at: &Reading, case: &Model, since: Option<DateTimeUtc>) -> Result<Option<(Verdict, i32)>, Fault> {
    let mut rows = of_case(at, case.id).await?;
    rows.retain(|row| since.is_none_or(|since| row.measured_at >= since));
    for visit_no in (1..=case.visits).rev() {
        let of_visit: Vec<&Row> = rows.iter().filter(|row| row.visit_no == visit_no).collect();
        let Some(first) = of_visit.first() else { continue };
        let protocol = Protocol::of(at, first.measured_at).await?;
        if let Some(lowest) = protocol.lowest(of_visit.iter().copied()) {
            let standard = standard(at, case.household_id, first.measured_at).await?;
            let verdict = if lowest >= standard { Verdict::Qualified } else { Verdict::Unqualified };
            return Ok(Some((verdict, lowest)));
        }
    }
    Ok(None)
}

/// Writes a visit and moves the case by what it found; a visit without evidence leaves it where it is. A visit an
/// offline device sent before is answered as it stands, whatever has become of the case since.
///
/// # Errors
/// As [`write`] tells.
pub async fn measure(work: &Work, id: Uuid, input: &MeasureTemperature) -> Result<Model, Fault> {
    let sent = sent_before(work, &input.readings).await?;
    let right = async |row: &Model| {
        if sent == Some(row.id) {
            return Ok::<_, Fault>(());
        }
        documents::ensure_one_visible(work, input.feedback_document_id, "/feedback_document_id").await?;
        check(work, row.requested_at, &input.readings, input.user_agreed_hour).await.map(drop)
    };
    let row = resource::take_checked::<TemperatureCase>(work, id, right).await?;
    if sent == Some(row.id) {
        work.unchanged();
        return Ok(row);
    }
    MOVES.take("measure", &Subject::of(work, &row))?;
    measured(work, row, &input.readings, input.user_agreed_hour, input.feedback_document_id).await
}

async fn measured(
    work: &Work,
    row: Model,
    list: &[TakeReading],
    agreed_hour: bool,
    slip: Option<Uuid>,
) -> Result<Model, Fault> {
    let papers: Vec<Uuid> = slip.into_iter().chain(list.iter().flat_map(|it| it.photos.iter().copied())).collect();
    documents::ensure_one_visible(work, slip, "/feedback_document_id").await?;
    let visit_no = row.visits + 1;
    let written = write(work, &row, visit_no, list, agreed_hour).await?;
    documents::attach(work, &papers, TemperatureCase::NAME, row.id, "measurement").await?;
    let after = Model { visits: visit_no, ..row.clone() };
    let of_visit: Vec<&Row> = written.iter().filter(|reading| reading.visit_no == visit_no).collect();
    let first = of_visit.first().map_or(work.now, |reading| reading.measured_at);
    let decides = Protocol::of(work, first).await?.lowest(of_visit.iter().copied()).is_some();
    let mut change = row.clone().into_active_model();
    change.visits = Set(visit_no);
    change.feedback_document_id = Set(slip.or(row.feedback_document_id));
    let mut verdict = None;
    if decides && let Some((found, lowest)) = decided(work, &after, None).await? {
        verdict = Some(found);
        tell(work, &mut change, found, lowest).await?;
    }
    let told = verdict.map_or("none", <&str>::from);
    let row = work.change::<TemperatureCase>(&row, change, "measured", |fact| fact.with("verdict", told)).await?;
    arising::of_case(work, &row).await?;
    match row.origin == Origin::Survey && verdict == Some(Verdict::Qualified) {
        true => ended(work, &row, Status::Closed, SURVEY_QUALIFIED).await,
        false => Ok(row),
    }
}

/// Writes down what a visit found; the call-back of a warm home is due.
async fn tell(work: &Work, change: &mut ActiveModel, found: Verdict, lowest: i32) -> Result<(), Fault> {
    change.verdict = Set(Some(found));
    change.lowest_dc = Set(Some(lowest));
    change.status = Set(status_of(found));
    if found == Verdict::Qualified {
        change.due_at = Set(due::call_back(work).await?);
    }
    Ok(())
}

fn status_of(verdict: Verdict) -> Status {
    match verdict {
        Verdict::Qualified => Status::Qualified,
        Verdict::Unqualified => Status::Unqualified,
    }
}

/// The routine visit of a home whose readings an offline device sent before.
async fn surveyed_before(at: &Reading, household_id: Uuid, list: &[TakeReading]) -> Result<Option<Model>, Fault> {
    let Some(case) = sent_before(at, list).await? else { return Ok(None) };
    let row = Entity::find_by_id(case).one(&at.db()).await?;
    Ok(row.filter(|row| row.household_id == household_id && row.origin == Origin::Survey))
}

/// Measures a household on a routine round: the case and its visit in one. A home that is warm needs no call-back.
/// A visit an offline device sent before is answered as it stands.
pub async fn survey(work: &Work, input: &SurveyTemperature) -> Result<Model, Fault> {
    let home = referenced::known::<Household>(work, input.household_id, "/household_id").await?;
    if let Some(row) = surveyed_before(work, home.id, &input.readings).await? {
        work.unchanged();
        return Ok(row);
    }
    check(work, asked_at(work, &input.readings), &input.readings, input.user_agreed_hour).await?;
    surveyed(work, &home, input).await
}

/// When a routine visit began: its case is asked for by it.
fn asked_at(work: &Work, list: &[TakeReading]) -> DateTimeUtc {
    let begins = list.iter().filter_map(|it| it.measured_at).min().unwrap_or(Timestamp(work.now));
    begins.0.min(work.now)
}

async fn surveyed(work: &Work, home: &Home, input: &SurveyTemperature) -> Result<Model, Fault> {
    let case = open(work, home, Origin::Survey, asked_at(work, &input.readings), None).await?;
    measured(work, case, &input.readings, input.user_agreed_hour, input.feedback_document_id).await
}

/// As [`survey`], for new readings that come in parts: those of a home and day are one visit and one case.
pub(crate) async fn survey_in_parts(work: &Work, day: NaiveDate, input: &SurveyTemperature) -> Result<Model, Fault> {
    let home = homes::locked(work, input.household_id).await?;
    match begun_on(work, home.id, day).await? {
        Some(row) => continued(work, row, &input.readings).await,
        None => surveyed(work, &home, input).await,
    }
}

/// The routine visit of a home on a day, as long as nothing but its measuring has followed from it.
async fn begun_on(work: &Work, household_id: Uuid, day: NaiveDate) -> Result<Option<Model>, Fault> {
    let row = Entity::find()
        .filter(Column::HouseholdId.eq(household_id))
        .filter(Column::Origin.eq(Origin::Survey))
        .filter(Column::Visits.eq(1))
        .filter(Column::RequestedAt.gte(start_of_day(day)))
        .filter(Column::RequestedAt.lt(end_of_day(day)))
        .order_by_desc(Column::RequestedAt)
        .one(&work.db())
        .await?;
    let goes_on = |row: &Model| match row.status {
        Status::Requested | Status::Unqualified => row.liability.is_none(),
        Status::Closed => row.close_reason.as_deref() == Some(SURVEY_QUALIFIED),
        _ => false,
    };
    Ok(row.filter(goes_on))
}

/// Writes further readings of a visit and works its case out anew; one that was closed for its warm rooms is opened
/// again where another room is cold.
async fn continued(work: &Work, row: Model, list: &[TakeReading]) -> Result<Model, Fault> {
    let taken_at = list.iter().filter_map(|it| it.measured_at).map(|at| at.0).min().unwrap_or(work.now);
    let visit = Model { requested_at: row.requested_at.min(taken_at), ..row.clone() };
    // The hour was judged when the visit began.
    write(work, &visit, row.visits, list, row.requested_at <= taken_at).await?;
    let found = decided(work, &visit, None).await?;
    let mut change = row.clone().into_active_model();
    change.requested_at = Set(visit.requested_at);
    let warm = found.is_some_and(|(verdict, _)| verdict == Verdict::Qualified);
    match found {
        Some((_, lowest)) if row.status == Status::Closed && warm => change.lowest_dc = Set(Some(lowest)),
        Some((verdict, lowest)) => {
            tell(work, &mut change, verdict, lowest).await?;
            change.close_reason = Set(None);
            change.closed_at = Set(None);
        }
        None => {}
    }
    let told = found.map_or("none", |(verdict, _)| verdict.into());
    let after = work.change::<TemperatureCase>(&row, change, "measured", |fact| fact.with("verdict", told)).await?;
    arising::of_case(work, &after).await?;
    match warm && after.status != Status::Closed {
        true => ended(work, &after, Status::Closed, SURVEY_QUALIFIED).await,
        false => Ok(after),
    }
}

/// Works a case out anew after a reading was retracted.
pub(crate) async fn judge_anew(work: &Work, case_id: Uuid) -> Result<(), Fault> {
    let row = Entity::find_by_id(case_id).lock(LockType::Update).one(&work.db()).await?;
    let row = row.ok_or_else(|| Fault::internal("a reading without a case"))?;
    homes::locked(work, row.household_id).await?;
    let found = decided(work, &row, None).await?;
    // A call-back that was not content began the present round: what was found before decides no more.
    let calls: Vec<CallBack> = json_list(&row.call_backs);
    let since = calls.iter().rev().find(|call| !call.satisfied).map(|call| call.at.0);
    let of_round = decided(work, &row, since).await?;
    let mut change = row.clone().into_active_model();
    change.verdict = Set(found.map(|(verdict, _)| verdict));
    change.lowest_dc = Set(found.map(|(_, lowest)| lowest));
    if matches!(row.status, Status::Qualified | Status::Unqualified) {
        change.status = Set(of_round.map_or(Status::Requested, |(verdict, _)| status_of(verdict)));
        if of_round.is_none() {
            change.due_at = Set(due::first_visit(work, work.now).await?);
        }
    }
    let row = work.change::<TemperatureCase>(&row, change, "rejudged", |fact| fact).await?;
    arising::of_case(work, &row).await
}
