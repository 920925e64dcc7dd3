//! Leading a ticket to the person who solves it (派单, TK-04): assign, start, return, transfer.

use kernel::fault::{Fault, FieldErrors, SEPARATION_OF_DUTIES};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::Work;
use store::acts::{BareAct, ReasonedAct};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::Model;
use super::{begin, begin_with, finish, person};
use crate::problems::ASSIGNEE_OFF_DUTY;
use crate::roster::duty::{self, Duty};

/// To whom a ticket goes: a unit, a person, or both.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AssignTicket {
    /// The unit; when left out the one already responsible, else that of the person.
    pub org_unit_id: Option<Uuid>,
    /// The person; somebody of the unit takes it himself when left out.
    pub staff_id: Option<Uuid>,
    /// Why somebody off duty gets it all the same.
    #[schema(min_length = 2, max_length = 500)]
    pub force_reason: Option<String>,
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// Another unit or person, and why.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct TransferTicket {
    pub org_unit_id: Option<Uuid>,
    pub staff_id: Option<Uuid>,
    #[schema(min_length = 2, max_length = 500)]
    pub reason: String,
}

/// A unit or a person is named.
fn somebody(org_unit_id: Option<Uuid>, staff_id: Option<Uuid>) -> Result<(), Fault> {
    match (org_unit_id, staff_id) {
        (None, None) => Err(Fault::field("/staff_id", "required")),
        _ => Ok(()),
    }
}

/// The unit and person named; a person alone brings his unit only when none is set.
///
/// # Errors
/// 422 `required` when nobody is named, `not_found` for who is not there.
async fn destination(
    work: &Work,
    row: &Model,
    org_unit_id: Option<Uuid>,
    staff_id: Option<Uuid>,
) -> Result<(Option<Uuid>, Option<Uuid>), Fault> {
    somebody(org_unit_id, staff_id)?;
    let mut errors = FieldErrors::default();
    if let Some(unit) = org_unit_id {
        let known = registers::org_unit::Entity::find_by_id(unit).one(&work.db()).await?;
        errors.add_if(known.is_none(), "/org_unit_id", "not_found");
    }
    let mut unit = org_unit_id;
    if let Some(staff) = staff_id {
        match registers::staff::Entity::find_by_id(staff).one(&work.db()).await? {
            Some(staff) if staff.is_active() => unit = unit.or(row.responsible_org_unit_id).or(Some(staff.org_unit_id)),
            _ => {
                errors.add("/staff_id", "not_found");
            }
        }
    }
    errors.finish()?;
    Ok((unit, staff_id))
}

/// Who is complained of does not get the case (TK-R01).
fn not_complained(row: &Model, staff: Option<Uuid>) -> Result<(), Fault> {
    if staff.is_some() && staff == row.complained_staff_id {
        return Err(Fault::new(&SEPARATION_OF_DUTIES)
            .rule("TK-R01")
            .with("first", "complained")
            .with("second", "handle"));
    }
    Ok(())
}

/// Somebody off duty gets nothing without a reason (TK-R16).
async fn on_duty(work: &Work, staff: Option<Uuid>) -> Result<(), Fault> {
    let Some(staff) = staff else { return Ok(()) };
    let person = registers::staff::Entity::find_by_id(staff).one(&work.db()).await?;
    let duties = duty::of(work, work.now, person.as_slice()).await?;
    match duties.of(staff) {
        Duty::OnDuty => Ok(()),
        duty => Err(Fault::new(&ASSIGNEE_OFF_DUTY).rule("TK-R16").with("duty", duty.code())),
    }
}

/// Hands a ticket to a unit and/or a person.
///
/// # Errors
/// 409 `assignee_off_duty` without a `force_reason`.
pub async fn assign(work: &Work, id: Uuid, input: &AssignTicket) -> Result<Model, Fault> {
    let named = async |row: &Model| destination(work, row, input.org_unit_id, input.staff_id).await;
    let (case, to, (unit, staff)) = begin_with(work, id, "assign", named).await?;
    let row = case.row;
    not_complained(&row, staff)?;
    if input.force_reason.is_none() {
        on_duty(work, staff).await?;
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.responsible_org_unit_id = Set(unit);
    change.assignee_id = Set(staff);
    first_asked(&row, staff, &mut change);
    person::remember(work, id, row.cycle, "holder", staff).await;
    let fact = |fact: store::journal::Fact| match input.force_reason.as_ref().or(input.reason.as_ref()) {
        Some(reason) => fact.reason(reason.as_str()),
        None => fact,
    };
    finish(work, &row, change, "assigned", fact, Some("assigned")).await
}

/// For app, web and clients the first assignee is the first asked (首问负责).
pub(crate) fn first_asked(row: &Model, staff: Option<Uuid>, change: &mut super::entity::ActiveModel) {
    if row.first_asked_staff_id.is_none()
        && let Some(staff) = staff
    {
        let mut observers: Vec<Uuid> = super::entity::json_list(&row.observers);
        observers.push(staff);
        change.first_asked_staff_id = Set(Some(staff));
        change.observers = Set(serde_json::to_string(&observers).unwrap_or_default());
    }
}

/// Begins the work; who starts becomes the assignee.
pub async fn start(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (case, to) = begin(work, id, "start").await?;
    let row = case.row;
    let holder = row.assignee_id.or(work.actor().staff_id);
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.assignee_id = Set(holder);
    first_asked(&row, holder, &mut change);
    person::remember(work, id, row.cycle, "holder", holder.into_iter().chain(work.actor().persons())).await;
    finish(work, &row, change, "started", |fact| fact, Some("started")).await
}

/// Gives a ticket back to the desk.
pub async fn return_to_desk(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let (case, to) = begin(work, id, "return").await?;
    let row = case.row;
    crate::pause::commands::end_active(work, &row, "transferred").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.assignee_id = Set(None);
    change.transfer_count = Set(row.transfer_count + 1);
    finish(work, &row, change, "returned", |fact| fact.reason(input.reason.as_str()), Some("returned")).await
}

/// Passes a ticket on to another unit or person.
///
/// # Errors
/// 422 `unchanged` when it is there already.
pub async fn transfer(work: &Work, id: Uuid, input: &TransferTicket) -> Result<Model, Fault> {
    let named = async |row: &Model| -> Result<(Option<Uuid>, Option<Uuid>), Fault> {
        let (unit, staff) = destination(work, row, input.org_unit_id, input.staff_id).await?;
        if unit == row.responsible_org_unit_id && (staff.is_none() || staff == row.assignee_id) {
            let pointer = if staff.is_some() { "/staff_id" } else { "/org_unit_id" };
            return Err(Fault::field(pointer, "unchanged"));
        }
        Ok((unit, staff))
    };
    let (case, to, (unit, staff)) = begin_with(work, id, "transfer", named).await?;
    let row = case.row;
    not_complained(&row, staff)?;
    crate::pause::commands::end_active(work, &row, "transferred").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.responsible_org_unit_id = Set(unit);
    change.assignee_id = Set(staff);
    change.transfer_count = Set(row.transfer_count + 1);
    person::remember(work, id, row.cycle, "holder", staff).await;
    finish(work, &row, change, "transferred", |fact| fact.reason(input.reason.as_str()), Some("transferred")).await
}
