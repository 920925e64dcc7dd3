//! Running over the rows: each in a savepoint of its own, all of them in one transaction or – partial and
//! long – some at a time.

use std::cell::RefCell;
use std::sync::Arc;

use kernel::fault::Fault;
use serde_json::Value;
use store::journal::Fact;
use store::{Answer, Context, Done, Store, Work, operations};
use uuid::Uuid;

use crate::import::entity::{Model, Status};
use crate::import::row::{self, CellError, Judged};
use crate::import::{self, Import, ImportView, Refusal, Sent};
use crate::plan::Plan;
use crate::problems::IMPORT_REFUSED;
use crate::sheet::Line;

/// Files of at most so many rows are taken over while the caller waits.
pub const AT_ONCE: u32 = 200;
/// Refused cells that are told with the import itself.
const TOLD: usize = 200;

/// What the rows came to.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub ok: i32,
    pub unchanged: i32,
    pub refused: i32,
    pub rows: Vec<Judged>,
    pub refusals: Vec<Refusal>,
}

impl Tally {
    /// Rows looked at.
    pub fn seen(&self) -> i32 {
        self.ok + self.unchanged + self.refused
    }

    fn take(&mut self, judged: Judged) {
        match judged.status {
            row::Status::Ok => self.ok += 1,
            row::Status::Unchanged => self.unchanged += 1,
            row::Status::Refused => self.refused += 1,
        }
        for error in judged.errors.iter().take(TOLD.saturating_sub(self.refusals.len())) {
            let CellError { column, code } = error.clone();
            self.refusals.push(Refusal { row: judged.row, line: judged.line, column, code });
        }
        self.rows.push(judged);
    }

    /// None was taken over: what a row would have made is not there.
    fn undone(&mut self) {
        for judged in &mut self.rows {
            (judged.resource, judged.resource_id) = (None, None);
        }
    }
}

/// Takes over these rows; a refused one leaves nothing behind.
///
/// # Errors
/// Only what is no row's fault: the database is away, a defect of ours.
pub async fn rows(work: &Work, plan: &Plan, lines: &[Line], tally: &mut Tally) -> Result<(), Fault> {
    let schema = (plan.kind.schema)();
    let read = |line: &Line| plan.body(line).and_then(|body| (plan.check)(&schema, &body).map(|()| body));
    let bodies: Vec<Result<Value, Fault>> = lines.iter().map(read).collect();
    (plan.kind.look_ahead)(work, bodies.iter().flatten().cloned().collect()).await?;
    for (line, body) in lines.iter().zip(bodies) {
        let applied = match body {
            Ok(body) => work.attempt(async |work| (plan.kind.apply)(work, body).await).await,
            Err(fault) => Err(fault),
        };
        let number = tally.seen() + 1;
        let judged = Judged {
            row: number,
            line: i32::try_from(line.number).unwrap_or(i32::MAX),
            status: row::Status::Refused,
            resource: None,
            resource_id: None,
            errors: Vec::new(),
        };
        tally.take(match applied {
            Ok(applied) => Judged {
                status: if applied.changed { row::Status::Ok } else { row::Status::Unchanged },
                resource: Some(applied.resource),
                resource_id: Some(applied.id),
                ..judged
            },
            Err(fault) if fault.cause().is_some() || fault.is_retryable() => return Err(fault),
            Err(fault) => Judged { errors: errors(plan, &fault), ..judged },
        });
    }
    work.spill().await
}

/// What a refusal says of the row's cells.
fn errors(plan: &Plan, fault: &Fault) -> Vec<CellError> {
    let column = |pointer: &str| plan.kind.column_of(pointer).map(str::to_owned);
    if fault.errors().is_empty() {
        let field = fault.args().get("field").and_then(|field| field.as_str());
        let column = field.and_then(|field| column(&format!("/{field}")));
        return vec![CellError { column, code: fault.code().to_owned() }];
    }
    let error =
        |error: &kernel::fault::FieldError| CellError { column: column(&error.pointer), code: error.code.clone() };
    fault.errors().iter().map(error).collect()
}

/// Takes over the whole file in this transaction: all of it, or – unless `partial` – nothing.
pub async fn whole(work: &Work, plan: &Plan, partial: bool, seen: impl Fn(i32)) -> Result<Tally, Fault> {
    let tally = RefCell::new(Tally::default());
    let all = work.attempt(async |work| {
        let mut counted = Tally::default();
        let mut chunks = plan.lines();
        while let Some(lines) = chunks.recv().await {
            rows(work, plan, &lines?, &mut counted).await?;
            seen(counted.seen());
        }
        let (refused, changed) = (counted.refused, counted.ok > 0);
        tally.replace(counted);
        if changed && (partial || refused == 0) {
            (plan.kind.follow)(work).await?;
        }
        match refused > 0 && !partial {
            true => Err(Fault::new(&IMPORT_REFUSED).with("refused", refused)),
            false => Ok(()),
        }
    });
    match all.await {
        Ok(()) => Ok(tally.take()),
        Err(fault) if fault.is(&IMPORT_REFUSED) => {
            let mut tally = tally.take();
            tally.undone();
            Ok(tally)
        }
        Err(fault) => Err(fault),
    }
}

/// Takes a file over while its caller waits. `ctx` says whether it is only tried.
pub async fn run_now(store: &Store, ctx: Arc<Context>, plan: Plan, sent: Sent) -> Result<Answer, Fault> {
    let write = async move |work: &Work| {
        let tally = whole(work, &plan, sent.partial, |_| {}).await?;
        let mut row = import::begun(work, kernel::ids::new_id(work.now), &plan, &sent);
        let status = import::count(&mut row, &tally, sent.partial)?;
        let mixed = tally.refused > 0;
        if work.ctx.dry_run {
            work.unchanged();
            return Answer::json(if mixed { Done::Mixed } else { Done::Ok }, &import::tried(row)?);
        }
        let row = work.create::<Import>(row, |fact| told(fact, &tally), verb(status)).await?;
        row::keep(work, row.id, &tally.rows).await?;
        answer(if mixed { Done::Mixed } else { Done::Created }, row)
    };
    store.write(ctx, write).await
}

/// The answer that shows an import.
pub fn answer(done: Done, row: Model) -> Result<Answer, Fault> {
    let (id, version) = (row.id, row.version);
    let view: ImportView = import::kept(row);
    Ok(Answer::json(done, &view)?.version(version).location(format!("/v1/imports/{id}")))
}

/// How the fact of an end is called.
fn verb(status: Status) -> &'static str {
    match status {
        Status::Applied => "applied",
        Status::Refused => "refused",
        Status::Queued | Status::Failed => "failed",
    }
}

fn told(fact: Fact, tally: &Tally) -> Fact {
    fact.with("ok", tally.ok).with("unchanged", tally.unchanged).with("refused", tally.refused)
}

/// Ends an import with what its rows came to, in the transaction of its operation's end.
pub async fn end(work: &Work, id: Uuid, operation: &operations::Model, tally: &Tally) -> Result<(), Fault> {
    let before = find(work, id).await?;
    let mut row: crate::import::entity::ActiveModel = before.clone().into();
    let status = import::count(&mut row, tally, before.partial)?;
    work.change::<Import>(&before, row, verb(status), |fact| told(fact, tally)).await?;
    operations::finish(work, operation, tally.seen(), None).await
}

/// Ends an import that cannot be taken over; `code` says why.
pub async fn give_up(work: &Work, id: Uuid, operation: &operations::Model, code: &str) -> Result<(), Fault> {
    let before = find(work, id).await?;
    let mut row: crate::import::entity::ActiveModel = before.clone().into();
    row.status = sea_orm::Set(Status::Failed);
    work.change::<Import>(&before, row, "failed", |fact| fact.with("code", code)).await?;
    operations::finish(work, operation, operation.done, Some(code)).await
}

/// The import of an operation, whoever runs it.
pub async fn find(at: &store::Reading, id: Uuid) -> Result<Model, Fault> {
    use sea_orm::EntityTrait;
    let row = crate::import::entity::Entity::find_by_id(id).one(&at.db()).await?;
    row.ok_or_else(|| Fault::internal("an operation without its import"))
}
