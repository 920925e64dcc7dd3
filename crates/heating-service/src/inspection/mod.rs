//! Heat-use inspection (稽查, HS-10): hidden areas, demolished facilities and stolen heat, from the finding to the
//! money or to the day all is as it was.

pub mod billing;
pub mod brief;
pub mod commands;
pub mod contact;
pub mod entity;
pub mod measuring;
pub mod recovery;
mod view;

use access::Actor;
use kernel::fault::{Fault, INVALID_STATE, SEPARATION_OF_DUTIES};
use kernel::time::business_day;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};

use crate::household::{self, Household};
use crate::problems::{NOTICE_MISSING, NOTICE_RUNNING};
use crate::scope;
use entity::{Column, Entity, Kind, Model, Status};
pub use view::InspectionCaseView;

/// The inspection cases (HS-10).
pub struct InspectionCase;

const SERVED: &[Status] = &[Status::Registered, Status::NoticeServed];

/// Acts on a case.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.inspection",
    state: |it| it.row.status,
    moves: &[
        Move {
            action: "measurements",
            from: &[Status::Found, Status::Measured, Status::Registered, Status::NoticeServed, Status::Refused],
            to: None,
            guards: &[],
        },
        Move {
            action: "register",
            from: &[Status::Found, Status::Measured],
            to: Some(Status::Registered),
            guards: &[measured_where_there_is_an_area],
        },
        Move { action: "notices", from: SERVED, to: Some(Status::NoticeServed), guards: &[] },
        Move { action: "agree", from: SERVED, to: Some(Status::AgreementSigned), guards: &[] },
        Move { action: "rectify", from: SERVED, to: Some(Status::Rectified), guards: &[] },
        Move { action: "refuse", from: SERVED, to: Some(Status::Refused), guards: &[notice_over] },
        Move {
            action: "bill",
            from: &[Status::AgreementSigned, Status::Refused],
            to: Some(Status::Billed),
            guards: &[not_its_inspector],
        },
        Move {
            action: "close",
            from: &[Status::Collected, Status::Rectified, Status::AgreementSigned, Status::Refused, Status::Registered],
            to: Some(Status::Closed),
            guards: &[],
        },
    ],
};

/// The permission of an act; some share one.
fn permission(action: &str) -> String {
    let verb = match action {
        "bill" => return "heating.bill:approve".to_owned(),
        "measurements" | "register" => "work",
        "notices" => "notice",
        "rectify" | "refuse" => "agree",
        other => other,
    };
    format!("heating.inspection:{verb}")
}

/// A demolished facility has no area, and a valve that should be closed none of its own.
fn measured_where_there_is_an_area(it: &Subject<'_, Model>) -> Result<(), Fault> {
    let without_area = it.row.kind == Kind::Demolition || it.row.valve_check_id.is_some();
    match it.row.status == Status::Found && !without_area {
        true => Err(Fault::new(&INVALID_STATE)
            .with("action", "register")
            .with("state", it.row.status.code())
            .with("allowed_from", vec![Status::Measured.code()])),
        false => Ok(()),
    }
}

fn notice_over(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match it.row.term_on {
        None => Err(Fault::new(&NOTICE_MISSING).rule("HS-R61")),
        Some(until) if business_day(it.now) <= until => {
            Err(Fault::new(&NOTICE_RUNNING).rule("HS-R61").with("until", until.to_string()))
        }
        Some(_) => Ok(()),
    }
}

fn not_its_inspector(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match it.actor.persons().any(|person| person == it.row.inspector_id) {
        true => Err(inspected_himself("bill")),
        false => Ok(()),
    }
}

/// The refusal of an inspector who would approve what he found (HS-R61).
pub(crate) fn inspected_himself(act: &'static str) -> Fault {
    Fault::new(&SEPARATION_OF_DUTIES).rule("HS-R61").with("first", "inspect").with("second", act)
}

impl Resource for InspectionCase {
    type Entity = Entity;
    type Row = Model;
    type View = InspectionCaseView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "inspection_case";
    const PATH: &'static str = "/v1/inspection-cases";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_household(actor, Column::HouseholdId, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::of_household(at.actor(), Column::HouseholdId, scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-found_at")
            .sort("found_at", Column::FoundAt)
            .sort("number", Column::Number)
            .by("number", Column::Number)
            .by("household_id", Column::HouseholdId)
            .by("programme", Column::Programme)
            .by("inspector_id", Column::InspectorId)
            .by("agreement_id", Column::AgreementId)
            .code("kind", Column::Kind, Kind::CODES)
            .code("status", Column::Status, Status::CODES)
            .custom("station_id", "uuid", |_, text| household::at_station(Column::HouseholdId, text))
            .custom("open", "boolean", |_, text| {
                let open = Condition::all().add(Column::Status.ne(Status::Closed));
                Ok(if list::truth("open", text)? { open } else { open.not() })
            })
            .range("found_at", Column::FoundAt)
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<InspectionCaseView>, Fault> {
        view::of(at, rows).await
    }
    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<Household>("household", "household_id")]
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed_under(permission, &Subject::of(at, row), at.lang())))
    }
}
