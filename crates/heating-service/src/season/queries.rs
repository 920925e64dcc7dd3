//! Finding seasons: by their number, by a day.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, QueryOrder};
use store::Reading;

use super::entity::{Column, Entity, Model};

/// The season a body or query names: by id, or by number – in this region where several have it.
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
    Ok(preferred(rows, region))
}

/// The season a day lies in, of this region where several regions have one (HS-R01).
pub async fn of_day(at: &Reading, day: NaiveDate, region: Option<&str>) -> Result<Option<Model>, Fault> {
    let rows = Entity::find()
        .filter(Column::StartsOn.lte(day))
        .filter(Column::EndsOn.gte(day))
        .order_by_asc(Column::CreatedAt)
        .all(&at.db())
        .await?;
    Ok(preferred(rows, region))
}

/// Every season, the first entered first; there are few.
pub async fn all(at: &Reading) -> Result<Vec<Model>, Fault> {
    Ok(Entity::find().order_by_asc(Column::CreatedAt).all(&at.db()).await?)
}

/// The season of these a day lies in, as [`of_day`] finds it of any region.
pub fn holding(seasons: &[Model], day: NaiveDate) -> Option<&Model> {
    seasons.iter().find(|season| season.starts_on <= day && day <= season.ends_on)
}

fn preferred(mut rows: Vec<Model>, region: Option<&str>) -> Option<Model> {
    let of_region = rows.iter().position(|row| Some(row.region.as_str()) == region);
    match of_region {
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

/// The season of a day, else the last that began before it, else the first there is.
pub async fn as_of(at: &Reading, day: NaiveDate, region: Option<&str>) -> Result<Option<Model>, Fault> {
    if let Some(current) = of_day(at, day, region).await? {
        return Ok(Some(current));
    }
    let last = Entity::find().filter(Column::StartsOn.lte(day)).order_by_desc(Column::StartsOn);
    match last.one(&at.db()).await? {
        Some(last) => Ok(Some(last)),
        None => Ok(Entity::find().order_by_asc(Column::StartsOn).one(&at.db()).await?),
    }
}

/// The season before one, of its region.
pub async fn before(at: &Reading, season: &Model) -> Result<Option<Model>, Fault> {
    let earlier = Entity::find()
        .filter(Column::Region.eq(season.region.as_str()))
        .filter(Column::StartsOn.lt(season.starts_on))
        .order_by_desc(Column::StartsOn);
    Ok(earlier.one(&at.db()).await?)
}
