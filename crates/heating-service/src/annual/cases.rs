//! The inspections of a year, by kind or programme: cases, their households, their measured areas.

use kernel::fault::Fault;
use kernel::report::Period;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{QueryOrder, QuerySelect};
use store::Reading;
use store::reports::Slice;

use super::figures::{Figure, counted};
use crate::inspection::InspectionCase;
use crate::inspection::entity::{Column, Entity, measurement};

/// A filter of the cases and its value.
pub(super) type Which = (&'static str, &'static str);

/// Basements that turned out too high.
pub(super) const HEIGHT_CHECK: Which = ("programme", "basement_height_check");
/// Basements found by the survey of gifted areas.
pub(super) const AREA_SURVEY: Which = ("programme", "gifted_area_survey");
pub(super) const AREA_INCREASE: Which = ("kind", "area_increase");
pub(super) const DEMOLITION: Which = ("kind", "demolition");
pub(super) const GIFTED: Which = ("kind", "gifted_area");

fn list((filter, value): Which, days: Period) -> Slice {
    Slice::default().with(filter, value).during("found_at", days)
}

/// The cases found in a period.
pub(super) async fn count(at: &Reading, which: Which, days: Period) -> Result<Figure, Fault> {
    counted::<InspectionCase>(at, list(which, days)).await
}

/// Their households, each once.
pub(super) async fn households(at: &Reading, which: Which, days: Period) -> Result<Figure, Fault> {
    let list = list(which, days);
    let n: Option<i64> = Entity::find()
        .filter(list.condition::<InspectionCase>(at)?)
        .select_only()
        .expr(Expr::cust("COUNT(DISTINCT household_id)"))
        .into_tuple()
        .one(&at.db())
        .await?;
    Ok(Figure::whole(n.unwrap_or_default(), list.url::<InspectionCase>()))
}

/// What they measure: of each part of a case the last measurement up to the end of the period.
pub(super) async fn area(at: &Reading, which: Which, days: Period) -> Result<Figure, Fault> {
    use measurement::Column::{AreaDm2, CaseId, Id, MeasuredAt, Part};
    let list = list(which, days);
    let cases =
        Query::select().column(Column::Id).from(Entity).cond_where(list.condition::<InspectionCase>(at)?).to_owned();
    let parts: Vec<(Uuid, String, i64)> = measurement::Entity::find()
        .select_only()
        .column(CaseId)
        .column(Part)
        .column(AreaDm2)
        .filter(CaseId.in_subquery(cases))
        .filter(MeasuredAt.lt(days.ends_at()))
        .order_by_asc(MeasuredAt)
        .order_by_asc(Id)
        .into_tuple()
        .all(&at.db())
        .await?;
    let last: std::collections::HashMap<(Uuid, String), i64> =
        parts.into_iter().map(|(case, part, area_dm2)| ((case, part), area_dm2)).collect();
    Ok(Figure { units: Some(last.values().sum()), drill: Some(list.url::<InspectionCase>()) })
}
