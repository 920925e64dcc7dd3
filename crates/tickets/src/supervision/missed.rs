//! A missed handling clock that matters asks for an account by itself, once (TK-R17).

use chrono::TimeDelta;
use kernel::fault::Fault;
use kernel::time::{Timestamp, whole_second};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, LockType, Query};
use sea_orm::{Condition, QueryOrder, QuerySelect};
use store::{Answer, Context, Reading, Store, Work, parameters};

use super::commands::{Addressee, issued};
use super::entity::{Column, Entity};
use crate::catalogue::Severity;
use crate::clock::Ledger;
use crate::ticket::entity::{Column as TicketColumn, Entity as Tickets, Model as TicketRow, Status};

/// Tickets looked at in one go.
const BATCH: u64 = 200;

/// Issues what running clocks have missed since the last time; answers how many cases it looked at. Safe to run
/// late and twice.
pub async fn issue_due(store: &Store) -> Result<usize, Fault> {
    let mut looked = 0;
    let mut last = Uuid::nil();
    loop {
        let late = late(&store.reading(Context::system("supervise_missed")), last).await?;
        let Some(next) = late.last().copied() else { return Ok(looked) };
        last = next;
        for id in late {
            let write = async move |work: &Work| {
                let row = Tickets::find_by_id(id).lock(LockType::Update).one(&work.db()).await?;
                if let Some(row) = row.filter(|row| Status::OPEN.contains(&row.status)) {
                    if_missed(work, row).await?;
                }
                // Another process may have been here before.
                work.unchanged();
                Ok::<_, Fault>(Answer::no_content())
            };
            store.write(Context::system("supervise_missed"), write).await?;
            looked += 1;
        }
    }
}

/// Open cases that matter, past their limit and not asked about in this cycle.
async fn late(at: &Reading, after: Uuid) -> Result<Vec<Uuid>, Fault> {
    let asked = Query::select()
        .expr(Expr::value(1))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::TicketId)).equals((Tickets, TicketColumn::Id)))
        .and_where(Expr::col((Entity, Column::Cycle)).equals((Tickets, TicketColumn::Cycle)))
        .and_where(Expr::col((Entity, Column::ClockId)).is_not_null())
        .to_owned();
    let matters = Condition::any().add(TicketColumn::Urgent.eq(true)).add(TicketColumn::SeverityRank.gt(0));
    let late = Tickets::find()
        .select_only()
        .column(TicketColumn::Id)
        .filter(TicketColumn::Id.gt(after))
        .filter(TicketColumn::Status.is_in(Status::OPEN.iter().copied()))
        .filter(TicketColumn::DueAt.lt(at.now))
        .filter(matters)
        .filter(Expr::exists(asked).not())
        .order_by_asc(TicketColumn::Id)
        .limit(BATCH);
    Ok(late.into_tuple().all(&at.db()).await?)
}

/// Asks for an account of a case whose handling clock of this cycle is missed, unless that was done. The row is
/// held by the caller, so this happens once a clock.
pub(crate) async fn if_missed(work: &Work, row: TicketRow) -> Result<TicketRow, Fault> {
    if !row.urgent && row.severity == Severity::Normal {
        return Ok(row);
    }
    let ledger = Ledger::load(work, row.id, row.created_at).await?;
    let now = whole_second(work.now);
    let Some(clock) = ledger.clock("handle", row.cycle) else { return Ok(row) };
    if ledger.outcome(clock, now).unwrap_or("running") != "missed" {
        return Ok(row);
    }
    let asked = Entity::find().filter(Column::ClockId.eq(clock.row.id)).count(&work.db()).await?;
    let unit = row.responsible_org_unit_id.or(row.received_org_unit_id);
    let (Some(unit), 0) = (unit, asked) else { return Ok(row) };
    let hours = parameters::integer(work, "tickets.supervision.answer_hours").await?;
    let due = clock.targets.last().and_then(|target| ledger.due_at(clock, target, None).ok().flatten());
    let text = match due {
        Some(due) => format!("工单 {} 办理超时(应于 {} 前办结),请说明原因和措施", row.number, Timestamp::from(due)),
        None => format!("工单 {} 办理超时,请说明原因和措施", row.number),
    };
    let to = Addressee { org_unit_id: Some(unit), staff_id: None, placed: Some(unit) };
    let (_, row) = issued(work, row, to, &text, work.now + TimeDelta::hours(hours), Some(clock.row.id)).await?;
    Ok(row)
}
