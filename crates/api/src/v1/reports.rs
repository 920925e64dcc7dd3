//! `/v1/reports`: one definition a report, several renderings (PF-15).

use access::policy;
use actix_web::HttpResponse;
use actix_web::http::{Method, header};
use chrono::{Datelike, Days, NaiveDate, Weekday};
use kernel::fault::{self, Fault};
use kernel::report::{Period, Report};
use kernel::time;
use serde::Serialize;
use store::reports::{Ask, BY_YEAR, Definition, Span};
use store::{Answer, Done, Reading, parameters};
use submissions::due::Cadence;
use utoipa::ToSchema;

use crate::accept;
use crate::call::{Call, Reply};
use crate::export::{CSV, XLSX};
use crate::router::{Api, Found, TRANSFER};

/// Days a report covers at most.
const MAX_DAYS: i64 = 3_700;
const SVG: &str = "image/svg+xml";

/// The reports the caller may read, without pages.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportList {
    pub items: Vec<ReportEntry>,
    pub next_cursor: Option<String>,
}

/// A report and what may be asked of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportEntry {
    /// `<domain>/<name>`.
    pub name: &'static str,
    pub title_zh: &'static str,
    pub title_en: &'static str,
    pub url: String,
    pub span: Span,
    /// What `by=` may be; the first when it is not given.
    #[schema(value_type = Vec<String>)]
    pub by: &'static [&'static str],
    #[schema(value_type = Vec<String>)]
    pub formats: &'static [&'static str],
}

const FORMATS: &[&str] = &["json", "csv", "xlsx", "svg"];

#[derive(Clone, Copy)]
enum Format {
    Json,
    Csv,
    Xlsx,
    Svg,
}

pub(super) fn definitions() -> impl Iterator<Item = &'static Definition> {
    tickets::reports::REPORTS.iter().chain(heating_service::reports::reports()).chain(flows::reports::reports())
}

/// Declares the list of reports and each report.
pub fn routes(api: &mut Api) {
    api.operation(Method::GET, "/v1/reports", "list_reports", "platform.report:read", list)
        .tag("reports")
        .summary("Lists the reports the caller may read.")
        .answers::<ReportList>();
    for report in definitions() {
        let path = format!("/v1/reports/{}", report.name);
        let name = format!("report_{}", report.name.replace(['/', '-'], "_"));
        let run = move |call: Call| show(call, report);
        let mut plain = api
            .operation(Method::GET, &path, &name, report.permission, run)
            .tag("reports")
            .summary(report.summary)
            .limit(TRANSFER)
            .renders(&["text/csv", XLSX, SVG])
            .answers::<Report>()
            .query("format", "string", "json, csv, xlsx or svg; otherwise what `Accept` asks for.");
        if report.span.takes_days() {
            plain = plain.query("from", "date", "First day.").query("to", "date", "Last day, included.").query(
                "month",
                "string",
                match report.span {
                    Span::PeriodOrCutoffMonth => {
                        "A month instead of from and to, e.g. 2026-01, from the day after the cut-off day of the one \
                         before to its own; the running one otherwise."
                    }
                    _ => "A month instead of from and to, e.g. 2026-01; the running one otherwise.",
                },
            );
        }
        if report.span.takes_season() {
            plain = plain.query(
                "season",
                "string",
                match report.span {
                    Span::PeriodOrSeason => "Number of a heating season, e.g. 2025-2026, instead of days.",
                    _ => "Number of a heating season, e.g. 2025-2026; else that of the day, or the last before it.",
                },
            );
        }
        if report.span.takes_year() {
            let what = match report.span {
                Span::Year => "A calendar year; the running one otherwise.",
                Span::SeasonOrYear => "A calendar year instead of a season, up to as_of.",
                _ => "A calendar year instead of from and to.",
            };
            plain = plain.query("year", "integer", what);
        }
        if report.span == Span::Year {
            plain = plain.query("area", "string", "A district, where a figure is of one only; all of them otherwise.");
        }
        if report.span.takes_as_of() {
            plain = plain.query("as_of", "date", "The last day that counts; today otherwise.");
        }
        if !report.by.is_empty() {
            plain = plain.query("by", "string", "How rows are grouped; see the list of reports.");
        }
        if report.span.takes_days() {
            plain = plain.query("week", "string", "A week instead of from and to, e.g. 2026-W05.");
        }
        drop(plain);
    }
}

async fn list(call: Call) -> Result<Reply, Fault> {
    let role = call.actor().role;
    let entry = |report: &'static Definition| ReportEntry {
        name: report.name,
        title_zh: report.title_zh,
        title_en: report.title_en,
        url: format!("/v1/reports/{}", report.name),
        span: report.span,
        by: report.by,
        formats: FORMATS,
    };
    let items = definitions().filter(|report| policy::allows(report.permission, role)).map(entry).collect();
    Ok(Reply::Answer(Answer::json(Done::Ok, &ReportList { items, next_cursor: None })?))
}

async fn show(call: Call, report: &'static Definition) -> Result<Reply, Fault> {
    let format = format(&call)?;
    let at = call.reading();
    let today = time::business_day(at.now);
    let ask = of_week(&call, ask(&call, report, today)?)?;
    let ask = to_cutoff(&call, &at, report, ask).await?;
    let mut value = report.report(&at, &ask).await?;
    keep_readable(&call, &mut value);
    let lang = call.ctx.lang;
    let (media, ending, bytes) = match format {
        Format::Json => return Ok(Reply::Answer(Answer::json(Done::Ok, &value)?)),
        Format::Csv => (CSV, "csv", printing::csv(&value, lang).map_err(Fault::internal)?),
        Format::Xlsx => (XLSX, "xlsx", printing::xlsx(&value, lang).map_err(Fault::internal)?),
        Format::Svg => (SVG, "svg", printing::svg(&value, lang).into_bytes()),
    };
    let name = report.name.replace('/', "-");
    let day = value.period.map_or(today, |period| period.to);
    let disposition = match format {
        Format::Svg => "inline".to_owned(),
        _ => format!("attachment; filename=\"{name}-{day}.{ending}\""),
    };
    let answer = HttpResponse::Ok()
        .content_type(media)
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::VARY, "Accept, Accept-Language"))
        .body(bytes);
    Ok(Reply::Raw(answer))
}

/// Leaves a figure its list only where the caller may read that list.
fn keep_readable(call: &Call, report: &mut Report) {
    let role = call.actor().role;
    let readable = |url: &str| {
        let path = url.split('?').next().unwrap_or(url);
        match call.state.api.find(&Method::GET, path) {
            Found::Endpoint(endpoint, _) => policy::allows(endpoint.permission, role),
            _ => false,
        }
    };
    let rows = report.rows.iter_mut().chain(report.totals.as_mut());
    for cell in rows.flatten() {
        cell.drill.take_if(|url| !readable(url));
    }
}

/// The ways to name the days of a report; one at a time.
const ONE_SPAN: &[&str] = &["from + to", "month", "week", "year", "season"];

/// `expected` in words that read in every language.
fn bad(parameter: &str, expected: &[&str]) -> Fault {
    Fault::new(&fault::INVALID_PARAMETER).with("parameter", parameter).with("expected", expected.to_vec())
}

/// `format=` wins; otherwise the rendering that `Accept` wants most.
fn format(call: &Call) -> Result<Format, Fault> {
    match call.query_value("format") {
        Some("json") => return Ok(Format::Json),
        Some("csv") => return Ok(Format::Csv),
        Some("xlsx") => return Ok(Format::Xlsx),
        Some("svg") => return Ok(Format::Svg),
        Some(_) => return Err(bad("format", FORMATS)),
        None => {}
    }
    let Some(ranges) = accept::ranges(call.request.headers()) else { return Ok(Format::Json) };
    let offered = ranges.iter().find_map(|range| match range.as_str() {
        "*/*" | "application/*" | "application/json" => Some(Format::Json),
        "text/csv" | "text/*" => Some(Format::Csv),
        XLSX => Some(Format::Xlsx),
        SVG | "image/*" => Some(Format::Svg),
        _ => None,
    });
    offered.ok_or_else(|| Fault::new(&fault::NOT_ACCEPTABLE).with("offered", FORMATS.to_vec()))
}

fn ask(call: &Call, report: &Definition, today: NaiveDate) -> Result<Ask, Fault> {
    let (season, year) = (call.query_value("season"), call.query_value("year"));
    let by = match call.query_value("by") {
        Some(by) => report.by.iter().copied().find(|known| *known == by).ok_or_else(|| bad("by", report.by))?,
        None if year.is_some() && report.span == Span::SeasonOrYear => BY_YEAR,
        None => report.by.first().copied().unwrap_or_default(),
    };
    let whole_year = report.span == Span::Year || (report.span == Span::SeasonOrYear && by == BY_YEAR);
    if report.span == Span::SeasonOrYear && year.is_some() && (season.is_some() || !whole_year) {
        return Err(bad("year", ONE_SPAN));
    }
    let day = |name: &str| match call.query_value(name) {
        Some(text) => time::parse_date(text).map(Some).map_err(|_| bad(name, &["YYYY-MM-DD"])),
        None => Ok(None),
    };
    let as_of = day("as_of")?.unwrap_or(today);
    let period = match (day("from")?, day("to")?, call.query_value("month"), year) {
        (None, None, None, None) if report.span == Span::SeasonOrYear && whole_year => year_of(as_of),
        (None, None, Some(month), None) => {
            month_of(time::parse_date(&format!("{month}-01")).map_err(|_| bad("month", &["YYYY-MM"]))?)
        }
        (None, None, None, Some(year)) => {
            year_of(time::parse_date(&format!("{year}-01-01")).map_err(|_| bad("year", &["YYYY"]))?)
        }
        (None, None, None, None) if report.span == Span::Year => year_of(as_of),
        (None, None, None, None) => month_of(today),
        (Some(from), Some(to), None, None) => Period { from, to },
        (Some(from), None, None, None) => Period { from, to: today },
        (None, Some(_), None, None) => return Err(bad("from", &["YYYY-MM-DD"])),
        (_, _, Some(_), _) => return Err(bad("month", ONE_SPAN)),
        (_, _, _, Some(_)) => return Err(bad("year", ONE_SPAN)),
    };
    if whole_year && as_of < period.from {
        return Err(bad("as_of", &[format!("≥ {}", period.from).as_str()]));
    }
    let period = if whole_year { Period { to: period.to.min(as_of), ..period } } else { period };
    let named = ["from", "to", "month", "year"].into_iter().any(|name| call.query_value(name).is_some());
    if report.span == Span::PeriodOrSeason && season.is_some() && named {
        return Err(bad("season", ONE_SPAN));
    }
    let days = (period.to - period.from).num_days();
    if !(0..=MAX_DAYS).contains(&days) {
        return Err(bad("to", &[format!("{} + 0–{MAX_DAYS}", period.from).as_str()]));
    }
    let season = season.map(str::to_owned);
    let area = call.query_value("area").map(str::to_owned);
    Ok(Ask { period, as_of, season, area, by })
}

fn month_of(day: NaiveDate) -> Period {
    let from = day.with_day(1).unwrap_or(day);
    let to = time::add_months_clamped(from, 1).pred_opt().unwrap_or(from);
    Period { from, to }
}

fn year_of(day: NaiveDate) -> Period {
    let from = day.with_ordinal(1).unwrap_or(day);
    let to = time::add_months_clamped(from, 12).pred_opt().unwrap_or(from);
    Period { from, to }
}

/// The week that is named instead of other days.
fn of_week(call: &Call, ask: Ask) -> Result<Ask, Fault> {
    let Some(text) = call.query_value("week") else { return Ok(ask) };
    let alone = ["from", "to", "month", "year", "season"].into_iter().all(|name| call.query_value(name).is_none());
    let period = week_of(text).filter(|_| alone).ok_or_else(|| bad("week", &["2026-W05"]))?;
    Ok(Ask { period, ..ask })
}

/// The month that is named, or the running one, to its cut-off day where a report is of such months.
async fn to_cutoff(call: &Call, at: &Reading, report: &Definition, ask: Ask) -> Result<Ask, Fault> {
    let days = ["from", "to", "year", "week"].into_iter().any(|name| call.query_value(name).is_some());
    if report.span != Span::PeriodOrCutoffMonth || days {
        return Ok(ask);
    }
    let day = match call.query_value("month") {
        Some(_) => ask.period.from,
        None => time::business_day(at.now),
    };
    let cutoff = parameters::value_on(at, tickets::reports::CUTOFF_DAY, day, None).await?;
    let cutoff = cutoff.as_i64().and_then(|day| u32::try_from(day).ok()).unwrap_or(1);
    Ok(Ask { period: Cadence::MonthTo(cutoff).around(day), ..ask })
}

/// The days of an ISO week: `2026-W05`.
fn week_of(text: &str) -> Option<Period> {
    let (year, week) = text.split_once("-W").filter(|(year, week)| year.len() == 4 && week.len() == 2)?;
    let from = NaiveDate::from_isoywd_opt(year.parse().ok()?, week.parse().ok()?, Weekday::Mon)?;
    Some(Period { from, to: from.checked_add_days(Days::new(6))? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_its_monday() {
        let days = |text: &str| week_of(text).map(|days| format!("{}…{}", days.from, days.to));
        assert_eq!(days("2011-W52").as_deref(), Some("2011-12-26…2012-01-01"));
        assert_eq!(days("2026-W53").as_deref(), Some("2026-12-28…2027-01-03"));
        for wrong in ["2011-W53", "2011-W00", "2011-52", "2011W52", "2011-W5"] {
            assert_eq!(days(wrong), None, "{wrong}");
        }
    }
}
