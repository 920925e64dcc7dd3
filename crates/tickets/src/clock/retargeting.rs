//! Re-targeting on order: running clocks get the newest policy and calendar version (TK-R13); and what a
//! published year moves by itself.

use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, LockType, Query};
use sea_orm::{Condition, IntoActiveModel, QueryOrder, QuerySelect};
use serde::Serialize;
use store::journal::Fact;
use store::{Resource, Work, list};
use utoipa::ToSchema;

use super::entity::{clock, target};
use super::writing;
use crate::ticket::entity::{Column, Entity, Status};
use crate::ticket::{Ticket, due_again, refresh};

/// Tickets read at once, and those changed in one go.
const PART: u64 = 500;
const MOST: usize = 1000;

/// Appends targets where policy or calendar moved on, to open tickets that a list with these filters shows;
/// answers how many tickets and clocks changed. Called again, it goes on with those that are left.
pub async fn retarget(
    work: &Work,
    ids: Option<&[Uuid]>,
    filters: &[(String, String)],
    reason: &str,
) -> Result<(usize, usize), Fault> {
    let (mut tickets, mut clocks, mut last) = (0, 0, Uuid::nil());
    while tickets < MOST {
        let mut select = Entity::find()
            .filter(list::shown::<Ticket>(work, filters)?)
            .filter(Column::Status.is_in(Status::OPEN.iter().copied()))
            .filter(Column::Id.gt(last))
            .order_by_asc(Column::Id)
            .limit(PART)
            .lock(LockType::Update);
        if let Some(ids) = ids {
            select = select.filter(Column::Id.is_in(ids.iter().copied()));
        }
        let rows = select.all(&work.db()).await?;
        let Some(end) = rows.last().map(|row| row.id) else { break };
        last = end;
        for row in rows {
            let appended = if tickets < MOST { writing::retarget(work, &row, "calendar").await? } else { 0 };
            if appended > 0 {
                tickets += 1;
                clocks += appended;
                let change = row.clone().into_active_model();
                let status = row.status.code();
                let fact = |fact: Fact| fact.reason(reason).with("status_before", status);
                let row = work.change::<Ticket>(&row, change, "retargeted", fact).await?;
                due_again(work, &refresh(work, row).await?);
            }
        }
    }
    if tickets == 0 {
        work.unchanged();
    }
    Ok((tickets, clocks))
}

/// A due instant that a published year moved.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MovedDeadline {
    /// `ticket`.
    pub resource: &'static str,
    pub id: Uuid,
    pub number: String,
    pub due_before: Option<Timestamp>,
    pub due_after: Option<Timestamp>,
}

/// Computes again what is due of open tickets that count working days, after a year was published, and answers
/// what moved. No target changes: their calendar version had the year only provisionally, or not at all.
pub async fn year_published(work: &Work) -> Result<Vec<MovedDeadline>, Fault> {
    let counting = Query::select()
        .column((clock::Entity, clock::Column::TicketId))
        .from(clock::Entity)
        .inner_join(
            target::Entity,
            Expr::col((target::Entity, target::Column::ClockId)).equals((clock::Entity, clock::Column::Id)),
        )
        .cond_where(
            Condition::all().add(clock::Column::StopsAt.is_null()).add(target::Column::CalendarCode.ne("continuous")),
        )
        .to_owned();
    let rows = Entity::find()
        .filter(Column::Id.in_subquery(counting))
        .order_by_asc(Column::Id)
        .lock(LockType::Update)
        .all(&work.db())
        .await?;
    let mut moved = Vec::new();
    for row in rows {
        let (id, number, before) = (row.id, row.number.clone(), row.due_at);
        let after = refresh(work, row).await?.due_at;
        if before != after {
            let (due_before, due_after) = (before.map(Timestamp::from), after.map(Timestamp::from));
            moved.push(MovedDeadline { resource: Ticket::NAME, id, number, due_before, due_after });
        }
    }
    Ok(moved)
}
