//! Work that runs beside the calls: the sealer, deliveries, the periodic jobs, and what each process does for itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use actix_rt::{Arbiter, spawn, time};
use api::v1::work_items;
use kernel::fault::Fault;
use outbound::channel::Channels;
use store::jobs::{Job, run_due, tidy};
use store::journal::checkpoint;
use store::{Answer, Context, Store, Work, idempotency, work_list};
use tickets::clock::reminding;

/// Every periodic job of the house; one process does each, once a period of business time.
pub const JOBS: &[Job] = &[
    Job { name: "checkpoint_journal", every: 300, run: |store| Box::pin(sign(store)) },
    Job { name: "remind_of_deadlines", every: 30, run: |store| Box::pin(remind_of_deadlines(store)) },
    Job { name: "remind_of_work", every: 60, run: |store| Box::pin(remind_of_work(store)) },
    Job { name: "purge_idempotency", every: 600, run: |store| Box::pin(forget_keys(store)) },
    Job { name: "purge_sign_ins", every: 3600, run: |store| Box::pin(forget_sign_ins(store)) },
    Job { name: "tell_missed_promises", every: 60, run: |store| Box::pin(tickets::follow_up::tell_missed(store)) },
    Job { name: "begin_leaves", every: 15, run: |store| Box::pin(begin_leaves(store)) },
    Job { name: "begin_outages", every: 15, run: |store| Box::pin(begin_outages(store)) },
    Job { name: "end_pauses", every: 15, run: |store| Box::pin(end_pauses(store)) },
    Job { name: "dispatch_waiting", every: 15, run: |store| Box::pin(dispatch(store)) },
    Job { name: "supervise_missed", every: 60, run: |store| Box::pin(supervise(store)) },
    Job { name: "remind_surveys", every: 600, run: |store| Box::pin(tickets::survey::remind(store)) },
    Job { name: "close_surveys", every: 60, run: |store| Box::pin(tickets::survey::close_due(store)) },
    Job { name: "tell_finished_campaigns", every: 60, run: |store| Box::pin(tickets::campaign::tell_finished(store)) },
    Job { name: "purge_deliveries", every: 3600, run: |store| Box::pin(forget_deliveries(store)) },
    Job { name: "purge_notifications", every: 3600, run: |store| Box::pin(forget_notifications(store)) },
    Job { name: "tell_overdue_bills", every: 600, run: |store| Box::pin(overdue_bills(store)) },
    Job { name: "tell_season_turns", every: 600, run: |store| Box::pin(season_turns(store)) },
    Job { name: "propose_refunds", every: 600, run: |store| Box::pin(propose_refunds(store)) },
    Job { name: "tell_due_instruments", every: 3600, run: |store| Box::pin(due_instruments(store)) },
    Job { name: "archive_cases", every: 3600, run: |store| Box::pin(file_cases(store)) },
    Job { name: "refresh_statistics", every: 600, run: |store| Box::pin(refresh_statistics(store)) },
];

/// How often the runner looks for due jobs.
const LOOK: Duration = Duration::from_secs(2);

/// The thread the jobs run on.
pub struct Running(Arbiter);

impl Running {
    /// Ends the jobs; what they had begun is finished or rolled back by the database.
    pub fn stop(self) {
        self.0.stop();
    }
}

/// Starts the jobs on a thread of their own.
pub fn start(state: Arc<api::State>, channels: Arc<Channels>, checkpoints: PathBuf) -> Running {
    let arbiter = Arbiter::new();
    let sealing = state.clone();
    arbiter.spawn(async move {
        spawn(async move { sealing.store.run_sealer().await });
        spawn(outbound::webhooks::run(state.store.clone(), state.caller.clone()));
        spawn(outbound::notifications::run(state.store.clone(), channels));
        spawn(imports::run_queue(state.store.clone(), api::v1::imports::tools(&state)));
        spawn(crate::figures::run(state.store.clone()));
        spawn(run(state, checkpoints));
    });
    Running(arbiter)
}

async fn run(state: Arc<api::State>, checkpoints: PathBuf) {
    let mut tick = time::interval(LOOK);
    let mut ticks = 0u64;
    loop {
        tick.tick().await;
        let ran = run_due(&state.store, JOBS).await;
        // Another process may have signed: each copies to its own second place.
        if ran > 0 || ticks.is_multiple_of(30) {
            copy(&state.store, &checkpoints).await;
        }
        if ticks.is_multiple_of(5)
            && let Some(render) = &state.metrics
        {
            // Takes up what was recorded; between two scrapes it would pile up.
            render();
        }
        if ticks.is_multiple_of(300) {
            state.limits.forget_quiet();
        }
        ticks += 1;
    }
}

/// The last checkpoint of a process that stops. Another one may be signing the same entries; then its
/// checkpoint stands.
pub async fn sign_off(store: &Store, checkpoints: &Path) {
    if let Err(fault) = store.checkpoint().await {
        tracing::warn!(%fault, "no checkpoint was signed at the stop");
    }
    copy(store, checkpoints).await;
}

async fn copy(store: &Store, checkpoints: &Path) {
    if let Err(fault) = checkpoint::copy_to(store, checkpoints).await {
        tracing::warn!(%fault, "checkpoints could not be copied to their second place");
    }
}

/// Tells the steps of the reminder ladder that were reached, a ticket a transaction.
pub async fn remind_of_deadlines(store: Store) -> Result<(), Fault> {
    const PART: u64 = 200;
    let mut last = None;
    loop {
        let at = store.reading(Context::system("remind_of_deadlines"));
        let tickets = reminding::waiting(&at, last, PART).await?;
        for ticket in &tickets {
            let ticket = *ticket;
            let tell = async move |work: &Work| {
                reminding::tell(work, ticket).await?;
                Ok::<_, Fault>(Answer::no_content())
            };
            if let Err(fault) = tidy(&store, "remind_of_deadlines", tell).await {
                tracing::warn!(%fault, %ticket, "a reminder failed; it comes again");
            }
        }
        last = tickets.last().copied();
        if (tickets.len() as u64) < PART {
            return Ok(());
        }
    }
}

/// Tells what was reached of the reminders of what waits.
pub async fn remind_of_work(store: Store) -> Result<(), Fault> {
    submissions::arise(&store).await?;
    work_list::remind(&store, &work_items::sources(), &work_items::reminders()).await
}

async fn sign(store: Store) -> Result<(), Fault> {
    store.checkpoint().await.map(|_| ())
}

async fn forget_keys(store: Store) -> Result<(), Fault> {
    let purge = async |work: &Work| {
        idempotency::purge(work).await?;
        Ok::<_, Fault>(Answer::no_content())
    };
    tidy(&store, "purge_idempotency", purge).await
}

async fn forget_sign_ins(store: Store) -> Result<(), Fault> {
    let purge = async |work: &Work| {
        identity::purge::sign_ins(work).await?;
        Ok::<_, Fault>(Answer::no_content())
    };
    tidy(&store, "purge_sign_ins", purge).await
}

async fn begin_leaves(store: Store) -> Result<(), Fault> {
    tickets::leave::handover::begin_due(&store).await.map(|_| ())
}

async fn begin_outages(store: Store) -> Result<(), Fault> {
    flows::outage_to_incident::begin_due(&store).await.map(drop)
}

async fn end_pauses(store: Store) -> Result<(), Fault> {
    tickets::pause::expiring::end_due(&store).await.map(|_| ())
}

async fn dispatch(store: Store) -> Result<(), Fault> {
    tickets::dispatch::waiting::assign_waiting(&store).await.map(|_| ())
}

async fn supervise(store: Store) -> Result<(), Fault> {
    tickets::supervision::missed::issue_due(&store).await.map(|_| ())
}

async fn forget_deliveries(store: Store) -> Result<(), Fault> {
    let purge = async |work: &Work| {
        outbound::delivery::purge(work).await?;
        Ok::<_, Fault>(Answer::no_content())
    };
    tidy(&store, "purge_deliveries", purge).await
}

async fn forget_notifications(store: Store) -> Result<(), Fault> {
    let purge = async |work: &Work| {
        outbound::notification::purge(work).await?;
        Ok::<_, Fault>(Answer::no_content())
    };
    tidy(&store, "purge_notifications", purge).await
}

async fn file_cases(store: Store) -> Result<(), Fault> {
    tickets::archive::file_due(&store).await.map(drop)
}

async fn overdue_bills(store: Store) -> Result<(), Fault> {
    heating_service::bill::overdue::tell(&store).await.map(drop)
}

async fn season_turns(store: Store) -> Result<(), Fault> {
    heating_service::stop::turning::tell(&store).await.map(drop)
}

async fn propose_refunds(store: Store) -> Result<(), Fault> {
    heating_service::refund::arising::propose(&store).await.map(drop)
}

async fn refresh_statistics(store: Store) -> Result<(), Fault> {
    store.refresh_statistics().await
}

async fn due_instruments(store: Store) -> Result<(), Fault> {
    heating_service::instrument::due::tell(&store).await.map(drop)
}
