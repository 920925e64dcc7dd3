//! Re-targeting on order: running clocks get the newest policy and calendar version (TK-R13).

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{IntoActiveModel, QuerySelect};
use store::{Resource, Work};

use super::writing;
use crate::ticket::entity::{Column, Entity, Status};
use crate::ticket::{Ticket, refresh};

/// Tickets taken in one go.
const MANY: u64 = 1000;

/// Appends targets where policy or calendar moved on; answers how many tickets and clocks changed.
pub async fn retarget(work: &Work, ids: Option<&[Uuid]>, reason: &str) -> Result<(usize, usize), Fault> {
    let mut select = Entity::find()
        .filter(Ticket::visible_to(work.actor()))
        .filter(Column::Status.is_in(Status::OPEN.iter().copied()))
        .limit(MANY)
        .lock(LockType::Update);
    if let Some(ids) = ids {
        select = select.filter(Column::Id.is_in(ids.iter().copied()));
    }
    let (mut tickets, mut clocks) = (0, 0);
    for row in select.all(&work.db()).await? {
        let appended = writing::retarget(work, &row, "calendar").await?;
        if appended > 0 {
            tickets += 1;
            clocks += appended;
            let change = row.clone().into_active_model();
            let row = work.change::<Ticket>(&row, change, "retargeted", |fact| fact.reason(reason)).await?;
            refresh(work, row).await?;
        }
    }
    if tickets == 0 {
        work.unchanged();
    }
    Ok((tickets, clocks))
}
