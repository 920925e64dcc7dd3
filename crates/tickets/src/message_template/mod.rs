//! Templates of outreach (话术与短信模板, TK-14): texts in revisions, each approved by another person.

mod commands;
pub mod entity;
pub mod text;

use access::Actor;
use kernel::fault::{Fault, SEPARATION_OF_DUTIES};
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder};
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::reach::Channel;
pub use commands::{
    CreateMessageTemplate, MessagePreview, MessageTemplateFields, MessageValues, PreviewMessage, approve, create,
    preview, segments_of, update,
};
use entity::{Column, Entity, Model, Status};

/// The templates resource.
pub struct MessageTemplate;

/// Acts on a template.
const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.message_template",
    state: |it| it.row.status,
    moves: &[
        Move { action: "update", from: &[Status::Draft], to: None, guards: &[] },
        Move { action: "approve", from: &[Status::Draft], to: Some(Status::Approved), guards: &[not_author] },
    ],
};

fn not_author(it: &Subject<'_, Model>) -> Result<(), Fault> {
    let (author, editor) = (it.row.created_by, it.row.edited_by);
    match it.actor.persons().any(|person| person == author || Some(person) == editor) {
        true => Err(Fault::new(&SEPARATION_OF_DUTIES).rule("TK-R36").with("first", "create").with("second", "approve")),
        false => Ok(()),
    }
}

/// A template as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MessageTemplateView {
    pub id: Uuid,
    pub version: i32,
    pub code: String,
    /// The highest approved one is used.
    pub revision: i32,
    pub channel: Channel,
    pub text: String,
    pub status: Status,
    pub approved_at: Option<Timestamp>,
    pub approved_by: Option<Uuid>,
    /// What `{{name}}` may stand for.
    pub placeholders: Vec<&'static str>,
    pub created_at: Timestamp,
    pub created_by: Uuid,
}

impl Resource for MessageTemplate {
    type Entity = Entity;
    type Row = Model;
    type View = MessageTemplateView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "message_template";
    const PATH: &'static str = "/v1/message-templates";

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("code,-revision")
            .sort("code", Column::Code)
            .sort("revision", Column::Revision)
            .sort("created_at", Column::CreatedAt)
            .by("code", Column::Code)
            .code("channel", Column::Channel, Channel::CODES)
            .code("status", Column::Status, Status::CODES)
    }

    fn placement(_: &Model) -> Placement {
        Placement::default()
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<MessageTemplateView>, Fault> {
        let view = |row: Model| MessageTemplateView {
            id: row.id,
            version: row.version,
            code: row.code,
            revision: row.revision,
            channel: row.channel,
            text: row.text,
            status: row.status,
            approved_at: row.approved_at.map(Timestamp::from),
            approved_by: row.approved_by,
            placeholders: text::PLACEHOLDERS.to_vec(),
            created_at: row.created_at.into(),
            created_by: row.created_by,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

/// The approved text of a code with the highest revision.
pub(crate) async fn approved(at: &Reading, code: &str) -> Result<Option<Model>, Fault> {
    let rows = Entity::find().filter(Column::Code.eq(code)).filter(Column::Status.eq(Status::Approved));
    Ok(rows.order_by_desc(Column::Revision).one(&at.db()).await?)
}
