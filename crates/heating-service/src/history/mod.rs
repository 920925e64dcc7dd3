//! What was done before the records were kept here (历史台账, HS-15): taken over row by row from the old books, each
//! under its old key once. Such a row is told as a fact `imported`; nothing follows from it.

mod heat;
mod inspections;
mod laboratory;
mod visits;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use kernel::fault::Fault;
use kernel::fixed::Area;
use kernel::time::{business_day, start_of_day};
use registers::external_ids::{self, ExternalId};
use registers::{locks, staff};
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use store::{Resource, Work};
use utoipa::ToSchema;

use crate::household::{Household, entity as homes};
use crate::instrument::entity as instruments;
use crate::published_figure::Figure;
use crate::station::{HeatingStation, entity as stations};

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

/// Takes a line over; the resource it became, its id, and whether it is new.
///
/// # Errors
/// 422 `required`, `not_found`, `invalid_enum`, `date_in_future` at the field.
pub async fn enter(work: &Work, row: &HistoryRow) -> Result<(&'static str, Uuid, bool), Fault> {
    if row.date > business_day(work.now) {
        return Err(Fault::field("/date", "date_in_future"));
    }
    let resource = row.resource();
    let key = ExternalId { system: SYSTEM.to_owned(), id: format!("{}:{}", row.record.code(), row.key.trim()) };
    locks::hold(work, vec![format!("{SYSTEM}|{}", key.id)]).await?;
    if let Some(known) = external_ids::lookup(work, resource, &key).await? {
        return Ok((resource, known, false));
    }
    let id = match row.record {
        Record::Outage => heat::outage(work, row).await?,
        Record::Temperature => heat::temperature(work, row).await?,
        Record::Visit => visits::visit(work, row).await?,
        Record::Sample => laboratory::sample(work, row).await?,
        Record::Inspection => inspections::case(work, row).await?,
        Record::Agreement => inspections::agreement(work, row).await?,
        Record::ValveCheck => inspections::valve_check(work, row).await?,
    };
    external_ids::attach(work, resource, id, &key).await?;
    Ok((resource, id, true))
}

impl HistoryRow {
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

    async fn station(&self, work: &Work) -> Result<stations::Model, Fault> {
        let code = required(self.station_code.as_deref(), "/station_code")?;
        let seen = stations::Entity::find().filter(HeatingStation::visible(work));
        let found = seen.filter(stations::Column::Code.eq(code)).one(&work.db()).await?;
        found.ok_or_else(|| Fault::field("/station_code", "not_found"))
    }

    async fn household(&self, work: &Work) -> Result<homes::Model, Fault> {
        let number = required(self.household_number.as_deref(), "/household_number")?;
        let seen = homes::Entity::find().filter(Household::visible(work));
        let found = seen.filter(homes::Column::Number.eq(number)).one(&work.db()).await?;
        found.ok_or_else(|| Fault::field("/household_number", "not_found"))
    }

    /// Who did it.
    async fn person(&self, work: &Work) -> Result<Uuid, Fault> {
        let Some(number) = &self.staff_number else {
            return work.actor().staff_id.ok_or_else(|| Fault::field("/staff_number", "required"));
        };
        let found = staff::Entity::find().filter(staff::Column::Number.eq(number)).one(&work.db()).await?;
        found.map(|person| person.id).ok_or_else(|| Fault::field("/staff_number", "not_found"))
    }

    async fn instrument(&self, work: &Work) -> Result<Uuid, Fault> {
        let number = required(self.instrument_number.as_deref(), "/instrument_number")?;
        let same = instruments::Entity::find().filter(instruments::Column::Number.eq(number));
        let found = same.one(&work.db()).await?;
        found.map(|row| row.id).ok_or_else(|| Fault::field("/instrument_number", "not_found"))
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
