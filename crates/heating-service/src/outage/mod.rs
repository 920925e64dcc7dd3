//! Outages (停缓供, HS-04): reported level by level, told to users, restored, reviewed.

pub mod area;
mod begun;
pub(crate) mod brief;
pub mod commands;
pub mod entity;
mod notice;
mod view;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::{self, Fault};
use kernel::time::Timestamp;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use serde_json::Value;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};

use crate::problems::{ALREADY_REPORTED, LEVEL_MISSING};
use crate::scope;
pub use begun::Begun;
pub use brief::OpenOutageView;
use entity::{Cause, CauseClass, Column, Entity, Kind, Model, Status, place};
pub use view::OutageView;
pub(crate) use view::levels;

/// The outages (HS-04).
pub struct Outage;

const BEFORE_REVIEW: &[Status] = &[Status::Open, Status::Restored];
const OPEN: &[Status] = &[Status::Open];

/// Acts on an outage.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.outage",
    state: |it| it.row.status,
    moves: &[
        Move { action: "report-branch", from: BEFORE_REVIEW, to: None, guards: &[branch_once] },
        Move { action: "report-company", from: BEFORE_REVIEW, to: None, guards: &[after_the_branch, company_once] },
        Move { action: "acknowledge", from: BEFORE_REVIEW, to: None, guards: &[after_the_company, acknowledged_once] },
        Move { action: "notify", from: OPEN, to: None, guards: &[] },
        Move { action: "start-repair", from: OPEN, to: None, guards: &[] },
        Move { action: "forecast", from: OPEN, to: None, guards: &[] },
        Move { action: "restore", from: OPEN, to: Some(Status::Restored), guards: &[] },
        Move {
            action: "review",
            from: &[Status::Restored],
            to: Some(Status::Reviewed),
            guards: &[every_level_reported],
        },
        Move { action: "cancel", from: OPEN, to: Some(Status::Cancelled), guards: &[] },
    ],
};

/// The permission of an act; some share one.
fn permission(action: &str) -> String {
    let verb = match action {
        "start-repair" => "repair".to_owned(),
        "cancel" => "review".to_owned(),
        other => other.replace('-', "_"),
    };
    format!("heating.outage:{verb}")
}

fn missing(levels: Vec<&'static str>) -> Result<(), Fault> {
    match levels.is_empty() {
        true => Ok(()),
        false => Err(Fault::new(&LEVEL_MISSING).rule("HS-R20").with("levels", levels)),
    }
}

fn once(said: Option<DateTimeUtc>) -> Result<(), Fault> {
    if said.is_some() { Err(Fault::new(&ALREADY_REPORTED)) } else { Ok(()) }
}

fn branch_once(it: &Subject<'_, Model>) -> Result<(), Fault> {
    once(it.row.branch_at)
}

fn company_once(it: &Subject<'_, Model>) -> Result<(), Fault> {
    once(it.row.company_at)
}

fn acknowledged_once(it: &Subject<'_, Model>) -> Result<(), Fault> {
    once(it.row.acknowledged_at)
}

fn after_the_branch(it: &Subject<'_, Model>) -> Result<(), Fault> {
    missing(it.row.branch_at.is_none().then_some("branch").into_iter().collect())
}

fn after_the_company(it: &Subject<'_, Model>) -> Result<(), Fault> {
    missing(it.row.company_at.is_none().then_some("company").into_iter().collect())
}

fn every_level_reported(it: &Subject<'_, Model>) -> Result<(), Fault> {
    let levels = [("branch", it.row.branch_at), ("company", it.row.company_at), ("notified", it.row.notified_at)];
    missing(levels.into_iter().filter(|(_, at)| at.is_none()).map(|(level, _)| level).collect())
}

/// Refuses a filter by what customers are not told, as if there were none.
fn told(at: &Reading, parameter: &str) -> Result<(), Fault> {
    match at.actor().is_customer() {
        true => Err(Fault::new(&fault::UNKNOWN_PARAMETER).with("parameter", parameter)),
        false => Ok(()),
    }
}

fn bad(parameter: &str) -> Fault {
    Fault::new(&fault::INVALID_PARAMETER).with("parameter", parameter)
}

fn with_cause(at: &Reading, codes: &str) -> Result<Condition, Fault> {
    told(at, "cause")?;
    let of = |code: &str| Cause::ALL.iter().copied().find(|cause| cause.code() == code);
    let causes: Option<Vec<Cause>> = codes.split(',').map(of).collect();
    Ok(Condition::all().add(Column::Cause.is_in(causes.ok_or_else(|| bad("cause"))?)))
}

fn with_cause_class(at: &Reading, codes: &str) -> Result<Condition, Fault> {
    told(at, "cause_class")?;
    let of = |code: &str| CauseClass::ALL.iter().copied().find(|class| class.code() == code);
    let classes: Option<Vec<CauseClass>> = codes.split(',').map(of).collect();
    let classes = classes.ok_or_else(|| bad("cause_class"))?;
    Ok(Condition::all().add(Column::Cause.is_in(classes.into_iter().flat_map(Cause::of_class))))
}

/// A customer knows the outages of his homes, everybody else those of his stations.
fn seen(actor: &Actor, day: Option<NaiveDate>) -> Condition {
    match actor.is_customer() {
        true => area::of_homes(&scope::households(actor, day)),
        false => area::of_stations(scope::stations(actor, day)),
    }
}

impl Resource for Outage {
    type Entity = Entity;
    type Row = Model;
    type View = OutageView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "outage";
    const PATH: &'static str = "/v1/outages";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        seen(actor, None)
    }
    fn visible(at: &Reading) -> Condition {
        seen(at.actor(), scope::today(at))
    }
    /// What follows from a planned outage that has begun.
    async fn arise(at: &Reading) -> Result<(), Fault> {
        begun::follow(&at.store).await
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-started_at")
            .sort("started_at", Column::StartedAt)
            .sort("number", Column::Number)
            .by("number", Column::Number)
            .code("status", Column::Status, Status::CODES)
            .code("kind", Column::Kind, Kind::CODES)
            .custom("cause", "string", with_cause)
            .by("planned", Column::Planned)
            .range("started_at", Column::StartedAt)
            .custom("open", "boolean", |_, text| {
                let open = Condition::all().add(Column::Status.eq(Status::Open));
                Ok(if list::truth("open", text)? { open } else { open.not() })
            })
            .custom("cause_class", "string", with_cause_class)
            .custom("station_id", "uuid", |_, text| {
                let reached = Query::select()
                    .column(place::Column::OutageId)
                    .from(place::Entity)
                    .and_where(place::Column::Kind.eq(place::Kind::Reached))
                    .and_where(place::Column::PlaceId.is_in(list::uuids("station_id", text)?))
                    .to_owned();
                Ok(Condition::all().add(Column::Id.in_subquery(reached)))
            })
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), ..Placement::default() }
    }
    /// Which it is, whose cause it is, how many homes it reaches, and when it began and ended.
    fn said(row: &Model) -> Vec<(&'static str, Value)> {
        let instant = |at: DateTimeUtc| Value::from(Timestamp::from(at).to_string());
        let mut said = vec![
            ("outage_id", row.id.to_string().into()),
            ("cause_class", row.cause.class().code().into()),
            ("affected_count", row.affected_count.into()),
            ("started_at", instant(row.started_at)),
        ];
        said.extend(row.restored_at.map(|at| ("restored_at", instant(at))));
        said
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<OutageView>, Fault> {
        view::of(at, rows).await
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed_under(permission, &Subject::of(at, row), at.lang())))
    }
}
