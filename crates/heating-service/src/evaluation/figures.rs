//! The figures of a station's month that computed items are scored by.

use kernel::fault::Fault;
use kernel::fixed::Fixed;
use kernel::report::{Period, Value, share};
use kernel::time::Month;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use store::Reading;

use super::entity::Figures;
use crate::complaint::algebra::{Counts, RateBase};
use crate::complaint::entity as complaints;
use crate::household::entity as homes;
use crate::season::entity::Model as Season;
use crate::station::entity::Model as Station;
use crate::temperature::entity as cases;
use crate::temperature::figures::pass_rate as temperature_pass_rate;
use crate::visit;

/// What the desk knows of a station's tickets in a month (links 37): parts and wholes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StationService {
    /// Replies that came in time, of those due.
    pub replies: (i64, i64),
    /// Customers who were content, of those who answered.
    pub content: (i64, i64),
}

/// A share in per cent, two decimals half up; none where there is no whole.
fn percent((part, whole): (i64, i64)) -> Option<Fixed<2>> {
    match share(part, whole) {
        Value::Percent(value) => Fixed::from_units(value.units()).ok(),
        _ => None,
    }
}

/// Net complaints per 10,000 m² of a station's network in a month (HS-R17, R18); none without a network area.
async fn net_complaints(
    at: &Reading,
    station: &Station,
    season: &Season,
    month: Month,
) -> Result<Option<Fixed<2>>, Fault> {
    use complaints::{Class, Column, State};
    let rows: Vec<(Class, State, i64)> = complaints::Entity::find()
        .select_only()
        .columns([Column::Class, Column::State])
        .expr_as(Expr::cust("COUNT(*)"), "n")
        .filter(Column::StationId.eq(station.id))
        .filter(Column::ReceivedOn.gte(month.first_day()))
        .filter(Column::ReceivedOn.lte(month.last_day()))
        .group_by(Column::Class)
        .group_by(Column::State)
        .into_tuple()
        .all(&at.db())
        .await?;
    let mut counts = Counts::default();
    for (class, state, n) in rows {
        // What is only proposed counts.
        counts.add(if state == State::Decided { class } else { Class::Counted }, n);
    }
    let area = station.network().into_iter().find(|known| known.season_id == season.id);
    let base = RateBase::of(at, month.last_day()).await?;
    Ok(match base.per_area(counts.net(), area.map_or(0, |known| known.area_dm2)) {
        Value::Number(net) => Some(net),
        _ => None,
    })
}

/// Everything about a station's month, as it stands now.
pub(super) async fn of(
    at: &Reading,
    station: &Station,
    season: &Season,
    month: Month,
    service: StationService,
) -> Result<Figures, Fault> {
    let month_of = visit::queries::compliance(at, std::slice::from_ref(station), month).await?;
    let visits = month_of.get(&station.id).filter(|it| it.due() > 0);
    Ok(Figures {
        net_complaints: net_complaints(at, station, season, month).await?,
        timely_reply_rate: percent(service.replies),
        satisfaction: percent(service.content),
        weeks_met: visits.map(visit::compliance::Compliance::met),
        weeks_due: visits.map(visit::compliance::Compliance::due),
        visits: visits.map(|it| it.credited),
        visits_needed: visits.map(|it| it.quota.per_month),
        temperature_pass_rate: percent(pass_rate(at, station, season, month).await?),
    })
}

/// Visits with the thermometer that qualified, of those with a verdict (HS-R14).
async fn pass_rate(at: &Reading, station: &Station, season: &Season, month: Month) -> Result<(i64, i64), Fault> {
    let homes = Query::select()
        .column(homes::Column::Id)
        .from(homes::Entity)
        .and_where(homes::Column::StationId.eq(station.id))
        .to_owned();
    let of_station = Query::select()
        .column(cases::Column::Id)
        .from(cases::Entity)
        .and_where(cases::Column::HouseholdId.in_subquery(homes))
        .to_owned();
    let days = Period { from: month.first_day(), to: month.last_day() };
    temperature_pass_rate(at, of_station, season, days).await
}
