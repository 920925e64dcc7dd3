//! Telling when a write changed how a household stands (HS-R02): the status itself is computed for a day.

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use store::Work;
use store::journal::Fact;

use super::Household;
use super::entity::{Entity, Model};
use super::status::{Standings, Status};

/// How a household stood before a write.
pub(crate) struct Standing {
    id: Uuid,
    before: Status,
}

async fn status(work: &Work, row: &Model, day: NaiveDate) -> Result<Status, Fault> {
    Ok(Standings::of(work, &[row.id], day).await?.flags(row).status())
}

impl Standing {
    /// Looks before the write.
    pub async fn of(work: &Work, row: &Model) -> Result<Self, Fault> {
        Self::on(work, row, business_day(work.now)).await
    }
    /// As it stood on an earlier day: what the days between brought is told as well.
    pub async fn on(work: &Work, row: &Model, day: NaiveDate) -> Result<Self, Fault> {
        Ok(Self { id: row.id, before: status(work, row, day).await? })
    }
    /// Tells after it, if it stands otherwise.
    pub async fn told(self, work: &Work) -> Result<(), Fault> {
        let Some(row) = Entity::find_by_id(self.id).one(&work.db()).await? else { return Ok(()) };
        let after = status(work, &row, business_day(work.now)).await?;
        if after != self.before {
            let fact = Fact::of::<Household>("status_changed", &row).with("status_before", self.before.code());
            work.record(fact.with("status", after.code()));
        }
        Ok(())
    }
}
