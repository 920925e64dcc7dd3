//! The work that tells people, beside the calls.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join;
use kernel::fault::Fault;
use store::{Store, Work};

use crate::channel::Channels;
use crate::{notification, template};

/// How often the journal is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// What a new house needs: the texts, and where to begin.
pub async fn install_defaults(work: &Work) -> Result<(), Fault> {
    template::defaults::install(work).await?;
    notification::begin(work).await
}

/// Makes notifications of new facts and sends what is due; answers how many attempts that took.
///
/// # Errors
/// When the database is away. What was not sent is due the next time.
pub async fn deliver_due(store: &Store, channels: &Channels) -> Result<usize, Fault> {
    notification::derive(store).await?;
    notification::send_due(store, channels).await
}

/// Tells people for as long as the service runs. Needs a local task set.
pub async fn run(store: Store, channels: Arc<Channels>) {
    // Apart: a slow channel must not hold up the inbox.
    let deriving = again(async || notification::derive(&store).await);
    let sending = again(async || notification::send_due(&store, &channels).await.map(drop));
    join(deriving, sending).await;
}

async fn again(work: impl AsyncFn() -> Result<(), Fault>) {
    let mut tick = tokio::time::interval(LOOK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        if let Err(fault) = work().await {
            tracing::warn!(%fault, "notifications could not be sent; they come again");
        }
    }
}
