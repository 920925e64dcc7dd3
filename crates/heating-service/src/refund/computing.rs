//! What a household gets back for a season (HS-R73): Σ of rate × day fee, rounded once, less what was credited.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::Percent;
use kernel::money::Money;
use kernel::time::business_day;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use store::Reading;

use super::days::{Round, Visit, cold_days};
use super::entity::{Cause, Column, Entity, RefundDay, Status};
use super::rules::RuleSet;
use crate::area_item;
use crate::bill::entity as bills;
use crate::fee::Rates;
use crate::fee::calc::{WHOLE, half_up};
use crate::household::entity::Model as Home;
use crate::household::money;
use crate::reading::commands::of_case;
use crate::reading::evidence::Protocol;
use crate::season::entity::Model as Season;
use crate::stop::{self, entity as stops};
use crate::temperature::entity::{self as cases, CallBack, Liability, Model as Case, Origin, json_list};

/// What a season comes to for a household.
#[derive(Clone, Debug)]
pub struct Computed {
    pub days: Vec<RefundDay>,
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
}

/// Computes a household's refund of a season up to today.
pub async fn of(at: &Reading, home: &Home, season: &Season) -> Result<Computed, Fault> {
    let rules = RuleSet::named(at, &season.refund_rule_set, season.starts_on).await?;
    let rates = Rates::of(at, season.clone()).await?;
    let items = area_item::queries::of_household(at, home.id, season.starts_on, season.ends_on).await?;
    let mut best: BTreeMap<NaiveDate, (i64, Uuid)> = BTreeMap::new();
    let found = cases::Entity::find()
        .filter(cases::Column::HouseholdId.eq(home.id))
        .filter(cases::Column::Liability.eq(Liability::Company))
        .filter(cases::Column::Origin.ne(Origin::Survey))
        .order_by_asc(cases::Column::RequestedAt);
    for case in found.all(&at.db()).await? {
        for (day, tenths) in cold(at, &case, season).await? {
            let rate = rules.rate(tenths);
            let known = best.entry(day).or_insert((0, case.id));
            if rate > known.0 {
                *known = (rate, case.id);
            }
        }
    }
    let stop = stop::queries::of_season(at, home.id, season.id, stops::Kind::Stop).await?;
    best.retain(|day, (rate, _)| *rate > 0 && heated(home, season, stop.as_ref(), *day));
    let sum: i128 = best.iter().map(|(day, (rate, _))| i128::from(*rate) * rates.day_weight(home, &items, *day)).sum();
    let total = half_up(sum, WHOLE * 100 * i128::from(season.days()))?;
    let day = |(date, (rate, source_id)): (NaiveDate, (i64, Uuid))| {
        let rate_percent = Percent::from_units(rate).map_err(Fault::internal)?;
        Ok(RefundDay { date, rate_percent, cause: Cause::Temperature, source_id })
    };
    Ok(Computed {
        days: best.into_iter().map(day).collect::<Result<_, Fault>>()?,
        total: money(total)?,
        credited: credited(at, home.id, season.id).await?,
        billed: billed(at, home.id, season.id).await?,
    })
}

/// Days outside the season, before the connection or while stopped are worth nothing.
fn heated(home: &Home, season: &Season, stop: Option<&stops::Model>, day: NaiveDate) -> bool {
    let stopped = stop.is_some_and(|stop| {
        let from = stop.effective_from.is_some_and(|from| from <= day);
        stop.status == stops::Status::Effective && from && stop.ended_on.is_none_or(|end| day <= end)
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
    for visit_no in 1..=case.visits {
        let of_visit: Vec<_> = readings.iter().filter(|reading| reading.visit_no == visit_no).collect();
        let Some(first) = of_visit.first() else { continue };
        let lowest = Protocol::of(at, first.measured_at).await?.lowest(of_visit.iter().copied());
        let Some(lowest_dc) = lowest else { continue };
        let n = starts.iter().rposition(|start| *start <= first.measured_at).unwrap_or_default();
        let qualified = lowest_dc >= season.standard_dc;
        rounds[n].visits.push(Visit { on: business_day(first.measured_at), lowest_dc, qualified });
    }
    Ok(rounds)
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
