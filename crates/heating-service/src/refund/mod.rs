//! Refunds (退费, HS-12): proposed by the house or by hand, approved by another, credited by a third, paid out on the
//! customer's request.

pub mod arising;
pub mod commands;
pub mod computing;
pub mod days;
pub mod entity;
pub mod rules;
pub mod stoppage;

use access::Actor;
use kernel::fault::{Fault, SEPARATION_OF_DUTIES};
use kernel::money::Money;
use kernel::time::Timestamp;
use registers::external_ids::ExternalId;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::household::{Household, money};
use crate::{scope, season};
use entity::{Column, Entity, Model, RefundDay, Status};

/// The refunds (HS-12).
pub struct HeatRefund;

/// Acts on a refund.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.refund",
    state: |it| it.row.status,
    moves: &[
        Move { action: "approve", from: &[Status::Proposed], to: Some(Status::Approved), guards: &[not_its_proposer] },
        Move { action: "reject", from: &[Status::Proposed], to: Some(Status::Rejected), guards: &[not_its_proposer] },
        Move { action: "credit", from: &[Status::Approved], to: Some(Status::Credited), guards: &[a_third_person] },
        Move { action: "pay-out", from: &[Status::Credited], to: Some(Status::PaidOut), guards: &[] },
    ],
};

/// The permission of an act; whoever approves may also refuse.
fn permission(action: &str) -> String {
    let verb = if action == "reject" { "approve".to_owned() } else { action.replace('-', "_") };
    format!("heating.refund:{verb}")
}

fn separated(it: &Subject<'_, Model>, other: Option<Uuid>, first: &str, second: &str) -> Result<(), Fault> {
    match it.actor.persons().any(|person| Some(person) == other) {
        true => Err(Fault::new(&SEPARATION_OF_DUTIES).with("first", first).with("second", second)),
        false => Ok(()),
    }
}

fn not_its_proposer(it: &Subject<'_, Model>) -> Result<(), Fault> {
    separated(it, Some(it.row.created_by), "propose", "approve")
}

fn a_third_person(it: &Subject<'_, Model>) -> Result<(), Fault> {
    separated(it, Some(it.row.created_by), "propose", "credit")?;
    separated(it, it.row.approved_by, "approve", "credit")
}

/// What a household gets back for a season.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeatRefundView {
    pub id: Uuid,
    pub version: i32,
    /// `HF-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub household_id: Uuid,
    /// Number of the season.
    pub season: String,
    pub season_id: Uuid,
    /// Who held the household on the days it is of.
    pub customer_id: Option<Uuid>,
    pub rule_set: String,
    pub days: Vec<RefundDay>,
    /// For the season so far.
    pub total: Money,
    /// Of that, not credited before.
    pub amount: Money,
    pub status: Status,
    /// All zeros where the house proposed it.
    pub proposed_by: Uuid,
    pub approved_by: Option<Uuid>,
    pub approved_at: Option<Timestamp>,
    pub credited_by: Option<Uuid>,
    pub credited_at: Option<Timestamp>,
    pub paid_out_by: Option<Uuid>,
    pub paid_out_at: Option<Timestamp>,
    pub paid_out: Option<Money>,
    pub method: Option<String>,
    pub voucher_no: Option<String>,
    pub request_document_id: Option<Uuid>,
    pub reason: Option<String>,
    /// Empty: no other system enters them.
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for HeatRefund {
    type Entity = Entity;
    type Row = Model;
    type View = HeatRefundView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "heat_refund";
    const PATH: &'static str = "/v1/heat-refunds";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_household(actor, Column::HouseholdId, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::of_household(at.actor(), Column::HouseholdId, scope::today(at))
    }
    /// What follows from cold homes and stoppages is proposed.
    async fn arise(at: &Reading) -> Result<(), Fault> {
        arising::some(&at.store).await.map(|_| ())
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .sort("created_at", Column::CreatedAt)
            .sort("number", Column::Number)
            .by("number", Column::Number)
            .by("household_id", Column::HouseholdId)
            .code("status", Column::Status, Status::CODES)
            .custom("season", "string", |_, text| season::queries::filter(Column::SeasonId, text))
    }
    fn placement(row: &Model) -> Placement {
        Placement { customer_id: row.customer_id, ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<HeatRefundView>, Fault> {
        let seasons = season::queries::by_id(at).await?;
        let view = |row: Model| {
            Ok(HeatRefundView {
                external_ids: Vec::new(),
                season: seasons.get(&row.season_id).map_or_else(String::new, |season| season.number.clone()),
                days: serde_json::from_str(&row.days).unwrap_or_default(),
                total: money(row.total_fen)?,
                amount: money(row.amount_fen)?,
                paid_out: row.paid_out_fen.map(money).transpose()?,
                id: row.id,
                version: row.version,
                number: row.number,
                household_id: row.household_id,
                season_id: row.season_id,
                customer_id: row.customer_id,
                rule_set: row.rule_set,
                status: row.status,
                proposed_by: row.created_by,
                approved_by: row.approved_by,
                approved_at: row.approved_at.map(Timestamp::from),
                credited_by: row.credited_by,
                credited_at: row.credited_at.map(Timestamp::from),
                paid_out_by: row.paid_out_by,
                paid_out_at: row.paid_out_at.map(Timestamp::from),
                method: row.method,
                voucher_no: row.voucher_no,
                request_document_id: row.request_document_id,
                reason: row.reason,
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
