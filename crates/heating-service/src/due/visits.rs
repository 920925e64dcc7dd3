//! Visits that are missing: a week without a credited one, a month with too few, a month nobody summed up.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use kernel::fault::Fault;
use kernel::time::{DayTime, Month, business_day, start_of_day};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use store::work_list::{Asked, Due, Item, Waiting, last_second};
use store::{Reading, Resource, parameters};

use crate::season::{entity::Model as Season, queries as seasons};
use crate::station::{self, HeatingStation, entity as stations};
use crate::visit::compliance::{Compliance, Week};
use crate::visit::queries;
use crate::visit_assignment::entity as assignments;
use crate::visit_summary::{VisitSummary, entity as summaries};

/// A station somebody is responsible for today.
struct Kept {
    station: stations::Model,
    officer: Uuid,
}

/// The target stations with an officer that were asked for: his own for whoever visits.
async fn kept(at: &Reading, asked: &Asked) -> Result<Vec<Kept>, Fault> {
    use assignments::Column;
    let today = business_day(at.now);
    let mut running = assignments::Entity::find()
        .filter(Column::FromOn.lte(today))
        .filter(Condition::any().add(Column::ToOn.is_null()).add(Column::ToOn.gte(today)));
    if asked.waiting == Waiting::Me {
        running = running.filter(Column::OfficerId.is_in(at.actor().persons()));
    }
    let officers: HashMap<Uuid, Uuid> =
        running.all(&at.db()).await?.into_iter().map(|row| (row.station_id, row.officer_id)).collect();
    let mut places = stations::Entity::find()
        .filter(HeatingStation::visible(at))
        .filter(station::targets())
        .filter(stations::Column::Id.is_in(officers.keys().copied()));
    if let Waiting::Units(units) = &asked.waiting {
        places = places.filter(stations::Column::OrgUnitId.is_in(units.iter().copied()));
    }
    let places = places.all(&at.db()).await?;
    let with_officer = |station: stations::Model| Some(Kept { officer: *officers.get(&station.id)?, station });
    Ok(places.into_iter().filter_map(with_officer).collect())
}

/// How these stations stand in a month.
async fn standing(at: &Reading, kept: &[Kept], month: Month) -> Result<HashMap<Uuid, Compliance>, Fault> {
    let rows: Vec<stations::Model> = kept.iter().map(|it| it.station.clone()).collect();
    queries::compliance(at, &rows, month).await
}

fn item(it: &Kept, due: DateTimeUtc, since: NaiveDate, what: &str, act: &str) -> Item {
    Item::of::<HeatingStation>(&it.station, Some(due), format!("{} {what}", it.station.name))
        .since(start_of_day(since))
        .held_by(Some(it.officer))
        .in_unit(Some(it.station.org_unit_id))
        .settled_at(act)
}

/// `Fri 12:00` as a day of the week and a time.
pub(crate) fn weekly(text: &str) -> Option<(Weekday, DayTime)> {
    let (day, time) = text.split_once(' ')?;
    Some((day.parse().ok()?, DayTime::parse(time).ok()?))
}

/// Stations whose running week has no credited visit.
pub async fn weeks(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let kept = kept(at, asked).await?;
    let week = Week::of(business_day(at.now));
    let standing = standing(at, &kept, Month::of(week.day(Weekday::Thu))).await?;
    let said = parameters::value(at, "heating.visit.remind_week").await?;
    let (day, time) = said.as_str().and_then(weekly).ok_or_else(|| Fault::internal("no time of the week"))?;
    let due = start_of_day(week.day(day)) + TimeDelta::minutes(time.minutes());
    let missing = |it: &&Kept| standing.get(&it.station.id).is_some_and(|of| of.missing().contains(&week));
    let items = kept.iter().filter(missing).map(|it| item(it, due, week.monday(), &week.to_string(), "/v1/visits"));
    Ok(asked.chosen(at.now, items.collect()))
}

/// Stations with too few credited visits in the running month.
pub async fn months(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let kept = kept(at, asked).await?;
    let month = Month::of(business_day(at.now));
    let standing = standing(at, &kept, month).await?;
    let said = parameters::value(at, "heating.visit.remind_month").await?;
    let number = |name: &str| said[name].as_i64().unwrap_or_default();
    let day = u32::try_from(number("day")).ok().and_then(|day| month.first_day().with_day(day));
    let noon = start_of_day(day.unwrap_or_else(|| month.last_day())) + TimeDelta::hours(12);
    let few = |it: &&Kept| {
        let of = standing.get(&it.station.id);
        of.is_some_and(|of| of.due() > 0 && of.credited < number("below"))
    };
    let items = kept.iter().filter(few).map(|it| item(it, noon, month.first_day(), &month.to_string(), "/v1/visits"));
    Ok(asked.chosen(at.now, items.collect()))
}

/// Stations whose months nobody summed up. A month waits until somebody does, also when later ones wait beside it.
pub async fn summaries(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use summaries::{Column, Entity, Status};
    let kept = kept(at, asked).await?;
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    let last = Month::of(business_day(at.now)).plus(-1);
    let day = u32::try_from(parameters::integer(at, "heating.visit.summary_day").await?).map_err(Fault::internal)?;
    let mut items = Vec::new();
    for month in season_months(&seasons::all(at).await?, last) {
        let standing = standing(at, &kept, month).await?;
        let submitted =
            Entity::find().filter(Column::Month.eq(month.to_string())).filter(Column::Status.ne(Status::Draft));
        let submitted: Vec<Uuid> = submitted.all(&at.db()).await?.into_iter().map(|row| row.station_id).collect();
        let after = month.plus(1);
        let due = last_second(after.first_day().with_day(day).unwrap_or_else(|| after.last_day()));
        let waits = |it: &&Kept| {
            let asked_for = standing.get(&it.station.id).is_some_and(|of| of.due() > 0);
            // Of the months before it was entered here nobody can tell.
            let told = month == last || month >= Month::of(business_day(it.station.created_at));
            asked_for && told && !submitted.contains(&it.station.id)
        };
        items.extend(kept.iter().filter(waits).map(|it| {
            let item = item(it, due, after.first_day(), &month.to_string(), "/v1/visit-summaries");
            item.part(of_month(it.station.id, month))
        }));
    }
    Ok(asked.chosen(at.now, items))
}

/// Summed up months to accept.
pub async fn summaries_to_accept(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use summaries::{Column, Model, Status};
    let Some(units) = super::open_to(at, asked, "heating.visit_summary:accept", Column::OrgUnitId) else {
        return Ok(Vec::new());
    };
    let waits = Condition::all().add(Column::Status.eq(Status::Submitted)).add(units);
    let rows = asked.rows::<VisitSummary>(at, waits, Due::Never).await?;
    let item = |(row, due): (Model, Option<DateTimeUtc>)| {
        Item::of::<VisitSummary>(&row, due, row.month.clone())
            .since(row.submitted_at.unwrap_or(row.updated_at))
            .in_unit(Some(row.org_unit_id))
            .settled_by::<VisitSummary>("accept")
    };
    Ok(rows.into_iter().map(item).collect())
}

/// The months of the season that began last, up to one.
fn season_months(seasons: &[Season], last: Month) -> Vec<Month> {
    let begun = || seasons.iter().filter(|season| season.starts_on <= last.last_day());
    let latest = begun().map(|season| season.starts_on).max();
    // Regions begin and end on days of their own.
    let beside = || begun().filter(|season| latest.is_some_and(|latest| latest <= season.ends_on));
    let first = beside().map(|season| Month::of(season.starts_on)).min();
    let end = beside().map(|season| Month::of(season.ends_on)).max();
    std::iter::successors(first, |month| Some(month.plus(1)))
        .take_while(|month| *month <= last && Some(*month) <= end)
        .collect()
}

/// What tells the months of a station apart.
fn of_month(station: Uuid, month: Month) -> Uuid {
    Uuid::from_u128(station.as_u128() ^ u128::from(month.first_day().num_days_from_ce().unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::season::entity::season;

    #[test]
    fn the_months_of_a_season_wait_until_the_next_begins() {
        let seasons = [season("2010-11-01", "2011-03-31"), season("2011-10-15", "2012-04-15")];
        for (last, months) in [
            ("2010-10", &[][..]),
            ("2010-11", &["2010-11"][..]),
            ("2011-01", &["2010-11", "2010-12", "2011-01"][..]),
            // Nothing is summed up between the seasons, and what was left still is.
            ("2011-09", &["2010-11", "2010-12", "2011-01", "2011-02", "2011-03"][..]),
            ("2011-10", &["2011-10"][..]),
            ("2012-06", &["2011-10", "2011-11", "2011-12", "2012-01", "2012-02", "2012-03", "2012-04"][..]),
        ] {
            let found = season_months(&seasons, Month::parse(last).unwrap());
            assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), months, "{last}");
        }
        assert!(season_months(&[], Month::parse("2011-01").unwrap()).is_empty());
    }
}
