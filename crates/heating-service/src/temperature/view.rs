//! A case as callers see it, with its readings.

use std::collections::HashMap;

use kernel::fault::Fault;
use kernel::fixed::Temperature;
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::Reading;
use utoipa::ToSchema;

use super::TemperatureCase;
use super::entity::{CallBack, CallBackAttempt, Liability, Model, Origin, Remedy, Status, Verdict, json_list};
use crate::reading::{self, TemperatureReadingView, degrees, entity as readings};

/// A case of room temperature (测温单).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TemperatureCaseView {
    pub id: Uuid,
    pub version: i32,
    /// `WD-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub household_id: Uuid,
    pub origin: Origin,
    pub requested_at: Timestamp,
    pub requested_by: Uuid,
    pub ticket_id: Option<Uuid>,
    pub status: Status,
    /// Of the last visit that decided anything.
    pub verdict: Option<Verdict>,
    /// The lowest evidential temperature of that visit.
    pub lowest_c: Option<Temperature>,
    pub visits: i32,
    pub readings: Vec<TemperatureReadingView>,
    pub remedies: Vec<Remedy>,
    /// When the visit, the re-measurement or the call-back is due; null when the case has ended.
    pub due_at: Option<Timestamp>,
    pub overdue: bool,
    /// From 1; an unsatisfied call-back begins another.
    pub round: i32,
    pub call_backs: Vec<CallBack>,
    pub call_back_attempts: Vec<CallBackAttempt>,
    /// Null until judged.
    pub liability: Option<Liability>,
    pub liability_document_id: Option<Uuid>,
    pub judged_by: Option<Uuid>,
    pub judged_at: Option<Timestamp>,
    /// The signed slip (测温回馈单).
    pub feedback_document_id: Option<Uuid>,
    pub close_reason: Option<String>,
    pub closed_at: Option<Timestamp>,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Rows as callers see them.
pub(super) async fn of(at: &Reading, rows: Vec<Model>) -> Result<Vec<TemperatureCaseView>, Fault> {
    let found = readings::Entity::find()
        .filter(readings::Column::CaseId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(readings::Column::VisitNo)
        .order_by_asc(readings::Column::Id)
        .all(&at.db())
        .await?;
    let mut by_case: HashMap<Uuid, Vec<TemperatureReadingView>> = HashMap::new();
    for row in found {
        by_case.entry(row.case_id).or_default().push(reading::view(row)?);
    }
    let mut external = external_ids::by_row::<TemperatureCase>(at, &rows).await?;
    let view = |row: Model| {
        let keys = external.remove(&row.id).unwrap_or_default();
        view(at, row, &mut by_case, keys)
    };
    rows.into_iter().map(view).collect()
}

fn view(
    at: &Reading,
    row: Model,
    readings: &mut HashMap<Uuid, Vec<TemperatureReadingView>>,
    external_ids: Vec<ExternalId>,
) -> Result<TemperatureCaseView, Fault> {
    let waits = Status::WAITING.contains(&row.status);
    // What whoever held the home then said is not for who holds it now.
    let actor = at.actor();
    let own = !actor.is_customer() || actor.is_customer_of(row.customer_id);
    let mut call_backs: Vec<CallBack> = json_list(&row.call_backs);
    for call in call_backs.iter_mut().filter(|call| !own && call.by != actor.sub) {
        call.note = None;
    }
    Ok(TemperatureCaseView {
        readings: readings.remove(&row.id).unwrap_or_default(),
        lowest_c: row.lowest_dc.map(degrees).transpose()?,
        remedies: json_list(&row.remedies),
        external_ids,
        call_backs,
        call_back_attempts: json_list(&row.call_back_attempts),
        due_at: waits.then(|| row.due_at.into()),
        overdue: waits && row.due_at < at.now,
        id: row.id,
        version: row.version,
        number: row.number,
        household_id: row.household_id,
        origin: row.origin,
        requested_at: row.requested_at.into(),
        requested_by: row.requested_by,
        ticket_id: row.ticket_id,
        status: row.status,
        verdict: row.verdict,
        visits: row.visits,
        round: row.round,
        liability: row.liability,
        liability_document_id: row.liability_document_id,
        judged_by: row.judged_by,
        judged_at: row.judged_at.map(Timestamp::from),
        feedback_document_id: row.feedback_document_id,
        close_reason: row.close_reason.filter(|_| own),
        closed_at: row.closed_at.map(Timestamp::from),
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    })
}
