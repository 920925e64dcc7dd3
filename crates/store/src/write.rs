//! The write door: every change of the database happens inside [`Store::write`].
//!
//! PostgreSQL: a READ COMMITTED transaction a command. SQLite: a baton – callers in turn run in a
//! savepoint of the one open transaction, which commits when nobody waits or a bound is reached, so
//! many commands share one fsync; a failing command harms no other.

use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use kernel::fault::{Fault, Kind};
use tokio::sync::{MutexGuard, watch};

use crate::connect::Baton;
use crate::connection::Connection;
use crate::journal::{self, Fact};
use crate::work::{Answer, Context, Outcome, Work};
use crate::{Store, idempotency};

const RETRIES: u32 = 3;
/// Commands that may share one SQLite transaction, and how long it may stay open.
const BATCH_COMMANDS: usize = 64;
const BATCH_TIME: Duration = Duration::from_millis(20);

/// A command without its type: the door is compiled once, not once for each of hundreds of commands.
trait Command {
    fn run<'a>(&'a self, work: &'a Work) -> LocalBoxFuture<'a, Result<Outcome, Fault>>;
}

impl<F, O> Command for (F, std::marker::PhantomData<O>)
where
    F: AsyncFn(&Work) -> Result<O, Fault>,
    O: Into<Outcome>,
{
    fn run<'a>(&'a self, work: &'a Work) -> LocalBoxFuture<'a, Result<Outcome, Fault>> {
        Box::pin(async move { Ok((self.0)(work).await?.into()) })
    }
}

/// The open SQLite transaction and those who wait for its commit.
pub(crate) struct Batch {
    connection: Connection,
    commands: usize,
    since: Instant,
    committed: watch::Sender<Option<bool>>,
}

impl Baton {
    /// Waits for its turn, counted as long as it waits. A thread that ends takes along who waits there: the last of
    /// the others would leave its batch to them.
    async fn turn(&self) -> MutexGuard<'_, Option<Batch>> {
        let waits = Waits::on(self);
        let open = self.open.lock().await;
        drop(waits);
        open
    }
}

/// One more who waits for the baton, until it is dropped.
struct Waits<'a>(&'a Baton);

impl<'a> Waits<'a> {
    fn on(baton: &'a Baton) -> Self {
        baton.waiting.fetch_add(1, Ordering::SeqCst);
        Self(baton)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Store {
    /// Runs `command` in a transaction of its own and commits what it recorded.
    ///
    /// The command may run again after a passing conflict, so it borrows its input. It runs in a task
    /// of its own: a caller who hangs up cannot cut it in half. Needs a local task set (actix's
    /// workers, tests and the binary have one).
    pub async fn write<F, O>(&self, ctx: Arc<Context>, command: F) -> Result<Answer, Fault>
    where
        F: AsyncFn(&Work) -> Result<O, Fault> + 'static,
        O: Into<Outcome> + 'static,
    {
        self.write_erased(ctx, Rc::new((command, std::marker::PhantomData))).await
    }

    /// In a box, so that it is compiled here: an `async fn` is compiled by whoever awaits it.
    fn write_erased(
        &self,
        ctx: Arc<Context>,
        command: Rc<dyn Command>,
    ) -> LocalBoxFuture<'static, Result<Answer, Fault>> {
        let (store, dry_run) = (self.clone(), ctx.dry_run);
        Box::pin(async move {
            let task = tokio::task::spawn_local(async move { store.write_with_retries(&ctx, &*command).await });
            let answer = task.await.unwrap_or_else(|panic| Err(Fault::internal(panic)))?;
            Ok(Answer { dry_run, ..answer })
        })
    }

    async fn write_with_retries(&self, ctx: &Arc<Context>, command: &dyn Command) -> Result<Answer, Fault> {
        let mut attempt = 0;
        loop {
            let result = if self.is_sqlite() {
                self.write_in_batch(ctx, command).await
            } else {
                self.write_alone(ctx, command).await
            };
            match result {
                Err(fault) if fault.is_retryable() && attempt < RETRIES => {
                    attempt += 1;
                    tokio::time::sleep(pause(attempt)).await;
                }
                // Who named no version cannot have a stale one.
                Err(fault) if fault.is_retryable() && fault.kind() == Kind::Stale && ctx.if_match.is_none() => {
                    return Err(Fault::unavailable("others changed the row at each try"));
                }
                Err(fault) if ctx.journals_refusals && fault.kind() == Kind::Conflict && !ctx.dry_run => {
                    self.journal_refusal(ctx, &fault).await;
                    return Err(fault);
                }
                other => return other,
            }
        }
    }

    /// Keeps a refusal by rule in the journal, in a transaction of its own.
    pub async fn journal_refusal(&self, ctx: &Arc<Context>, fault: &Fault) {
        let quiet = Arc::new(Context { key: None, journals_refusals: false, ..(**ctx).clone() });
        let code = fault.code().to_owned();
        let refuse = async move |work: &Work| {
            work.record(Fact::refusal(work.ctx.operation, &code));
            Ok(Answer::no_content())
        };
        let refuse = (refuse, std::marker::PhantomData::<Answer>);
        let result = Box::pin(self.write_with_retries(&quiet, &refuse)).await;
        if let Err(fault) = result {
            tracing::error!(%fault, "a refusal could not be journaled");
        }
    }

    async fn write_alone(&self, ctx: &Arc<Context>, command: &dyn Command) -> Result<Answer, Fault> {
        let connection = Connection::new(&self.0.writer);
        connection.begin().await;
        let work = Work::new(self, ctx.clone(), connection.clone(), self.now());
        let result = guarded(&work, command).await;
        if keeps(&result) && !ctx.dry_run {
            connection.commit().await?;
            work.edition.take().into_iter().for_each(|edition| self.note_edition(edition));
            self.0.committed.notify_one();
        } else {
            connection.rollback().await?;
        }
        result.and_then(settle)
    }

    async fn write_in_batch(&self, ctx: &Arc<Context>, command: &dyn Command) -> Result<Answer, Fault> {
        let baton = &self.0.baton;
        let mut open = baton.turn().await;
        let mut batch = match open.take() {
            Some(batch) => batch,
            None => self.open_batch().await?,
        };
        batch.connection.savepoint().await;
        let work = Work::new(self, ctx.clone(), batch.connection.clone(), self.now());
        let mut result = guarded(&work, command).await;
        if keeps(&result) && !ctx.dry_run {
            // What waited may yet be refused.
            if let Err(error) = batch.connection.release().await {
                result = Err(error.into());
            }
        }
        if (!keeps(&result) || ctx.dry_run)
            && let Err(error) = batch.connection.undo().await
        {
            // The transaction is gone, and with it the batch; those who wait for it hear so.
            return Err(result.err().unwrap_or_else(|| error.into()));
        }
        // Of what is undone there is no edition.
        let edition = work.edition.take().filter(|_| keeps(&result) && !ctx.dry_run);
        drop(work);
        batch.commands += 1;
        let mut committed = batch.committed.subscribe();
        let full = batch.commands >= BATCH_COMMANDS || batch.since.elapsed() >= BATCH_TIME;
        if full || baton.waiting.load(Ordering::SeqCst) == 0 {
            self.close_batch(batch).await;
        } else {
            *open = Some(batch);
        }
        drop(open);
        let outcome = result.and_then(settle);
        match committed.wait_for(Option::is_some).await {
            Ok(done) if *done == Some(true) => {
                edition.into_iter().for_each(|edition| self.note_edition(edition));
                outcome
            }
            _ if outcome.is_err() => outcome,
            _ => Err(Fault::unavailable("the shared transaction did not commit")),
        }
    }

    async fn open_batch(&self) -> Result<Batch, Fault> {
        let connection = Connection::new(&self.0.writer);
        connection.begin().await;
        Ok(Batch { connection, commands: 0, since: Instant::now(), committed: watch::channel(None).0 })
    }

    async fn close_batch(&self, batch: Batch) {
        let result = async {
            let sealed = journal::seal::seal(&batch.connection, self).await?;
            batch.connection.commit().await?;
            journal::seal::count(sealed);
            Ok::<_, Fault>(())
        }
        .await;
        if let Err(fault) = &result {
            tracing::error!(%fault, "a shared transaction did not commit");
        }
        batch.committed.send_replace(Some(result.is_ok()));
        self.0.sealed.notify_waiters();
    }
}

/// How long to wait before trying again: longer each time, and not exactly as long as the others who met here.
fn pause(attempt: u32) -> Duration {
    let mut random = [0; 1];
    let jitter = getrandom::fill(&mut random).map_or(0, |()| u64::from(random[0]) / 16);
    Duration::from_millis(u64::from(attempt * attempt) * 7 + jitter)
}

/// Whether what was done stays.
fn keeps(result: &Result<Outcome, Fault>) -> bool {
    result.is_ok()
}

fn settle(outcome: Outcome) -> Result<Answer, Fault> {
    match outcome {
        Outcome::Done(answer) => Ok(answer),
        Outcome::Refused(fault) => Err(fault),
    }
}

/// Runs one command between its idempotency key and its journal entries; a panic becomes a fault.
async fn guarded(work: &Work, command: &dyn Command) -> Result<Outcome, Fault> {
    AssertUnwindSafe(run(work, command)).catch_unwind().await.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(Fault::internal(format!("panic in {}: {}", work.ctx.operation, text.unwrap_or_default())))
    })
}

async fn run(work: &Work, command: &dyn Command) -> Result<Outcome, Fault> {
    if let Some(answer) = idempotency::claim(work).await? {
        return Ok(Outcome::Done(answer));
    }
    let outcome = command.run(work).await?;
    if !work.has_recorded() && !work.nothing_changed.get() {
        return Err(Fault::internal(format!("{} changed something and recorded nothing", work.ctx.operation)));
    }
    work.spill().await?;
    match &outcome {
        Outcome::Done(answer) => idempotency::keep(work, answer).await?,
        Outcome::Refused(_) => idempotency::release(work).await?,
    }
    work.move_edition().await?;
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_gives_up_waiting_is_counted_no_more() {
        let baton = Baton::default();
        let held = baton.turn().await;
        assert!(baton.turn().now_or_never().is_none());
        assert_eq!(baton.waiting.load(Ordering::SeqCst), 0);
        drop(held);
    }
}
