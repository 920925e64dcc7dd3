//! Bills (采暖费账单, HS-12): drafted by the run, issued by the collector, reversed by an opposite entry.

pub mod commands;
pub mod entity;
pub mod overdue;
pub mod queries;
pub mod run;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::{Fault, INVALID_STATE, SEPARATION_OF_DUTIES};
use kernel::money::Money;
use kernel::time::{Timestamp, business_day};
use registers::external_ids::ExternalId;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{self, Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::fee::BillLine;
use crate::household::entity::Model as Home;
use crate::household::{self, Household, money, status};
use crate::season::entity::Model as Season;
use crate::{scope, season};
use entity::{Column, Entity, Kind, Model, Status};

/// The bills (HS-12).
pub struct HeatBill;

/// Acts on a bill.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.bill",
    state: |it| it.row.status,
    moves: &[
        Move { action: "approve", from: &[Status::Draft], to: Some(Status::Approved), guards: &[is_supplement] },
        Move {
            action: "issue",
            from: &[Status::Draft, Status::Approved],
            to: Some(Status::Issued),
            guards: &[approved_if_supplement],
        },
        Move { action: "reverse", from: &[Status::Issued], to: Some(Status::Reversed), guards: &[not_its_issuer] },
    ],
};

fn wrong_state(it: &Subject<'_, Model>, action: &'static str, from: &[Status]) -> Fault {
    let from: Vec<&str> = from.iter().map(|status| status.code()).collect();
    Fault::new(&INVALID_STATE).with("action", action).with("state", it.row.status.code()).with("allowed_from", from)
}

/// Only what is recovered is approved; the other bills follow from the register.
fn is_supplement(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if it.row.kind == Kind::Supplement { Ok(()) } else { Err(wrong_state(it, "approve", &[])) }
}

fn approved_if_supplement(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match it.row.kind == Kind::Supplement && it.row.status == Status::Draft {
        true => Err(wrong_state(it, "issue", &[Status::Approved])),
        false => Ok(()),
    }
}

fn not_its_issuer(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match it.actor.persons().any(|person| Some(person) == it.row.issued_by) {
        true => Err(Fault::new(&SEPARATION_OF_DUTIES).with("first", "issue").with("second", "reverse")),
        false => Ok(()),
    }
}

/// A bill about to be written.
pub(crate) struct Draft<'a> {
    pub household: &'a Home,
    pub season: &'a Season,
    pub kind: Kind,
    pub lines: Vec<BillLine>,
    pub total: Money,
    pub due_on: NaiveDate,
    pub source_id: Option<Uuid>,
}

/// A line that is no area.
pub(crate) fn flat_line(season: &Season, days: i64, amount: Money) -> BillLine {
    BillLine { area_item_id: None, area_m2: None, days, season_days: season.days(), price: Money::ZERO, amount }
}

/// What a household is billed. The lines of an issued bill never change.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeatBillView {
    pub id: Uuid,
    pub version: i32,
    /// `HI-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub household_id: Uuid,
    /// Number of the season.
    pub season: String,
    pub season_id: Uuid,
    pub kind: Kind,
    /// Who held the household when it was issued.
    pub customer_id: Option<Uuid>,
    pub lines: Vec<BillLine>,
    pub total: Money,
    /// By receipts and credits.
    pub paid: Money,
    pub outstanding: Money,
    pub due_on: NaiveDate,
    /// Something is outstanding past the due day.
    pub overdue: bool,
    pub status: Status,
    /// What it follows from: a stop, a case.
    pub source_id: Option<Uuid>,
    pub created_by: Uuid,
    pub approved_by: Option<Uuid>,
    pub approved_at: Option<Timestamp>,
    pub issued_by: Option<Uuid>,
    pub issued_at: Option<Timestamp>,
    pub reversed_by: Option<Uuid>,
    pub reversed_at: Option<Timestamp>,
    pub reason: Option<String>,
    /// Empty: no other system enters them.
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for HeatBill {
    type Entity = Entity;
    type Row = Model;
    type View = HeatBillView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "heat_bill";
    const PATH: &'static str = "/v1/heat-bills";
    const LASTING: bool = true;

    /// A customer sees what was issued for his home.
    fn visible_to(actor: &Actor) -> Condition {
        shown(actor, scope::of_household(actor, Column::HouseholdId, None))
    }
    fn visible(at: &Reading) -> Condition {
        shown(at.actor(), scope::of_household(at.actor(), Column::HouseholdId, scope::today(at)))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .sort("created_at", Column::CreatedAt)
            .sort("due_on", Column::DueOn)
            .sort("number", Column::Number)
            .by("number", Column::Number)
            .by("household_id", Column::HouseholdId)
            .by("source_id", Column::SourceId)
            .code("kind", Column::Kind, Kind::CODES)
            .code("status", Column::Status, Status::CODES)
            .custom("season", "string", |_, text| season::queries::filter(Column::SeasonId, text))
            .custom("overdue", "boolean", |at, text| {
                let overdue = status::overdue_bills(business_day(at.now));
                Ok(if list::truth("overdue", text)? { overdue } else { overdue.not() })
            })
            .custom("station_id", "uuid", |_, text| household::at_station(Column::HouseholdId, text))
            .range("due_on", Column::DueOn)
    }
    fn placement(row: &Model) -> Placement {
        Placement { customer_id: row.customer_id, ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<HeatBillView>, Fault> {
        let seasons = season::queries::by_id(at).await?;
        let today = business_day(at.now);
        let view = |row: Model| {
            let season = seasons.get(&row.season_id).map_or_else(String::new, |season| season.number.clone());
            view(row, season, today)
        };
        rows.into_iter().map(view).collect()
    }
    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<Household>("household", "household_id")]
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        let subject = Subject::of(at, row);
        let mut list = MOVES.allowed(&subject, at.lang());
        if row.status == Status::Draft {
            let inspected = commands::ensure_not_inspected(at, row).await;
            life_cycle::refuse_where(&mut list, "approve", inspected, at.lang())?;
        }
        Ok(Some(list))
    }
}

fn shown(actor: &Actor, scope: Condition) -> Condition {
    match actor.is_customer() {
        true => scope.add(Column::Status.is_in([Status::Issued, Status::Reversed])),
        false => scope,
    }
}

fn view(row: Model, season: String, today: NaiveDate) -> Result<HeatBillView, Fault> {
    Ok(HeatBillView {
        season,
        lines: row.lines(),
        total: money(row.total_fen)?,
        paid: money(row.settled_fen)?,
        outstanding: money(row.outstanding_fen())?,
        overdue: row.outstanding_fen() > 0 && row.due_on < today,
        id: row.id,
        version: row.version,
        number: row.number,
        household_id: row.household_id,
        season_id: row.season_id,
        kind: row.kind,
        customer_id: row.customer_id,
        due_on: row.due_on,
        status: row.status,
        source_id: row.source_id,
        created_by: row.created_by,
        approved_by: row.approved_by,
        approved_at: row.approved_at.map(Timestamp::from),
        issued_by: row.issued_by,
        issued_at: row.issued_at.map(Timestamp::from),
        reversed_by: row.reversed_by,
        reversed_at: row.reversed_at.map(Timestamp::from),
        reason: row.reason,
        created_at: row.created_at.into(),
        external_ids: Vec::new(),
        updated_at: row.updated_at.into(),
    })
}
