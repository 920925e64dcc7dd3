//! Who may know of which stations and households (heating §3): a station head his own and those below, a branch
//! its own, a visit officer those assigned to him, a customer his own home.

use access::{Actor, JobRole};
use chrono::NaiveDate;
use kernel::time::business_day;
use registers::customer::merge::files_of;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, sea_query::Expr};
use store::Reading;
use uuid::Uuid;

use crate::household::entity as homes;
use crate::ownership::entity as owners;
use crate::station::entity as places;
use crate::visit_assignment::entity as assignments;

fn nothing() -> Condition {
    Condition::all().add(Expr::value(false))
}

/// Whether this caller knows every station and household.
pub(crate) fn knows_all(actor: &Actor) -> bool {
    use JobRole::{FinanceOfficer, HeatingHotlineAgent, HeatingInspector, HeatingServiceManager};
    actor.scope.all || actor.is_any(&[HeatingServiceManager, HeatingHotlineAgent, HeatingInspector, FinanceOfficer])
}

/// The stations an actor may know of. Whom a station is assigned to depends on the day; without one, any
/// assignment counts.
pub(crate) fn stations(actor: &Actor, day: Option<NaiveDate>) -> Condition {
    if knows_all(actor) {
        return Condition::all();
    }
    let units = || actor.scope.org_unit_ids.iter().copied();
    let of_unit = || Condition::any().add(places::Column::OrgUnitId.is_in(units()));
    match actor.role {
        // They sample and report for every station, and read no more than its name.
        JobRole::CoalSampler | JobRole::CoalReviewer => Condition::all(),
        JobRole::HeatingBranchManager | JobRole::HeatingFeeCollector => {
            of_unit().add(places::Column::BranchId.is_in(units()))
        }
        JobRole::HeatingStationHead => {
            // A boiler house feeds exchange stations, and these a service station: two levels below the own one.
            let own = ids(places::Entity, places::Column::Id, of_unit());
            let below = of_unit().add(places::Column::ParentStationId.in_subquery(own));
            let below = ids(places::Entity, places::Column::Id, below);
            of_unit().add(places::Column::ParentStationId.in_subquery(below))
        }
        JobRole::VisitOfficer => Condition::all().add(places::Column::Id.in_subquery(assigned(actor, day))),
        _ => nothing(),
    }
}

fn assigned(actor: &Actor, day: Option<NaiveDate>) -> SelectStatement {
    use assignments::Column;
    let mut select = Query::select();
    select.column(Column::StationId).from(assignments::Entity).and_where(Column::OfficerId.is_in(actor.persons()));
    if let Some(day) = day {
        let runs = Condition::any().add(Column::ToOn.is_null()).add(Column::ToOn.gte(day));
        select.and_where(Column::FromOn.lte(day)).cond_where(runs);
    }
    select
}

fn ids<E: EntityTrait>(entity: E, id: E::Column, scope: Condition) -> SelectStatement {
    Query::select().column(id).from(entity).cond_where(scope).to_owned()
}

/// Rows by the column that names their station.
pub(crate) fn of_station<C: ColumnTrait>(actor: &Actor, column: C, day: Option<NaiveDate>) -> Condition {
    if knows_all(actor) {
        return Condition::all();
    }
    Condition::all().add(column.in_subquery(ids(places::Entity, places::Column::Id, stations(actor, day))))
}

/// The homes a customer holds on a day; without one, those he was the last to hold.
fn held(customer: Uuid, day: Option<NaiveDate>) -> Condition {
    use owners::Column;
    let last = Condition::all().add(homes::Column::CustomerId.in_subquery(files_of(customer)));
    let Some(day) = day else { return last };
    let holds = Query::select()
        .column(Column::HouseholdId)
        .from(owners::Entity)
        .and_where(Column::CustomerId.in_subquery(files_of(customer)))
        .cond_where(Condition::any().add(Column::ToOn.is_null()).add(Column::ToOn.gte(day)))
        .to_owned();
    last.add(homes::Column::Id.in_subquery(holds))
}

/// The households an actor may know of.
pub(crate) fn households(actor: &Actor, day: Option<NaiveDate>) -> Condition {
    match actor.customer_id {
        Some(customer) if actor.is_customer() => held(customer, day),
        _ if actor.is_customer() => nothing(),
        _ => of_station(actor, homes::Column::StationId, day),
    }
}

/// Rows by the column that names their household.
pub(crate) fn of_household<C: ColumnTrait>(actor: &Actor, column: C, day: Option<NaiveDate>) -> Condition {
    if knows_all(actor) {
        return Condition::all();
    }
    Condition::all().add(column.in_subquery(ids(homes::Entity, homes::Column::Id, households(actor, day))))
}

/// The day a reading stands in.
pub(crate) fn today(at: &Reading) -> Option<NaiveDate> {
    Some(business_day(at.now))
}

/// Rows of no station: for whoever knows every one.
pub(crate) fn whole(actor: &Actor) -> Condition {
    if knows_all(actor) { Condition::all() } else { nothing() }
}
