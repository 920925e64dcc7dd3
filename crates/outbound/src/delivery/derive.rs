//! From the sealed journal to rows that wait: what the webhook's owner may know of, nothing twice, in order.

use std::sync::Arc;

use access::Actor;
use identity::principal::{self, Principal};
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{IntoActiveModel, QuerySelect, Set};
use store::jobs::tidy;
use store::journal::Audience;
use store::journal::entity::Model as Entry;
use store::journal::feed::{self, Wanted};
use store::{Answer, Context, Store, Work};

use super::entity::{Column, Entity};
use super::waiting;
use crate::webhook::{self, Webhook};

/// Facts taken at once.
const BATCH: u64 = 200;

/// Makes deliveries of all facts since the last time. Whose owner may no longer sign in, it ends.
pub async fn derive(store: &Store, hook: &webhook::Model) -> Result<(), Fault> {
    let (mut position, types) = (hook.position, hook.types());
    if feed::head(&store.reading(Context::system("derive_deliveries"))).await? <= position {
        return Ok(());
    }
    let Some(actor) = owner(store, hook).await? else { return end(store, hook.id).await };
    let at = store.reading(Arc::new(Context::of(actor, "derive_deliveries")));
    loop {
        // Read first: what is sealed later lies beyond it.
        let head = feed::head(&at).await?;
        if head <= position {
            return Ok(());
        }
        // What is for the audit trail leaves the house only where it is asked for by name.
        let audit = !types.is_empty();
        let wanted = Wanted { after: position, types: types.clone(), resources: Vec::new(), audit, limit: BATCH };
        let facts = feed::after(&at, &wanted, &[]).await?;
        let last = facts.last().and_then(|fact| fact.position).unwrap_or(position);
        let full = facts.len() as u64 == BATCH;
        let reached = if full { last } else { last.max(head) };
        let (id, from, facts) = (hook.id, position, Arc::new(facts));
        let take = async move |work: &Work| take(work, id, from, reached, &facts).await;
        tidy(store, "derive_deliveries", take).await?;
        if !full {
            return Ok(());
        }
        position = reached;
    }
}

async fn owner(store: &Store, hook: &webhook::Model) -> Result<Option<Actor>, Fault> {
    let Ok(role) = hook.owner_role.parse() else { return Ok(None) };
    let principal = Principal { sub: hook.owner_id, role, on_behalf_of: hook.on_behalf_of };
    principal::standing(&store.reading(Context::system("derive_deliveries")), &principal).await
}

/// Moves the webhook on and adds the rows; nothing when another process, or a replay, moved it meanwhile.
async fn take(work: &Work, id: Uuid, from: i64, reached: i64, facts: &[Entry]) -> Result<Answer, Fault> {
    work.unchanged();
    let moved = webhook::Entity::update_many()
        .col_expr(webhook::Column::Position, Expr::value(reached))
        .filter(webhook::Column::Id.eq(id))
        .filter(webhook::Column::Position.eq(from))
        .filter(webhook::Column::Active.eq(true))
        .exec(&work.db())
        .await?;
    if moved.rows_affected == 1 && !facts.is_empty() {
        let row = |fact: &Entry| waiting(work, id, fact.position, fact.kind.clone(), chain(fact));
        // A replay meets the rows of the first time: they wait again, under the same id.
        let again = OnConflict::columns([Column::WebhookId, Column::Position])
            .update_columns([
                Column::UpdatedAt,
                Column::Status,
                Column::Rung,
                Column::Since,
                Column::NextAt,
                Column::Lease,
                Column::LeasedUntil,
                Column::DeliveredAt,
            ])
            .to_owned();
        Entity::insert_many(facts.iter().map(row)).on_conflict(again).exec_without_returning(&work.db()).await?;
    }
    Ok(Answer::no_content())
}

/// Facts of one resource are one chain; those of no resource are one a kind of resource.
fn chain(fact: &Entry) -> String {
    match fact.resource_id {
        Some(id) => format!("{}|{id}", fact.resource),
        None => fact.resource.clone(),
    }
}

async fn end(store: &Store, id: Uuid) -> Result<(), Fault> {
    let end = async move |work: &Work| {
        switch_off(work, id, "owner_gone").await?;
        Ok::<_, Fault>(Answer::no_content())
    };
    tidy(store, "disable_webhook", end).await
}

/// Switches a webhook off and says so: `webhook.disabled`.
pub(super) async fn switch_off(work: &Work, id: Uuid, reason: &str) -> Result<(), Fault> {
    let row = webhook::Entity::find_by_id(id).lock_exclusive().one(&work.db()).await?;
    let Some(row) = row.filter(|row| row.active) else {
        work.unchanged();
        return Ok(());
    };
    let mut change = row.clone().into_active_model();
    change.active = Set(false);
    change.disabled_reason = Set(Some(reason.to_owned()));
    let fact = |fact: store::journal::Fact| {
        let fact = fact.audience(Audience::Staff).with("reason", reason).with("owner_id", row.owner_id.to_string());
        match row.failing_since {
            Some(since) => fact.with("failing_since", kernel::time::Timestamp(since).to_string()),
            None => fact,
        }
    };
    work.change::<Webhook>(&row, change, "disabled", fact).await?;
    Ok(())
}
