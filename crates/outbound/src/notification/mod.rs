//! Notifications (通知, PF-13): people told of facts – in the inbox, by mail, by SMS and WeCom.

mod derive;
pub mod entity;
pub mod kinds;
pub mod quiet;
mod recipients;
pub mod rules;
mod send;
pub mod told;

use std::collections::HashMap;

use access::Actor;
use kernel::fault::Fault;
use kernel::lang::Lang;
use kernel::time::Timestamp;
use registers::customer::merge::files_of;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, IntoActiveModel, Set};
use serde::Serialize;
use store::acts::BareAct;
use store::journal::Audience;
use store::list::{self, Columns};
use store::resource::{self, Placement};
use store::{Reading, Resource, Work};
use utoipa::ToSchema;

pub use derive::{begin, derive};
use entity::{Channel, Column, Entity, Model, Status};
pub use send::{backlog, purge, send_due};

use crate::letter;
use crate::template::Texts;
use crate::template::text::Text;

/// The caller's inbox.
pub struct Notification;

/// A message in the caller's inbox.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NotificationView {
    pub id: Uuid,
    pub version: i32,
    pub kind: String,
    pub urgent: bool,
    pub subject: String,
    pub body: String,
    /// What it is about.
    pub resource: String,
    pub resource_id: Option<Uuid>,
    /// Null while it is unread.
    pub read_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

impl Resource for Notification {
    type Entity = Entity;
    type Row = Model;
    type View = NotificationView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "notification";
    const PATH: &'static str = "/v1/notifications";

    /// Everybody his own, whatever else he may see.
    fn visible_to(actor: &Actor) -> Condition {
        let mine = match actor.customer_id.filter(|_| actor.is_customer()) {
            // Also what was told him before his file was merged into the one that stays.
            Some(customer) => Column::RecipientId.in_subquery(files_of(customer)),
            None => Column::RecipientId.eq(actor.sub),
        };
        let in_app = Condition::all().add(mine).add(Column::Channel.eq(Channel::InApp));
        in_app.add(Column::Status.eq(Status::Sent))
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at").sort("created_at", Column::CreatedAt).by("kind", Column::Kind).custom(
            "unread",
            "boolean",
            |_, text| {
                let read = Column::ReadAt;
                let unread = list::truth("unread", text)?;
                Ok(Condition::all().add(if unread { read.is_null() } else { read.is_not_null() }))
            },
        )
    }

    fn placement(_: &Model) -> Placement {
        Placement { audience: Audience::Audit, ..Placement::default() }
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<NotificationView>, Fault> {
        let mut letters = HashMap::new();
        for row in rows.iter().filter(|row| row.letter_id.is_some()) {
            letters.insert(row.id, letter_of(at, row).await?);
        }
        let mut view = |row: Model| {
            let texts: Texts =
                row.texts.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
            let text = letters.remove(&row.id).unwrap_or(match at.lang() {
                Lang::Zh => texts.zh,
                Lang::En => texts.en,
            });
            NotificationView {
                id: row.id,
                version: row.version,
                kind: row.kind,
                urgent: row.urgent,
                subject: text.subject.unwrap_or_default(),
                body: text.body,
                resource: row.resource,
                resource_id: row.resource_id,
                read_at: row.read_at.map(Timestamp::from),
                created_at: row.created_at.into(),
            }
        };
        Ok(rows.into_iter().map(&mut view).collect())
    }
}

/// The letter a notification of the inbox brings.
async fn letter_of(at: &Reading, row: &Model) -> Result<Text, Fault> {
    let Some(id) = row.letter_id else { return Ok(Text::default()) };
    let Some(letter) = letter::entity::Entity::find_by_id(id).one(&at.db()).await? else { return Ok(Text::default()) };
    Ok(letter::text(at, &letter).await?.unwrap_or_default())
}

/// Marks a message as read; what is read stays as it is.
pub async fn read(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let row = resource::take::<Notification>(work, id).await?;
    if row.read_at.is_some() {
        work.unchanged();
        return Ok(row);
    }
    let mut change = row.clone().into_active_model();
    change.read_at = Set(Some(work.now));
    work.change::<Notification>(&row, change, "read", |fact| fact).await
}
