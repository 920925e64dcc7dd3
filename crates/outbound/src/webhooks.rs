//! The work that delivers webhooks, beside the calls.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use kernel::fault::Fault;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use store::Store;

use crate::client::Caller;
use crate::{delivery, webhook};

/// How often the journal is looked at.
const LOOK: Duration = Duration::from_secs(1);

async fn active(store: &Store) -> Result<Vec<Uuid>, Fault> {
    let active = webhook::Entity::find().filter(webhook::Column::Active.eq(true));
    Ok(active.select_only().column(webhook::Column::Id).into_tuple().all(store.reader()).await?)
}

/// Sends everything that is due now; answers how many attempts that took.
///
/// # Errors
/// When the database is away. What was not sent is due the next time.
pub async fn deliver_due(store: &Store, caller: &Caller) -> Result<usize, Fault> {
    let hooks = active(store).await?;
    let sent = join_all(hooks.into_iter().map(|id| delivery::deliver(store, caller, id))).await;
    sent.into_iter().sum()
}

/// Delivers for as long as the service runs. Each webhook has a task of its own, so that a slow receiver
/// holds up nobody else. Needs a local task set.
pub async fn run(store: Store, caller: Arc<Caller>) {
    let busy: Rc<RefCell<HashSet<Uuid>>> = Rc::default();
    let mut tick = tokio::time::interval(LOOK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let hooks = match active(&store).await {
            Ok(hooks) => hooks,
            Err(fault) => {
                tracing::warn!(%fault, "webhooks could not be read");
                continue;
            }
        };
        for id in hooks {
            if !busy.borrow_mut().insert(id) {
                continue;
            }
            let (store, caller, busy) = (store.clone(), caller.clone(), busy.clone());
            tokio::task::spawn_local(async move {
                if let Err(fault) = delivery::deliver(&store, &caller, id).await {
                    tracing::warn!(%fault, webhook = %id, "a webhook could not be served; it comes again");
                }
                busy.borrow_mut().remove(&id);
            });
        }
    }
}
