//! The bill run (HS-R71): a draft for each household of a season, repeatable, exceptions listed.

use std::collections::HashMap;

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use store::{Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{Column, Entity, Kind, Model, Status};
use super::{Draft, commands, queries};
use crate::area_item::entity as areas;
use crate::area_item::queries::during;
use crate::fee::{Exception, Rates};
use crate::household::Household;
use crate::household::entity::{Column as HomeColumn, Entity as Homes, Model as Home, Valve};
use crate::season::ensure_not_closed;
use crate::station::HeatingStation;
use crate::stop::entity as stops;
use crate::{season, stop};

/// Households looked at in one go.
const BATCH: u64 = 500;

/// Which households are billed for which season.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StartHeatBillRun {
    /// Number or id of the season.
    #[schema(min_length = 1, max_length = 40)]
    pub season: String,
    /// Needed where several regions have a season of this number.
    #[schema(min_length = 1, max_length = 40)]
    pub region: Option<String>,
    /// Only the households of this station.
    pub station_id: Option<Uuid>,
    /// Households that are billed although their last stop has lapsed (HS-R27).
    #[serde(default)]
    #[schema(max_items = 200)]
    pub decided_household_ids: Vec<Uuid>,
}

/// What a bill run came to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeatBillRun {
    pub season: String,
    pub season_id: Uuid,
    /// Households looked at.
    pub households: usize,
    /// New drafts.
    pub drafted: usize,
    /// Drafts made before whose fee has changed.
    pub redrafted: usize,
    /// Households that had their bill already.
    pub unchanged: usize,
    /// Households that are stopped for the season and pay the basic fee.
    pub stopped: usize,
    pub exceptions: Vec<HeatBillRunException>,
}

/// A household that gets no bill.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeatBillRunException {
    pub household_id: Uuid,
    pub number: String,
    pub reason: Exception,
}

/// Drafts the bills of a season for the households the caller may know of; those of a district with a season of its
/// own are that one's.
///
/// # Errors
/// 422 `not_found` for the season or the station; 409 `invalid_state` for a closed season.
pub async fn start(work: &Work, input: &StartHeatBillRun) -> Result<HeatBillRun, Fault> {
    let season = season::queries::named(work, &input.season, input.region.as_deref(), "/season").await?;
    let mut homes = Homes::find().filter(Household::visible(work));
    if let Some(station) = input.station_id {
        registers::referenced::known::<HeatingStation>(work, station, "/station_id").await?;
        homes = homes.filter(HomeColumn::StationId.eq(station));
    }
    ensure_not_closed(&season, "bill-run")?;
    registers::locks::hold(work, vec![format!("heat_bill_run|{}", season.id)]).await?;
    homes = homes.filter(season::queries::heats(work, &season, HomeColumn::StationId).await?);
    let rates = Rates::of(work, season).await?;
    let mut run = HeatBillRun {
        season: rates.season.number.clone(),
        season_id: rates.season.id,
        households: 0,
        drafted: 0,
        redrafted: 0,
        unchanged: 0,
        stopped: 0,
        exceptions: Vec::new(),
    };
    let mut last = String::new();
    loop {
        let part = homes.clone().filter(HomeColumn::Number.gt(&last)).order_by_asc(HomeColumn::Number).limit(BATCH);
        let part = part.all(&work.db()).await?;
        let Some(end) = part.last() else { break };
        last.clone_from(&end.number);
        run.households += part.len();
        draft_part(work, &rates, &part, input, &mut run).await?;
        work.spill().await?;
    }
    work.unchanged();
    Ok(run)
}

async fn draft_part(
    work: &Work,
    rates: &Rates,
    homes: &[Home],
    input: &StartHeatBillRun,
    run: &mut HeatBillRun,
) -> Result<(), Fault> {
    let ids: Vec<Uuid> = homes.iter().map(|home| home.id).collect();
    let mut items: HashMap<Uuid, Vec<areas::Model>> = HashMap::new();
    let found = areas::Entity::find()
        .filter(areas::Column::HouseholdId.is_in(ids.iter().copied()))
        .filter(during(rates.season.starts_on, rates.season.ends_on))
        .order_by_asc(areas::Column::FromOn)
        .order_by_asc(areas::Column::Id);
    for item in found.all(&work.db()).await? {
        items.entry(item.household_id).or_default().push(item);
    }
    // What a supplement of the season charges is not charged again (HS-R62).
    let recovered = queries::recovered(work, &ids, rates.season.id).await?;
    for items in items.values_mut() {
        items.retain(|item| !recovered.contains(&item.id));
    }
    let known = Entity::find()
        .filter(Column::HouseholdId.is_in(ids))
        .filter(Column::SeasonId.eq(rates.season.id))
        .filter(Column::Kind.eq(Kind::Season))
        .filter(Column::Status.ne(Status::Reversed));
    let known: HashMap<Uuid, Model> =
        known.all(&work.db()).await?.into_iter().map(|bill| (bill.household_id, bill)).collect();
    for home in homes {
        let items = items.get(&home.id).map(Vec::as_slice).unwrap_or_default();
        draft_one(work, rates, home, items, known.get(&home.id), input, run).await?;
    }
    Ok(())
}

async fn draft_one(
    work: &Work,
    rates: &Rates,
    home: &Home,
    items: &[areas::Model],
    known: Option<&Model>,
    input: &StartHeatBillRun,
    run: &mut HeatBillRun,
) -> Result<(), Fault> {
    let applied = stop::queries::of_season(work, home.id, rates.season.id, stops::Kind::Stop).await?;
    if applied.as_ref().is_some_and(|stop| stop.status == stops::Status::Effective) {
        run.stopped += 1;
        return Ok(());
    }
    let computed = rates.fee(home, items)?;
    let mut exception = computed.exception;
    let undecided = home.valve != Valve::Open && !input.decided_household_ids.contains(&home.id);
    if known.is_none() && exception.is_none() && undecided {
        let lapsed = stop::queries::lapsed(work, home.id, &rates.season).await?;
        exception = lapsed.map(|_| Exception::LapsedStop);
    }
    if let Some(reason) = exception {
        run.exceptions.push(HeatBillRunException { household_id: home.id, number: home.number.clone(), reason });
        return Ok(());
    }
    if let Some(bill) = known {
        let lines = serde_json::to_string(&computed.lines).map_err(Fault::internal)?;
        match commands::refresh(work, bill, &lines, computed.total).await? {
            true => run.redrafted += 1,
            false => run.unchanged += 1,
        }
        return Ok(());
    }
    let draft = Draft {
        household: home,
        season: &rates.season,
        kind: Kind::Season,
        lines: computed.lines,
        total: computed.total,
        due_on: rates.season.fee_due_on,
        source_id: None,
    };
    commands::draft(work, draft).await?;
    run.drafted += 1;
    Ok(())
}
