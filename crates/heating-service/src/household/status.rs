//! How a household stands on a day (HS-R02): computed from facts, first match, no job sets it.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Func, Query, SelectStatement, SimpleExpr};
use sea_orm::{Condition, QuerySelect};
use serde::Serialize;
use store::{Reading, Resource};
use utoipa::ToSchema;

use super::entity::{Column, Entity, Model};
use crate::bill::{HeatBill, entity as bills};
use crate::season::entity as seasons;
use crate::stop::entity as stops;

/// The status of a household on a day.
#[codes::code(name = "HouseholdStatus", stored = false)]
pub enum Status {
    /// 未接通
    NotConnected,
    /// 报停
    Stopped,
    /// 欠费
    Arrears,
    /// 正常用热
    Using,
}

impl Status {
    /// The status of a code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|status| status.code() == code)
    }
}

/// The facts a status follows from, each for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HouseholdFlags {
    pub not_connected: bool,
    /// A stop of the season of the day is in effect.
    pub stopped: bool,
    /// Something is overdue.
    pub arrears: bool,
    pub using: bool,
}

impl HouseholdFlags {
    fn of(not_connected: bool, stopped: bool, arrears: bool) -> Self {
        Self { not_connected, stopped, arrears, using: !not_connected && !stopped && !arrears }
    }
    /// The first that holds.
    pub fn status(self) -> Status {
        match self {
            Self { not_connected: true, .. } => Status::NotConnected,
            Self { stopped: true, .. } => Status::Stopped,
            Self { arrears: true, .. } => Status::Arrears,
            _ => Status::Using,
        }
    }
}

fn connected(day: NaiveDate) -> Condition {
    Condition::all().add(Column::ConnectedOn.is_not_null()).add(Column::ConnectedOn.lte(day))
}

/// The stops in effect on a day.
pub(crate) fn effective_stops(day: NaiveDate) -> Condition {
    let of_day = Query::select()
        .column(seasons::Column::Id)
        .from(seasons::Entity)
        .and_where(seasons::Column::StartsOn.lte(day))
        .and_where(seasons::Column::EndsOn.gte(day))
        .to_owned();
    let runs = Condition::any().add(stops::Column::EndedOn.is_null()).add(stops::Column::EndedOn.gte(day));
    Condition::all()
        .add(stops::Column::Kind.eq(stops::Kind::Stop))
        .add(stops::Column::Status.is_in([stops::Status::Effective, stops::Status::Lapsed]))
        .add(stops::Column::EffectiveFrom.lte(day))
        .add(runs)
        .add(stops::Column::SeasonId.in_subquery(of_day))
}

fn stopped(day: NaiveDate) -> SimpleExpr {
    let stops = Query::select()
        .expr(Expr::value(1))
        .from(stops::Entity)
        .and_where(Expr::col((stops::Entity, stops::Column::HouseholdId)).equals((Entity, Column::Id)))
        .cond_where(effective_stops(day))
        .to_owned();
    Expr::exists(stops)
}

/// Issued bills that are due before a day and not settled.
pub(crate) fn overdue_bills(day: NaiveDate) -> Condition {
    Condition::all().add(bills::Column::Status.eq(bills::Status::Issued)).add(bills::Column::DueOn.lt(day)).add(
        Expr::col((bills::Entity, bills::Column::SettledFen)).lt(Expr::col((bills::Entity, bills::Column::TotalFen))),
    )
}

fn overdue_of_row(day: NaiveDate, what: SimpleExpr) -> SelectStatement {
    Query::select()
        .expr(what)
        .from(bills::Entity)
        .and_where(Expr::col((bills::Entity, bills::Column::HouseholdId)).equals((Entity, Column::Id)))
        .cond_where(overdue_bills(day))
        .to_owned()
}

/// The households with something overdue on a day.
pub(crate) fn overdue_on(day: NaiveDate) -> SimpleExpr {
    Expr::exists(overdue_of_row(day, Expr::value(1)))
}

/// The households that have a status on a day.
pub fn condition(status: Status, day: NaiveDate) -> Condition {
    let arrears = || overdue_on(day);
    match status {
        Status::NotConnected => connected(day).not(),
        Status::Stopped => connected(day).add(stopped(day)),
        Status::Arrears => connected(day).add(stopped(day).not()).add(arrears()),
        Status::Using => connected(day).add(stopped(day).not()).add(arrears().not()),
    }
}

/// What the households a caller may know of owe beyond the due day, in fen.
pub async fn overdue_total(at: &Reading, day: NaiveDate) -> Result<i64, Fault> {
    let owed: Option<i64> = bills::Entity::find()
        .select_only()
        .expr(Expr::cust("CAST(COALESCE(SUM(total_fen - settled_fen), 0) AS BIGINT)"))
        .filter(HeatBill::visible(at))
        .filter(overdue_bills(day))
        .into_tuple()
        .one(&at.db())
        .await?;
    Ok(owed.unwrap_or_default())
}

/// The households that owe at least so much on a day.
pub fn overdue_at_least(fen: i64, day: NaiveDate) -> Condition {
    let open =
        Expr::col((bills::Entity, bills::Column::TotalFen)).sub(Expr::col((bills::Entity, bills::Column::SettledFen)));
    let sum = Func::sum(open);
    let owed = SimpleExpr::SubQuery(None, Box::new(overdue_of_row(day, sum.into()).into()));
    Condition::all().add(Func::coalesce([owed, Expr::value(0)]).gte(fen))
}

/// How several households stand on a day.
pub struct Standings {
    day: NaiveDate,
    stopped: HashSet<Uuid>,
    overdue: HashMap<Uuid, i64>,
    outstanding: HashMap<Uuid, i64>,
}

impl Standings {
    /// Looks the facts of these households up.
    pub async fn of(at: &Reading, ids: &[Uuid], day: NaiveDate) -> Result<Self, Fault> {
        let stopped = stops::Entity::find()
            .select_only()
            .column(stops::Column::HouseholdId)
            .filter(stops::Column::HouseholdId.is_in(ids.iter().copied()))
            .filter(effective_stops(day))
            .into_tuple::<Uuid>()
            .all(&at.db())
            .await?;
        let bills = bills::Entity::find()
            .filter(bills::Column::HouseholdId.is_in(ids.iter().copied()))
            .filter(bills::Column::Status.eq(bills::Status::Issued))
            .all(&at.db())
            .await?;
        let (mut overdue, mut outstanding) = (HashMap::new(), HashMap::new());
        for bill in bills {
            *outstanding.entry(bill.household_id).or_insert(0) += bill.outstanding_fen();
            if bill.due_on < day {
                *overdue.entry(bill.household_id).or_insert(0) += bill.outstanding_fen();
            }
        }
        Ok(Self { day, stopped: stopped.into_iter().collect(), overdue, outstanding })
    }
    /// What a household owes beyond its due day, in fen.
    pub fn overdue(&self, id: Uuid) -> i64 {
        self.overdue.get(&id).copied().unwrap_or_default()
    }
    /// What a household has been billed and not paid, in fen.
    pub fn outstanding(&self, id: Uuid) -> i64 {
        self.outstanding.get(&id).copied().unwrap_or_default()
    }
    /// The flags of a household.
    pub fn flags(&self, row: &Model) -> HouseholdFlags {
        let not_connected = row.connected_on.is_none_or(|on| on > self.day);
        HouseholdFlags::of(not_connected, self.stopped.contains(&row.id), self.overdue(row.id) > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_holds_is_the_status() {
        for (not_connected, stopped, arrears, status) in [
            (true, true, true, Status::NotConnected),
            (false, true, true, Status::Stopped),
            (false, false, true, Status::Arrears),
            (false, false, false, Status::Using),
        ] {
            let flags = HouseholdFlags::of(not_connected, stopped, arrears);
            assert_eq!(flags.status(), status);
            assert_eq!(flags.using, status == Status::Using);
            assert_eq!(Status::of_code(status.into()), Some(status));
        }
    }
}
