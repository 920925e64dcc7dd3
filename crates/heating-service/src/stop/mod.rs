//! Stopping for a season and resuming (报停、恢复, HS-05): applied for each year anew.

pub mod commands;
pub mod entity;
pub mod fees;
pub mod queries;
pub mod resuming;
pub mod turning;

use access::{Actor, JobRole};
use chrono::NaiveDate;
use kernel::fault::{ABOVE_AUTHORITY, Fault, INVALID_STATE, NOT_FOUND};
use kernel::money::Money;
use kernel::time::{Timestamp, business_day};
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::household::{self, Household, money};
use crate::{scope, season};
use entity::{Column, Entity, Kind, Model, Status};

/// The applications to stop and to resume (HS-05).
pub struct StopApplication;

/// Acts on an application.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.stop",
    state: |it| it.row.status,
    moves: &[
        Move { action: "accept", from: &[Status::Submitted], to: Some(Status::Accepted), guards: &[a_stop_to_accept] },
        Move {
            action: "approve",
            from: &[Status::Submitted, Status::Accepted],
            to: Some(Status::Approved),
            guards: &[accepted_before],
        },
        Move { action: "seal", from: &[Status::Approved], to: Some(Status::Effective), guards: &[is_stop] },
        Move {
            action: "open-valve",
            from: &[Status::Approved],
            to: Some(Status::Effective),
            guards: &[is_resume, by_the_station],
        },
        Move {
            action: "reject",
            from: &[Status::Submitted, Status::Accepted],
            to: Some(Status::Rejected),
            guards: &[],
        },
        Move {
            action: "withdraw",
            from: &[Status::Submitted, Status::Accepted, Status::Approved],
            to: Some(Status::Withdrawn),
            guards: &[by_the_applicant],
        },
    ],
};

/// The permission of an act; some share one.
fn permission(action: &str) -> String {
    let verb = match action {
        "reject" => "approve",
        "withdraw" => "submit",
        "open-valve" => "seal",
        other => other,
    };
    format!("heating.stop:{verb}")
}

fn wrong_kind(it: &Subject<'_, Model>, action: &'static str) -> Fault {
    Fault::new(&INVALID_STATE)
        .with("action", action)
        .with("state", it.row.kind.code())
        .with("allowed_from", Vec::<&str>::new())
}

fn a_stop_to_accept(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if it.row.kind == Kind::Stop { Ok(()) } else { Err(wrong_kind(it, "accept")) }
}

fn is_stop(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if it.row.kind == Kind::Stop { Ok(()) } else { Err(wrong_kind(it, "seal")) }
}

fn is_resume(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if it.row.kind == Kind::Resume { Ok(()) } else { Err(wrong_kind(it, "open-valve")) }
}

/// A stop is accepted before it is approved; a resumption is approved at once.
fn accepted_before(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match (it.row.kind, it.row.status) {
        (Kind::Stop, Status::Submitted) | (Kind::Resume, Status::Accepted) => Err(Fault::new(&INVALID_STATE)
            .with("action", "approve")
            .with("state", it.row.status.code())
            .with("allowed_from", vec![if it.row.kind == Kind::Stop { "accepted" } else { "submitted" }])),
        _ => Ok(()),
    }
}

fn by_the_station(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if it.actor.is(JobRole::HeatingInspector) { Err(Fault::new(&ABOVE_AUTHORITY)) } else { Ok(()) }
}

fn by_the_applicant(it: &Subject<'_, Model>) -> Result<(), Fault> {
    let himself = it.actor.persons().any(|person| person == it.row.created_by);
    let his = it.actor.is_customer_of(it.row.applicant_customer_id);
    if himself || his { Ok(()) } else { Err(Fault::new(&ABOVE_AUTHORITY)) }
}

/// An application to stop for a season, or to resume in it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StopApplicationView {
    pub id: Uuid,
    pub version: i32,
    /// `BT-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub household_id: Uuid,
    /// Number of the season.
    pub season: String,
    pub season_id: Uuid,
    pub kind: Kind,
    pub applied_at: Timestamp,
    pub applicant_customer_id: Option<Uuid>,
    pub created_by: Uuid,
    /// Null for a later holder of the home: it is the applicant's own.
    pub reason: Option<String>,
    pub effective_from: Option<NaiveDate>,
    /// The last day stopped, when heat was resumed in the season.
    pub ended_on: Option<NaiveDate>,
    pub basic_fee: Option<Money>,
    /// The basic fee's bill, or the resumption's.
    pub bill_id: Option<Uuid>,
    pub status: Status,
    pub seal_no: Option<String>,
    pub photos: Vec<Uuid>,
    pub lapsed_at: Option<Timestamp>,
    /// Why it was rejected or withdrawn.
    pub decision: Option<String>,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for StopApplication {
    type Entity = Entity;
    type Row = Model;
    type View = StopApplicationView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "stop_application";
    const PATH: &'static str = "/v1/stop-applications";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_household(actor, Column::HouseholdId, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::of_household(at.actor(), Column::HouseholdId, scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-applied_at")
            .sort("applied_at", Column::AppliedAt)
            .sort("number", Column::Number)
            .by("number", Column::Number)
            .by("household_id", Column::HouseholdId)
            .code("status", Column::Status, Status::CODES)
            .code("kind", Column::Kind, Kind::CODES)
            .custom("season", "string", |_, text| season::queries::filter(Column::SeasonId, text))
            .custom("station_id", "uuid", |_, text| household::at_station(Column::HouseholdId, text))
            .range("applied_at", Column::AppliedAt)
    }
    fn placement(row: &Model) -> Placement {
        Placement { customer_id: row.applicant_customer_id, ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<StopApplicationView>, Fault> {
        let seasons = season::queries::by_id(at).await?;
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| {
            let own = !at.actor().is_customer() || at.actor().is_customer_of(row.applicant_customer_id);
            Ok(StopApplicationView {
                external_ids: external.remove(&row.id).unwrap_or_default(),
                season: seasons.get(&row.season_id).map_or_else(String::new, |season| season.number.clone()),
                basic_fee: row.basic_fee_fen.map(money).transpose()?,
                photos: serde_json::from_str(&row.photos).unwrap_or_default(),
                id: row.id,
                version: row.version,
                number: row.number,
                household_id: row.household_id,
                season_id: row.season_id,
                kind: row.kind,
                applied_at: row.applied_at.into(),
                applicant_customer_id: row.applicant_customer_id,
                created_by: row.created_by,
                reason: own.then_some(row.reason),
                effective_from: row.effective_from,
                ended_on: row.ended_on,
                bill_id: row.bill_id,
                status: row.status,
                seal_no: row.seal_no,
                lapsed_at: row.lapsed_at.map(Timestamp::from),
                decision: row.decision.filter(|_| own),
                created_at: row.created_at.into(),
                updated_at: row.updated_at.into(),
            })
        };
        rows.into_iter().map(view).collect()
    }
    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<Household>("household", "household_id")]
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed_under(permission, &Subject::of(at, row), at.lang())))
    }
}

/// A season that is over stops nobody any more.
fn ensure_not_over(at: &Reading, season: &season::entity::Model, action: &'static str) -> Result<(), Fault> {
    season::ensure_not_closed(season, action)?;
    match season.ends_on < business_day(at.now) {
        true => Err(Fault::new(&INVALID_STATE)
            .with("action", action)
            .with("state", "over")
            .with("allowed_from", vec!["planned", "open"])),
        false => Ok(()),
    }
}

/// The season of an application.
pub(crate) async fn season_of(at: &Reading, row: &Model) -> Result<season::entity::Model, Fault> {
    let season = season::entity::Entity::find_by_id(row.season_id).one(&at.db()).await?;
    season.ok_or_else(|| Fault::new(&NOT_FOUND))
}
