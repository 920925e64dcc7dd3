//! Who may know of which projects. The register is no secret among staff.

use access::Actor;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use super::{owner, unit};
use crate::customer::merge::files_of;

/// Rows by the column that names their project; `owned` finds the ids (of the column `of_owned`) that
/// belong to the units of a customer.
pub(super) fn rows<C: ColumnTrait>(
    actor: &Actor,
    project: C,
    of_owned: C,
    owned: fn(Uuid) -> SelectStatement,
) -> Condition {
    let all = Condition::all();
    match actor.customer_id {
        Some(customer) if actor.is_customer() => return all.add(of_owned.in_subquery(owned(customer))),
        _ if actor.is_customer() => return all.add(project.is_null()),
        _ => {}
    }
    let named = &actor.scope.project_ids;
    if actor.is_system() || (named.is_empty() && !actor.role.is_client()) {
        return all;
    }
    all.add(project.is_in(named.iter().copied()))
}

/// The units a customer owns or owned.
pub(super) fn units_of(customer: Uuid) -> SelectStatement {
    Query::select()
        .column(owner::entity::Column::UnitId)
        .from(owner::entity::Entity)
        .and_where(owner::entity::Column::CustomerId.in_subquery(files_of(customer)))
        .to_owned()
}

/// A column of the units a customer owns or owned.
pub(super) fn of_units(column: unit::entity::Column, customer: Uuid) -> SelectStatement {
    Query::select()
        .column(column)
        .from(unit::entity::Entity)
        .and_where(unit::entity::Column::Id.in_subquery(units_of(customer)))
        .to_owned()
}
