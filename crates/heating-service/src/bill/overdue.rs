//! Bills that fell due: told once each, and counted into the order of the household list. What is overdue follows
//! from the bills themselves; nothing becomes true here.

use kernel::fault::Fault;
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QuerySelect, Set};
use store::jobs::tidy;
use store::{Answer, Context, Reading, Store, Work};

use super::HeatBill;
use super::entity::{Column, Entity, Model};
use crate::household::standing::Standing;
use crate::household::status::{Standings, overdue_bills};
use crate::household::{Household, commands as homes};

/// Bills looked at in one go.
const BATCH: u64 = 200;

/// Tells what fell due since the last time; answers how many bills. Safe to run late and twice.
pub async fn tell(store: &Store) -> Result<usize, Fault> {
    let mut told = 0;
    loop {
        let found = untold(&store.reading(Context::system("tell_overdue_bills"))).await?;
        if found.is_empty() {
            return Ok(told);
        }
        told += found.len();
        let write = async move |work: &Work| {
            for row in untold(work).await? {
                tell_one(work, &row).await?;
            }
            // Another process may have been here before.
            work.unchanged();
            Ok::<_, Fault>(Answer::no_content())
        };
        tidy(store, "tell_overdue_bills", write).await?;
    }
}

async fn untold(at: &Reading) -> Result<Vec<Model>, Fault> {
    let rows = Entity::find().filter(overdue_bills(business_day(at.now))).filter(Column::OverdueTold.eq(false));
    Ok(rows.limit(BATCH).all(&at.db()).await?)
}

async fn tell_one(work: &Work, row: &Model) -> Result<(), Fault> {
    let home = homes::locked(work, row.household_id).await?;
    // Another bill, or its own issue after the due day, may have told before that the home is in arrears.
    let first = home.overdue_fen == 0 && row.issued_at.is_some_and(|at| business_day(at) <= row.due_on);
    let standing = if first { Some(Standing::on(work, &home, row.due_on).await?) } else { None };
    let mut change = row.clone().into_active_model();
    change.overdue_told = Set(true);
    let outstanding = crate::household::money(row.outstanding_fen())?.to_string();
    work.change::<HeatBill>(row, change, "overdue", |fact| fact.with("outstanding", outstanding)).await?;
    let overdue = Standings::of(work, &[home.id], business_day(work.now)).await?.overdue(home.id);
    if overdue != home.overdue_fen {
        let mut change = home.clone().into_active_model();
        change.overdue_fen = Set(overdue);
        work.change::<Household>(&home, change, "changed", |fact| fact).await?;
    }
    if let Some(standing) = standing {
        standing.told(work).await?;
    }
    Ok(())
}
