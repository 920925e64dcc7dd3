//! From waiting rows to the receiver. A row is taken under a lease by one guarded update; whoever dies while
//! sending leaves a lease that ends, and the row is sent again.

use std::time::Instant;

use chrono::TimeDelta;
use futures_util::future::join_all;
use kernel::fault::Fault;
use kernel::ids;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Alias, ExprTrait, Query};
use sea_orm::{Condition, PaginatorTrait, QueryOrder, QuerySelect, QueryTrait, Set};
use serde_json::json;
use store::jobs::tidy;
use store::journal::event::Event;
use store::journal::feed;
use store::{Answer, Context, Store, Work, parameters};

use super::TEST;
use super::derive::{derive, switch_off};
use super::entity::{Column, Entity, Model, Status, attempt};
use crate::client::{Caller, Post};
use crate::{ladder, sign, webhook};

/// Messages of one webhook under way at once.
const ABREAST: u64 = 8;
/// Longer than a call may take.
const LEASE_SECONDS: i64 = 60;
/// The journal no longer has what was to be told.
const FACT_GONE: &str = "fact_gone";
/// How long what was delivered or given up can be looked at.
const KEPT_DAYS: i64 = 30;

/// Sends everything of one webhook that is due; answers how many attempts that took.
pub async fn deliver(store: &Store, caller: &Caller, id: Uuid) -> Result<usize, Fault> {
    let Some(hook) = active(store, id).await? else { return Ok(0) };
    derive(store, &hook).await?;
    let mut attempts = 0;
    while let Some(hook) = active(store, id).await? {
        let rows = claim(store, &hook).await?;
        if rows.is_empty() {
            break;
        }
        attempts += rows.len();
        for result in join_all(rows.iter().map(|row| attempt(store, caller, &hook, row))).await {
            result?;
        }
    }
    Ok(attempts)
}

async fn active(store: &Store, id: Uuid) -> Result<Option<webhook::Model>, Fault> {
    Ok(webhook::Entity::find_by_id(id).filter(webhook::Column::Active.eq(true)).one(store.reader()).await?)
}

/// Due, not beyond where the webhook is (a replay moves it back), and the first that waits in its chain.
fn due(hook: &webhook::Model, now: DateTimeUtc) -> Condition {
    let other = Alias::new("earlier");
    let same = |column: Column| Expr::col((other.clone(), column)).equals((Entity, column));
    let earlier = Query::select()
        .expr(Expr::val(1))
        .from_as(Entity, other.clone())
        .and_where(same(Column::WebhookId))
        .and_where(same(Column::Chain))
        .and_where(Expr::col((other.clone(), Column::Status)).eq("pending"))
        .and_where(Expr::col((other.clone(), Column::Position)).lt(Expr::col((Entity, Column::Position))))
        .to_owned();
    let within = Condition::any().add(Column::Position.is_null()).add(Column::Position.lte(hook.position));
    free(now).add(Column::WebhookId.eq(hook.id)).add(within).add(Expr::exists(earlier).not())
}

/// Waits, is due, and nobody is at it.
fn free(now: DateTimeUtc) -> Condition {
    let unleased = Condition::any().add(Column::Lease.is_null()).add(Column::LeasedUntil.lte(now));
    Condition::all().add(Column::Status.eq(Status::Pending)).add(Column::NextAt.lte(now)).add(unleased)
}

/// Takes due rows for this process.
async fn claim(store: &Store, hook: &webhook::Model) -> Result<Vec<Model>, Fault> {
    let now = store.now();
    let found: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(due(hook, now))
        .order_by_asc(Column::NextAt)
        .order_by_asc(Column::Id)
        .limit(ABREAST)
        .into_tuple()
        .all(store.reader())
        .await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let lease = ids::new_id(now);
    let take = async move |work: &Work| {
        work.unchanged();
        Entity::update_many()
            .col_expr(Column::Lease, Expr::value(Some(lease)))
            .col_expr(Column::LeasedUntil, Expr::value(Some(work.now + TimeDelta::seconds(LEASE_SECONDS))))
            .filter(Column::Id.is_in(found.clone()))
            .filter(free(work.now))
            .exec(&work.db())
            .await?;
        Ok::<_, Fault>(Answer::no_content())
    };
    tidy(store, "claim_deliveries", take).await?;
    Ok(Entity::find().filter(Column::Lease.eq(lease)).all(store.reader()).await?)
}

/// What came of one attempt.
#[derive(Clone, Copy)]
struct Outcome {
    at: DateTimeUtc,
    millis: i32,
    status: Option<i32>,
    error: Option<&'static str>,
}

impl Outcome {
    fn is_good(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

async fn attempt(store: &Store, caller: &Caller, hook: &webhook::Model, row: &Model) -> Result<(), Fault> {
    let (at, started) = (store.now(), Instant::now());
    let answer = match body(store, hook, row).await? {
        Some(body) => {
            let secrets = hook.secrets(store.keys(), at)?;
            // Receivers compare with their own clocks, which no sandbox moves.
            let seconds = store.wall_clock().timestamp();
            let headers = sign::headers(&secrets, &row.id.to_string(), seconds, &body)?;
            let post = Post { url: &hook.url, headers, body };
            caller.post(post).await.map_err(|failure| failure.code())
        }
        None => Err(FACT_GONE),
    };
    let millis = i32::try_from(started.elapsed().as_millis()).unwrap_or(i32::MAX);
    let outcome = Outcome { at, millis, status: answer.ok().map(i32::from), error: answer.err() };
    let result = if outcome.is_good() { "delivered" } else { "failed" };
    metrics::counter!("hearthdesk_webhook_attempts_total", "outcome" => result).increment(1);
    let (hook_id, row) = (hook.id, row.clone());
    let settle = async move |work: &Work| {
        work.unchanged();
        log(work, &row, outcome).await?;
        settle(work, hook_id, &row, outcome).await?;
        Ok::<_, Fault>(Answer::no_content())
    };
    tidy(store, "settle_delivery", settle).await
}

/// The message: the fact as the feed shows it; none when the journal no longer has it.
async fn body(store: &Store, hook: &webhook::Model, row: &Model) -> Result<Option<String>, Fault> {
    let event = match row.position {
        Some(position) => {
            let entry = feed::entry(&store.reading(Context::system("deliver_webhook")), position).await?;
            match entry {
                Some(entry) => Event::from(entry),
                None => return Ok(None),
            }
        }
        None => test_event(hook, row),
    };
    serde_json::to_string(&event).map(Some).map_err(Fault::internal)
}

fn test_event(hook: &webhook::Model, row: &Model) -> Event {
    Event {
        position: 0,
        at: row.created_at.into(),
        kind: TEST.to_owned(),
        resource: "webhook".to_owned(),
        resource_id: Some(hook.id),
        version: None,
        actor_id: hook.owner_id,
        actor_role: hook.owner_role.clone(),
        on_behalf_of: None,
        request_id: String::new(),
        project_id: None,
        org_unit_id: None,
        customer_id: None,
        changed: Vec::new(),
        data: json!({}),
    }
}

async fn log(work: &Work, row: &Model, outcome: Outcome) -> Result<(), Fault> {
    let tried = attempt::ActiveModel {
        id: Set(ids::new_id(work.now)),
        delivery_id: Set(row.id),
        n: Set(row.attempts + 1),
        at: Set(outcome.at),
        millis: Set(outcome.millis),
        status: Set(outcome.status),
        error: Set(outcome.error.map(str::to_owned)),
    };
    work.insert(tried).await?;
    Ok(())
}

/// Writes what follows, unless a replay or the end of the lease took the row away meanwhile.
async fn settle(work: &Work, hook_id: Uuid, row: &Model, outcome: Outcome) -> Result<(), Fault> {
    let since = row.since.unwrap_or(outcome.at);
    let next = next_attempt(work, hook_id, row, since).await?.filter(|_| outcome.error != Some(FACT_GONE));
    let status = match (outcome.is_good(), next) {
        (true, _) => Status::Delivered,
        (false, Some(_)) => Status::Pending,
        (false, None) => Status::Failed,
    };
    let delivered_at = outcome.is_good().then_some(work.now);
    let written = Entity::update_many()
        .col_expr(Column::UpdatedAt, Expr::value(work.now))
        .col_expr(Column::Status, Expr::value(status))
        .col_expr(Column::Attempts, Expr::value(row.attempts + 1))
        .col_expr(Column::Rung, Expr::value(row.rung + 1))
        .col_expr(Column::Since, Expr::value(Some(since)))
        .col_expr(Column::NextAt, Expr::value(next.unwrap_or(work.now)))
        .col_expr(Column::Lease, Expr::value(None::<Uuid>))
        .col_expr(Column::LeasedUntil, Expr::value(None::<DateTimeUtc>))
        .col_expr(Column::DeliveredAt, Expr::value(delivered_at))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Lease.eq(row.lease))
        .exec(&work.db())
        .await?;
    if written.rows_affected == 0 {
        return Ok(());
    }
    health(work, hook_id, outcome).await
}

/// A message is given up after three days, unless nothing at all gets through: then it waits for the receiver.
async fn next_attempt(
    work: &Work,
    hook_id: Uuid,
    row: &Model,
    since: DateTimeUtc,
) -> Result<Option<DateTimeUtc>, Fault> {
    if let Some(next) = ladder::next(row.id, row.rung, since, work.now) {
        return Ok(Some(next));
    }
    let hook = webhook::Entity::find_by_id(hook_id).one(&work.db()).await?;
    let away = hook.and_then(|hook| hook.failing_since).is_some_and(|failing| failing <= since);
    Ok(away.then(|| ladder::after(row.id, row.rung, work.now)))
}

/// Notes since when nothing gets through; after the days of the parameter the webhook is switched off.
async fn health(work: &Work, hook_id: Uuid, outcome: Outcome) -> Result<(), Fault> {
    use webhook::Column as Hook;
    let was = if outcome.is_good() { Hook::FailingSince.is_not_null() } else { Hook::FailingSince.is_null() };
    let since = (!outcome.is_good()).then_some(outcome.at);
    webhook::Entity::update_many()
        .col_expr(Hook::FailingSince, Expr::value(since))
        .filter(Hook::Id.eq(hook_id))
        .filter(was)
        .exec(&work.db())
        .await?;
    if outcome.is_good() {
        return Ok(());
    }
    let days = parameters::integer(work, "platform.webhooks.disable_after_days").await?;
    let hook = webhook::Entity::find_by_id(hook_id).one(&work.db()).await?;
    let over = |since: DateTimeUtc| work.now - since >= TimeDelta::days(days);
    match hook.and_then(|hook| hook.failing_since).is_some_and(over) {
        true => switch_off(work, hook_id, "failing").await,
        false => Ok(()),
    }
}

/// How many messages wait, for `/metrics`.
pub async fn backlog(store: &Store) -> Result<u64, Fault> {
    Ok(Entity::find().filter(Column::Status.eq(Status::Pending)).count(store.reader()).await?)
}

/// Forgets what was delivered or given up long ago.
pub async fn purge(work: &Work) -> Result<(), Fault> {
    work.unchanged();
    let over = work.now - TimeDelta::days(KEPT_DAYS);
    let old = Condition::all().add(Column::Status.ne(Status::Pending)).add(Column::UpdatedAt.lt(over));
    let ids = Entity::find().select_only().column(Column::Id).filter(old.clone()).into_query();
    attempt::Entity::delete_many().filter(attempt::Column::DeliveryId.in_subquery(ids)).exec(&work.db()).await?;
    Entity::delete_many().filter(old).exec(&work.db()).await?;
    Ok(())
}
