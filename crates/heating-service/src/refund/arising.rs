//! Refunds the house proposes by itself: of a home that was cold by the company's fault, and of those a reviewed
//! outage stopped long enough. The act only notes the homes; what is due to each is computed and proposed as soon as
//! anybody looks at the refunds, or by a job. A person approves, credits and pays out as ever.

use chrono::{NaiveDate, TimeDelta};
use kernel::fault::{Fault, Kind};
use kernel::ids;
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{QueryOrder, QuerySelect, Set};
use store::jobs::tidy;
use store::{Answer, Context, Reading, Store, Work};

use super::{commands, computing};
use crate::household::entity as homes;
use crate::outage::{area, entity as outages};
use crate::temperature::entity::{Liability, Model as Case, Origin};
use crate::{season, station};
use entity::{ActiveModel, Column, Entity, Model};

mod entity {
    //! A home whose refund of a season has to be looked at.

    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "heat_refund_due")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub household_id: Uuid,
        pub day: Date,
        pub noted_at: DateTimeUtc,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

const OPERATION: &str = "propose_refunds";
/// Homes looked at in one go.
const BATCH: u64 = 50;
/// Homes noted with one statement.
const PART: usize = 500;

async fn note(work: &Work, homes: &[Uuid], day: NaiveDate) -> Result<(), Fault> {
    let key = OnConflict::columns([Column::HouseholdId, Column::Day]).do_nothing().to_owned();
    for part in homes.chunks(PART) {
        let row = |home: &Uuid| ActiveModel {
            id: Set(ids::new_id(work.now)),
            household_id: Set(*home),
            day: Set(day),
            noted_at: Set(work.now),
        };
        let rows: Vec<ActiveModel> = part.iter().map(row).collect();
        Entity::insert_many(rows).on_conflict(key.clone()).exec_without_returning(&work.db()).await?;
    }
    Ok(())
}

/// Notes the home of a case somebody has judged.
pub(crate) async fn of_case(work: &Work, case: &Case) -> Result<(), Fault> {
    match case.liability.is_some() && case.origin != Origin::Survey {
        true => note(work, &[case.household_id], business_day(work.now)).await,
        false => Ok(()),
    }
}

/// Notes the homes of a reviewed outage, where the company answers for one that may give days back (HS-R23).
pub(crate) async fn of_outage(work: &Work, row: &outages::Model) -> Result<(), Fault> {
    let Some(restored_at) = row.restored_at else { return Ok(()) };
    if row.kind != outages::Kind::Stopped || row.liability != Some(Liability::Company) {
        return Ok(());
    }
    let limits = computing::limits(work, row.started_at).await?;
    if restored_at - row.started_at < limits.from && !has_neighbour(work, row, restored_at, limits.merge_gap).await? {
        return Ok(());
    }
    let reached: Vec<Uuid> = homes::Entity::find()
        .select_only()
        .column(homes::Column::Id)
        .filter(area::homes_of(work, row).await?)
        .into_tuple()
        .all(&work.db())
        .await?;
    note(work, &reached, business_day(row.started_at)).await
}

/// Whether another stoppage of the company lies so near that both may be one.
async fn has_neighbour(
    at: &Reading,
    row: &outages::Model,
    restored_at: DateTimeUtc,
    gap: TimeDelta,
) -> Result<bool, Fault> {
    let near = outages::Entity::find()
        .filter(outages::Column::Id.ne(row.id))
        .filter(outages::Column::Kind.eq(outages::Kind::Stopped))
        .filter(outages::Column::Status.eq(outages::Status::Reviewed))
        .filter(outages::Column::Liability.eq(Liability::Company))
        .filter(outages::Column::RestoredAt.gte(row.started_at - gap))
        .filter(outages::Column::StartedAt.lte(restored_at + gap));
    Ok(near.count(&at.db()).await? > 0)
}

/// Looks at every home that was noted; answers how many. Safe to run late and twice.
pub async fn propose(store: &Store) -> Result<usize, Fault> {
    let mut looked_at = 0;
    loop {
        match some(store).await? {
            0 => return Ok(looked_at),
            n => looked_at += n,
        }
    }
}

/// Looks at the homes noted first, so many that nobody waits long for it; answers how many.
pub(super) async fn some(store: &Store) -> Result<usize, Fault> {
    let noted = waiting(&store.reading(Context::system(OPERATION))).await?.len();
    if noted == 0 {
        return Ok(0);
    }
    let write = async move |work: &Work| {
        for row in waiting(work).await? {
            look_at(work, &row).await?;
        }
        // Another process may have been here before, or nothing was due.
        work.unchanged();
        Ok::<_, Fault>(Answer::no_content())
    };
    tidy(store, OPERATION, write).await?;
    Ok(noted)
}

async fn waiting(at: &Reading) -> Result<Vec<Model>, Fault> {
    let rows = Entity::find().order_by_asc(Column::NotedAt).order_by_asc(Column::Id);
    Ok(rows.limit(BATCH).all(&at.db()).await?)
}

async fn look_at(work: &Work, row: &Model) -> Result<(), Fault> {
    Entity::delete_by_id(row.id).exec(&work.db()).await?;
    let Some(home) = homes::Entity::find_by_id(row.household_id).one(&work.db()).await? else { return Ok(()) };
    let region = station::area_of(work, home.station_id).await?;
    let Some(season) = season::queries::as_of(work, row.day, region.as_deref()).await? else { return Ok(()) };
    match work.attempt(async |part: &Work| commands::arise(part, &home, season).await).await {
        Err(fault) if fault.is_retryable() || matches!(fault.kind(), Kind::Internal | Kind::Unavailable) => Err(fault),
        // Nothing to give back, nothing billed, or somebody is at it: it is proposed by hand, if at all.
        Ok(()) | Err(_) => Ok(()),
    }
}
