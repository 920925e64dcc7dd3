//! The schedule (报表日程): rows of the parameter `platform.reports.schedule`.

use access::JobRole;
use chrono::{DateTime, NaiveDate, Utc};
use kernel::fault::Fault;
use kernel::report::Period;
use serde::Deserialize;
use serde_json::Value;
use store::{Reading, Store, calendars, parameters};

use crate::due::{After, Cadence, HolidayRule};

/// The parameter that holds the schedule.
pub const SCHEDULE: &str = "platform.reports.schedule";
pub(crate) const HOLIDAY_RULE: &str = "platform.reports.holiday_rule";

/// One row as it stands in the parameter.
#[derive(Clone, Debug, Deserialize)]
pub struct Row {
    /// `<domain>/<name>`.
    pub report: String,
    /// `day`, `week`, `month`, `month_to`.
    period: String,
    /// The last day of a `month_to`: a day, or the parameter that holds it.
    #[serde(default)]
    cutoff: Value,
    /// When it is due after the period: `09:00`, `Monday 12:00`, a day of the month, or the parameter that holds it.
    due: Value,
    /// Who submits.
    pub from: Vec<String>,
    /// Who receives.
    pub to: Vec<String>,
}

/// The rows that hold today. A row nobody can read is left out, and says so in the log.
pub async fn rows(at: &Reading) -> Result<Vec<Row>, Fault> {
    let Value::Array(rows) = parameters::value(at, SCHEDULE).await? else { return Ok(Vec::new()) };
    let read = |row: Value| {
        let text = row.to_string();
        serde_json::from_value::<Row>(row)
            .inspect_err(|error| tracing::warn!(%error, row = text, "no row of a schedule"))
            .ok()
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// Whether a row can be read: a report, a period, when it is due, and the roles that send and receive it.
pub(crate) fn is_readable(store: &Store, row: &Value) -> bool {
    let Ok(row) = serde_json::from_value::<Row>(row.clone()) else { return false };
    let period = match row.period.as_str() {
        "day" | "week" | "month" => true,
        "month_to" => is_named(store, &row.cutoff) || cutoff_day(&text_of(&row.cutoff)).is_some(),
        _ => false,
    };
    let roles = |codes: &[String]| !codes.is_empty() && codes.iter().all(|code| code.parse::<JobRole>().is_ok());
    let report = row.report.split_once('/').is_some_and(|(domain, name)| !domain.is_empty() && !name.is_empty());
    let due = is_named(store, &row.due) || After::read(&text_of(&row.due)).is_some();
    period && report && due && roles(&row.from) && roles(&row.to)
}

/// Whether a value is the key of a parameter.
fn is_named(store: &Store, value: &Value) -> bool {
    value.as_str().is_some_and(|key| store.parameter(key).is_some())
}

/// The last day of a `month_to`; every month has it.
fn cutoff_day(text: &str) -> Option<u32> {
    text.parse().ok().filter(|day| (1..=28).contains(day))
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl Row {
    /// The roles that submit.
    pub fn submitters(&self) -> Vec<JobRole> {
        self.from.iter().filter_map(|code| code.parse().ok()).collect()
    }

    /// How often it is due.
    pub async fn cadence(&self, at: &Reading, day: NaiveDate) -> Result<Option<Cadence>, Fault> {
        Ok(match self.period.as_str() {
            "day" => Some(Cadence::Day),
            "week" => Some(Cadence::Week),
            "month" => Some(Cadence::Month),
            "month_to" => {
                let cutoff = resolved(at, &self.cutoff, day).await?;
                cutoff_day(&cutoff).map(Cadence::MonthTo)
            }
            _ => None,
        })
    }

    /// When the report of a period is due, by the parameters valid at its end. A year without calendar data
    /// moves nothing.
    pub async fn due_at(&self, at: &Reading, period: Period) -> Result<Option<DateTime<Utc>>, Fault> {
        let Some(after) = After::read(&resolved(at, &self.due, period.to).await?) else { return Ok(None) };
        let days = calendars::newest(at).await?;
        let Ok(named) = after.due_at(period, HolidayRule::Strict, &days) else { return Ok(None) };
        let on = kernel::time::business_day(named);
        let rule = parameters::value_on(at, HOLIDAY_RULE, on, None).await?;
        let rule = HolidayRule::of(rule.as_str().unwrap_or_default());
        Ok(Some(after.due_at(period, rule, &days).unwrap_or(named)))
    }
}

/// A value of the row, or of the parameter it names, as text.
async fn resolved(at: &Reading, value: &Value, day: NaiveDate) -> Result<String, Fault> {
    let value = match value.as_str() {
        Some(key) if at.store.parameter(key).is_some() => parameters::value_on(at, key, day, None).await?,
        _ => value.clone(),
    };
    Ok(text_of(&value))
}
