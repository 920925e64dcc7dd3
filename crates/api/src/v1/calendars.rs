//! `/v1/calendars`: working days and arithmetic on them (PF-09).

use std::sync::Arc;

use actix_web::http::Method;
use chrono::{Datelike, Days, NaiveDate};
use documents::Document;
use kernel::calendar::{CalendarCode, DayKind, WorkingDays};
use kernel::fault::{self, Fault};
use kernel::lang::Lang;
use kernel::time::{self, Timestamp};
use registers::referenced;
use serde::Serialize;
use store::calendars::{PublishCalendarYear, Versions};
use store::{Answer, Done, Work, calendars};
use tickets::clock::retargeting::{self, MovedDeadline};
use utoipa::ToSchema;

use crate::call::{Call, Reply};
use crate::router::Api;

const TAG: &str = "calendars";
const READ: &str = "platform.calendar:read";
/// Days in one answer, and days or months in one addition.
const MAX_DAYS: i64 = 800;
const MAX_STEP: i32 = 10_000;

/// A calendar at the version valid today.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarView {
    pub code: CalendarCode,
    /// Name in Chinese.
    pub title: &'static str,
    pub version: i32,
    /// Open hours of a working day.
    pub hours: Vec<&'static str>,
    /// Years whose notice is published.
    pub published_years: Vec<i32>,
    /// Years known by statute only.
    pub provisional_years: Vec<i32>,
    /// Every version there is, newest first; 1 is built in.
    pub versions: Vec<CalendarVersionView>,
}

/// One version of the working days.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarVersionView {
    pub version: i32,
    /// The year it brought; null of the built-in one, as the next two.
    pub year: Option<i32>,
    pub valid_from: Option<NaiveDate>,
    pub published_at: Option<Timestamp>,
}

/// A year that was published, and what it moved.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedCalendar {
    pub code: CalendarCode,
    pub version: i32,
    pub year: i32,
    pub valid_from: NaiveDate,
    pub published_at: Timestamp,
    /// Working days of the year.
    pub working_days: i32,
    /// Due instants of open matters that were counted by a guess of this year, or not at all.
    pub moved: Vec<MovedDeadline>,
}

/// The calendars.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarList {
    pub items: Vec<CalendarView>,
    pub next_cursor: Option<String>,
}

/// One day of a calendar.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarDay {
    pub date: NaiveDate,
    pub kind: DayKind,
    pub working: bool,
    /// The festival, in Chinese.
    pub name: Option<String>,
    pub calendar_provisional: bool,
}

/// The days of a span.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarDays {
    pub items: Vec<CalendarDay>,
    pub working_days: usize,
    pub calendar_version: i32,
    /// A provisional year was used.
    pub calendar_provisional: bool,
    pub next_cursor: Option<String>,
}

/// The day reached.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarSum {
    pub from: NaiveDate,
    pub date: NaiveDate,
    pub calendar_version: i32,
    /// A provisional year was used.
    pub calendar_provisional: bool,
}

/// Declares the calendars.
pub fn routes(api: &mut Api) {
    api.operation(Method::GET, "/v1/calendars", "list_calendars", READ, list)
        .tag(TAG)
        .summary("Lists the calendars.")
        .answers::<CalendarList>();
    api.operation(Method::GET, "/v1/calendars/{code}", "get_calendar", READ, get)
        .tag(TAG)
        .summary("Shows a calendar and the years it knows; the `ETag` is the newest version there is.")
        .answers::<CalendarView>()
        .versioned();
    api.operation(Method::GET, "/v1/calendars/{code}/days", "list_calendar_days", READ, days)
        .tag(TAG)
        .summary("Lists the days from a date to another, both included.")
        .needs("from", "date", "First day.")
        .needs("to", "date", "Last day.")
        .answers::<CalendarDays>();
    api.operation(Method::GET, "/v1/calendars/{code}/add", "add_to_calendar_day", READ, add)
        .tag(TAG)
        .summary("Counts working days, calendar days or months from a date; exactly one of the three.")
        .needs("from", "date", "The day counted from; day 1 is the first after it.")
        .query("working_days", "integer", "Working days; negative counts back.")
        .query("days", "integer", "Calendar days, the last included.")
        .query("months", "integer", "Months, kept to the month's end.")
        .answers::<CalendarSum>();
    api.operation(
        Method::POST,
        "/v1/calendars/{code}/versions",
        "publish_calendar_year",
        "platform.calendar:manage",
        publish,
    )
    .tag(TAG)
    .summary("Adds a version with a published year; answers what of the open deadlines moved.")
    .status(201)
    .dry_run()
    .takes::<PublishCalendarYear>()
    .answers::<PublishedCalendar>()
    .versioned();
}

/// Publishes a year of the State Council; office hours follow it, the clock round knows no days.
async fn publish(call: Call) -> Result<Reply, Fault> {
    if code(&call)? != CalendarCode::Mainland {
        return Err(Fault::new(&fault::NOT_FOUND));
    }
    let input = Arc::new(call.read::<PublishCalendarYear>()?);
    let command = async move |work: &Work| {
        if let Some(notice) = input.document_id {
            referenced::known::<Document>(work, notice, "/document_id").await?;
        }
        let row = calendars::publish(work, &input).await?;
        let moved = retargeting::year_published(work).await?;
        let published = PublishedCalendar {
            code: CalendarCode::Mainland,
            version: row.number,
            year: row.year,
            valid_from: row.valid_from,
            published_at: row.published_at.into(),
            working_days: calendars::newest(work).await?.working_days_in(row.year)?,
            moved,
        };
        let answer = Answer::json(Done::Created, &published)?.version(row.number);
        Ok::<_, Fault>(answer.location("/v1/calendars/mainland"))
    };
    Ok(Reply::Answer(call.write(command).await?))
}

const CODES: &[(&str, CalendarCode)] =
    &[("mainland", CalendarCode::Mainland), ("office", CalendarCode::Office), ("continuous", CalendarCode::Continuous)];

fn code(call: &Call) -> Result<CalendarCode, Fault> {
    let known = CODES.iter().find(|(name, _)| *name == call.param(0)).map(|(_, code)| *code);
    known.ok_or_else(|| Fault::new(&fault::NOT_FOUND))
}

fn view(code: CalendarCode, versions: &Versions, today: NaiveDate, lang: Lang) -> CalendarView {
    let days = versions.valid_on(today);
    let version = |version: &calendars::Version| CalendarVersionView {
        version: version.days.version(),
        year: version.published.map(|(year, _, _)| year),
        valid_from: version.published.map(|(_, valid_from, _)| valid_from),
        published_at: version.published.map(|(_, _, published_at)| published_at.into()),
    };
    let (title, hours) = match code {
        CalendarCode::Mainland => (("大陆工作日历", "Working days of the mainland"), vec!["00:00-24:00"]),
        CalendarCode::Office => (("办公时间", "Office hours"), vec!["09:00-12:00", "13:00-17:00"]),
        CalendarCode::Continuous => (("全天候", "Round the clock"), vec!["00:00-24:00"]),
    };
    CalendarView {
        code,
        title: lang.of(title),
        version: days.version(),
        hours,
        published_years: days.published_years().iter().copied().collect(),
        provisional_years: days.provisional_years().iter().copied().collect(),
        versions: versions.all().iter().rev().map(version).collect(),
    }
}

async fn list(call: Call) -> Result<Reply, Fault> {
    let at = call.reading();
    let (versions, today) = (calendars::versions(&at).await?, time::business_day(at.now));
    let items = CODES.iter().map(|(_, code)| view(*code, &versions, today, at.lang())).collect();
    Ok(Reply::Answer(Answer::json(Done::Ok, &CalendarList { items, next_cursor: None })?))
}

async fn get(call: Call) -> Result<Reply, Fault> {
    let code = code(&call)?;
    let at = call.reading();
    let versions = calendars::versions(&at).await?;
    let view = view(code, &versions, time::business_day(at.now), at.lang());
    Ok(Reply::Answer(Answer::json(Done::Ok, &view)?.version(versions.newest().version())))
}

async fn days(call: Call) -> Result<Reply, Fault> {
    let code = code(&call)?;
    let (from, to) = (date(&call, "from")?, date(&call, "to")?);
    if from > to || (to - from).num_days() >= MAX_DAYS {
        return Err(bad("to", &format!("{from} + 0–{}", MAX_DAYS - 1)));
    }
    let valid = calendars::today(&call.reading()).await?;
    let mut items = Vec::new();
    for date in from.iter_days().take_while(|date| *date <= to) {
        let day = valid.day(date)?;
        items.push(match code {
            CalendarCode::Continuous => {
                CalendarDay { date, kind: DayKind::Working, working: true, name: None, calendar_provisional: false }
            }
            _ => CalendarDay {
                date,
                kind: day.kind,
                working: day.kind.is_working(),
                name: day.name.map(str::to_owned),
                calendar_provisional: day.provisional,
            },
        });
    }
    let answer = CalendarDays {
        working_days: items.iter().filter(|day| day.working).count(),
        calendar_version: valid.version(),
        calendar_provisional: items.iter().any(|day| day.calendar_provisional),
        next_cursor: None,
        items,
    };
    Ok(Reply::Answer(Answer::json(Done::Ok, &answer)?))
}

async fn add(call: Call) -> Result<Reply, Fault> {
    let code = code(&call)?;
    let from = date(&call, "from")?;
    let (working, plain, months) = (step(&call, "working_days")?, step(&call, "days")?, step(&call, "months")?);
    let valid = calendars::today(&call.reading()).await?;
    let (date, provisional) = match (working, plain, months) {
        (Some(n), None, None) if code != CalendarCode::Continuous => valid.add_working_days(from, n)?,
        (Some(n), None, None) | (None, Some(n), None) => known(&valid, code, from, plus_days(from, n)?)?,
        (None, None, Some(n)) => known(&valid, code, from, time::add_months_clamped(from, n))?,
        _ => return Err(bad("working_days", "working_days | days | months")),
    };
    let sum = CalendarSum { from, date, calendar_version: valid.version(), calendar_provisional: provisional };
    Ok(Reply::Answer(Answer::json(Done::Ok, &sum)?))
}

/// A day reached without counting working days; its year has to be known all the same.
fn known(days: &WorkingDays, code: CalendarCode, from: NaiveDate, date: NaiveDate) -> Result<(NaiveDate, bool), Fault> {
    let provisional = days.is_provisional(from.year())? | days.is_provisional(date.year())?;
    Ok((date, provisional && code != CalendarCode::Continuous))
}

fn plus_days(from: NaiveDate, n: i32) -> Result<NaiveDate, Fault> {
    let days = Days::new(n.unsigned_abs().into());
    let date = if n < 0 { from.checked_sub_days(days) } else { from.checked_add_days(days) };
    date.ok_or_else(|| bad("days", &format!("-{MAX_STEP}–{MAX_STEP}")))
}

/// `expected` in words that read in every language.
fn bad(parameter: &str, expected: &str) -> Fault {
    Fault::new(&fault::INVALID_PARAMETER).with("parameter", parameter).with("expected", expected)
}

fn date(call: &Call, name: &str) -> Result<NaiveDate, Fault> {
    call.query_value(name).and_then(|text| time::parse_date(text).ok()).ok_or_else(|| bad(name, "YYYY-MM-DD"))
}

fn step(call: &Call, name: &str) -> Result<Option<i32>, Fault> {
    let Some(text) = call.query_value(name) else { return Ok(None) };
    let n = text.parse::<i32>().ok().filter(|n| (-MAX_STEP..=MAX_STEP).contains(n));
    n.map(Some).ok_or_else(|| bad(name, &format!("-{MAX_STEP}–{MAX_STEP}")))
}
