//! Opening, changing, closing and cancelling an incident.

use chrono::TimeDelta;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::{Timestamp, whole_second};
use registers::external_ids::{self, ExternalId};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::acts::{BareAct, ReasonedAct};
use store::journal::Fact;
use store::life_cycle::Subject;
use store::{Work, numbers, parameters, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Model, Status};
use super::reach::{IncidentScope, Reach};
use super::{Incident, MOVES, attaching};
use crate::problems::CHILDREN_OPEN;
use crate::ticket::entity::Status as TicketStatus;

/// One cause behind many reports.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct OpenIncident {
    #[schema(min_length = 2, max_length = 80)]
    pub title: String,
    /// Each stands for the categories below it too.
    #[schema(min_items = 1, max_items = 20)]
    pub category_codes: Vec<String>,
    pub scope: IncidentScope,
    /// Default: now.
    pub started_at: Option<Timestamp>,
    pub expected_restore_at: Option<Timestamp>,
    #[schema(max_length = 1000)]
    pub customer_text: Option<String>,
    #[schema(max_length = 1000)]
    pub cause: Option<String>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// What of an open incident may change.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct IncidentFields {
    #[schema(min_length = 2, max_length = 80)]
    pub title: String,
    /// New categories; left out, the present ones stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 20)]
    pub category_codes: Option<Vec<String>>,
    /// New places; left out, the present ones stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<IncidentScope>,
    pub started_at: Timestamp,
    pub expected_restore_at: Option<Timestamp>,
    #[schema(max_length = 1000)]
    pub customer_text: Option<String>,
    #[schema(max_length = 1000)]
    pub cause: Option<String>,
}

impl From<&Model> for IncidentFields {
    fn from(row: &Model) -> Self {
        Self {
            title: row.title.clone(),
            category_codes: None,
            scope: None,
            started_at: row.started_at.into(),
            expected_restore_at: row.expected_restore_at.map(Timestamp::from),
            customer_text: row.customer_text.clone(),
            cause: row.cause.clone(),
        }
    }
}

async fn check_times(work: &Work, started_at: DateTimeUtc, expected: Option<Timestamp>) -> Result<(), Fault> {
    let skew = parameters::integer(work, "platform.clock.skew_minutes").await?;
    let mut errors = FieldErrors::default();
    errors.add_if(started_at > work.now + TimeDelta::minutes(skew), "/started_at", "date_in_future").add_if(
        expected.is_some_and(|expected| expected.0 < started_at),
        "/expected_restore_at",
        "date_order",
    );
    errors.finish()
}

fn reach_of(fact: Fact, reach: &Reach) -> Fact {
    let scope = serde_json::to_value(&reach.scope).unwrap_or_default();
    fact.with("category_codes", reach.category_codes.clone()).with("scope", scope)
}

fn only_project(reach: &Reach) -> Option<Uuid> {
    match reach.scope.project_ids.as_slice() {
        [only] if reach.scope.building_ids.is_empty() && reach.scope.station_org_unit_ids.is_empty() => Some(*only),
        _ => None,
    }
}

/// Opens an incident; the open tickets it explains are attached.
///
/// # Errors
/// 422 for an empty scope, unknown categories or places, an instant ahead.
pub async fn open(work: &Work, input: &OpenIncident) -> Result<Model, Fault> {
    let started_at = whole_second(input.started_at.map_or(work.now, |at| at.0));
    check_times(work, started_at, input.expected_restore_at).await?;
    let reach = Reach { category_codes: input.category_codes.clone(), scope: input.scope.clone() };
    reach.check(work).await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "IN").await?),
        title: Set(input.title.trim().to_owned()),
        started_at: Set(started_at),
        expected_restore_at: Set(input.expected_restore_at.map(|at| at.0)),
        restored_at: Set(None),
        customer_text: Set(input.customer_text.clone()),
        cause: Set(input.cause.clone()),
        solution: Set(None),
        root_cause_code: Set(None),
        delay_reason_code: Set(None),
        cancel_reason: Set(None),
        status: Set(Status::Open),
        project_id: Set(only_project(&reach)),
        org_unit_id: Set(work.actor().scope.org_unit_id.or(input.scope.station_org_unit_ids.first().copied())),
    };
    let row = work.create::<Incident>(row, |fact| reach_of(fact, &reach), "opened").await?;
    reach.keep(work, row.id).await?;
    for external in &input.external_ids {
        external_ids::attach(work, "incident", row.id, external).await?;
    }
    attaching::attach_waiting(work, &row, &reach, None).await?;
    Ok(row)
}

/// Changes an open incident; tickets it explains only now are attached, none is detached.
pub async fn update(work: &Work, row: &Model, fields: IncidentFields) -> Result<Model, Fault> {
    let started_at = whole_second(fields.started_at.0);
    check_times(work, started_at, fields.expected_restore_at).await?;
    let subject = Subject::of(work, row);
    MOVES.take("update", &subject)?;
    let before = Reach::of(work, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    let reach = Reach {
        category_codes: fields.category_codes.unwrap_or_else(|| before.category_codes.clone()),
        scope: fields.scope.unwrap_or_else(|| before.scope.clone()),
    };
    if reach != before {
        reach.check(work).await?;
        reach.keep(work, row.id).await?;
    }
    let mut change = row.clone().into_active_model();
    change.title = Set(fields.title.trim().to_owned());
    change.started_at = Set(started_at);
    change.expected_restore_at = Set(fields.expected_restore_at.map(|at| at.0));
    change.customer_text = Set(fields.customer_text);
    change.cause = Set(fields.cause);
    change.project_id = Set(only_project(&reach));
    let after = work.change::<Incident>(row, change, "updated", |fact| reach_of(fact, &reach)).await?;
    attaching::attach_waiting(work, &after, &reach, Some((row, &before))).await?;
    Ok(after)
}

/// Closes a restored incident whose tickets are all answered.
///
/// # Errors
/// 409 `children_open` naming the tickets that are not.
pub async fn close(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<Incident>(work, id, "close").await?;
    let unanswered = |status: TicketStatus| TicketStatus::OPEN.contains(&status) || status == TicketStatus::Resolved;
    let tickets = attaching::attached(work, id).await?;
    let open: Vec<String> =
        tickets.into_iter().filter(|ticket| unanswered(ticket.status)).map(|ticket| ticket.number).collect();
    if !open.is_empty() {
        return Err(Fault::new(&CHILDREN_OPEN).rule("TK-R06").with("tickets", open));
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    work.change::<Incident>(&row, change, "closed", |fact| fact).await
}

/// Ends an incident that was none; its tickets go their own ways again.
pub async fn cancel(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let row = resource::take::<Incident>(work, id).await?;
    cancelled(work, row, input).await
}

/// Cancels an incident with what it followed from; the row is held by the caller.
pub async fn cancelled(work: &Work, row: Model, input: &ReasonedAct) -> Result<Model, Fault> {
    let to = MOVES.take("cancel", &Subject::of(work, &row))?;
    for ticket in attaching::attached(work, row.id).await? {
        attaching::detached(work, &ticket, &input.reason).await?;
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.cancel_reason = Set(Some(input.reason.clone()));
    let fact = |fact: Fact| fact.reason(input.reason.as_str()).with("cancelled", true);
    work.change::<Incident>(&row, change, "closed", fact).await
}
