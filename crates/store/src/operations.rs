//! Long work (PF-14): accepted with 202, done beside the calls, watched at `/v1/operations/{id}`.
//!
//! One process does an operation under a lease that it renews. Whoever finishes proves that the lease is
//! still his, so a second process that took over after a crash and the first one never both succeed.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use access::Actor;
use chrono::TimeDelta;
use kernel::fault::Fault;
use kernel::ids;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{Condition, QueryOrder, QuerySelect, Set};
use serde::Serialize;
use utoipa::ToSchema;

use crate::list::Columns;
use crate::resource::Placement;
use crate::{Answer, Context, Reading, Resource, Store, Work};

/// How long a process may be silent before another takes its work over.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// How often a running operation renews its lease.
pub const RENEW: Duration = Duration::from_secs(15);

/// How far an operation is (进度).
#[codes::code(name = "OperationStatus")]
pub enum Status {
    /// 排队中
    Queued,
    /// 进行中
    Running,
    /// 已完成: what came of it stands in the result.
    Done,
    /// 失败: nothing more happens; `error_code` says why.
    Failed,
}

/// The row of an operation.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "operation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What sort of work: `import`.
    pub kind: String,
    pub status: Status,
    /// What it makes: resource and id.
    pub resource: String,
    pub resource_id: Uuid,
    pub done: i32,
    pub total: i32,
    pub error_code: Option<String>,
    /// In whose name it is done: staff or client, role, principal.
    pub created_by: Uuid,
    pub role: String,
    pub on_behalf_of: Option<Uuid>,
    pub request_id: String,
    pub lease: Option<Uuid>,
    pub leased_until: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub started_at: Option<DateTimeUtc>,
    pub finished_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Long work as its caller watches it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Operation)]
pub struct OperationView {
    pub id: Uuid,
    /// What sort of work: `import`, `heat_bill_run`, `valve_check_list`.
    pub kind: String,
    pub status: Status,
    pub progress: Progress,
    /// What it makes, and where that is read.
    pub resource: String,
    pub resource_id: Uuid,
    /// Where to read what it made.
    pub result_url: String,
    /// Why it failed; null unless it did.
    pub error_code: Option<String>,
    pub version: i32,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

/// How much of it is done.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = OperationProgress)]
pub struct Progress {
    pub done: i32,
    pub total: i32,
    pub percent: i32,
}

/// The operations resource.
pub struct Operation;

impl Resource for Operation {
    type Entity = Entity;
    type Row = Model;
    type View = OperationView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "operation";
    const PATH: &'static str = "/v1/operations";

    /// Whoever started it, and those who see the whole house.
    fn visible_to(actor: &Actor) -> Condition {
        own(actor, Column::CreatedBy)
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at").sort("created_at", Column::CreatedAt)
    }

    fn placement(_: &Model) -> Placement {
        Placement::default()
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<OperationView>, Fault> {
        Ok(rows.into_iter().map(view).collect())
    }
}

/// The rows somebody made himself; all of them for those who see the whole house.
pub fn own<C: ColumnTrait>(actor: &Actor, created_by: C) -> Condition {
    if actor.is_system() || actor.scope.all {
        return Condition::all();
    }
    Condition::all().add(created_by.is_in(actor.persons()))
}

/// How far the operations are that this process does in one transaction: rows cannot say it before its end.
static FAR: LazyLock<Mutex<HashMap<Uuid, i32>>> = LazyLock::new(Mutex::default);

/// Says how far an operation is whose transaction is still open.
pub fn tell(id: Uuid, done: i32) {
    if let Ok(mut far) = FAR.lock() {
        far.insert(id, done);
    }
}

/// How far an operation of this process is, if it said so.
pub fn told(id: Uuid) -> Option<i32> {
    FAR.lock().ok()?.get(&id).copied()
}

/// The transaction is over: the row says it now.
pub fn forget(id: Uuid) {
    if let Ok(mut far) = FAR.lock() {
        far.remove(&id);
    }
}

fn view(row: Model) -> OperationView {
    let done = told(row.id).filter(|_| row.status == Status::Running).unwrap_or(row.done);
    let percent = match row.total {
        0 if row.status == Status::Done => 100,
        0 => 0,
        total => (i64::from(done) * 100 / i64::from(total)) as i32,
    };
    OperationView {
        progress: Progress { done, total: row.total, percent },
        result_url: format!("/v1/{}s/{}", row.resource.replace('_', "-"), row.resource_id),
        id: row.id,
        kind: row.kind,
        status: row.status,
        resource: row.resource,
        resource_id: row.resource_id,
        error_code: row.error_code,
        version: row.version,
        created_at: row.created_at.into(),
        started_at: row.started_at.map(Timestamp::from),
        finished_at: row.finished_at.map(Timestamp::from),
    }
}

/// Accepts work that is done later in the caller's name.
pub async fn queue(work: &Work, kind: &str, resource: &str, resource_id: Uuid, total: i32) -> Result<Model, Fault> {
    work.insert(queued(work, kind, resource, resource_id, total)).await
}

/// Keeps work that is done with the call which asked for it, so that whoever watches it finds its end.
pub async fn done(work: &Work, kind: &str, resource: &str, resource_id: Uuid, total: i32) -> Result<Model, Fault> {
    let row = ActiveModel {
        status: Set(Status::Done),
        done: Set(total),
        started_at: Set(Some(work.now)),
        finished_at: Set(Some(work.now)),
        ..queued(work, kind, resource, resource_id, total)
    };
    work.insert(row).await
}

fn queued(work: &Work, kind: &str, resource: &str, resource_id: Uuid, total: i32) -> ActiveModel {
    let actor = work.actor();
    ActiveModel {
        id: Set(ids::new_id(work.now)),
        kind: Set(kind.to_owned()),
        status: Set(Status::Queued),
        resource: Set(resource.to_owned()),
        resource_id: Set(resource_id),
        done: Set(0),
        total: Set(total),
        error_code: Set(None),
        created_by: Set(actor.sub),
        role: Set(actor.role.code().to_owned()),
        on_behalf_of: Set(actor.on_behalf_of),
        request_id: Set(work.ctx.request_id.clone()),
        lease: Set(None),
        leased_until: Set(None),
        version: Set(1),
        created_at: Set(work.now),
        started_at: Set(None),
        finished_at: Set(None),
    }
}

/// Takes the oldest operation of a kind that waits, or whose process fell silent. None: nothing to do.
pub async fn claim(store: &Store, kind: &'static str) -> Result<Option<Model>, Fault> {
    let waits = || {
        let silent = Condition::all().add(Column::Status.eq(Status::Running)).add(Column::LeasedUntil.lte(store.now()));
        let open = Condition::any().add(Column::Status.eq(Status::Queued)).add(silent);
        Condition::all().add(Column::Kind.eq(kind)).add(open)
    };
    // Most of the time nothing waits; that is seen without a write.
    let first = Entity::find().filter(waits()).order_by_asc(Column::CreatedAt).limit(1).one(store.reader()).await?;
    let Some(first) = first else { return Ok(None) };
    let lease = ids::new_id(store.now());
    let condition = waits();
    let take = async move |work: &Work| {
        Entity::update_many()
            .col_expr(Column::Status, Expr::value(Status::Running))
            .col_expr(Column::Lease, Expr::value(Some(lease)))
            .col_expr(Column::LeasedUntil, Expr::value(Some(work.now + LEASE)))
            .col_expr(Column::StartedAt, Expr::value(Some(work.now)))
            .filter(Column::Id.eq(first.id))
            .filter(condition.clone())
            .exec(&work.db())
            .await?;
        work.unchanged();
        Ok::<_, Fault>(Answer::no_content())
    };
    store.write(Context::system("claim_operation"), take).await?;
    let mine = Entity::find_by_id(first.id).one(store.reader()).await?;
    Ok(mine.filter(|row| row.lease == Some(lease)))
}

/// Says that the work goes on, and how far it is.
///
/// # Errors
/// 503 when another process has taken it over.
pub async fn go_on(work: &Work, row: &Model, done: i32) -> Result<(), Fault> {
    let change = Entity::update_many()
        .col_expr(Column::Done, Expr::value(done))
        .col_expr(Column::LeasedUntil, Expr::value(Some(work.now + LEASE)));
    held(change.filter(Column::Id.eq(row.id)).filter(Column::Lease.eq(row.lease)).exec(&work.db()).await?.rows_affected)
}

/// Ends the work in the transaction of its result; `error` is the code of why it failed.
///
/// # Errors
/// 503 when another process has taken it over: then nothing of this transaction may stay.
pub async fn finish(work: &Work, row: &Model, done: i32, error: Option<&str>) -> Result<(), Fault> {
    let status = if error.is_some() { Status::Failed } else { Status::Done };
    let change = Entity::update_many()
        .col_expr(Column::Status, Expr::value(status))
        .col_expr(Column::Done, Expr::value(done))
        .col_expr(Column::ErrorCode, Expr::value(error.map(str::to_owned)))
        .col_expr(Column::Lease, Expr::value(None::<Uuid>))
        .col_expr(Column::LeasedUntil, Expr::value(None::<DateTimeUtc>))
        .col_expr(Column::FinishedAt, Expr::value(Some(work.now)))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    held(change.filter(Column::Id.eq(row.id)).filter(Column::Lease.eq(row.lease)).exec(&work.db()).await?.rows_affected)
}

fn held(rows: u64) -> Result<(), Fault> {
    match rows {
        1 => Ok(()),
        _ => Err(Fault::unavailable("another process has taken the operation over")),
    }
}
