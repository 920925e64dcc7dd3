//! Stops that begin and end with their season: how a home stands follows from the day alone, and is told once
//! (heating §9 `household.status_changed`). Nothing becomes true here.

use kernel::fault::Fault;
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query};
use sea_orm::{Condition, QueryOrder, QuerySelect};
use store::jobs::tidy;
use store::{Answer, Context, Reading, Store, Work};

use super::entity::{Column, Entity, Kind, Model, Status};
use crate::household::commands as homes;
use crate::household::standing::Standing;
use crate::season::entity as seasons;

const OPERATION: &str = "tell_season_turns";
/// Stops looked at in one go.
const BATCH: u64 = 200;

/// Tells what the days since the last time brought; answers how many stops began or ended. Safe to run late and twice.
///
/// # Errors
/// Those of the database.
pub async fn tell(store: &Store) -> Result<usize, Fault> {
    let mut told = 0;
    loop {
        let found = untold(&store.reading(Context::system(OPERATION))).await?;
        if found.is_empty() {
            return Ok(told);
        }
        told += found.len();
        let write = async |work: &Work| {
            for row in untold(work).await? {
                tell_one(work, &row).await?;
            }
            // Another process may have been here before.
            work.unchanged();
            Ok::<_, Fault>(Answer::no_content())
        };
        tidy(store, OPERATION, write).await?;
    }
}

/// Stops that have begun since they were sealed, or are over with their season, and that was not told. Those of before
/// anybody kept when it was told stay so.
async fn untold(at: &Reading) -> Result<Vec<Model>, Fault> {
    let today = business_day(at.now);
    let told = || Expr::col((Entity, Column::ToldOn));
    let over = Query::select()
        .column(seasons::Column::Id)
        .from(seasons::Entity)
        .and_where(seasons::Column::EndsOn.lt(today))
        .and_where(Expr::col((seasons::Entity, seasons::Column::EndsOn)).gte(told()))
        .to_owned();
    // The days of a season that is only planned may be put off after the seal.
    let put_off = Query::select()
        .column(seasons::Column::Id)
        .from(seasons::Entity)
        .and_where(seasons::Column::StartsOn.lte(today))
        .and_where(Expr::col((seasons::Entity, seasons::Column::StartsOn)).gt(told()))
        .to_owned();
    let since = Condition::any()
        .add(told().lt(Expr::col((Entity, Column::EffectiveFrom))))
        .add(Column::SeasonId.in_subquery(put_off));
    let begun = Condition::all().add(Column::EffectiveFrom.lte(today)).add(since);
    let ended = Condition::all().add(Column::EndedOn.is_null()).add(Column::SeasonId.in_subquery(over));
    let rows = Entity::find()
        .filter(Column::Kind.eq(Kind::Stop))
        .filter(Column::Status.is_in([Status::Effective, Status::Lapsed]))
        .filter(Condition::any().add(begun).add(ended))
        .order_by_asc(Column::Id)
        .limit(BATCH);
    Ok(rows.all(&at.db()).await?)
}

async fn tell_one(work: &Work, row: &Model) -> Result<(), Fault> {
    let Some(told_on) = row.told_on else { return Ok(()) };
    let home = homes::locked(work, row.household_id).await?;
    let standing = Standing::on(work, &home, told_on).await?;
    let kept = Entity::update_many()
        .col_expr(Column::ToldOn, Expr::value(business_day(work.now)))
        .filter(Column::Id.eq(row.id))
        .filter(Column::ToldOn.eq(told_on))
        .exec(&work.db())
        .await?;
    // Where another process told it meanwhile, nothing is left to tell.
    if kept.rows_affected == 0 { Ok(()) } else { standing.told(work).await }
}
