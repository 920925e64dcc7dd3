//! What was done before the records were kept here (历史台账, HS-15): taken over row by row from the old books, each
//! under its old key once. Such a row is told as one fact `imported`; nothing follows from it.

mod heat;
mod inspections;
mod known;
mod laboratory;
mod visits;

use std::rc::Rc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use kernel::fault::Fault;
use kernel::fixed::Area;
use kernel::time::{business_day, start_of_day};
use registers::external_ids::{self, ExternalId};
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use store::{Work, numbers};
use utoipa::ToSchema;

use crate::published_figure::Figure;
use known::Known;

/// The system the old keys are of.
const SYSTEM: &str = "heating_history";

/// What an old book tells of.
#[codes::code(name = "HeatingHistoryRecord", stored = false)]
pub enum Record {
    /// 停缓供: of a station, `kind` its cause.
    Outage,
    /// 测温: of a household, `value` the lowest temperature.
    Temperature,
    /// 走访: of a station, `count` the households met.
    Visit,
    /// 化验: `kind` of the sample, `value` and `second_value` its two determinations, by the day of review.
    Sample,
    /// 稽查: of a household, `kind` of the case, its programme and area.
    Inspection,
    /// 协议: of a household, `kind` of the agreement, its area.
    Agreement,
    /// 关栓检查: of a household, `kind` the result.
    ValveCheck,
}

/// A line of an old book.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedHeatingHistory)]
pub struct HistoryRow {
    pub record: Record,
    /// Its number in the old book; unique in the kind of record.
    #[schema(min_length = 1, max_length = 60)]
    pub key: String,
    pub date: NaiveDate,
    #[schema(min_length = 1, max_length = 40)]
    pub station_code: Option<String>,
    #[schema(min_length = 1, max_length = 40)]
    pub household_number: Option<String>,
    /// Number of the member of staff who did it; whoever brings the file when absent.
    #[schema(min_length = 1, max_length = 40)]
    pub staff_number: Option<String>,
    #[schema(min_length = 1, max_length = 40)]
    pub instrument_number: Option<String>,
    #[schema(min_length = 1, max_length = 40)]
    pub kind: Option<String>,
    #[schema(min_length = 1, max_length = 60)]
    pub programme: Option<String>,
    #[schema(minimum = 0, maximum = 100_000)]
    pub count: Option<i32>,
    pub area_m2: Option<Area>,
    pub value: Option<Figure>,
    pub second_value: Option<Figure>,
}

/// Looks up what lines name, holds their old keys and reserves numbers for their parts, so that [`enter`] need not ask
/// for each.
pub async fn look_ahead(work: &Work, rows: &[HistoryRow]) -> Result<(), Fault> {
    let known = Known::of(work, rows).await?;
    let new = |record: Record| {
        let of_it = rows.iter().filter(move |row| row.record == record);
        of_it.filter(|row| known.line(&row.old_key()).flatten().is_none()).count()
    };
    numbers::ahead(work, "DS", new(Record::Temperature)).await?;
    let samples = new(Record::Sample);
    numbers::ahead(work, "CD", 2 * samples).await?;
    numbers::ahead(work, "JG", samples).await?;
    work.keep(known);
    Ok(())
}

/// Takes a line over; the resource it became, its id, and whether it is new.
///
/// # Errors
/// 422 `required`, `not_found`, `invalid_enum`, `date_in_future` at the field.
pub async fn enter(work: &Work, row: &HistoryRow) -> Result<(&'static str, Uuid, bool), Fault> {
    if row.date > business_day(work.now) {
        return Err(Fault::field("/date", "date_in_future"));
    }
    let (resource, old_key) = (row.resource(), row.old_key());
    let known = match work.kept::<Known>().filter(|known| known.line(&old_key).is_some()) {
        Some(known) => known,
        None => Rc::new(Known::of(work, std::slice::from_ref(row)).await?),
    };
    if let Some(id) = known.line(&old_key).flatten() {
        return Ok((resource, id, false));
    }
    let id = match row.record {
        Record::Outage => heat::outage(work, row, &known).await?,
        Record::Temperature => heat::temperature(work, row, &known).await?,
        Record::Visit => visits::visit(work, row, &known).await?,
        Record::Sample => laboratory::sample(work, row, &known).await?,
        Record::Inspection => inspections::case(work, row, &known).await?,
        Record::Agreement => inspections::agreement(work, row, &known).await?,
        Record::ValveCheck => inspections::valve_check(work, row, &known).await?,
    };
    let key = ExternalId { system: SYSTEM.to_owned(), id: old_key.clone() };
    external_ids::attach_new(work, resource, id, &key).await;
    known.taken_over(old_key, id);
    Ok((resource, id, true))
}

impl HistoryRow {
    /// Its key among the old keys of its resource.
    fn old_key(&self) -> String {
        format!("{}:{}", self.record.code(), self.key.trim())
    }

    fn resource(&self) -> &'static str {
        match self.record {
            Record::Outage => "outage",
            Record::Temperature => "temperature_case",
            Record::Visit => "visit",
            Record::Sample => "lab_sample",
            Record::Inspection => "inspection_case",
            Record::Agreement => "heat_agreement",
            Record::ValveCheck => "valve_check",
        }
    }

    /// So many minutes after midnight of its day.
    fn at(&self, minutes: i64) -> DateTime<Utc> {
        start_of_day(self.date) + TimeDelta::minutes(minutes)
    }

    /// The kind, as one of these codes.
    fn code<T: Copy>(&self, all: &[T], code: impl Fn(T) -> &'static str) -> Result<T, Fault> {
        let named = required(self.kind.as_deref(), "/kind")?;
        all.iter().copied().find(|one| code(*one) == named).ok_or_else(|| Fault::field("/kind", "invalid_enum"))
    }
}

fn required<T>(value: Option<T>, pointer: &str) -> Result<T, Fault> {
    value.ok_or_else(|| Fault::field(pointer, "required"))
}
