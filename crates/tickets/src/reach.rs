//! How a customer is reached (触达): the channels of surveys and outreach, and who is open to them.

use std::collections::{HashMap, HashSet};

use kernel::fault::Fault;
use kernel::validation::{Phone, PhoneKind};
use outbound::notification::entity::Channel as Outbox;
use registers::customer;
use registers::customer::personal::Personal;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::protected::{self, PersonKey};

/// The way a customer is reached.
#[codes::code(name = "OutreachChannel")]
pub enum Channel {
    /// 电话: an agent calls; nothing is sent.
    Phone,
    /// 短信
    #[label("SMS")]
    Sms,
    /// 邮件
    #[label("E-mail")]
    Email,
    /// 站内消息: for customers with an account.
    #[label("Inbox")]
    App,
}

impl Channel {
    /// The channel of the outbox; none for calls.
    pub fn outbox(self) -> Option<Outbox> {
        match self {
            Self::Phone => None,
            Self::Sms => Some(Outbox::Sms),
            Self::Email => Some(Outbox::Email),
            Self::App => Some(Outbox::InApp),
        }
    }

    /// Whether a customer who names this code does not want to be reached this way.
    fn is_named(self, code: &str) -> bool {
        match self.outbox() {
            Some(outbox) => outbox.is_named(code),
            None => matches!(code, "phone" | "call"),
        }
    }
}

/// A customer with what is needed to reach him. `Debug` is not offered: it is in clear.
pub struct Person {
    pub row: customer::Model,
    pub personal: Personal,
    /// None when he was erased meanwhile.
    pub key: Option<PersonKey>,
    has_account: bool,
}

impl Person {
    /// Whether he does not want this channel.
    pub fn opted_out(&self, channel: Channel) -> bool {
        let closed: Vec<String> = serde_json::from_str(&self.row.opted_out_channels).unwrap_or_default();
        closed.iter().any(|code| channel.is_named(code))
    }

    /// Where he is reached; equal addresses are one.
    pub fn address(&self, channel: Channel) -> Option<String> {
        match channel {
            Channel::Phone => self.personal.sms_number().map(str::to_owned),
            // A line at home can be called, and gets no short message.
            Channel::Sms => self.personal.sms_number().filter(|number| is_mobile(number)).map(str::to_owned),
            // A customer's file holds no address of mail.
            Channel::Email => None,
            Channel::App => self.has_account.then(|| self.row.id.to_string()),
        }
    }
}

fn is_mobile(number: &str) -> bool {
    Phone::parse(number).is_ok_and(|phone| phone.kind() == PhoneKind::Mobile)
}

/// Opens what is known of these customers, in the same order.
pub async fn people(at: &Reading, rows: Vec<customer::Model>) -> Result<Vec<Person>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut keys: HashMap<Uuid, PersonKey> = protected::person_keys(at, &ids).await?;
    let accounts: HashSet<Uuid> = outbound::channel::with_inbox(at, &ids).await?;
    let mut people = Vec::with_capacity(rows.len());
    for row in rows {
        let key = keys.remove(&row.id);
        let personal = match &key {
            Some(key) => Personal::open(key, &row)?,
            None => Personal::default(),
        };
        people.push(Person { has_account: accounts.contains(&row.id), row, personal, key });
    }
    Ok(people)
}
