//! Finding seasons: by their number, by a day.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, QueryOrder, Select};
use store::Reading;

use super::commands::ONLY_REGION;
use super::entity::{Column, Entity, Model};
use crate::station::{area_of, areas_of, entity as stations};

/// The season a body or query names: by id, or by number – in this region where several have it. Another region's is
/// none where this region has one of its own in that time, nor is that of a district beside one for all.
///
/// # Errors
/// 422 `not_found` at `pointer`.
pub async fn named(at: &Reading, name: &str, region: Option<&str>, pointer: &str) -> Result<Model, Fault> {
    lookup(at, name, region).await?.ok_or_else(|| Fault::field(pointer, "not_found"))
}

/// As [`named`], or none.
pub async fn lookup(at: &Reading, name: &str, region: Option<&str>) -> Result<Option<Model>, Fault> {
    let by = match name.parse::<Uuid>() {
        Ok(id) => Column::Id.eq(id),
        Err(_) => Column::Number.eq(name),
    };
    let rows = Entity::find().filter(by).order_by_asc(Column::CreatedAt).all(&at.db()).await?;
    let Some(found) = preferred(rows, region) else { return Ok(None) };
    let elsewhere = region.filter(|region| *region != found.region);
    let nearer = elsewhere.into_iter().flat_map(|region| [region, ONLY_REGION]);
    let taken = beside(&found).filter(Column::Region.is_in(nearer)).one(&at.db()).await?.is_some();
    Ok(Some(found).filter(|_| !taken))
}

/// As [`named`], for the homes of a station.
///
/// # Errors
/// 422 `not_found` at `pointer`.
pub async fn named_at(at: &Reading, name: &str, station_id: Uuid, pointer: &str) -> Result<Model, Fault> {
    lookup_at(at, name, station_id).await?.ok_or_else(|| Fault::field(pointer, "not_found"))
}

/// As [`lookup`], for the homes of a station: those in no district are not heated by a district's season beside one for
/// all.
pub async fn lookup_at(at: &Reading, name: &str, station_id: Uuid) -> Result<Option<Model>, Fault> {
    let district = area_of(at, station_id).await?;
    lookup(at, name, Some(district.as_deref().unwrap_or(ONLY_REGION))).await
}

/// The seasons of other regions in the time of one.
fn beside(season: &Model) -> Select<Entity> {
    Entity::find()
        .filter(Column::Region.ne(season.region.as_str()))
        .filter(Column::StartsOn.lte(season.ends_on))
        .filter(Column::EndsOn.gte(season.starts_on))
}

/// Whose homes a season heats, by the column that names their station: every station's but those of a district that
/// has a season of its own in that time. Beside a season for all, that of a district heats no other.
pub async fn heats(at: &Reading, season: &Model, column: impl ColumnTrait) -> Result<Condition, Fault> {
    let others = beside(season).all(&at.db()).await?;
    if others.is_empty() {
        return Ok(Condition::all());
    }
    let rows = stations::Entity::find().all(&at.db()).await?;
    let districts = areas_of(at, &rows).await?;
    if others.iter().any(|other| other.region == ONLY_REGION) {
        let own = districts.into_iter().filter(|(_, area)| *area == season.region);
        return Ok(Condition::all().add(column.is_in(own.map(|(id, _)| id))));
    }
    let elsewhere = districts.into_iter().filter(|(_, area)| others.iter().any(|other| other.region == *area));
    Ok(Condition::all().add(column.is_not_in(elsewhere.map(|(id, _)| id))))
}

/// The season a day lies in, of this region where it has seasons of its own (HS-R01).
pub async fn of_day(at: &Reading, day: NaiveDate, region: Option<&str>) -> Result<Option<Model>, Fault> {
    Ok(holding(&of_region(all(at).await?, region), day).cloned())
}

/// The seasons a region goes by: its own, in other times those for all; where it has none, those for all, else any.
pub(crate) fn of_region(mut seasons: Vec<Model>, region: Option<&str>) -> Vec<Model> {
    let is_of = |season: &Model, region: Option<&str>| Some(season.region.as_str()) == region;
    let is_own = |season: &Model| is_of(season, region);
    let is_common = |season: &Model| is_of(season, Some(ONLY_REGION));
    let (own, common) = (times_of(&seasons, is_own), times_of(&seasons, is_common));
    match own.is_empty() {
        true => seasons.retain(|season| is_common(season) || is_apart(season, &common)),
        false => seasons.retain(|season| is_own(season) || (is_common(season) && is_apart(season, &own))),
    }
    seasons
}

/// When some of these seasons run.
fn times_of(seasons: &[Model], which: impl Fn(&Model) -> bool) -> Vec<(NaiveDate, NaiveDate)> {
    seasons.iter().filter(|season| which(season)).map(|season| (season.starts_on, season.ends_on)).collect()
}

/// Whether a season runs in none of these times.
fn is_apart(season: &Model, times: &[(NaiveDate, NaiveDate)]) -> bool {
    times.iter().all(|(from, to)| season.ends_on < *from || *to < season.starts_on)
}

/// Every season, the first entered first; there are few.
pub async fn all(at: &Reading) -> Result<Vec<Model>, Fault> {
    Ok(Entity::find().order_by_asc(Column::CreatedAt).all(&at.db()).await?)
}

/// The season of these a day lies in.
pub fn holding(seasons: &[Model], day: NaiveDate) -> Option<&Model> {
    seasons.iter().find(|season| season.holds(day))
}

/// The season of these a day lies in, else the last that began before it, else the first there is.
fn nearest(seasons: &[Model], day: NaiveDate) -> Option<&Model> {
    let last = || {
        let begun = seasons.iter().filter(|season| season.starts_on <= day);
        begun.min_by_key(|season| std::cmp::Reverse(season.starts_on))
    };
    holding(seasons, day).or_else(last).or_else(|| seasons.iter().min_by_key(|season| season.starts_on))
}

fn preferred(mut rows: Vec<Model>, region: Option<&str>) -> Option<Model> {
    let of = |wanted: Option<&str>| rows.iter().position(|row| Some(row.region.as_str()) == wanted);
    let nearest = of(region).or_else(|| of(Some(ONLY_REGION)));
    match nearest {
        Some(n) => Some(rows.swap_remove(n)),
        None => rows.into_iter().next(),
    }
}

/// Every season by its id; there are few.
pub async fn by_id(at: &Reading) -> Result<HashMap<Uuid, Model>, Fault> {
    Ok(all(at).await?.into_iter().map(|row| (row.id, row)).collect())
}

/// Rows of the seasons of these numbers or ids, comma-separated, by the column that names their season.
pub fn filter(column: impl ColumnTrait, names: &str) -> Result<Condition, Fault> {
    let (ids, numbers): (Vec<_>, Vec<_>) = names.split(',').partition(|name| name.parse::<Uuid>().is_ok());
    let ids: Vec<Uuid> = ids.into_iter().filter_map(|id| id.parse().ok()).collect();
    let named = Condition::any().add(Column::Number.is_in(numbers)).add(Column::Id.is_in(ids));
    let seasons = Query::select().column(Column::Id).from(Entity).cond_where(named).to_owned();
    Ok(Condition::all().add(column.in_subquery(seasons)))
}

/// The season that began last.
pub async fn latest(at: &Reading, region: Option<&str>) -> Result<Option<Model>, Fault> {
    as_of(at, kernel::time::business_day(at.now), region).await
}

/// The season of a day, else the last that began before it, else the first there is; of this region where it has
/// seasons of its own.
pub async fn as_of(at: &Reading, day: NaiveDate, region: Option<&str>) -> Result<Option<Model>, Fault> {
    Ok(nearest(&of_region(all(at).await?, region), day).cloned())
}

/// The season before one, of its region.
pub async fn before(at: &Reading, season: &Model) -> Result<Option<Model>, Fault> {
    let earlier = Entity::find()
        .filter(Column::Region.eq(season.region.as_str()))
        .filter(Column::StartsOn.lt(season.starts_on))
        .order_by_desc(Column::StartsOn);
    Ok(earlier.one(&at.db()).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::season::entity::season;

    #[test]
    fn a_region_with_seasons_of_its_own_goes_by_them() {
        let of = |region: &str, starts_on: &str, ends_on: &str| Model {
            region: region.to_owned(),
            ..season(starts_on, ends_on)
        };
        let seasons = vec![
            of("south", "2010-11-01", "2011-03-31"),
            of("north", "2010-10-15", "2011-04-15"),
            of("south", "2011-11-01", "2012-03-31"),
            of("north", "2011-10-15", "2012-04-15"),
        ];
        let check = |region: Option<&str>, day: &str, wanted: Option<&str>, nearest_to: &str| {
            let (day, known) = (day.parse().unwrap(), of_region(seasons.clone(), region));
            let begin = |season: &Model| season.starts_on.to_string();
            let found = (holding(&known, day).map(begin), nearest(&known, day).map(begin));
            assert_eq!(found, (wanted.map(str::to_owned), Some(nearest_to.to_owned())), "{region:?} {day}");
        };
        check(Some("south"), "2011-12-20", Some("2011-11-01"), "2011-11-01");
        check(Some("north"), "2011-12-20", Some("2011-10-15"), "2011-10-15");
        // Only the other one still heats.
        check(Some("south"), "2011-04-10", None, "2010-11-01");
        check(Some("north"), "2011-04-10", Some("2010-10-15"), "2010-10-15");
        // Before any there is the first.
        check(Some("south"), "2009-01-01", None, "2010-11-01");
        // A region without seasons goes by any.
        check(Some("east"), "2011-04-10", Some("2010-10-15"), "2010-10-15");
        check(None, "2011-12-20", Some("2011-11-01"), "2011-11-01");
    }

    #[test]
    fn a_region_goes_by_the_seasons_for_all_where_it_has_none_of_its_own() {
        let of = |region: &str, starts_on: &str, ends_on: &str| Model {
            region: region.to_owned(),
            ..season(starts_on, ends_on)
        };
        let seasons = vec![
            of("north", "2011-10-15", "2012-04-15"),
            of(ONLY_REGION, "2011-11-01", "2012-03-31"),
            of(ONLY_REGION, "2012-11-01", "2013-03-31"),
        ];
        for (region, day, wanted) in [
            (Some("north"), "2011-12-20", Some("2011-10-15")),
            (Some("east"), "2011-12-20", Some("2011-11-01")),
            (None, "2011-12-20", Some("2011-11-01")),
            // Only the district still heats.
            (Some("north"), "2012-04-10", Some("2011-10-15")),
            (Some("east"), "2012-04-10", None),
            // The district has given its own up.
            (Some("north"), "2012-12-20", Some("2012-11-01")),
        ] {
            let known = of_region(seasons.clone(), region);
            let found = holding(&known, day.parse().unwrap()).map(|season| season.starts_on.to_string());
            assert_eq!(found.as_deref(), wanted, "{region:?} {day}");
        }
        assert_eq!(preferred(seasons, Some("east")).map(|season| season.region).as_deref(), Some(ONLY_REGION));
    }
}
