//! Pauses that end by themselves at their `until` (TK-R14). The ledger reads them so from that instant on; here it is
//! written down and told.

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use store::{Answer, Context, Reading, Store, Work};

use super::commands::end_by_itself;
use super::entity::{Column, Entity, Status};
use crate::clock::writing;
use crate::ticket::{self, queries};

/// Pauses looked at in one go.
const BATCH: u64 = 200;

/// Ends the pauses whose `until` has passed; answers how many it looked at. Safe to run late and twice.
pub async fn end_due(store: &Store) -> Result<usize, Fault> {
    let mut looked = 0;
    let mut last = Uuid::nil();
    loop {
        let over = over(&store.reading(Context::system("end_pauses")), last).await?;
        let Some(next) = over.last().copied() else { return Ok(looked) };
        last = next;
        for id in over {
            let write = async move |work: &Work| {
                end(work, id).await?;
                Ok::<_, Fault>(Answer::no_content())
            };
            store.write(Context::system("end_pauses"), write).await?;
            looked += 1;
        }
    }
}

/// Pauses still written down as running, past their `until`.
async fn over(at: &Reading, after: Uuid) -> Result<Vec<Uuid>, Fault> {
    let over = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Id.gt(after))
        .filter(Column::Status.eq(Status::Active))
        .filter(Column::Until.lte(at.now))
        .order_by_asc(Column::Id)
        .limit(BATCH);
    Ok(over.into_tuple().all(&at.db()).await?)
}

async fn end(work: &Work, id: Uuid) -> Result<(), Fault> {
    // An act or another process may have been here before.
    work.unchanged();
    let Some(found) = Entity::find_by_id(id).one(&work.db()).await? else { return Ok(()) };
    // The ticket first, as acts on it do.
    queries::hold(work, [found.ticket_id]).await?;
    let Some(pause) = Entity::find_by_id(id).one(&work.db()).await? else { return Ok(()) };
    if pause.status != Status::Active || pause.is_active_at(work.now) {
        return Ok(());
    }
    let ticket_id = pause.ticket_id;
    writing::run_on_after(work, &pause).await?;
    end_by_itself(work, pause, None).await?;
    ticket::refresh_one(work, ticket_id).await
}
