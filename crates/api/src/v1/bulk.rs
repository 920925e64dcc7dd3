//! Many rows in one call: one result a row, and a 207 as soon as one was refused.

use std::sync::Arc;

use kernel::fault::{Fault, FieldError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::resource::Row;
use store::{Answer, Context, Done, Resource, Work};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::call::{Call, Reply};
use crate::problem::{self, FieldProblem};

/// Up to 200 rows, each as the create operation of the resource takes it.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct BulkRows {
    #[schema(value_type = Vec<Object>, min_items = 1, max_items = 200)]
    pub rows: Vec<Value>,
    /// All or nothing: the first refusal is the answer.
    #[serde(default)]
    pub atomic: bool,
    /// Check everything, keep nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// One result a row, in the order of the rows.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowResults {
    pub results: Vec<RowResult>,
    /// Nothing was kept.
    pub dry_run: bool,
}

/// What became of one row.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowResult {
    /// Counted from 0.
    pub row: usize,
    pub ok: bool,
    pub id: Option<Uuid>,
    pub version: Option<i32>,
    /// Code of the refusal.
    pub code: Option<String>,
    pub detail: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

/// Runs the create command for each row.
pub async fn create<R, I, C>(call: Call, command: C) -> Result<Reply, Fault>
where
    R: Resource,
    I: DeserializeOwned + ToSchema + Validate + 'static,
    C: AsyncFn(&Work, &I) -> Result<R::Row, Fault> + Copy + 'static,
{
    let input = call.read::<BulkRows>()?;
    let state = call.state.clone();
    let one = async move |work: &Work, body: &Value| {
        let input = state.api.bodies.read::<I>(&I::name(), body)?;
        let row = command(work, &input).await?;
        Ok((row.id(), Some(row.version())))
    };
    run(call, input.rows, input.atomic, input.dry_run, one).await
}

/// Runs one command a row; a refused row leaves nothing behind and does not stop the others.
pub async fn run<T, C>(call: Call, rows: Vec<T>, atomic: bool, dry_run: bool, one: C) -> Result<Reply, Fault>
where
    T: 'static,
    C: AsyncFn(&Work, &T) -> Result<(Uuid, Option<i32>), Fault> + 'static,
{
    let dry_run = dry_run || call.ctx.dry_run;
    let ctx = Context { dry_run, key: call.ctx.key.clone().filter(|_| !dry_run), ..(*call.ctx).clone() };
    let path = call.request.path().to_owned();
    let write = async move |work: &Work| {
        let mut results = Vec::with_capacity(rows.len());
        for (n, row) in rows.iter().enumerate() {
            let result = work.attempt(async |work| one(work, row).await).await;
            if let Err(fault) = &result
                && (atomic || fault.cause().is_some() || fault.is_retryable())
            {
                return Err(of_row(n, fault.clone()));
            }
            results.push(self::result(n, result, work, &path));
        }
        work.unchanged();
        let mixed = results.iter().any(|result| !result.ok);
        Answer::json(if mixed { Done::Mixed } else { Done::Ok }, &RowResults { results, dry_run })
    };
    Ok(Reply::Answer(call.state.store.write(Arc::new(ctx), write).await?))
}

/// What became of a row, as callers see it.
pub(super) fn result(n: usize, result: Result<(Uuid, Option<i32>), Fault>, work: &Work, path: &str) -> RowResult {
    match result {
        Ok((id, version)) => done(n, id, version),
        Err(fault) => refused(n, &fault, work, path),
    }
}

fn done(n: usize, id: Uuid, version: Option<i32>) -> RowResult {
    RowResult { row: n, ok: true, id: Some(id), version, code: None, detail: None, errors: Vec::new() }
}

fn refused(n: usize, fault: &Fault, work: &Work, path: &str) -> RowResult {
    let body = problem::body(fault, path, &work.ctx.request_id, work.lang());
    RowResult {
        row: n,
        ok: false,
        id: None,
        version: None,
        code: Some(body.code),
        detail: Some(body.detail),
        errors: body.errors,
    }
}

/// The refusal of one row as the refusal of all.
fn of_row(n: usize, fault: Fault) -> Fault {
    if fault.cause().is_some() {
        return fault;
    }
    let errors = fault.errors().iter().cloned();
    let errors = errors.map(|error| FieldError { pointer: format!("/rows/{n}{}", error.pointer), ..error }).collect();
    fault.with("row", n).with_errors(errors)
}
