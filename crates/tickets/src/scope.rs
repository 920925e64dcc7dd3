//! Rows of the desk that are no parts of a ticket: those of the caller's units, and his own.

use access::{Actor, JobRole};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;

/// The rows of the caller's units, and those in which one of these columns names him; a consultant only the
/// latter, a customer none.
pub(crate) fn of_units<C: ColumnTrait>(actor: &Actor, unit: C, named: &[C]) -> Condition {
    if actor.scope.all {
        return Condition::all();
    }
    if !actor.role.is_staff() {
        return Condition::all().add(Expr::value(false));
    }
    let persons: Vec<Uuid> = actor.persons().collect();
    let mine = match actor.role {
        JobRole::PropertyConsultant => Condition::any().add(Expr::value(false)),
        _ => Condition::any().add(unit.is_in(actor.scope.org_unit_ids.iter().copied())),
    };
    named.iter().fold(mine, |any, column| any.add(column.is_in(persons.iter().copied())))
}
