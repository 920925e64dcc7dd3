//! The one runner of periodic work. A job is claimed by one guarded update, so several processes on one
//! database do it once a period, and due by business time, so a moved clock finds it due.
//!
//! Jobs derive their work from data and may be late or run twice; they never make something true.

use chrono::TimeDelta;
use futures_util::future::LocalBoxFuture;
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{Condition, QuerySelect, Set};

use crate::{Answer, Context, Outcome, Store, Work};

type Run = fn(Store) -> LocalBoxFuture<'static, Result<(), Fault>>;

/// Work that comes back.
#[derive(Clone, Copy)]
pub struct Job {
    pub name: &'static str,
    /// Seconds from one run to the next.
    pub every: i64,
    pub run: Run,
}

mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "job")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub due_at: DateTimeUtc,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
use entity::{ActiveModel, Column, Entity};

/// Runs the jobs that are due and that no other process took; answers how many.
pub async fn run_due(store: &Store, jobs: &[Job]) -> usize {
    let mut ran = 0;
    for job in jobs {
        match claim(store, job).await {
            Ok(true) => {
                let began = std::time::Instant::now();
                let result = (job.run)(store.clone()).await;
                metrics::histogram!("hearthdesk_job_seconds", "job" => job.name).record(began.elapsed().as_secs_f64());
                let outcome = if result.is_ok() { "done" } else { "failed" };
                metrics::counter!("hearthdesk_job_runs_total", "job" => job.name, "outcome" => outcome).increment(1);
                if let Err(fault) = result {
                    tracing::warn!(%fault, job = job.name, "a job failed; it comes again");
                }
                ran += 1;
            }
            Ok(false) => {}
            Err(fault) => tracing::warn!(%fault, job = job.name, "a job could not be claimed"),
        }
    }
    ran
}

/// Takes the job if it is due: its next time is written by exactly one process.
async fn claim(store: &Store, job: &Job) -> Result<bool, Fault> {
    let now = store.now();
    // Most of the time nothing is due; that is seen without a write.
    let due: Option<DateTimeUtc> =
        Entity::find_by_id(job.name).select_only().column(Column::DueAt).into_tuple().one(store.reader()).await?;
    let period = TimeDelta::seconds(job.every);
    if due.is_some_and(|due| due > now && due <= now + period) {
        return Ok(false);
    }
    let job = *job;
    let taken = std::rc::Rc::new(std::cell::Cell::new(false));
    let mark = taken.clone();
    let write = async move |work: &Work| {
        let first = ActiveModel { name: Set(job.name.to_owned()), due_at: Set(DateTimeUtc::UNIX_EPOCH) };
        let absent = OnConflict::column(Column::Name).do_nothing().to_owned();
        Entity::insert(first).on_conflict(absent).exec_without_returning(&work.db()).await?;
        let done = Entity::update_many()
            .col_expr(Column::DueAt, Expr::value(work.now + period))
            .filter(Column::Name.eq(job.name))
            // Farther away than a period: the sandbox clock was moved back.
            .filter(Condition::any().add(Column::DueAt.lte(work.now)).add(Column::DueAt.gt(work.now + period)))
            .exec(&work.db())
            .await?;
        mark.set(done.rows_affected == 1);
        work.unchanged();
        Ok::<_, Fault>(Answer::no_content())
    };
    store.write(Context::system("claim_job"), write).await?;
    Ok(taken.get())
}

/// How many jobs should have begun a period ago, for `/metrics`.
pub async fn overdue(store: &Store, jobs: &[Job]) -> Result<usize, Fault> {
    let rows = Entity::find().all(store.reader()).await?;
    let now = store.now();
    let late = |job: &&Job| {
        let row = rows.iter().find(|row| row.name == job.name);
        row.is_some_and(|row| row.due_at + TimeDelta::seconds(job.every) < now)
    };
    Ok(jobs.iter().filter(late).count())
}

/// Runs a command of the house that leaves no fact: forgetting what is over.
pub async fn tidy<F, O>(store: &Store, operation: &'static str, command: F) -> Result<(), Fault>
where
    F: AsyncFn(&Work) -> Result<O, Fault> + 'static,
    O: Into<Outcome> + 'static,
{
    store.write(Context::system(operation), command).await.map(|_| ())
}
