//! From the sealed journal to notifications: each fact, recipient and channel once.

use std::sync::Arc;

use kernel::fault::Fault;
use kernel::ids;
use registers::{customer, locks};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use store::jobs::tidy;
use store::journal::entity::Model as Entry;
use store::journal::feed::{self, Wanted};
use store::{Answer, Context, Reading, Store, Work, settings};

use super::entity::{ActiveModel, Channel, Column, Entity, RecipientKind, Status};
use super::quiet;
use super::recipients::{self, Recipient};
use super::rules::{RULES, Rule, To, Urgency, events};
use super::told::Told;
use crate::letter::{self, entity::Model as Letter};
use crate::template::{self, entity::TemplateLang};

/// Where the last look at the journal ended.
const POSITION: &str = "notifications.position";
/// Facts taken at once.
const BATCH: u64 = 100;

/// Begins with what happens from now on. Run at every start; it does something at the first one.
pub async fn begin(work: &Work) -> Result<(), Fault> {
    if settings::get(&work.db(), POSITION).await?.is_none() {
        settings::put(work, POSITION, &feed::head(work).await?.to_string()).await?;
    }
    Ok(())
}

fn number(text: Option<String>) -> Option<i64> {
    text.and_then(|text| text.parse().ok())
}

/// Makes notifications of all facts since the last time.
pub async fn derive(store: &Store) -> Result<(), Fault> {
    loop {
        let at = store.reading(Context::system("derive_notifications"));
        let Some(position) = number(settings::get(store.reader(), POSITION).await?) else { return Ok(()) };
        let head = feed::head(&at).await?;
        if head <= position {
            return Ok(());
        }
        let wanted = Wanted { after: position, types: events(), audit: true, limit: BATCH, ..Wanted::default() };
        let facts = feed::after(&at, &wanted, &[]).await?;
        let last = facts.last().and_then(|fact| fact.position).unwrap_or(position);
        let full = facts.len() as u64 == BATCH;
        let reached = if full { last } else { last.max(head) };
        let facts = Arc::new(facts);
        let take = async move |work: &Work| take(work, position, reached, &facts).await;
        tidy(store, "derive_notifications", take).await?;
        if !full {
            return Ok(());
        }
    }
}

/// Adds the rows and moves on; nothing when another process did meanwhile.
async fn take(work: &Work, from: i64, reached: i64, facts: &[Entry]) -> Result<Answer, Fault> {
    work.unchanged();
    locks::hold(work, vec![POSITION.to_owned()]).await?;
    if number(settings::get(&work.db(), POSITION).await?) != Some(from) {
        return Ok(Answer::no_content());
    }
    for fact in facts {
        let told = Told::of(work, fact.clone()).await?;
        for rule in RULES.iter().filter(|rule| rule.event == fact.kind) {
            let letter = letter_of(work, rule, &told).await?;
            let channels = letter.as_ref().map_or(rule.channels, |letter| std::slice::from_ref(&letter.channel));
            for recipient in recipients::of(work, rule.to, &told).await? {
                for channel in channels {
                    add(work, rule, &told, letter.as_ref(), recipient, *channel).await?;
                }
            }
        }
    }
    settings::put(work, POSITION, &reached.to_string()).await?;
    Ok(Answer::no_content())
}

fn is_urgent(rule: &Rule, told: &Told) -> bool {
    match rule.urgency {
        Urgency::Normal => false,
        Urgency::Urgent => true,
        Urgency::Said => told.data("urgent") == true,
        Urgency::Severity(severity) => told.data("severity") == severity,
    }
}

/// The letter a fact names, where the rule is for one.
async fn letter_of(at: &Reading, rule: &Rule, told: &Told) -> Result<Option<Letter>, Fault> {
    let named = told.data("letter_id").as_str().and_then(|id| id.parse::<Uuid>().ok());
    match named.filter(|_| rule.to == To::Addressee) {
        Some(id) => Ok(letter::entity::Entity::find_by_id(id).one(&at.db()).await?),
        None => Ok(None),
    }
}

async fn add(
    work: &Work,
    rule: &Rule,
    told: &Told,
    letter: Option<&Letter>,
    recipient: Recipient,
    channel: Channel,
) -> Result<(), Fault> {
    // A letter waits for its own time, also in the inbox.
    let inbox = channel == Channel::InApp && letter.is_none();
    let urgent = is_urgent(rule, told);
    let waits = rule.urgency == Urgency::Said && !urgent && inbox;
    let quiet_until =
        if waits { Some(quiet::after(work, work.now).await?).filter(|end| *end > work.now) } else { None };
    let texts = if inbox { Some(template::in_both(work, rule.kind, channel, told).await?) } else { None };
    let template = match letter {
        Some(_) => None,
        None => template::current(work, rule.kind.code, channel, TemplateLang::Zh).await?.id,
    };
    let suppressed = objection(work, recipient, channel).await?;
    let status = match (inbox, suppressed) {
        (true, _) if quiet_until.is_some() => Status::Pending,
        (true, _) => Status::Sent,
        (false, Some(_)) => Status::Suppressed,
        (false, None) => Status::Pending,
    };
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
        position: Set(told.fact.position.unwrap_or_default()),
        kind: Set(rule.kind.code.to_owned()),
        channel: Set(channel),
        urgent: Set(urgent),
        recipient_kind: Set(recipient.0),
        recipient_id: Set(recipient.1),
        resource: Set(told.fact.resource.clone()),
        resource_id: Set(told.fact.resource_id),
        texts: Set(texts),
        template_id: Set(template),
        letter_id: Set(letter.map(|letter| letter.id)),
        status: Set(status),
        reason: Set(suppressed.map(str::to_owned)),
        attempts: Set(0),
        rung: Set(0),
        since: Set(None),
        due_at: Set(quiet_until.unwrap_or_else(|| letter.map_or(work.now, |letter| letter.due_at))),
        lease: Set(None),
        leased_until: Set(None),
        sent_at: Set((status == Status::Sent).then_some(work.now)),
        read_at: Set(None),
    };
    let known = OnConflict::columns([Column::Position, Column::RecipientId, Column::Channel]).do_nothing().to_owned();
    Entity::insert(row).on_conflict(known).exec_without_returning(&work.db()).await?;
    Ok(())
}

/// Why somebody is not told on this channel; `None` when he is.
pub(super) async fn objection(
    at: &Reading,
    recipient: Recipient,
    channel: Channel,
) -> Result<Option<&'static str>, Fault> {
    if recipient.0 != RecipientKind::Customer {
        return Ok(None);
    }
    let Some(row) = customer::Entity::find_by_id(recipient.1).one(&at.db()).await? else { return Ok(Some("gone")) };
    if row.status != customer::CustomerStatus::Active {
        return Ok(Some("gone"));
    }
    let closed: Vec<String> = serde_json::from_str(&row.opted_out_channels).unwrap_or_default();
    Ok(closed.iter().any(|code| channel.is_named(code)).then_some("opted_out"))
}
