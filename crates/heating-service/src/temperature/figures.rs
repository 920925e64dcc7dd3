//! How many homes were measured.

use kernel::fault::Fault;
use kernel::report::Period;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, QuerySelect};
use store::{Reading, Resource};

use super::TemperatureCase;
use super::entity::{Column, Entity};
use crate::household::entity as homes;
use crate::reading::entity as readings;
use crate::station::area::stations_of;

/// The households a caller may know of that were measured in a period, each once; of a district only, where one is
/// named.
pub async fn measured_households(at: &Reading, period: Period, area: Option<&str>) -> Result<i64, Fault> {
    use readings::Column::{CaseId, MeasuredAt, RetractedAt};
    let measured = Query::select()
        .column(CaseId)
        .from(readings::Entity)
        .and_where(MeasuredAt.gte(period.starts_at()))
        .and_where(MeasuredAt.lt(period.ends_at()))
        .and_where(RetractedAt.is_null())
        .to_owned();
    let mut cases = Condition::all().add(TemperatureCase::visible(at)).add(Column::Id.in_subquery(measured));
    if let Some(area) = area {
        let there = Query::select()
            .column(homes::Column::Id)
            .from(homes::Entity)
            .and_where(homes::Column::StationId.in_subquery(stations_of(area)))
            .to_owned();
        cases = cases.add(Column::HouseholdId.in_subquery(there));
    }
    let n: Option<i64> = Entity::find()
        .select_only()
        .expr(Expr::cust("COUNT(DISTINCT household_id)"))
        .filter(cases)
        .into_tuple()
        .one(&at.db())
        .await?;
    Ok(n.unwrap_or_default())
}
