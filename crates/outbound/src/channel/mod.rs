//! The ways out to people: mail, and a gateway for SMS and WeCom. Results are codes; what others answer in words
//! may hold addresses and stays outside.

mod gateway;
mod mail;

use std::collections::HashSet;

use kernel::fault::Fault;
use registers::{customer, staff};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use store::{Reading, Store};
use uuid::Uuid;

use crate::client::Caller;
use crate::notification::entity::{Channel, RecipientKind};
pub use gateway::Gateway;
pub use mail::Mail;

/// A message on its way. `Debug` is not offered: it holds an address.
pub struct Message {
    pub id: Uuid,
    pub channel: Channel,
    pub to: String,
    pub subject: Option<String>,
    pub body: String,
    pub lang: &'static str,
}

impl Message {
    /// What an inbox already holds and now shows.
    pub(crate) fn for_inbox(id: Uuid) -> Self {
        Self { id, channel: Channel::InApp, to: String::new(), subject: None, body: String::new(), lang: "zh" }
    }
}

/// Why a message did not go out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is tried again.
    NotNow(String),
    /// It would be refused again.
    Never(String),
}

/// The channels that are configured.
pub struct Channels {
    pub mail: Option<Mail>,
    pub gateway: Option<Gateway>,
    /// A sandbox: what has no way out goes nowhere and counts as sent.
    pub sandbox: bool,
    pub caller: std::sync::Arc<Caller>,
}

impl Channels {
    /// Whether a channel is configured.
    pub fn has(&self, channel: Channel) -> bool {
        match channel {
            Channel::InApp => true,
            Channel::Email => self.sandbox || self.mail.is_some(),
            Channel::Sms | Channel::Wecom => self.sandbox || self.gateway.is_some(),
        }
    }

    /// Sends a message.
    pub async fn send(&self, store: &Store, message: &Message) -> Result<(), Refusal> {
        let now = store.wall_clock();
        match (message.channel, &self.mail, &self.gateway) {
            (Channel::InApp, ..) => Ok(()),
            (Channel::Email, Some(mail), _) => mail.send(message, now).await,
            (Channel::Sms | Channel::Wecom, _, Some(gateway)) => gateway.send(&self.caller, message, now).await,
            _ if self.sandbox => Ok(()),
            _ => Err(Refusal::NotNow("not_configured".to_owned())),
        }
    }
}

/// Where somebody is reached on a channel, in clear; none when he has no such address.
pub(crate) async fn address(
    at: &Reading,
    (kind, id): (RecipientKind, Uuid),
    channel: Channel,
) -> Result<Option<String>, Fault> {
    match kind {
        RecipientKind::Staff => {
            let Some(row) = staff::Entity::find_by_id(id).one(&at.db()).await? else { return Ok(None) };
            let contact = staff::contact::of(at, &row).await?;
            Ok(match channel {
                Channel::InApp => None,
                Channel::Email => contact.email,
                Channel::Sms => contact.phone,
                Channel::Wecom => Some(row.number),
            })
        }
        RecipientKind::Customer => {
            let Some(row) = customer::Entity::find_by_id(id).one(&at.db()).await? else { return Ok(None) };
            match channel {
                Channel::Sms => Ok(customer::personal::Personal::of(at, &row).await?.sms_number().map(str::to_owned)),
                Channel::InApp => Ok(with_inbox(at, &[id]).await?.contains(&id).then(String::new)),
                Channel::Email | Channel::Wecom => Ok(None),
            }
        }
    }
}

/// Those of these customers who have an account to read an inbox with.
pub async fn with_inbox(at: &Reading, customers: &[Uuid]) -> Result<HashSet<Uuid>, Fault> {
    use identity::account::entity::{Column, Entity, Status};
    let mut known = HashSet::new();
    for part in customers.chunks(500) {
        let rows: Vec<Option<Uuid>> = Entity::find()
            .select_only()
            .column(Column::CustomerId)
            .filter(Column::CustomerId.is_in(part.iter().copied()))
            .filter(Column::Status.eq(Status::Active))
            .into_tuple()
            .all(&at.db())
            .await?;
        known.extend(rows.into_iter().flatten());
    }
    Ok(known)
}
