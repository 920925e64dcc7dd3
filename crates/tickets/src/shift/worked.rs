//! Who had a shift in a month: whom monitoring and assessment are about (TK-R30, TK-R38).

use std::collections::HashSet;

use kernel::fault::Fault;
use kernel::time::Month;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use store::Reading;

use super::entity::{Column, Entity};

/// The people who answered for a published shift in the month.
pub async fn worked_in(at: &Reading, month: Month) -> Result<HashSet<Uuid>, Fault> {
    let people: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::ResponsibleStaffId)
        .distinct()
        .filter(Column::Published.eq(true))
        .filter(Column::OnDate.between(month.first_day(), month.last_day()))
        .into_tuple()
        .all(&at.db())
        .await?;
    Ok(people.into_iter().collect())
}
