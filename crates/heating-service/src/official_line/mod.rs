//! Complaints as the official lines list them (96123-4, 12345, HS-R19): what is reconciled with our own.

pub mod commands;
pub mod entity;

use access::Actor;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::scope;
use entity::{Channel, Column, Entity, Model};

/// The lines of the official lists (HS-03).
pub struct OfficialLine;

/// A complaint as an official line has it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OfficialLineView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub channel: String,
    pub external_no: String,
    pub received_at: Timestamp,
    /// Masked.
    pub phone: Option<String>,
    /// Masked.
    pub address: Option<String>,
    pub content: String,
    /// As the line calls it.
    pub official_state: Option<String>,
    pub reply_due_at: Option<Timestamp>,
    pub replied_at: Option<Timestamp>,
    /// Told where it is asked for itself, not as a part of another answer.
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for OfficialLine {
    type Entity = Entity;
    type Row = Model;
    type View = OfficialLineView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "official_line";
    const PATH: &'static str = "/v1/official-lines";
    const LASTING: bool = true;

    /// They name no station: whoever knows every one.
    fn visible_to(actor: &Actor) -> Condition {
        scope::whole(actor)
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-received_at")
            .sort("received_at", Column::ReceivedAt)
            .by("number", Column::Number)
            .code("channel", Column::Channel, Channel::CODES)
            .by("external_no", Column::ExternalNo)
            .by("official_state", Column::OfficialState)
            .range("received_at", Column::ReceivedAt)
            .range("received_on", Column::ReceivedOn)
            .range("reply_due_at", Column::ReplyDueAt)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<OfficialLineView>, Fault> {
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| {
            let external_ids = external.remove(&row.id).unwrap_or_default();
            OfficialLineView { external_ids, ..view(row) }
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

/// A row as callers see it.
pub(crate) fn view(row: Model) -> OfficialLineView {
    OfficialLineView {
        id: row.id,
        version: row.version,
        number: row.number,
        channel: row.channel,
        external_no: row.external_no,
        received_at: row.received_at.into(),
        phone: row.phone_masked,
        address: row.address_masked,
        content: row.content,
        official_state: row.official_state,
        reply_due_at: row.reply_due_at.map(Timestamp::from),
        replied_at: row.replied_at.map(Timestamp::from),
        external_ids: Vec::new(),
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    }
}
