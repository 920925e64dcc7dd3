//! A file looked at before anything happens: which columns it has, how many rows, whether it can be read.

use std::path::{Path, PathBuf};

use kernel::fault::{Fault, FieldError, TOO_LARGE};
use serde_json::{Map, Value};
use store::imports::Kind;
use tokio::sync::mpsc;

use crate::Check;
use crate::problems::{MISSING_COLUMN, NO_ROWS, REPEATED_COLUMN, SURPLUS_CELLS, UNKNOWN_COLUMN};
use crate::sheet::{self, Format, Line, cell};

/// Rows handed over together, and rows of one transaction where a run may stop between two.
pub const CHUNK: usize = 200;

/// How a file is taken over.
#[derive(Clone)]
pub struct Plan {
    pub kind: &'static Kind,
    pub path: PathBuf,
    pub format: Format,
    /// For each column of the file the column of the kind.
    headings: Vec<Option<usize>>,
    /// Rows below the heading.
    pub rows: u32,
    pub check: Check,
}

/// Reads the file once from end to end, as far as it may go.
///
/// # Errors
/// 413 beyond `max_rows` and the bounds of [`sheet`], 422 for a heading that does not fit or a broken file.
pub async fn inspect(
    kind: &'static Kind,
    path: &Path,
    format: Format,
    max_rows: u32,
    check: Check,
) -> Result<Plan, Fault> {
    let mut plan = Plan { kind, path: path.to_owned(), format, headings: Vec::new(), rows: 0, check };
    let looked = tokio::task::spawn_blocking(move || {
        let mut heading = None;
        let (path, format) = (plan.path.clone(), plan.format);
        sheet::read(&path, format, &mut |line| {
            if heading.is_none() {
                plan.headings = headings(kind, &line)?;
                heading = Some(line.number);
                return Ok(true);
            }
            plan.rows += 1;
            match plan.rows > max_rows {
                true => Err(Fault::new(&TOO_LARGE).with("limit", max_rows)),
                false => Ok(true),
            }
        })?;
        match plan.rows {
            0 => Err(Fault::field("/file", NO_ROWS.code)),
            _ => Ok(plan),
        }
    });
    looked.await.map_err(Fault::internal)?
}

/// Which column of the kind each heading means.
fn headings(kind: &Kind, line: &Line) -> Result<Vec<Option<usize>>, Fault> {
    let mut errors = Vec::new();
    let mut refuse = |code: &'static str, column: Value| {
        errors.push(FieldError::new("/file", code).with("column", column));
    };
    let mut found: Vec<Option<usize>> = Vec::new();
    for (n, heading) in line.cells.iter().enumerate() {
        let known = kind.columns.iter().position(|column| column.is_named(heading));
        match known {
            _ if heading.is_empty() => {}
            // What stands there may be data of a file without heading: only its place is told.
            None => refuse(UNKNOWN_COLUMN.code, (n + 1).into()),
            Some(column) if found.contains(&Some(column)) => {
                refuse(REPEATED_COLUMN.code, kind.columns[column].name.into());
            }
            Some(_) => {}
        }
        found.push(known);
    }
    for name in required(kind) {
        let there = kind.columns.iter().position(|column| column.name == name);
        if there.is_some_and(|column| !found.contains(&Some(column))) {
            refuse(MISSING_COLUMN.code, name.into());
        }
    }
    if errors.is_empty() { Ok(found) } else { Err(Fault::fields(errors)) }
}

/// The fields no row may lack.
pub fn required(kind: &Kind) -> Vec<String> {
    let name = (kind.schema)();
    let row = (kind.schemas)().into_iter().find(|(known, _)| *known == name);
    let row = row.and_then(|(_, schema)| serde_json::to_value(schema).ok()).unwrap_or_default();
    serde_json::from_value(row["required"].clone()).unwrap_or_default()
}

impl Plan {
    /// The row as an object, each filled cell a field.
    pub fn body(&self, line: &Line) -> Result<Value, Fault> {
        let mut fields = Map::new();
        for (n, text) in line.cells.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let Some(Some(column)) = self.headings.get(n) else {
                return Err(Fault::field("", SURPLUS_CELLS.code));
            };
            let column = &self.kind.columns[*column];
            fields.insert(column.name.to_owned(), cell::value(column.cell, text));
        }
        Ok(Value::Object(fields))
    }

    /// The rows below the heading, some at a time, read ahead by no more than that.
    pub fn lines(&self) -> mpsc::Receiver<Result<Vec<Line>, Fault>> {
        let (sender, receiver) = mpsc::channel(1);
        let (path, format) = (self.path.clone(), self.format);
        tokio::task::spawn_blocking(move || {
            let mut heading = true;
            let mut chunk = Vec::with_capacity(CHUNK);
            let read = sheet::read(&path, format, &mut |line| {
                if std::mem::take(&mut heading) {
                    return Ok(true);
                }
                chunk.push(line);
                if chunk.len() < CHUNK {
                    return Ok(true);
                }
                // Nobody listens any more: the run was given up.
                Ok(sender.blocking_send(Ok(std::mem::take(&mut chunk))).is_ok())
            });
            let rest = read.map(|()| chunk);
            if !matches!(&rest, Ok(rest) if rest.is_empty()) {
                let _ = sender.blocking_send(rest);
            }
        });
        receiver
    }
}
