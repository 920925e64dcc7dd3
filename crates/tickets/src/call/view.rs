//! What callers see of a call.

use std::collections::HashMap;

use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::Reading;
use utoipa::ToSchema;

use super::entity::{Column, Direction, Entity, Model, Outcome, link};
use crate::roster::duty::CALL_STAFFED;

/// A call (来电).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CallView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    pub created_by: Uuid,
    pub number: String,
    pub direction: Direction,
    pub channel_code: String,
    /// Masked.
    pub external_number: Option<String>,
    pub agent_id: Option<Uuid>,
    pub org_unit_id: Option<Uuid>,
    pub ring_started_at: Timestamp,
    pub ring_count: Option<i32>,
    pub answered_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub result: Outcome,
    /// Counted, else computed from the wait (TK-R04).
    pub rings: Option<i32>,
    /// Answered within the rings allowed.
    pub within_limit: bool,
    /// Somebody of the channel's unit was on duty when it rang; always true without a published roster.
    pub staffed: bool,
    pub recording_document_id: Option<Uuid>,
    pub ticket_ids: Vec<Uuid>,
    pub external_ids: Vec<ExternalId>,
}

/// Rows as callers see them.
pub(super) async fn of(at: &Reading, rows: Vec<Model>) -> Result<Vec<CallView>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let staffed: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Expr::cust(CALL_STAFFED))
        .into_tuple()
        .all(&at.db())
        .await?;
    let mut external = external_ids::list_for(at, "call", &ids).await?;
    let mut tickets: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for link in link::Entity::find().filter(link::Column::CallId.is_in(ids)).all(&at.db()).await? {
        tickets.entry(link.call_id).or_default().push(link.ticket_id);
    }
    let view = |row: Model| CallView {
        ticket_ids: tickets.remove(&row.id).unwrap_or_default(),
        external_ids: external.remove(&row.id).unwrap_or_default(),
        id: row.id,
        version: row.version,
        created_at: row.created_at.into(),
        created_by: row.created_by,
        number: row.number,
        direction: row.direction,
        channel_code: row.channel_code,
        external_number: row.external_number_masked,
        agent_id: row.agent_id,
        org_unit_id: row.org_unit_id,
        ring_started_at: row.ring_started_at.into(),
        ring_count: row.ring_count,
        answered_at: row.answered_at.map(Timestamp),
        ended_at: row.ended_at.map(Timestamp),
        result: row.result,
        rings: row.rings,
        within_limit: row.within_limit,
        staffed: staffed.contains(&row.id),
        recording_document_id: row.recording_document_id,
    };
    Ok(rows.into_iter().map(view).collect())
}
