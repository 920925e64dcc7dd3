//! Valve checks (关栓核查, HS-11): whether unpaid and stopped homes are really closed, and what is done when not.

pub mod checking;
pub mod commands;
pub mod contact;
pub mod entity;
pub mod figure;
pub mod paying;

use access::Actor;
use kernel::fault::{Fault, SEPARATION_OF_DUTIES};
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::household::{self, Household};
use crate::{scope, season};
use entity::{Column, Entity, Ground, Model, Outcome, Status};

/// The valve checks (HS-11).
pub struct ValveCheck;

/// Acts on a check.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.valve",
    state: |it| it.row.status,
    moves: &[
        Move { action: "check", from: &[Status::Listed, Status::NoAccess], to: None, guards: &[] },
        Move {
            action: "notify-branch",
            from: &[Status::NotClosed, Status::NoAccess],
            to: Some(Status::Notified),
            guards: &[],
        },
        Move { action: "rectify", from: &[Status::Notified], to: Some(Status::Rectified), guards: &[] },
        Move { action: "recheck", from: &[Status::Rectified], to: None, guards: &[not_its_rectifier] },
    ],
};

/// The permission of an act; some share one.
fn permission(action: &str) -> String {
    let verb = match action {
        "notify-branch" => "notify",
        "recheck" => "check",
        other => other,
    };
    format!("heating.valve:{verb}")
}

fn not_its_rectifier(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match it.actor.persons().any(|person| Some(person) == it.row.rectified_by) {
        true => Err(Fault::new(&SEPARATION_OF_DUTIES).with("first", "rectify").with("second", "recheck")),
        false => Ok(()),
    }
}

/// The valve of an unpaid or stopped home.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ValveCheckView {
    pub id: Uuid,
    pub version: i32,
    /// `VC-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub list_id: Option<Uuid>,
    /// Number of the season.
    pub season: String,
    pub season_id: Uuid,
    pub household_id: Uuid,
    pub ground: Ground,
    /// 0 to 100.
    pub risk: i32,
    pub status: Status,
    /// Of the last visit.
    pub result: Option<Outcome>,
    /// Of round 1; it is what the not-closed rate counts.
    pub first_result: Option<Outcome>,
    pub no_access_count: i32,
    /// From 1; a check that finds it open again begins another.
    pub round: i32,
    pub seal_no: Option<String>,
    pub photos: Vec<Uuid>,
    /// Why it is excused (`paid`), or what was seen.
    pub note: Option<String>,
    pub checked_at: Option<Timestamp>,
    /// When the valve was first seen.
    pub first_checked_at: Option<Timestamp>,
    pub checked_by: Option<Uuid>,
    /// When the branch was told.
    pub notified_at: Option<Timestamp>,
    /// When the branch has to have closed it.
    pub rectify_by: Option<Timestamp>,
    pub rectified_at: Option<Timestamp>,
    pub rectified_by: Option<Uuid>,
    pub rechecked_at: Option<Timestamp>,
    /// The inspection case of a valve found open.
    pub case_id: Option<Uuid>,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for ValveCheck {
    type Entity = Entity;
    type Row = Model;
    type View = ValveCheckView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "valve_check";
    const PATH: &'static str = "/v1/valve-checks";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_household(actor, Column::HouseholdId, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::of_household(at.actor(), Column::HouseholdId, scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-risk,number")
            .sort("risk", Column::Risk)
            .sort("number", Column::Number)
            .sort("checked_at", Column::CheckedAt)
            .by("number", Column::Number)
            .by("list_id", Column::ListId)
            .by("household_id", Column::HouseholdId)
            .code("ground", Column::Ground, Ground::CODES)
            .code("result", Column::Result, Outcome::CODES)
            .code("first_result", Column::FirstResult, Outcome::CODES)
            .code("status", Column::Status, Status::CODES)
            .at_least("risk", Column::Risk)
            .custom("season", "string", |_, text| season::queries::filter(Column::SeasonId, text))
            .custom("station_id", "uuid", |_, text| household::at_station(Column::HouseholdId, text))
            .custom("counts_as", "string", |_, text| figure::filter(text))
            .custom("rectified", "boolean", |_, text| {
                let done = Condition::all().add(Column::RectifiedAt.is_not_null());
                Ok(if list::truth("rectified", text)? { done } else { done.not() })
            })
            .custom("rechecked", "boolean", |_, text| {
                let done = Condition::all().add(Column::RecheckedAt.is_not_null());
                Ok(if list::truth("rechecked", text)? { done } else { done.not() })
            })
            .range("checked_at", Column::CheckedAt)
            .range("first_checked_at", Column::FirstCheckedAt)
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<ValveCheckView>, Fault> {
        let seasons = season::queries::by_id(at).await?;
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| {
            let keys = external.remove(&row.id).unwrap_or_default();
            let season = seasons.get(&row.season_id).map_or_else(String::new, |season| season.number.clone());
            view(row, season, keys)
        };
        Ok(rows.into_iter().map(view).collect())
    }
    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<Household>("household", "household_id")]
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed_under(permission, &Subject::of(at, row), at.lang())))
    }
}

fn view(row: Model, season: String, external_ids: Vec<ExternalId>) -> ValveCheckView {
    ValveCheckView {
        season,
        photos: row.photos(),
        id: row.id,
        version: row.version,
        number: row.number,
        list_id: row.list_id,
        season_id: row.season_id,
        household_id: row.household_id,
        ground: row.ground,
        risk: row.risk,
        status: row.status,
        result: row.result,
        first_result: row.first_result,
        no_access_count: row.no_access_count,
        round: row.round,
        seal_no: row.seal_no,
        note: row.note,
        checked_at: row.checked_at.map(Timestamp::from),
        first_checked_at: row.first_checked_at.map(Timestamp::from),
        checked_by: row.checked_by,
        notified_at: row.notified_at.map(Timestamp::from),
        rectify_by: row.rectify_by.map(Timestamp::from),
        rectified_at: row.rectified_at.map(Timestamp::from),
        rectified_by: row.rectified_by,
        rechecked_at: row.rechecked_at.map(Timestamp::from),
        case_id: row.case_id,
        created_at: row.created_at.into(),
        external_ids,
        updated_at: row.updated_at.into(),
    }
}
