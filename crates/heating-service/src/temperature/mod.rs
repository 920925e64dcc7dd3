//! Room temperature (测温, HS-02): asked for, measured under the evidence protocol, remedied, called back.

pub mod calling_back;
pub mod commands;
pub mod contact;
pub mod due;
pub mod entity;
pub mod figures;
pub(crate) mod lately;
pub mod measuring;
pub mod slip;
mod view;

use access::{Actor, JobRole};
use kernel::fault::{ABOVE_AUTHORITY, Fault, INVALID_PARAMETER};
use kernel::fixed::Temperature;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};

use crate::household::{self, Household};
use crate::problems::NOT_JUDGED;

use crate::scope;
use entity::{Column, Entity, Model, Origin, Status, Verdict};
pub use lately::{LastVerdict, OpenTemperatureCase};
pub use view::TemperatureCaseView;

/// The temperature cases (HS-02).
pub struct TemperatureCase;

/// Acts on a case.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.temperature",
    state: |it| it.row.status,
    moves: &[
        Move {
            action: "measure",
            from: &[Status::Requested, Status::Unqualified, Status::Remedied],
            to: None,
            guards: &[],
        },
        Move { action: "remedy", from: &[Status::Unqualified], to: Some(Status::Remedied), guards: &[] },
        Move {
            action: "judge",
            from: &[Status::Unqualified, Status::Remedied, Status::Qualified],
            to: None,
            guards: &[],
        },
        Move { action: "call-back-attempt", from: &[Status::Qualified], to: None, guards: &[by_the_hotline] },
        Move { action: "call-back", from: &[Status::Qualified], to: None, guards: &[] },
        Move {
            action: "close",
            from: &[Status::CalledBack, Status::Qualified, Status::Unqualified, Status::Remedied],
            to: Some(Status::Closed),
            guards: &[by_the_manager_while_cold, judged_while_cold],
        },
        Move { action: "cancel", from: &[Status::Requested], to: Some(Status::Cancelled), guards: &[] },
    ],
};

/// The permission of an act; some share one.
fn permission(action: &str) -> String {
    let verb = match action {
        "call-back-attempt" | "call-back" => "call_back",
        "cancel" => "close",
        other => other,
    };
    format!("heating.temperature:{verb}")
}

/// A customer answers, and does not call himself.
fn by_the_hotline(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if it.actor.is_customer() { Err(Fault::new(&ABOVE_AUTHORITY)) } else { Ok(()) }
}

fn is_cold(row: &Model) -> bool {
    matches!(row.status, Status::Unqualified | Status::Remedied)
}

fn by_the_manager_while_cold(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match is_cold(it.row) && it.actor.is(JobRole::HeatingHotlineAgent) {
        true => Err(Fault::new(&ABOVE_AUTHORITY)),
        false => Ok(()),
    }
}

fn judged_while_cold(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if is_cold(it.row) && it.row.liability.is_none() { Err(Fault::new(&NOT_JUDGED)) } else { Ok(()) }
}

/// Somebody's next step is waited for: the others have no limit.
fn waiting() -> Condition {
    Condition::all().add(Column::Status.is_in(Status::WAITING))
}

fn list_instant(parameter: &str, text: &str) -> Result<DateTimeUtc, Fault> {
    list::instant(text).ok_or_else(|| Fault::new(&INVALID_PARAMETER).with("parameter", parameter))
}

impl Resource for TemperatureCase {
    type Entity = Entity;
    type Row = Model;
    type View = TemperatureCaseView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "temperature_case";
    const PATH: &'static str = "/v1/temperature-cases";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_household(actor, Column::HouseholdId, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::of_household(at.actor(), Column::HouseholdId, scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-requested_at")
            .sort("requested_at", Column::RequestedAt)
            .sort("due_at", Column::DueAt)
            .sort("number", Column::Number)
            .by("number", Column::Number)
            .by("household_id", Column::HouseholdId)
            .by("ticket_id", Column::TicketId)
            .code("status", Column::Status, Status::CODES)
            .code("origin", Column::Origin, Origin::CODES)
            .code("verdict", Column::Verdict, Verdict::CODES)
            .range("requested_at", Column::RequestedAt)
            .custom("due_at_gte", "date-time", |_, text| {
                Ok(waiting().add(Column::DueAt.gte(list_instant("due_at_gte", text)?)))
            })
            .custom("due_at_lt", "date-time", |_, text| {
                Ok(waiting().add(Column::DueAt.lt(list_instant("due_at_lt", text)?)))
            })
            .custom("open", "boolean", |_, text| {
                let open = Condition::all().add(Column::Status.is_in(Status::OPEN));
                Ok(if list::truth("open", text)? { open } else { open.not() })
            })
            .custom("station_id", "uuid", |_, text| household::at_station(Column::HouseholdId, text))
            .custom("measured_on", "string", figures::measured_on)
            .custom("area", "string", figures::of_area)
            .custom("below_c", "string", |_, text| {
                let limit = Temperature::parse(text)
                    .map_err(|_| Fault::new(&INVALID_PARAMETER).with("parameter", "below_c"))?;
                Ok(Condition::all().add(Column::LowestDc.lt(limit.units())))
            })
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), customer_id: row.customer_id, ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<TemperatureCaseView>, Fault> {
        view::of(at, rows).await
    }
    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<Household>("household", "household_id")]
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed_under(permission, &Subject::of(at, row), at.lang())))
    }
}
