//! Computing again what lists sort and filter by: the projection of the deadline ledger.
//!
//! The ledger is the truth; the projection is written with each act. This proves that both agree, and mends
//! the projection where somebody changed the tables by other ways.

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use store::Work;

use super::entity::{Column, Entity, Model};
use crate::clock::projection::{self, Projection, project};

/// Tickets looked at in one transaction.
const PART: u64 = 500;

/// How far a rebuild has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Where the next part begins; none at the end.
    pub last: Option<Uuid>,
    pub looked: u64,
    /// Tickets whose row said something else than their ledger.
    pub differed: u64,
}

/// Compares the next part of the tickets with their ledgers, and mends the rows unless it only checks.
pub async fn deadlines(work: &Work, so_far: Rebuilt, check: bool) -> Result<Rebuilt, Fault> {
    let mut select = Entity::find().order_by_asc(Column::Id).limit(PART);
    if let Some(last) = so_far.last {
        select = select.filter(Column::Id.gt(last));
    }
    let rows = select.all(&work.db()).await?;
    let mut rebuilt = Rebuilt { last: rows.last().map(|row| row.id), ..so_far };
    for row in rows {
        let now = project(work, &row).await?;
        rebuilt.looked += 1;
        if !agree(work, &row, &now) {
            rebuilt.differed += 1;
            if !check {
                projection::place(work, &now.moved).await;
                super::place(work, &row, &now).await?;
            }
        }
    }
    work.unchanged();
    Ok(rebuilt)
}

/// A pause that has ended by its `until` says the same as none.
fn agree(work: &Work, row: &Model, now: &Projection) -> bool {
    let open = |until: Option<chrono::DateTime<chrono::Utc>>| until.filter(|until| *until > work.now);
    (row.due_at, row.due_sort, row.near_due_at) == (now.due_at, now.due_sort, now.near_due_at)
        && open(row.paused_until) == open(now.paused_until)
        && now.moved.is_empty()
}
