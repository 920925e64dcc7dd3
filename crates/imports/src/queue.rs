//! Long imports, beside the calls: accepted with the file kept, done under a lease, done again after a crash.
//!
//! All or nothing is one transaction: killed, nothing of it is there, and another run begins anew. A partial
//! run commits some rows at a time together with how far it is, and goes on from there.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use access::JobRole;
use identity::principal::{self, Principal};
use kernel::fault::{self, Fault, Kind as FaultKind};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::operations::{self, Model as Operation};
use store::{Answer, Context, Done, Store, Work};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::import::entity::{Column, Entity, Model, Status};
use crate::import::row::{self, CellError};
use crate::import::{self, Import, Refusal, Sent};
use crate::plan::{self, Plan};
use crate::run::{self, Tally};
use crate::{Arrived, Tools, inbox};

const KIND: &str = "import";
/// Something was accepted by this process.
static ACCEPTED: Notify = Notify::const_new();
/// How often a process looks for what others left.
const LOOK: Duration = Duration::from_secs(5);

/// Accepts a long import: 202, and the file is kept until its run is over.
pub async fn accept(
    store: &Store,
    ctx: Arc<Context>,
    folder: &Path,
    file: Arrived,
    plan: Plan,
    sent: Sent,
) -> Result<Answer, Fault> {
    let id = kernel::ids::new_id(store.now());
    file.keep(folder, id).await?;
    let write = async move |work: &Work| {
        let row = import::begun(work, id, &plan, &sent);
        let total = i32::try_from(plan.rows).unwrap_or(i32::MAX);
        let operation = operations::queue(work, KIND, "import", id, total).await?;
        let row = crate::import::entity::ActiveModel { operation_id: sea_orm::Set(Some(operation.id)), ..row };
        let row = work.create::<Import>(row, |fact| fact, "accepted").await?;
        let answer = run::answer(Done::Accepted, row)?;
        Ok(answer.location(format!("/v1/operations/{}", operation.id)))
    };
    let answer = store.write(ctx, write).await;
    match &answer {
        Ok(answer) if !answer.replayed => ACCEPTED.notify_one(),
        _ => inbox::forget(folder, id).await,
    }
    answer
}

/// Does what waits, now and whenever something is accepted.
pub async fn run(store: Store, tools: Tools) {
    if let Err(fault) = sweep(&store, &tools.folder).await {
        tracing::warn!(%fault, "the folder of imports was not swept");
    }
    loop {
        if let Err(fault) = run_waiting(&store, &tools).await {
            tracing::warn!(%fault, "an import waits for its next try");
        }
        let _ = tokio::time::timeout(LOOK, ACCEPTED.notified()).await;
    }
}

/// Does every import that waits, one after the other; answers how many.
pub async fn run_waiting(store: &Store, tools: &Tools) -> Result<usize, Fault> {
    let mut done = 0;
    while let Some(operation) = operations::claim(store, KIND).await? {
        take_over(store, tools, &operation).await?;
        inbox::forget(&tools.folder, operation.resource_id).await;
        done += 1;
    }
    Ok(done)
}

/// Removes files nobody waits for: of a process that ended before it accepted them, or after their run.
pub async fn sweep(store: &Store, folder: &Path) -> Result<(), Fault> {
    let Ok(mut files) = tokio::fs::read_dir(folder).await else { return Ok(()) };
    while let Some(file) = files.next_entry().await.map_err(Fault::unavailable)? {
        let age = file.metadata().await.ok().and_then(|meta| meta.modified().ok()?.elapsed().ok());
        let id = file.file_name().to_str().and_then(|name| name.parse::<Uuid>().ok());
        let waits = Entity::find()
            .filter(Column::Id.eq(id.unwrap_or_default()))
            .filter(Column::Status.eq(Status::Queued))
            .one(store.reader())
            .await?
            .is_some();
        // A young one may be on its way in another process.
        if !waits && age.is_some_and(|age| age > Duration::from_secs(3600)) {
            let _ = tokio::fs::remove_file(file.path()).await;
        }
    }
    Ok(())
}

/// Runs one import to its end. What is nobody's fault leaves it waiting for another try.
async fn take_over(store: &Store, tools: &Tools, operation: &Operation) -> Result<(), Fault> {
    let at = store.reading(Context::system("run_import"));
    let import = run::find(&at, operation.resource_id).await?;
    let end = match ready(store, tools, operation, &import).await {
        Ok((ctx, plan)) => {
            let renewing = tokio::task::spawn_local(renew(store.clone(), operation.clone()));
            let end = match import.partial {
                true => in_parts(store, ctx, &plan, operation, &import).await,
                false => at_once(store, ctx, plan, operation, &import).await,
            };
            renewing.abort();
            operations::forget(operation.id);
            end
        }
        Err(fault) => Err(fault),
    };
    match end {
        Err(fault) if fault.kind() != FaultKind::Unavailable => {
            tracing::warn!(%fault, import = %import.id, "an import failed");
            let (id, operation, code) = (import.id, operation.clone(), fault.code().to_owned());
            let give_up = async move |work: &Work| {
                run::give_up(work, id, &operation, &code).await?;
                Ok::<_, Fault>(Answer::no_content())
            };
            store.write(Context::system("run_import"), give_up).await.map(drop)
        }
        end => end,
    }
}

/// The caller as he stands now, and the file as it lies there.
async fn ready(
    store: &Store,
    tools: &Tools,
    operation: &Operation,
    import: &Model,
) -> Result<(Arc<Context>, Plan), Fault> {
    let at = store.reading(Context::system("run_import"));
    let role: JobRole = operation.role.parse().map_err(|_| Fault::internal("an unknown role"))?;
    let caller = Principal { sub: operation.created_by, role, on_behalf_of: operation.on_behalf_of };
    let forbidden = || Fault::new(&fault::FORBIDDEN).with("permission", "platform.import:run");
    let actor = principal::standing(&at, &caller).await?.ok_or_else(forbidden)?;
    let kind = tools.kind(&import.kind).filter(|kind| kind.is_open_to(&actor)).ok_or_else(forbidden)?;
    let path = inbox::kept(&tools.folder, import.id);
    if !tokio::fs::try_exists(&path).await.unwrap_or(false) {
        return Err(Fault::field("/file", crate::problems::FILE_UNREADABLE.code));
    }
    let rows = u32::try_from(import.total).unwrap_or(u32::MAX);
    let plan = plan::inspect(kind, &path, import.format, rows, tools.check.clone()).await?;
    let request_id = operation.request_id.clone();
    Ok((Arc::new(Context { request_id, ..Context::of(actor, "create_import") }), plan))
}

/// Says that it goes on, until it is aborted.
async fn renew(store: Store, operation: Operation) {
    loop {
        tokio::time::sleep(operations::RENEW).await;
        let row = operation.clone();
        let go_on = async move |work: &Work| {
            operations::go_on(work, &row, operations::told(row.id).unwrap_or(row.done)).await?;
            work.unchanged();
            Ok::<_, Fault>(Answer::no_content())
        };
        // While SQLite's one writer is in the run itself, nobody else can take it over either.
        if !store.is_sqlite() && store.write(Context::system("run_import"), go_on).await.is_err() {
            tracing::debug!(operation = %operation.id, "a lease was not renewed");
        }
    }
}

/// All rows or none, in one transaction.
async fn at_once(
    store: &Store,
    ctx: Arc<Context>,
    plan: Plan,
    operation: &Operation,
    import: &Model,
) -> Result<(), Fault> {
    let (operation, id) = (operation.clone(), import.id);
    let write = async move |work: &Work| {
        let tally = run::whole(work, &plan, false, |seen| operations::tell(operation.id, seen)).await?;
        row::keep(work, id, &tally.rows).await?;
        run::end(work, id, &operation, &tally).await?;
        Ok::<_, Fault>(Answer::no_content())
    };
    store.write(ctx, write).await.map(drop)
}

/// Some rows a transaction, each with how far the run is; goes on where an earlier one stopped.
async fn in_parts(
    store: &Store,
    ctx: Arc<Context>,
    plan: &Plan,
    operation: &Operation,
    import: &Model,
) -> Result<(), Fault> {
    let mut tally = so_far(store, import).await?;
    let mut skip = tally.seen();
    let mut chunks = plan.lines();
    while let Some(lines) = chunks.recv().await {
        let mut lines = lines?;
        let known = lines.len().min(usize::try_from(skip).unwrap_or_default());
        skip -= i32::try_from(known).unwrap_or_default();
        lines.drain(..known);
        if lines.is_empty() {
            continue;
        }
        tally = part(store, ctx.clone(), plan, operation, import.id, lines, tally).await?;
    }
    let (operation, id, kind) = (operation.clone(), import.id, plan.kind);
    let end = async move |work: &Work| {
        if tally.ok > 0 {
            (kind.follow)(work).await?;
        }
        run::end(work, id, &operation, &tally).await?;
        Ok::<_, Fault>(Answer::no_content())
    };
    store.write(ctx, end).await.map(drop)
}

async fn part(
    store: &Store,
    ctx: Arc<Context>,
    plan: &Plan,
    operation: &Operation,
    import: Uuid,
    lines: Vec<crate::sheet::Line>,
    before: Tally,
) -> Result<Tally, Fault> {
    let (plan, operation) = (plan.clone(), operation.clone());
    let counted = std::rc::Rc::new(std::cell::RefCell::new(Tally::default()));
    let place = counted.clone();
    let write = async move |work: &Work| {
        let mut tally = before.clone();
        run::rows(work, &plan, &lines, &mut tally).await?;
        row::keep(work, import, &tally.rows).await?;
        operations::go_on(work, &operation, tally.seen()).await?;
        // What is written down need not be kept in memory.
        tally.rows.clear();
        place.replace(tally);
        work.unchanged();
        Ok::<_, Fault>(Answer::no_content())
    };
    store.write(ctx, write).await?;
    Ok(counted.take())
}

/// What an earlier run of a partial import has written down.
async fn so_far(store: &Store, import: &Model) -> Result<Tally, Fault> {
    use sea_orm::{PaginatorTrait, QueryOrder, QuerySelect};
    let rows = || row::Entity::find().filter(row::Column::ImportId.eq(import.id));
    let mut tally = Tally::default();
    let count = async |status: row::Status| -> Result<i32, Fault> {
        let n = rows().filter(row::Column::Status.eq(status)).count(store.reader()).await?;
        Ok(i32::try_from(n).unwrap_or(i32::MAX))
    };
    tally.ok = count(row::Status::Ok).await?;
    tally.unchanged = count(row::Status::Unchanged).await?;
    tally.refused = count(row::Status::Refused).await?;
    let refused = rows().filter(row::Column::Status.eq(row::Status::Refused)).order_by_asc(row::Column::Row).limit(200);
    for row in refused.all(store.reader()).await? {
        let errors: Vec<CellError> = serde_json::from_str(&row.errors).unwrap_or_default();
        let told =
            errors.into_iter().map(|CellError { column, code }| Refusal { row: row.row, line: row.line, column, code });
        tally.refusals.extend(told);
    }
    Ok(tally)
}
