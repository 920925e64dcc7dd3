//! Work that runs beside the calls: sealing, forgetting old keys, keeping rate limiters small.

use std::sync::Arc;
use std::time::Duration;

use actix_rt::{Arbiter, spawn, time};
use store::{Answer, Context, Work, idempotency};

/// The thread the jobs run on.
pub struct Running(Arbiter);

impl Running {
    /// Ends the jobs; what they had begun is finished or rolled back by the database.
    pub fn stop(self) {
        self.0.stop();
    }
}

/// Starts the jobs on a thread of their own.
pub fn start(state: Arc<api::State>) -> Running {
    let arbiter = Arbiter::new();
    let sealing = state.clone();
    arbiter.spawn(async move {
        spawn(async move { sealing.store.run_sealer().await });
        spawn(housekeeping(state));
    });
    Running(arbiter)
}

async fn housekeeping(state: Arc<api::State>) {
    let mut tick = time::interval(Duration::from_secs(600));
    loop {
        tick.tick().await;
        state.limits.forget_quiet();
        let purge = async |work: &Work| {
            idempotency::purge(work).await?;
            Ok::<_, kernel::fault::Fault>(Answer::no_content())
        };
        if let Err(fault) = state.store.write(Context::system("purge_idempotency"), purge).await {
            tracing::warn!(%fault, "old idempotency keys could not be forgotten");
        }
    }
}
