//! Rows of the calendar: days off and make-up days as the State Council published them. Open deadlines follow at
//! once, which is why the desk takes them over.

use chrono::{Datelike, NaiveDate};
use kernel::calendar::{DayKind, DayRow};
use kernel::fault::Fault;
use serde::Deserialize;
use store::imports::{Applied, Cell, Column, ImportRow};
use store::{Work, calendars};
use utoipa::ToSchema;

use crate::clock::retargeting;

/// A row of `calendar_days`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedCalendarDay)]
pub struct CalendarDayRow {
    date: NaiveDate,
    kind: DayKind,
    /// The festival, in Chinese.
    #[schema(min_length = 1, max_length = 40)]
    name: String,
    /// Of the notice; the day's own when absent. A notice may name days of a neighbouring year.
    #[schema(minimum = 2011, maximum = 2100)]
    year: Option<i32>,
}

impl ImportRow for CalendarDayRow {
    const KIND: &'static str = "calendar_days";
    const TITLE: (&'static str, &'static str) = ("工作日历", "Calendar days");
    const PERMISSION: &'static str = "platform.calendar:manage";
    const COLUMNS: &'static [Column] = &[
        Column::new("date", "日期", Cell::Date).or("days.0.date"),
        Column::text("kind", "类别").or("days.0.kind"),
        Column::text("name", "节日").or("name_zh"),
        Column::new("year", "通知年度", Cell::Integer),
    ];

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let year = self.year.unwrap_or_else(|| self.date.year());
        let day = DayRow { date: self.date, kind: self.kind, name: self.name.trim().to_owned() };
        let (version, new) = calendars::publish_day(work, year, day).await?;
        let applied = if new { Applied::changed } else { Applied::unchanged };
        Ok(applied("calendar", version))
    }

    async fn follow(work: &Work) -> Result<(), Fault> {
        calendars::reread(work).await?;
        retargeting::year_published(work).await.map(drop)
    }
}
