//! Recording calls.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::fault::{Fault, FieldError, FieldErrors};
use kernel::ids;
use kernel::time::Timestamp;
use kernel::validation::{Phone, mask_phone};
use registers::external_ids::{self, ExternalId};
use registers::referenced;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use store::{Resource, Work, numbers, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::Call;
use super::entity::{ActiveModel, Direction, Model, Outcome};
use super::linking::add_links;
use super::rings::{Limits, Ringing};
use crate::catalogue;
use crate::ticket::Ticket;

/// A call as the telephone system or the agent tells it.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateCall {
    pub direction: Direction,
    #[schema(min_length = 1, max_length = 40)]
    pub channel_code: String,
    /// The number outside; absent when it was withheld.
    pub external_number: Option<Phone>,
    /// The agent at the desk; the caller himself when he is staff and names none.
    pub agent_id: Option<Uuid>,
    pub ring_started_at: Timestamp,
    /// Rings as the telephone system counted them; computed from the wait when absent.
    #[schema(minimum = 0, maximum = 999)]
    pub ring_count: Option<i32>,
    /// Given if and only if the result is `answered`.
    pub answered_at: Option<Timestamp>,
    /// When it was hung up; null while it lasts.
    pub ended_at: Option<Timestamp>,
    pub result: Outcome,
    /// The recording, uploaded before.
    pub recording_document_id: Option<Uuid>,
    /// Tickets it was about.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub ticket_ids: Vec<Uuid>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

impl CreateCall {
    pub(super) fn ringing(&self) -> Ringing {
        Ringing {
            ring_started_at: self.ring_started_at.0,
            answered_at: self.answered_at.map(|at| at.0),
            ring_count: self.ring_count,
            result: self.result,
        }
    }
}

/// Records a call; the fact is `call.recorded`.
///
/// # Errors
/// 422 `call_inconsistent`, `date_in_future`, `invalid_enum`, `not_found` for what the body names.
pub async fn create(work: &Work, cmd: &CreateCall) -> Result<Model, Fault> {
    let org_unit_id = check(work, cmd).await?;
    for (n, key) in cmd.external_ids.iter().enumerate() {
        if external_ids::lookup(work, "call", key).await?.is_some() {
            let taken = Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "external_ids");
            return Err(taken.with_errors(vec![FieldError::new(format!("/external_ids/{n}"), "already_exists")]));
        }
    }
    let mut row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        number: Set(numbers::next(work, "CL").await?),
        external_number_sealed: Set(None),
        external_number_masked: Set(None),
        external_number_key: Set(None),
        ..Default::default()
    };
    write(work, &mut row, cmd, org_unit_id).await?;
    let tickets: Vec<String> = cmd.ticket_ids.iter().map(Uuid::to_string).collect();
    let row = work.create::<Call>(row, |fact| fact.with("ticket_ids", tickets), "recorded").await?;
    add_links(work, row.id, &cmd.ticket_ids).await?;
    let recording: Vec<Uuid> = cmd.recording_document_id.into_iter().collect();
    documents::attach(work, &recording, Call::NAME, row.id, "recording").await?;
    for key in &cmd.external_ids {
        external_ids::attach(work, "call", row.id, key).await?;
    }
    Ok(row)
}

/// Checks what a call says; answers the unit it belongs to.
pub(super) async fn check(work: &Work, cmd: &CreateCall) -> Result<Option<Uuid>, Fault> {
    check_times(work, cmd).await?;
    let channel = catalogue::channel(work, &cmd.channel_code).await?;
    let actor = work.actor();
    let org_unit_id = match cmd.agent_id.filter(|agent| actor.staff_id != Some(*agent)) {
        Some(agent) => {
            let agent = registers::staff::Entity::find_by_id(agent).one(&work.db()).await?;
            Some(agent.ok_or_else(|| Fault::field("/agent_id", "not_found"))?.org_unit_id)
        }
        None => None,
    };
    for (n, ticket) in cmd.ticket_ids.iter().enumerate() {
        referenced::known::<Ticket>(work, *ticket, &format!("/ticket_ids/{n}")).await?;
    }
    if let Some(document) = cmd.recording_document_id {
        referenced::known::<documents::Document>(work, document, "/recording_document_id").await?;
    }
    Ok(org_unit_id.or(actor.scope.org_unit_id).or(channel.default_org_unit_id))
}

async fn check_times(work: &Work, cmd: &CreateCall) -> Result<(), Fault> {
    let skew = parameters::integer(work, "platform.clock.skew_minutes").await?;
    let latest = work.now + TimeDelta::minutes(skew);
    let mut errors = FieldErrors::default();
    let named: [(&str, Option<DateTime<Utc>>); 3] = [
        ("/ring_started_at", Some(cmd.ring_started_at.0)),
        ("/answered_at", cmd.answered_at.map(|at| at.0)),
        ("/ended_at", cmd.ended_at.map(|at| at.0)),
    ];
    for (pointer, at) in named {
        errors.add_if(at.is_some_and(|at| at > latest), pointer, "date_in_future");
    }
    errors.finish()?;
    match cmd.ringing().contradiction(cmd.ended_at.map(|at| at.0)) {
        Some(pointer) => Err(Fault::field(pointer, "call_inconsistent").rule("TK-R04")),
        None => Ok(()),
    }
}

/// Writes what a call says into its row, which has its id.
pub(super) async fn write(
    work: &Work,
    row: &mut ActiveModel,
    cmd: &CreateCall,
    org_unit_id: Option<Uuid>,
) -> Result<(), Fault> {
    let limits = Limits::on(work, cmd.ring_started_at.0).await?;
    let ringing = cmd.ringing();
    row.direction = Set(cmd.direction);
    row.channel_code = Set(cmd.channel_code.clone());
    row.agent_id = Set(cmd.agent_id.or(work.actor().staff_id));
    row.org_unit_id = Set(org_unit_id);
    row.ring_started_at = Set(ringing.ring_started_at);
    row.ring_count = Set(ringing.ring_count);
    row.answered_at = Set(ringing.answered_at);
    row.ended_at = Set(cmd.ended_at.map(|at| at.0));
    row.result = Set(ringing.result);
    row.rings = Set(ringing.rings(limits));
    row.within_limit = Set(ringing.within_limit(limits));
    row.recording_document_id = Set(cmd.recording_document_id);
    if let Some(phone) = &cmd.external_number {
        let keys = work.store.keys();
        let sealed = keys.seal(&place(*row.id.as_ref()), phone.as_str().as_bytes())?;
        row.external_number_sealed = Set(Some(sealed));
        row.external_number_masked = Set(Some(mask_phone(phone.as_str())));
        row.external_number_key = Set(Some(keys.blind("call.phone", phone.as_str())));
    }
    Ok(())
}

/// Where the number of a call is sealed.
pub(crate) fn place(id: Uuid) -> String {
    format!("call.external_number|{id}")
}
