//! From waiting rows to the channels. Taken under a lease as deliveries are; quiet hours and consent are asked
//! again when the moment has come.

use chrono::TimeDelta;
use futures_util::future::join_all;
use kernel::fault::Fault;
use kernel::ids;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect, Set};
use store::jobs::tidy;
use store::journal::feed;
use store::{Answer, Context, Reading, Store, Work};

use super::derive::objection;
use super::entity::{Channel, Column, Entity, Model, Status, attempt};
use super::told::Told;
use super::{kinds, quiet};
use crate::channel::{Channels, Message, Refusal};
use crate::{ladder, template};

/// Messages under way at once.
const ABREAST: u64 = 8;
/// Longer than any channel may take.
const LEASE_SECONDS: i64 = 120;

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
    if row.channel == Channel::InApp {
        // Written long ago; only its hour had to come.
        return Ok(Ok(Message::for_inbox(row.id)));
    }
    if let Some(reason) = objection(at, recipient, row.channel).await? {
        return Ok(Err(reason));
    }
    let Some(to) = crate::channel::address(at, recipient, row.channel).await? else { return Ok(Err("no_address")) };
    let (Some(kind), Some(fact)) = (kinds::kind(&row.kind), feed::entry(at, row.position).await?) else {
        return Ok(Err("gone"));
    };
    let told = Told::of(at, fact).await?;
    let text = template::pinned(at, row, kind).await?.fill(&told.values(kind));
    Ok(Ok(Message { id: row.id, channel: row.channel, to, subject: text.subject, body: text.body, lang: "zh" }))
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
    Entity::update_many()
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
    Ok(())
}
