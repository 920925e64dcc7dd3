//! What may be done with a customer's file as a whole.

use kernel::fault::Fault;
use kernel::time;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use store::life_cycle::{LifeCycle, Move, Subject};
use store::{Reading, parameters};

use super::entity::{
    Column,
    CustomerStatus::{self, *},
    Entity, Model,
};
use crate::problems::{CUSTOMER_IN_USE, UNMERGE_WINDOW_CLOSED};

/// A file with what its acts depend on.
pub(super) struct File {
    pub row: Model,
    /// How long its merge can be undone, as it was on the day of the merge.
    unmerge_days: i64,
    /// Whether other files are merged into it.
    gathers: bool,
}

impl File {
    pub async fn load(at: &Reading, row: Model) -> Result<Self, Fault> {
        let unmerge_days = match row.merged_at.map(time::business_day) {
            Some(day) => parameters::integer_on(at, "platform.customer.unmerge_days", day).await?,
            None => 0,
        };
        let merged = Entity::find().filter(Column::MergedIntoId.eq(row.id)).count(&at.db()).await?;
        Ok(Self { row, unmerge_days, gathers: merged > 0 })
    }

    /// Refuses an act that is not possible now.
    pub fn take(&self, at: &Reading, action: &str) -> Result<CustomerStatus, Fault> {
        MOVES.take(action, &Subject::of(at, self))
    }
}

/// Acts on a file. Whether something of the customer still runs is asked by the erasing itself: other domains know.
pub(super) const MOVES: LifeCycle<CustomerStatus, File> = LifeCycle {
    entity: "platform.customer",
    state: |it| it.row.row.status,
    moves: &[
        Move { action: "merge", from: &[Active], to: Some(Merged), guards: &[] },
        Move { action: "unmerge", from: &[Merged], to: Some(Active), guards: &[in_time] },
        Move { action: "erase", from: &[Active, Merged], to: Some(Erased), guards: &[alone] },
    ],
};

/// The permission an act needs; who merges also takes apart.
pub(super) fn permission(action: &str) -> String {
    let verb = if action == "unmerge" { "merge" } else { action };
    format!("platform.customer:{verb}")
}

fn in_time(it: &Subject<'_, File>) -> Result<(), Fault> {
    let merged_on = it.row.row.merged_at.map(time::business_day);
    let passed = merged_on.map(|day| (time::business_day(it.now) - day).num_days());
    match passed.is_some_and(|days| days > it.row.unmerge_days) {
        true => Err(Fault::new(&UNMERGE_WINDOW_CLOSED).rule("PF-E08").with("days", it.row.unmerge_days)),
        false => Ok(()),
    }
}

/// Files merged into this one are erased first.
fn alone(it: &Subject<'_, File>) -> Result<(), Fault> {
    if it.row.gathers { Err(Fault::new(&CUSTOMER_IN_USE)) } else { Ok(()) }
}
