//! From waiting rows to the channels. Taken under a lease as deliveries are; quiet hours and consent are asked
//! again when the moment has come.

use chrono::TimeDelta;
use futures_util::future::join_all;
use kernel::fault::Fault;
use kernel::ids;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, PaginatorTrait, QueryOrder, QuerySelect, QueryTrait, Set};
use store::jobs::tidy;
use store::journal::feed;
use store::{Answer, Context, Reading, Store, Work};

use super::derive::objection;
use super::entity::{Channel, Column, Entity, Model, Status, attempt};
use super::told::Told;
use super::{kinds, quiet};
use crate::channel::{Channels, Message, Refusal};
use crate::template::text::Text;
use crate::{ladder, letter, template};

/// Messages under way at once.
const ABREAST: u64 = 8;
/// Longer than any channel may take.
const LEASE_SECONDS: i64 = 120;
/// How long what is over can be looked at.
const KEPT_DAYS: i64 = 90;

/// Sends everything that is due; answers how many attempts that took.
pub async fn send_due(store: &Store, channels: &Channels) -> Result<usize, Fault> {
    let mut attempts = 0;
    loop {
        let rows = claim(store).await?;
        if rows.is_empty() {
            return Ok(attempts);
        }
        attempts += rows.len();
        for result in join_all(rows.iter().map(|row| attempt(store, channels, row))).await {
            result?;
        }
    }
}

/// Waits, is due, nobody is at it, and it may ring.
fn free(now: DateTimeUtc, quiet: bool) -> Condition {
    let unleased = Condition::any().add(Column::Lease.is_null()).add(Column::LeasedUntil.lte(now));
    let free = Condition::all().add(Column::Status.eq(Status::Pending)).add(Column::DueAt.lte(now)).add(unleased);
    let held = letter::in_state(letter::entity::State::OnHold);
    let free = free.add(Condition::any().add(Column::LetterId.is_null()).add(Column::LetterId.not_in_subquery(held)));
    match quiet {
        true => {
            free.add(Condition::any().add(Column::Urgent.eq(true)).add(Column::Channel.is_not_in(Channel::RINGING)))
        }
        false => free,
    }
}

/// Takes due rows for this process.
async fn claim(store: &Store) -> Result<Vec<Model>, Fault> {
    let at = store.reading(Context::system("claim_notifications"));
    let quiet = quiet::is_now(&at).await?;
    let found: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(free(at.now, quiet))
        .order_by_desc(Column::Urgent)
        .order_by_asc(Column::DueAt)
        .order_by_asc(Column::Id)
        .limit(ABREAST)
        .into_tuple()
        .all(store.reader())
        .await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let lease = ids::new_id(at.now);
    let take = async move |work: &Work| {
        work.unchanged();
        Entity::update_many()
            .col_expr(Column::Lease, Expr::value(Some(lease)))
            .col_expr(Column::LeasedUntil, Expr::value(Some(work.now + TimeDelta::seconds(LEASE_SECONDS))))
            .filter(Column::Id.is_in(found.clone()))
            .filter(free(work.now, quiet))
            .exec(&work.db())
            .await?;
        Ok::<_, Fault>(Answer::no_content())
    };
    tidy(store, "claim_notifications", take).await?;
    Ok(Entity::find().filter(Column::Lease.eq(lease)).all(store.reader()).await?)
}

/// What came of an attempt.
enum Outcome {
    Sent,
    /// Nobody was asked: it must not be sent.
    Suppressed(&'static str),
    Refused(Refusal),
}

async fn attempt(store: &Store, channels: &Channels, row: &Model) -> Result<(), Fault> {
    let at = store.reading(Context::system("send_notification"));
    let outcome = match message(&at, channels, row).await? {
        Ok(message) => match channels.send(store, &message).await {
            Ok(()) => Outcome::Sent,
            Err(refusal) => Outcome::Refused(refusal),
        },
        Err(reason) => Outcome::Suppressed(reason),
    };
    let (result, status) = match &outcome {
        Outcome::Sent => ("sent".to_owned(), Some(Status::Sent)),
        Outcome::Suppressed(reason) => ((*reason).to_owned(), Some(Status::Suppressed)),
        Outcome::Refused(Refusal::Never(code)) => (code.clone(), Some(Status::Failed)),
        Outcome::Refused(Refusal::NotNow(code)) => (code.clone(), None),
    };
    let label = status.map_or("again", |status| if status == Status::Sent { "sent" } else { "not_sent" });
    metrics::counter!("hearthdesk_notification_attempts_total", "channel" => row.channel.code(), "outcome" => label)
        .increment(1);
    let row = row.clone();
    let settle = async move |work: &Work| {
        work.unchanged();
        settle(work, &row, &result, status).await?;
        Ok::<_, Fault>(Answer::no_content())
    };
    tidy(store, "settle_notification", settle).await
}

/// The message as it is sent, or why there is none.
async fn message(at: &Reading, channels: &Channels, row: &Model) -> Result<Result<Message, &'static str>, Fault> {
    if !channels.has(row.channel) {
        return Ok(Err("not_configured"));
    }
    let recipient = (row.recipient_kind, row.recipient_id);
    if row.channel == Channel::InApp && row.letter_id.is_none() {
        // Written long ago; only its hour had to come.
        return Ok(Ok(Message::for_inbox(row.id)));
    }
    if let Some(reason) = objection(at, recipient, row.channel).await? {
        return Ok(Err(reason));
    }
    let Some(to) = crate::channel::address(at, recipient, row.channel).await? else { return Ok(Err("no_address")) };
    if let Some(id) = row.letter_id {
        return Ok(match letter(at, id).await? {
            Ok(text) => {
                Ok(Message { id: row.id, channel: row.channel, to, subject: text.subject, body: text.body, lang: "zh" })
            }
            Err(reason) => Err(reason),
        });
    }
    let (Some(kind), Some(fact)) = (kinds::kind(&row.kind), feed::entry(at, row.position).await?) else {
        return Ok(Err("gone"));
    };
    let told = Told::of(at, fact).await?;
    let text = template::pinned(at, row, kind).await?.fill(&told.values(kind));
    Ok(Ok(Message { id: row.id, channel: row.channel, to, subject: text.subject, body: text.body, lang: "zh" }))
}

/// The text of a letter, or why it does not go.
async fn letter(at: &Reading, id: Uuid) -> Result<Result<Text, &'static str>, Fault> {
    let Some(row) = letter::entity::Entity::find_by_id(id).one(&at.db()).await? else { return Ok(Err("gone")) };
    if row.state == letter::entity::State::Withdrawn {
        return Ok(Err("cancelled"));
    }
    Ok(letter::text(at, &row).await?.ok_or("gone"))
}

/// Logs the attempt and writes what follows, unless the lease was over.
async fn settle(work: &Work, row: &Model, result: &str, status: Option<Status>) -> Result<(), Fault> {
    let tried = attempt::ActiveModel {
        id: Set(ids::new_id(work.now)),
        notification_id: Set(row.id),
        n: Set(row.attempts + 1),
        at: Set(work.now),
        result: Set(result.to_owned()),
    };
    work.insert(tried).await?;
    let since = row.since.unwrap_or(work.now);
    let next = ladder::next(row.id, row.rung, since, work.now);
    let status = status.unwrap_or(if next.is_some() { Status::Pending } else { Status::Failed });
    let reason = (!matches!(status, Status::Sent | Status::Pending)).then(|| result.to_owned());
    let over = status != Status::Pending;
    let settled = Entity::update_many()
        .col_expr(Column::UpdatedAt, Expr::value(work.now))
        .col_expr(Column::Status, Expr::value(status))
        .col_expr(Column::Reason, Expr::value(reason))
        .col_expr(Column::Attempts, Expr::value(row.attempts + 1))
        .col_expr(Column::Rung, Expr::value(row.rung + 1))
        .col_expr(Column::Since, Expr::value(Some(since)))
        .col_expr(Column::DueAt, Expr::value(next.unwrap_or(work.now)))
        .col_expr(Column::Lease, Expr::value(None::<Uuid>))
        .col_expr(Column::LeasedUntil, Expr::value(None::<DateTimeUtc>))
        .col_expr(Column::SentAt, Expr::value((status == Status::Sent).then_some(work.now)))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Lease.eq(row.lease))
        .exec(&work.db())
        .await?;
    match row.letter_id.filter(|_| settled.rows_affected == 1 && over && row.channel != Channel::InApp) {
        Some(id) => letter::forget_text(work, id).await,
        None => Ok(()),
    }
}

/// How many messages wait, for `/metrics`.
pub async fn backlog(store: &Store) -> Result<u64, Fault> {
    Ok(Entity::find().filter(Column::Status.eq(Status::Pending)).count(store.reader()).await?)
}

/// Forgets what was sent, given up or suppressed long ago. A message nobody has read stays in its inbox.
pub async fn purge(work: &Work) -> Result<(), Fault> {
    work.unchanged();
    let over = work.now - TimeDelta::days(KEPT_DAYS);
    let seen = Condition::any().add(Column::Channel.ne(Channel::InApp)).add(Column::ReadAt.lt(over));
    let old = Condition::all().add(Column::Status.ne(Status::Pending)).add(Column::UpdatedAt.lt(over)).add(seen);
    let ids = Entity::find().select_only().column(Column::Id).filter(old.clone()).into_query();
    attempt::Entity::delete_many().filter(attempt::Column::NotificationId.in_subquery(ids)).exec(&work.db()).await?;
    Entity::delete_many().filter(old).exec(&work.db()).await?;
    Ok(())
}
