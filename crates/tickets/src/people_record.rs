//! Who may know of a record about a person of the desk: who leads his unit, who inspects or employs, and he himself
//! (spec tickets §3).

use access::groups::{HEAD, LEAD};
use access::{Actor, JobRole};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;

/// Who sees the records of others in his unit and below.
pub fn leads(actor: &Actor) -> bool {
    let others = [JobRole::QualityInspector, JobRole::HrOfficer, JobRole::SalesSupervisor];
    actor.is_any(LEAD) || actor.is_any(HEAD) || actor.is_any(&others)
}

/// The rows about people the caller may know of: all, those of his units, or his own.
pub fn visible<C: ColumnTrait>(actor: &Actor, org_unit: C, person: C) -> Condition {
    or_own(actor, org_unit, Condition::any().add(person.is_in(actor.persons())))
}

/// As [`visible`], where what is one's own is more than a column.
pub fn or_own<C: ColumnTrait>(actor: &Actor, org_unit: C, own: Condition) -> Condition {
    if actor.is_system() || actor.scope.all {
        return Condition::all();
    }
    let of_units = leads(actor).then(|| org_unit.is_in(actor.scope.org_unit_ids.iter().copied()));
    Condition::any().add(own).add_option(of_units)
}
