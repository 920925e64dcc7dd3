//! What a household gets back for a season (HS-R73): Σ of max(cold, stopped) × day fee, rounded once, less what was
//! credited.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use kernel::fault::Fault;
use kernel::fixed::Percent;
use kernel::money::Money;
use kernel::time::{business_day, end_of_day, start_of_day};
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use store::{Reading, parameters};

use super::days::{Round, Visit, cold_days};
use super::entity::{Cause, Column, Entity, RefundDay, Status};
use super::rules::RuleSet;
use super::stoppage::{self, Cut, Limits};
use crate::area_item;
use crate::bill::entity as bills;
use crate::fee::Rates;
use crate::fee::calc::{WHOLE, half_up};
use crate::household::entity::Model as Home;
use crate::household::money;
use crate::outage::{area, entity as outages};
use crate::reading::commands::of_case;
use crate::reading::evidence::Protocol;
use crate::season::entity::Model as Season;
use crate::stop::{self, entity as stops};
use crate::temperature::entity::{self as cases, CallBack, Liability, Model as Case, Origin, json_list};

/// What a season comes to for a household.
#[derive(Clone, Debug)]
pub struct Computed {
    pub days: Vec<RefundDay>,
    /// Of each day, its rate × what the day weighs.
    weights: Vec<i128>,
    season_days: i64,
    /// For the season so far.
    pub total: Money,
    /// Credited before.
    pub credited: Money,
    /// What is billed for the season; a refund never exceeds it.
    pub billed: Money,
}

impl Computed {
    /// What is still to be credited.
    pub fn amount(&self) -> Result<Money, Fault> {
        money((self.total.fen() - self.credited.fen()).max(0))
    }
    /// The part of the days up to one.
    pub fn until(&self, last: NaiveDate) -> Result<Self, Fault> {
        let n = self.days.partition_point(|day| day.date <= last);
        let (days, weights) = (self.days[..n].to_vec(), self.weights[..n].to_vec());
        Ok(Self { total: worth(&weights, self.season_days)?, days, weights, ..self.clone() })
    }
}

/// What weighed days come to, rounded once.
fn worth(weights: &[i128], season_days: i64) -> Result<Money, Fault> {
    money(half_up(weights.iter().sum(), WHOLE * 100 * i128::from(season_days))?)
}

/// The rate of a day in hundredths of a percent, why, and the case or outage.
type Reason = (i64, Cause, Uuid);
/// The best reason of each day.
type Best = BTreeMap<NaiveDate, Reason>;
/// A day without any heat.
const WHOLE_DAY: i64 = 10_000;

/// Keeps the higher of two rates of a day: one day is never refunded twice (HS-R73).
fn better(best: &mut Best, day: NaiveDate, reason: Reason) {
    let known = best.entry(day).or_insert(reason);
    if reason.0 > known.0 {
        *known = reason;
    }
}

/// When outages are one stoppage with one that began at an instant, and from when on it gives days back.
pub(crate) async fn limits(at: &Reading, began: DateTimeUtc) -> Result<Limits, Fault> {
    let day = business_day(began);
    Ok(Limits {
        merge_gap: TimeDelta::minutes(parameters::integer_on(at, "heating.outage.merge_gap_min", day).await?),
        from: TimeDelta::hours(parameters::integer_on(at, "heating.outage.refund_from_hours", day).await?),
    })
}

/// The days of a home's stoppages of a season that the company answers for (HS-R23).
async fn stopped_days(at: &Reading, home: &Home, season: &Season) -> Result<Vec<(NaiveDate, Uuid)>, Fault> {
    let found = outages::Entity::find()
        .filter(area::of_home(at, home).await?)
        .filter(outages::Column::Kind.eq(outages::Kind::Stopped))
        .filter(outages::Column::Status.eq(outages::Status::Reviewed))
        .filter(outages::Column::Liability.eq(Liability::Company))
        .filter(outages::Column::StartedAt.lt(end_of_day(season.ends_on)))
        .filter(outages::Column::RestoredAt.gte(start_of_day(season.starts_on)));
    let mut cuts = Vec::new();
    for row in found.all(&at.db()).await? {
        let Some(to) = row.restored_at else { continue };
        let limits = limits(at, row.started_at).await?;
        cuts.push(Cut { outage_id: row.id, class: row.cause.class(), from: row.started_at, to, limits });
    }
    Ok(stoppage::days(&cuts))
}

/// Computes a household's refund of a season up to today.
pub async fn of(at: &Reading, home: &Home, season: &Season) -> Result<Computed, Fault> {
    let rules = RuleSet::named(at, &season.refund_rule_set, season.starts_on).await?;
    let rates = Rates::of(at, season.clone()).await?;
    let items = area_item::queries::of_household(at, home.id, season.starts_on, season.ends_on).await?;
    let mut best: Best = BTreeMap::new();
    let found = cases::Entity::find()
        .filter(cases::Column::HouseholdId.eq(home.id))
        .filter(cases::Column::Liability.eq(Liability::Company))
        .filter(cases::Column::Origin.ne(Origin::Survey))
        .order_by_asc(cases::Column::RequestedAt);
    for case in found.all(&at.db()).await? {
        for (day, tenths) in cold(at, &case, season).await? {
            better(&mut best, day, (rules.rate(tenths), Cause::Temperature, case.id));
        }
    }
    for (day, outage) in stopped_days(at, home, season).await? {
        better(&mut best, day, (WHOLE_DAY, Cause::Stoppage, outage));
    }
    let stop = stop::queries::in_effect(at, home.id, season.id).await?;
    best.retain(|day, (rate, ..)| *rate > 0 && heated(home, season, stop.as_ref(), *day));
    let weight = |(day, (rate, ..)): (&NaiveDate, &Reason)| i128::from(*rate) * rates.day_weight(home, &items, *day);
    let weights: Vec<i128> = best.iter().map(weight).collect();
    let day = |(date, (rate, cause, source_id)): (NaiveDate, Reason)| {
        let rate_percent = Percent::from_units(rate).map_err(Fault::internal)?;
        Ok(RefundDay { date, rate_percent, cause, source_id })
    };
    Ok(Computed {
        days: best.into_iter().map(day).collect::<Result<_, Fault>>()?,
        total: worth(&weights, season.days())?,
        weights,
        season_days: season.days(),
        credited: credited(at, home.id, season.id).await?,
        billed: billed(at, home.id, season.id).await?,
    })
}

/// Days outside the season, before the connection or while stopped are worth nothing.
fn heated(home: &Home, season: &Season, stop: Option<&stops::Model>, day: NaiveDate) -> bool {
    let stopped = stop.is_some_and(|stop| {
        let from = stop.effective_from.is_some_and(|from| from <= day);
        from && stop.ended_on.is_none_or(|end| day <= end)
    });
    season.holds(day) && home.connected_on.is_some_and(|on| on <= day) && !stopped
}

/// The cold days of a case in a season, up to today.
async fn cold(at: &Reading, case: &Case, season: &Season) -> Result<Vec<(NaiveDate, i32)>, Fault> {
    let ended = case.closed_at.map_or(NaiveDate::MAX, business_day);
    let last = season.ends_on.min(business_day(at.now)).min(ended);
    let mut days = Vec::new();
    for round in rounds(at, case, season).await? {
        days.extend(cold_days(&round, last));
    }
    Ok(days)
}

/// The rounds of a case: the first from its request, each other from the call-back that was not content.
async fn rounds(at: &Reading, case: &Case, season: &Season) -> Result<Vec<Round>, Fault> {
    let calls: Vec<CallBack> = json_list(&case.call_backs);
    let again = calls.iter().filter(|call| !call.satisfied).map(|call| call.at.0);
    let starts: Vec<DateTimeUtc> = std::iter::once(case.requested_at).chain(again).collect();
    let mut rounds: Vec<Round> = starts
        .iter()
        .map(|start| Round { from: business_day(*start).max(season.starts_on), visits: Vec::new() })
        .collect();
    let readings = of_case(at, case.id).await?;
    let mut visits = Vec::new();
    for visit_no in 1..=case.visits {
        let of_visit: Vec<_> = readings.iter().filter(|reading| reading.visit_no == visit_no).collect();
        let Some(first) = of_visit.first() else { continue };
        let lowest = Protocol::of(at, first.measured_at).await?.lowest(of_visit.iter().copied());
        let Some(lowest_dc) = lowest else { continue };
        let qualified = lowest_dc >= season.standard_dc;
        visits.push((first.measured_at, Visit { on: business_day(first.measured_at), lowest_dc, qualified }));
    }
    // A device that was offline may have sent an earlier visit after a later one.
    visits.sort_by_key(|(measured_at, _)| *measured_at);
    for (measured_at, visit) in visits {
        let n = starts.iter().rposition(|start| *start <= measured_at).unwrap_or_default();
        rounds[n].visits.push(visit);
    }
    Ok(rounds)
}

/// What of the bills issued for a season was not credited yet: no refund goes beyond it.
pub async fn left(at: &Reading, household_id: Uuid, season_id: Uuid) -> Result<Money, Fault> {
    let billed = billed(at, household_id, season_id).await?;
    money((billed.fen() - credited(at, household_id, season_id).await?.fen()).max(0))
}

async fn credited(at: &Reading, household_id: Uuid, season_id: Uuid) -> Result<Money, Fault> {
    let rows = Entity::find()
        .filter(Column::HouseholdId.eq(household_id))
        .filter(Column::SeasonId.eq(season_id))
        .filter(Column::Status.is_in([Status::Credited, Status::PaidOut]))
        .all(&at.db())
        .await?;
    money(rows.iter().map(|row| row.amount_fen).sum())
}

async fn billed(at: &Reading, household_id: Uuid, season_id: Uuid) -> Result<Money, Fault> {
    let rows = bills::Entity::find()
        .filter(bills::Column::HouseholdId.eq(household_id))
        .filter(bills::Column::SeasonId.eq(season_id))
        .filter(bills::Column::Status.eq(bills::Status::Issued))
        .all(&at.db())
        .await?;
    money(rows.iter().map(|row| row.total_fen).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_reasons_of_a_day_the_higher_rate_counts() {
        let day = NaiveDate::default();
        let (case, outage) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for (reasons, wanted) in [
            (vec![(4000, Cause::Temperature, case), (WHOLE_DAY, Cause::Stoppage, outage)], WHOLE_DAY),
            (vec![(WHOLE_DAY, Cause::Temperature, case), (WHOLE_DAY, Cause::Stoppage, outage)], WHOLE_DAY),
            (vec![(4000, Cause::Temperature, case), (2000, Cause::Temperature, case)], 4000),
        ] {
            let mut best = Best::new();
            for reason in reasons {
                better(&mut best, day, reason);
            }
            assert_eq!(best[&day].0, wanted);
        }
    }
}
