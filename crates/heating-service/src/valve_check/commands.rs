//! Lines of valve checks: listed, told to the branch, rectified by the station.

use access::JobRole;
use chrono::TimeDelta;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::{Timestamp, business_day, whole_second};
use registers::{locks, referenced};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect, Set};
use serde::Deserialize;
use store::acts::BareAct;
use store::journal::Fact;
use store::life_cycle::Subject;
use store::{Resource, Work, numbers, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::checking::{CheckValve, Evidence, recorded, validate};
use super::entity::{Column, Entity, Ground, Model, Outcome, Status};
use super::{MOVES, ValveCheck};
use crate::household::entity::{Model as Home, Valve};
use crate::household::status::Standings;
use crate::household::{Household, commands as homes};
use crate::problems::NO_ACCESS_ROUNDS;
use crate::season::{self, entity::Model as Season};
use crate::station;
use crate::tense::Tense;
use crate::valve_check_list::commands::{risk_of, season_named, stopped_of};
use crate::valve_check_list::{ValveCheckList, entity as lists};

/// A valve to check, and what was found when it was checked already.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateValveCheck {
    pub household_id: Uuid,
    /// The list it belongs to; the last one of the season when absent.
    pub list_id: Option<Uuid>,
    /// Number or id of the season; that of the list, else the running or last one when absent.
    #[schema(min_length = 1, max_length = 40)]
    pub season: Option<String>,
    /// What the household is when absent: stopped, else unpaid.
    pub ground: Option<Ground>,
    /// What was found, when it was checked already.
    pub result: Option<Outcome>,
    #[schema(min_length = 1, max_length = 40)]
    pub seal_no: Option<String>,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub photos: Vec<Uuid>,
    /// The seal that should be there is broken.
    pub seal_broken: Option<bool>,
    pub used_heat: Option<bool>,
    /// Now when absent.
    pub checked_at: Option<Timestamp>,
    #[schema(min_length = 1, max_length = 500)]
    pub note: Option<String>,
}

/// The station closed the valve.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RectifyValve {
    /// Now when absent.
    pub rectified_at: Option<Timestamp>,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub photos: Vec<Uuid>,
    #[schema(min_length = 1, max_length = 500)]
    pub note: Option<String>,
}

/// What a new line begins with.
pub(crate) struct Line {
    pub list_id: Option<Uuid>,
    pub season_id: Uuid,
    pub ground: Ground,
    pub risk: i32,
}

/// Puts a household on a list.
pub(crate) async fn list_one(work: &Work, home: &Home, line: Line) -> Result<Model, Fault> {
    let row = Model {
        id: ids::new_id(work.now),
        version: 1,
        created_at: work.now,
        created_by: work.actor().sub,
        updated_at: work.now,
        number: numbers::next(work, "VC").await?,
        list_id: line.list_id,
        season_id: line.season_id,
        household_id: home.id,
        org_unit_id: home.org_unit_id,
        ground: line.ground,
        risk: line.risk,
        status: Status::Listed,
        result: None,
        first_result: None,
        no_access_count: 0,
        round: 1,
        seal_no: None,
        photos: "[]".to_owned(),
        note: None,
        checked_at: None,
        first_checked_at: None,
        checked_by: None,
        notified_at: None,
        rectify_by: None,
        rectified_at: None,
        rectified_by: None,
        rechecked_at: None,
        case_id: None,
    };
    work.create_later::<ValveCheck>(&row, |fact| fact, "listed").await;
    Ok(row)
}

/// Lists a household's valve, or finds the line it has, and records what was found when that is said.
///
/// # Errors
/// 422 `required` for the ground of a household that neither owes nor is stopped; as [`recorded`] tells.
pub async fn create(work: &Work, input: &CreateValveCheck) -> Result<Model, Fault> {
    let home = referenced::known::<Household>(work, input.household_id, "/household_id").await?;
    let Some(result) = input.result else {
        // The line it has may stand as it is.
        work.unchanged();
        return line_of(work, &home, input).await;
    };
    let seen = CheckValve {
        result,
        seal_no: input.seal_no.clone(),
        photos: input.photos.clone(),
        seal_broken: input.seal_broken,
        used_heat: input.used_heat,
        checked_at: input.checked_at,
        note: input.note.clone(),
    };
    validate(work, &seen, Evidence::Photographed).await?;
    let row = line_of(work, &home, input).await?;
    may_be_checked(work, &row)?;
    recorded(work, &row, &seen).await
}

/// Refuses a line that has been checked, or waits for the station.
pub(crate) fn may_be_checked(work: &Work, row: &Model) -> Result<(), Fault> {
    MOVES.take("check", &Subject::of(work, row)).map(|_| ())
}

/// The household's open line of the season, or a new one.
pub(crate) async fn line_of(work: &Work, home: &Home, input: &CreateValveCheck) -> Result<Model, Fault> {
    let list = match input.list_id {
        Some(id) => Some(referenced::locked::<ValveCheckList>(work, id, "/list_id").await?),
        None => None,
    };
    let season = match (&list, &input.season) {
        (Some(list), None) => season_named(work, Some(&list.season_id.to_string()), None).await?,
        (_, Some(name)) => season::queries::named_at(work, name, home.station_id, "/season").await?,
        (None, None) => {
            let region = station::area_of(work, home.station_id).await?;
            season_named(work, None, region.as_deref()).await?
        }
    };
    locks::hold(work, vec![format!("valve_check|{}|{}", season.id, home.id)]).await?;
    let open = Entity::find()
        .filter(Column::HouseholdId.eq(home.id))
        .filter(Column::SeasonId.eq(season.id))
        .filter(Column::Status.is_in(Status::OPEN));
    if let Some(row) = open.one(&work.db()).await? {
        return Ok(row);
    }
    let is_stopped = stopped_of(work, season.id, &[home.id]).await?.contains(&home.id);
    let ground = match input.ground {
        Some(ground) => ground,
        None if is_stopped => Ground::Stopped,
        None if owes(work, home).await? => Ground::Unpaid,
        None => return Err(Fault::field("/ground", "required")),
    };
    let list = match list {
        Some(list) => Some(list),
        None => last_list(work, &season).await?,
    };
    if let Some(list) = &list {
        let mut longer = list.clone().into_active_model();
        longer.lines = Set(list.lines + 1);
        work.change::<ValveCheckList>(list, longer, "changed", |fact| fact).await?;
    }
    let line = Line {
        list_id: list.map(|list| list.id),
        season_id: season.id,
        ground,
        risk: risk_of(work, &season, home, is_stopped).await?,
    };
    list_one(work, home, line).await
}

async fn owes(work: &Work, home: &Home) -> Result<bool, Fault> {
    Ok(Standings::of(work, &[home.id], business_day(work.now)).await?.overdue(home.id) > 0)
}

/// The last list of the whole company.
async fn last_list(work: &Work, season: &Season) -> Result<Option<lists::Model>, Fault> {
    let lists = lists::Entity::find()
        .filter(lists::Column::SeasonId.eq(season.id))
        .filter(lists::Column::OrgUnitId.is_null())
        .order_by_desc(lists::Column::AsOf)
        .lock(LockType::Update);
    Ok(lists.one(&work.db()).await?)
}

/// Tells the branch of a valve that is open, or of a home nobody gets into.
///
/// # Errors
/// 409 `no_access_rounds` before so many visits (HS-R64).
pub async fn notify_branch(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<ValveCheck>(work, id, "notify-branch").await?;
    let needed = parameters::integer(work, "heating.valve.no_access_rounds").await?;
    if row.status == Status::NoAccess && i64::from(row.no_access_count) < needed {
        let refusal = Fault::new(&NO_ACCESS_ROUNDS).rule("HS-R64");
        return Err(refusal.with("needed", needed).with("made", row.no_access_count));
    }
    let days = parameters::integer(work, "heating.valve.rectify_days").await?;
    let rectify_by = work.now + TimeDelta::days(days);
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.notified_at = Set(Some(work.now));
    change.rectify_by = Set(Some(rectify_by));
    let told = |fact: Fact| {
        let fact = fact.with("number", row.number.as_str()).with("rectify_by", Timestamp::from(rectify_by).to_string());
        fact.tells_any_of(&[JobRole::HeatingBranchManager])
    };
    work.change::<ValveCheck>(&row, change, "branch_notified", told).await
}

/// Records that the station closed the valve; somebody else looks again.
pub async fn rectify(work: &Work, id: Uuid, input: &RectifyValve) -> Result<Model, Fault> {
    let at = input.rectified_at.map_or(work.now, |at| at.0);
    let fits = async |row: &Model| {
        let mut errors = FieldErrors::default();
        Tense::of(work).await?.instant(&mut errors, input.rectified_at, "/rectified_at");
        errors.add_if(row.notified_at.is_some_and(|told| at < whole_second(told)), "/rectified_at", "date_order");
        errors.finish()?;
        documents::ensure_all_visible(work, &input.photos, "/photos").await
    };
    let (row, to) = MOVES.begin_checked::<ValveCheck>(work, id, "rectify", fits).await?;
    documents::attach(work, &input.photos, ValveCheck::NAME, row.id, "rectification").await?;
    let home = homes::locked(work, row.household_id).await?;
    if home.valve == Valve::Open {
        let mut valve = home.clone().into_active_model();
        valve.valve = Set(Valve::Closed);
        work.change::<Household>(&home, valve, "changed", |fact| fact.with("valve_check_id", row.id.to_string()))
            .await?;
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.rectified_at = Set(Some(at));
    change.rectified_by = Set(Some(work.actor().sub));
    if let Some(note) = &input.note {
        change.note = Set(Some(note.clone()));
    }
    work.change::<ValveCheck>(&row, change, "recheck_needed", |fact| fact).await
}
