//! Calendar versions: the built-in years, and years imported as published (PF-09).
//!
//! What was computed names its version and is read under it again. A year that version has only provisionally,
//! or not at all, is read from the first later version that has its notice.

use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use kernel::calendar::{DayKind, DayRow, WorkingDays};
use kernel::fault::{Fault, FieldErrors};
use kernel::{ids, time};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, Set, SqlErr};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::journal::Fact;
use crate::problems::DAY_KIND_MISMATCH;
use crate::{Reading, Work};

pub mod entity {
    //! A published year; never changed.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "calendar_version")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        /// Of the calendar; the built-in one is 1.
        pub number: i32,
        pub year: i32,
        pub valid_from: Date,
        /// JSON array of days.
        pub days: String,
        pub document_id: Option<Uuid>,
        pub published_by: Uuid,
        pub published_at: DateTimeUtc,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// One version of the calendar.
#[derive(Clone, Debug)]
pub struct Version {
    pub days: Arc<WorkingDays>,
    /// The year it brought, from when it holds and when it was published; none of the built-in one.
    pub published: Option<(i32, NaiveDate, DateTime<Utc>)>,
    rows: Vec<DayRow>,
}

/// Every version, ascending; the built-in one is always there.
#[derive(Clone, Debug)]
pub struct Versions(Vec<Version>);

impl Versions {
    fn of(rows: &[entity::Model]) -> Result<Self, Fault> {
        let mut days = Arc::new(WorkingDays::built_in().clone());
        let mut list = vec![Version { days: days.clone(), published: None, rows: Vec::new() }];
        for row in rows {
            let rows: Vec<DayRow> = serde_json::from_str(&row.days).map_err(Fault::internal)?;
            days = Arc::new(days.with_days(row.number, &[row.year], &rows));
            let published = Some((row.year, row.valid_from, row.published_at));
            list.push(Version { days: days.clone(), published, rows });
        }
        Ok(Self(list))
    }

    /// Oldest first.
    pub fn all(&self) -> &[Version] {
        &self.0
    }

    /// The newest one, whether it is valid yet or not.
    pub fn newest(&self) -> Arc<WorkingDays> {
        self.0.last().map_or_else(|| Arc::new(WorkingDays::built_in().clone()), |version| version.days.clone())
    }

    /// The newest one that is valid on a day.
    pub fn valid_on(&self, day: NaiveDate) -> Arc<WorkingDays> {
        let valid = |version: &&Version| version.published.is_none_or(|(_, valid_from, _)| valid_from <= day);
        self.0.iter().rfind(valid).map_or_else(|| self.newest(), |version| version.days.clone())
    }

    /// A version by its number, as it was published.
    pub fn numbered(&self, number: i32) -> Option<Arc<WorkingDays>> {
        self.0.iter().find(|version| version.days.version() == number).map(|version| version.days.clone())
    }

    /// The days of a version as they are read for something that ends at `until`: years it does not have as
    /// published come from the first later version that was published by then. `settled` tells from the days so
    /// far, and the instant the next year was published at, that it was over by then.
    pub fn read_as(
        &self,
        number: i32,
        until: DateTime<Utc>,
        settled: impl Fn(&WorkingDays, DateTime<Utc>) -> bool,
    ) -> Arc<WorkingDays> {
        let mut days = self.numbered(number).unwrap_or_else(|| self.newest());
        for later in self.0.iter().filter(|version| version.days.version() > number) {
            let Some((year, _, published_at)) = later.published else { continue };
            if published_at > until || settled(&days, published_at) {
                break;
            }
            if !days.published_years().contains(&year) {
                let rows: Vec<DayRow> = later.rows.iter().filter(|row| row.date.year() == year).cloned().collect();
                days = Arc::new(days.with_days(number, &[year], &rows));
            }
        }
        days
    }
}

/// Every version; within one call always the same ones.
pub async fn versions(at: &Reading) -> Result<Arc<Versions>, Fault> {
    if let Some(known) = at.calendars.borrow().clone() {
        return Ok(known);
    }
    let versions = at
        .remembered(async |db| {
            let rows = entity::Entity::find().order_by_asc(entity::Column::Number).all(&db).await?;
            Versions::of(&rows)
        })
        .await?;
    at.calendars.replace(Some(versions.clone()));
    Ok(versions)
}

/// The newest calendar version.
pub async fn newest(at: &Reading) -> Result<Arc<WorkingDays>, Fault> {
    Ok(versions(at).await?.newest())
}

/// The calendar version valid today.
pub async fn today(at: &Reading) -> Result<Arc<WorkingDays>, Fault> {
    Ok(versions(at).await?.valid_on(time::business_day(at.now)))
}

/// A year as the State Council published it (国务院办公厅节假日安排通知).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PublishCalendarYear {
    #[schema(minimum = 2011, maximum = 2100)]
    pub year: i32,
    /// Not before that of the version before.
    pub valid_from: NaiveDate,
    /// Days off and make-up days. They may lie in the first days of a neighbouring year. Days left out are as in
    /// the version before, but for the guesses of a provisional year; `working` and `weekend` take a day back.
    #[schema(min_items = 1, max_items = 200)]
    pub days: Vec<DayRow>,
    /// The notice.
    pub document_id: Option<Uuid>,
}

/// Adds a version that holds a published year; this call sees it from now on, others after the commit.
///
/// # Errors
/// 422 `date_order` for a `valid_from` before the last one's, `out_of_range` for days of another year,
/// `repeated_items`, and `day_kind_mismatch` for a make-up day that is no weekend.
pub async fn publish(work: &Work, input: &PublishCalendarYear) -> Result<entity::Model, Fault> {
    let mut rows = entity::Entity::find().order_by_asc(entity::Column::Number).all(&work.db()).await?;
    let mut errors = FieldErrors::default();
    let earlier = rows.last().is_some_and(|last| input.valid_from < last.valid_from);
    errors.add_if(earlier, "/valid_from", "date_order");
    for (n, day) in input.days.iter().enumerate() {
        check_day(&mut errors, n, day, input.year);
        let repeated = input.days[..n].iter().any(|earlier| earlier.date == day.date);
        errors.add_if(repeated, &format!("/days/{n}/date"), "repeated_items");
    }
    errors.finish()?;
    let newest = rows.last().map_or(WorkingDays::built_in().version(), |last| last.number);
    work.expect_version(newest)?;
    let row = entity::ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        number: Set(newest + 1),
        year: Set(input.year),
        valid_from: Set(input.valid_from),
        days: Set(serde_json::to_string(&input.days).map_err(Fault::internal)?),
        document_id: Set(input.document_id),
        published_by: Set(work.actor().sub),
        published_at: Set(work.now),
    };
    let inserted = entity::Entity::insert(row).exec_with_returning(&work.db()).await;
    let row = inserted.map_err(|error| match error.sql_err() {
        // Somebody took the number meanwhile: the next try takes the one after.
        Some(SqlErr::UniqueConstraintViolation(_)) => Fault::unavailable(error).retryable(),
        _ => error.into(),
    })?;
    let fact = Fact::new("calendar.published", "calendar", Some(row.id)).with("code", "mainland");
    work.record(fact.with("version", row.number).with("year", row.year).with("valid_from", row.valid_from.to_string()));
    rows.push(row.clone());
    work.calendars.replace(Some(Arc::new(Versions::of(&rows)?)));
    work.forget();
    Ok(row)
}

/// A special day lies near its year and fits its weekday.
fn check_day(errors: &mut FieldErrors, n: usize, day: &DayRow, year: i32) {
    let near = (day.date.year() - year).abs() <= 1;
    errors.add_if(!near, &format!("/days/{n}/date"), "out_of_range");
    let weekend = day.date.weekday().number_from_monday() > 5;
    let fits = match day.kind {
        DayKind::Holiday => true,
        DayKind::MakeUpWorkday | DayKind::Weekend => weekend,
        DayKind::Working => !weekend,
    };
    errors.add_if(!fits, &format!("/days/{n}/kind"), DAY_KIND_MISMATCH.code);
}

/// Adds one day of a published year: to the version this transaction publishes, else to a new one valid from today.
/// Answers the version, and whether the day said anything new. Call [`reread`] after the last one.
///
/// # Errors
/// As [`publish`].
pub async fn publish_day(work: &Work, year: i32, day: DayRow) -> Result<(Uuid, bool), Fault> {
    let rows = entity::Entity::find().order_by_asc(entity::Column::Number).all(&work.db()).await?;
    let newest = Versions::of(&rows)?.newest();
    let known = newest
        .day(day.date)
        .is_ok_and(|known| known.kind == day.kind && known.name == Some(day.name.as_str()) && !known.provisional);
    let last = rows.last();
    if known && newest.published_years().contains(&year) {
        return Ok((last.map_or(Uuid::nil(), |last| last.id), false));
    }
    let mine = last.filter(|last| last.published_at == work.now && last.published_by == work.actor().sub);
    let open = match mine {
        // What others can see is published and no longer changed.
        Some(row) if row.year == year => {
            entity::Entity::find_by_id(row.id).one(work.store.reader()).await?.is_none().then_some(row)
        }
        _ => None,
    };
    let Some(open) = open else {
        let today = time::business_day(work.now);
        let valid_from = last.map_or(today, |last| last.valid_from.max(today));
        let input = PublishCalendarYear { year, valid_from, days: vec![day], document_id: None };
        return Ok((publish(work, &input).await?.id, true));
    };
    let mut days: Vec<DayRow> = serde_json::from_str(&open.days).map_err(Fault::internal)?;
    let mut errors = FieldErrors::default();
    check_day(&mut errors, 0, &day, year);
    errors.add_if(days.iter().any(|earlier| earlier.date == day.date), "/days/0/date", "repeated_items");
    errors.finish()?;
    days.push(day);
    let change = entity::ActiveModel {
        id: Set(open.id),
        days: Set(serde_json::to_string(&days).map_err(Fault::internal)?),
        ..Default::default()
    };
    Ok((entity::Entity::update(change).validate()?.exec(&work.db()).await?.id, true))
}

/// Lets this transaction see every version it added.
pub async fn reread(work: &Work) -> Result<(), Fault> {
    let rows = entity::Entity::find().order_by_asc(entity::Column::Number).all(&work.db()).await?;
    work.calendars.replace(Some(Arc::new(Versions::of(&rows)?)));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: i32, year: i32, valid_from: &str, published_at: &str, days: &[(&str, DayKind)]) -> entity::Model {
        let day = |(date, kind): &(&str, DayKind)| DayRow {
            date: time::parse_date(date).unwrap(),
            kind: *kind,
            name: "节".to_owned(),
        };
        entity::Model {
            id: Uuid::nil(),
            version: 1,
            number,
            year,
            valid_from: time::parse_date(valid_from).unwrap(),
            days: serde_json::to_string(&days.iter().map(day).collect::<Vec<_>>()).unwrap(),
            document_id: None,
            published_by: Uuid::nil(),
            published_at: DateTime::parse_from_rfc3339(published_at).unwrap().to_utc(),
        }
    }

    fn versions() -> Versions {
        let holiday = DayKind::Holiday;
        Versions::of(&[
            row(2, 2027, "2026-11-10", "2026-11-05T09:00:00+08:00", &[("2027-01-04", holiday)]),
            row(3, 2026, "2026-12-01", "2026-11-20T09:00:00+08:00", &[("2026-12-18", holiday)]),
        ])
        .unwrap()
    }

    #[test]
    fn a_version_is_valid_from_its_day() {
        let check = |day: &str, wanted: i32| {
            assert_eq!(versions().valid_on(time::parse_date(day).unwrap()).version(), wanted, "{day}");
        };
        check("2020-01-01", 1);
        check("2026-11-09", 1);
        check("2026-11-10", 2);
        check("2026-11-30", 2);
        check("2026-12-01", 3);
        assert_eq!(versions().newest().version(), 3);
    }

    #[test]
    fn a_provisional_year_is_read_as_published_and_a_published_one_as_it_was() {
        let (january, december) = (time::parse_date("2027-01-04").unwrap(), time::parse_date("2026-12-18").unwrap());
        let until = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        let check = |number: i32, end: &str, over: bool, wanted: (bool, bool)| {
            let days = versions().read_as(number, until(end), |_, _| over);
            assert_eq!(days.version(), number);
            let working = (days.is_working(january).unwrap(), days.is_working(december).unwrap());
            assert_eq!(working, wanted, "{number} {end}");
        };
        check(1, "2026-11-04T00:00:00+08:00", false, (true, true));
        check(1, "2027-02-01T00:00:00+08:00", false, (false, true));
        check(1, "2027-02-01T00:00:00+08:00", true, (true, true));
        check(2, "2027-02-01T00:00:00+08:00", false, (false, true));
        check(3, "2027-02-01T00:00:00+08:00", false, (false, false));
    }
}
