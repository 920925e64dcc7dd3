//! Appointments and visits (预约、上门): a window agreed, somebody comes, nobody opens (TK-R19).

use chrono::TimeDelta;
use kernel::fault::{Fault, FieldErrors};
use kernel::time::{Timestamp, whole_second};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::acts::BareAct;
use store::{Resource, Work, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{Appointment, AppointmentStatus, Model, Visit, VisitResult};
use super::life_cycle::{begin, begin_checked, begin_judged};
use super::{RepairOrder, json, record, worked};
use crate::ticket::entity::json_list;

/// When somebody comes.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ScheduleRepairOrder {
    pub window_from: Timestamp,
    pub window_to: Timestamp,
}

/// Nobody opened: the photo of the door proves it.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RecordNoAccess {
    /// Document id of the photo.
    pub photo: Uuid,
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// Agrees a window; an earlier one is cancelled.
///
/// # Errors
/// 422 `date_order` unless now ≤ from < to, `window_too_long`.
pub async fn schedule(work: &Work, id: Uuid, input: &ScheduleRepairOrder) -> Result<Model, Fault> {
    let (from, until) = (input.window_from.0, input.window_to.0);
    let longest = TimeDelta::hours(parameters::integer(work, "tickets.repair.window_max_hours").await?);
    let judge = |_: &Model| {
        let mut errors = FieldErrors::default();
        errors
            .add_if(from < work.now, "/window_from", "date_order")
            .add_if(until <= from, "/window_to", "date_order")
            .add_if(until - from > longest, "/window_to", "window_too_long");
        errors.finish().map_err(|fault| fault.rule("TK-R19"))
    };
    let (around, to) = begin_judged(work, id, "schedule", judge).await?;
    let mut appointments = ended(&around.row, AppointmentStatus::Cancelled);
    appointments.push(Appointment {
        window_from: input.window_from,
        window_to: input.window_to,
        made_by: work.actor().sub,
        confirmed_by: None,
        confirmed_at: None,
        on_behalf: false,
        status: AppointmentStatus::Proposed,
    });
    let mut change = around.row.clone().into_active_model();
    change.status = Set(to);
    change.appointments = Set(json(&appointments)?);
    change.window_from = Set(Some(from));
    change.window_to = Set(Some(until));
    if around.acts_for_contractor(work.actor()) {
        change.on_behalf_of_provider = Set(true);
    }
    let fact = |fact: store::journal::Fact| {
        fact.with("window_from", input.window_from.to_string()).with("window_to", input.window_to.to_string())
    };
    record(work, &around.row, change, "scheduled", fact).await
}

/// The appointments with the live one ended in this way.
fn ended(row: &Model, status: AppointmentStatus) -> Vec<Appointment> {
    let mut appointments: Vec<Appointment> = json_list(&row.appointments);
    let live = [AppointmentStatus::Proposed, AppointmentStatus::Confirmed];
    for appointment in appointments.iter_mut().filter(|appointment| live.contains(&appointment.status)) {
        appointment.status = status;
    }
    appointments
}

/// The customer agrees to the window, or the desk says so for him.
pub async fn confirm_appointment(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (around, _) = begin(work, id, "confirm-appointment").await?;
    let on_behalf = !work.actor().is_customer();
    let mut appointments: Vec<Appointment> = json_list(&around.row.appointments);
    if let Some(last) = appointments.last_mut() {
        last.confirmed_by = Some(work.actor().sub);
        last.confirmed_at = Some(Timestamp::from(work.now));
        last.on_behalf = on_behalf;
        last.status = AppointmentStatus::Confirmed;
    }
    let mut change = around.row.clone().into_active_model();
    change.appointments = Set(json(&appointments)?);
    record(work, &around.row, change, "appointment_confirmed", |fact| fact.with("on_behalf", on_behalf)).await
}

/// Somebody is on the spot; punctual until the window's end, inclusive.
pub async fn arrive(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (around, to) = begin(work, id, "arrive").await?;
    let row = &around.row;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.arrived_at = Set(Some(work.now));
    change.punctual = Set(row.window_to.map(|until| whole_second(work.now) <= until));
    change.appointments = Set(json(&ended(row, AppointmentStatus::Kept))?);
    change.visits = Set(visited(work, row, VisitResult::Arrived, Vec::new())?);
    worked(work, &around, &mut change).await?;
    record(work, row, change, "arrived", |fact| fact).await
}

fn visited(work: &Work, row: &Model, result: VisitResult, document_ids: Vec<Uuid>) -> Result<String, Fault> {
    let mut visits: Vec<Visit> = json_list(&row.visits);
    visits.push(Visit { at: Timestamp::from(work.now), by: work.actor().sub, result, document_ids });
    json(&visits)
}

/// Nobody opened; the visit counts and another window is to be agreed.
pub async fn no_access(work: &Work, id: Uuid, input: &RecordNoAccess) -> Result<Model, Fault> {
    let check = async |_: &Model| documents::ensure_one_visible(work, input.photo, "/photo").await;
    let (around, to) = begin_checked(work, id, "no-access", check).await?;
    documents::attach(work, &[input.photo], RepairOrder::NAME, id, "photo").await?;
    let row = &around.row;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.visits = Set(visited(work, row, VisitResult::NoAccess, vec![input.photo])?);
    change.appointments = Set(json(&ended(row, AppointmentStatus::NoAccess))?);
    change.no_access_count = Set(row.no_access_count + 1);
    change.window_from = Set(None);
    change.window_to = Set(None);
    worked(work, &around, &mut change).await?;
    record(work, row, change, "no_access", |fact| match &input.note {
        Some(note) => fact.reason(note.as_str()),
        None => fact,
    })
    .await
}

/// The work begins; when the customer pays he has agreed to the quote.
pub async fn begin_work(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (around, to) = begin(work, id, "begin").await?;
    let mut change = around.row.clone().into_active_model();
    change.status = Set(to);
    worked(work, &around, &mut change).await?;
    record(work, &around.row, change, "begun", |fact| fact).await
}
