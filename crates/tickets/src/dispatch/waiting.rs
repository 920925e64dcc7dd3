//! Tickets nobody could take are tried again: a shift began, a muster was held, somebody has room (TK-R16).

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::business_day;
use registers::org_unit;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{QueryOrder, QuerySelect};
use store::{Answer, Context, Reading, Store, Work, parameters};

use super::pool::{Handlers, Pool};
use super::ranking::chosen;
use super::{Owners, assigned, handlers_of, hold};
use crate::catalogue::{Kind, PlaceKind};
use crate::ticket::entity::{Column, Entity, Model as TicketRow, Status};

/// Tickets of a unit looked at in one go.
const QUEUE: u64 = 5_000;
/// Tickets assigned in one transaction: others write in between.
const AT_ONCE: usize = 40;

/// Tries every waiting ticket again; answers how many went to somebody. Safe to run late and twice.
pub async fn assign_waiting(store: &Store) -> Result<usize, Fault> {
    let at = store.reading(Context::system("dispatch_waiting"));
    if !parameters::boolean(&at, "tickets.dispatch.enabled").await? {
        return Ok(0);
    }
    let units: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::ResponsibleOrgUnitId)
        .distinct()
        .filter(Column::Status.eq(Status::Registered))
        .filter(Column::AssigneeId.is_null())
        .filter(Column::ResponsibleOrgUnitId.is_not_null())
        .into_tuple()
        .all(&at.db())
        .await?;
    let mut done = 0;
    for unit in units {
        let at = store.reading(Context::system("dispatch_waiting"));
        let ready = assignable(&at, unit).await?;
        for chunk in ready.chunks(AT_ONCE) {
            let ids = chunk.to_vec();
            let assigned = std::rc::Rc::new(std::cell::Cell::new(0));
            let count = assigned.clone();
            let write = async move |work: &Work| {
                count.set(assign_these(work, unit, &ids).await?);
                // Another process may have been here before.
                work.unchanged();
                Ok::<_, Fault>(Answer::no_content())
            };
            store.write(Context::system("dispatch_waiting"), write).await?;
            done += assigned.get();
        }
    }
    Ok(done)
}

/// Tries the waiting tickets of a unit, and of those above it whose people these are too, within a command.
pub(crate) async fn assign_near(work: &Work, unit: Uuid) -> Result<(), Fault> {
    if !parameters::boolean(work, "tickets.dispatch.enabled").await? {
        return Ok(());
    }
    for unit in org_unit::path(work, unit).await? {
        let ready = assignable(work, unit).await?;
        let ready: Vec<Uuid> = ready.into_iter().take(AT_ONCE).collect();
        if !ready.is_empty() {
            assign_these(work, unit, &ready).await?;
        }
    }
    Ok(())
}

/// The queue of a unit: severity, limit, receipt, number.
async fn queue(at: &Reading, unit: Uuid) -> Result<Vec<TicketRow>, Fault> {
    let waiting = Entity::find()
        .filter(Column::ResponsibleOrgUnitId.eq(unit))
        .filter(Column::Status.eq(Status::Registered))
        .filter(Column::AssigneeId.is_null())
        .order_by_desc(Column::SeverityRank)
        .order_by_asc(Column::DueSort)
        .order_by_asc(Column::ReceivedAt)
        .order_by_asc(Column::Number)
        .limit(QUEUE);
    Ok(waiting.all(&at.db()).await?)
}

/// The handlers of tickets, each combination looked up once; none when it is valid no more.
#[derive(Default)]
struct Classes(HashMap<(Kind, String, PlaceKind, NaiveDate), Option<Handlers>>);

impl Classes {
    async fn of(&mut self, at: &Reading, row: &TicketRow) -> Result<Option<Handlers>, Fault> {
        let day = business_day(row.received_at);
        let key = (row.kind, row.category_code.clone(), row.place_kind, day);
        if let Some(known) = self.0.get(&key) {
            return Ok(known.clone());
        }
        let handlers = handlers_of(at, row).await?;
        self.0.insert(key, handlers.clone());
        Ok(handlers)
    }
}

/// Those of the queue that would go to somebody now, in its order.
async fn assignable(at: &Reading, unit: Uuid) -> Result<Vec<Uuid>, Fault> {
    let queue = queue(at, unit).await?;
    if queue.is_empty() {
        return Ok(Vec::new());
    }
    let mut pool = Pool::of_unit(at, unit).await?.weigh(at).await?;
    let owners = Owners::of(at, &queue).await?;
    let mut classes = Classes::default();
    let mut ready = Vec::new();
    for row in queue {
        let Some(handlers) = classes.of(at, &row).await? else { continue };
        if !pool.has(&handlers) {
            continue;
        }
        if let Some(staff) = chosen(&pool.judge(&row, &handlers, owners.owner(&row))) {
            pool.took(staff, pool.weight(row.severity), at.now);
            ready.push(row.id);
        }
    }
    Ok(ready)
}

/// Decides these tickets anew, held, in the order given.
async fn assign_these(work: &Work, unit: Uuid, ids: &[Uuid]) -> Result<usize, Fault> {
    hold(work, unit).await?;
    let mut pool = Pool::of_unit(work, unit).await?.weigh(work).await?;
    let mut classes = Classes::default();
    let mut rows: HashMap<Uuid, TicketRow> = Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::Status.eq(Status::Registered))
        .filter(Column::AssigneeId.is_null())
        .filter(Column::ResponsibleOrgUnitId.eq(unit))
        // What somebody acts on now is his, or comes again.
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(&work.db())
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let rows: Vec<TicketRow> = ids.iter().filter_map(|id| rows.remove(id)).collect();
    let owners = Owners::of(work, &rows).await?;
    let mut done = 0;
    for row in rows {
        let Some(handlers) = classes.of(work, &row).await? else { continue };
        let judged = pool.judge(&row, &handlers, owners.owner(&row));
        if let Some(staff) = chosen(&judged) {
            let weight = pool.weight(row.severity);
            assigned(work, row, staff, weight, &judged).await?;
            pool.took(staff, weight, work.now);
            done += 1;
        }
    }
    Ok(done)
}
