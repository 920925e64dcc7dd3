//! Repair-fee claims (维修费结算, TK-R31, R32): what an outlet asks for a month's repairs, reviewed, audited,
//! settled in money or goods.

pub mod checking;
pub mod drafting;
pub mod entity;
pub mod reviewing;
pub mod settling;

use std::collections::HashMap;

use access::{Actor, JobRole};
use chrono::NaiveDate;
use kernel::fault::{ABOVE_AUTHORITY, Fault, SEPARATION_OF_DUTIES};
use kernel::money::Money;
use kernel::time::{Month, Timestamp, business_day};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder};
use serde::Serialize;
use store::journal::Fact;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject, refuse_where};
use store::list::Columns;
use store::resource::{Expansion, Placement};
use store::{Reading, Resource, Work};
use utoipa::ToSchema;

use crate::outlet::{ServiceOutlet, known_to};
use crate::ticket::entity::json_list;
use entity::{ActiveModel, Check, Column, Entity, Model, Status, Step, line};

/// The repair-fee claims (TK-12).
pub struct RepairFeeClaim;

/// A claim of a month.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RepairFeeClaimView {
    pub id: Uuid,
    pub version: i32,
    /// `RC-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub created_by: Uuid,
    pub status: Status,
    pub outlet_id: Uuid,
    #[schema(value_type = Month)]
    pub month: String,
    pub lines: Vec<RepairFeeLine>,
    pub totals: RepairFeeTotals,
    pub cash_amount: Option<Money>,
    pub goods_amount: Option<Money>,
    pub submitted_by: Option<Uuid>,
    pub first_reviewed_by: Option<Uuid>,
    pub audited_by: Option<Uuid>,
    pub approved_by: Option<Uuid>,
    pub settled_at: Option<Timestamp>,
    /// Last day of the written notice, once settled.
    pub notice_by: Option<NaiveDate>,
    pub notice_document_id: Option<Uuid>,
    pub notified_at: Option<Timestamp>,
    /// The notice went out, or is still missing, after its last day.
    pub notice_late: bool,
    pub return_reason: Option<String>,
}

/// One order of a claim.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RepairFeeLine {
    pub repair_order_id: Uuid,
    pub tariff_code: String,
    /// The tariff's fee on the day of finishing and the order's part lines.
    pub limit: Money,
    pub claimed: Money,
    pub first: Option<Money>,
    pub audited: Option<Money>,
    pub cut_reason: Option<String>,
    pub checks: Vec<Check>,
}

/// Sums of the lines; null before their step.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RepairFeeTotals {
    pub claimed: Money,
    pub first: Option<Money>,
    pub audited: Option<Money>,
}

/// Acts on a claim.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.repair_fee_claim",
    state: |it| it.row.status,
    moves: &[
        Move { action: "submit", from: &[Status::Draft, Status::Returned], to: Some(Status::Submitted), guards: &[] },
        Move { action: "checks", from: &[Status::Submitted, Status::FirstReviewed], to: None, guards: &[whose_step] },
        Move {
            action: "first-review",
            from: &[Status::Submitted],
            to: Some(Status::FirstReviewed),
            guards: &[another_hand],
        },
        Move {
            action: "send-back",
            from: &[Status::Submitted, Status::FirstReviewed],
            to: Some(Status::Returned),
            guards: &[whose_step],
        },
        Move { action: "audit", from: &[Status::FirstReviewed], to: Some(Status::Audited), guards: &[another_hand] },
        Move { action: "approve", from: &[Status::Audited], to: Some(Status::Approved), guards: &[another_hand] },
        Move { action: "settle", from: &[Status::Audited, Status::Approved], to: Some(Status::Settled), guards: &[] },
        Move { action: "notify", from: &[Status::Settled], to: Some(Status::Closed), guards: &[] },
    ],
};

/// Submitted claims are with the region, reviewed ones with the settlement.
fn whose_step(it: &Subject<'_, Model>) -> Result<(), Fault> {
    let role =
        if it.row.status == Status::Submitted { JobRole::RegionalServiceRep } else { JobRole::FeeSettlementClerk };
    if it.actor.is(role) || it.actor.is_system() {
        return Ok(());
    }
    Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "step").with("role", role.code()))
}

/// Each step is another person's.
fn another_hand(it: &Subject<'_, Model>) -> Result<(), Fault> {
    let mine = |(_, by): &(&str, Option<Uuid>)| it.actor.persons().any(|person| Some(person) == *by);
    match it.row.hands().iter().find(|hand| mine(hand)) {
        Some((first, _)) => {
            Err(Fault::new(&SEPARATION_OF_DUTIES).rule("TK-R31").with("first", *first).with("second", "review"))
        }
        None => Ok(()),
    }
}

impl Resource for RepairFeeClaim {
    type Entity = Entity;
    type Row = Model;
    type View = RepairFeeClaimView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "repair_fee_claim";
    const PATH: &'static str = "/v1/repair-fee-claims";

    fn visible_to(actor: &Actor) -> Condition {
        Condition::all().add(Column::OutletId.in_subquery(known_to(actor)))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .by("outlet_id", Column::OutletId)
            .by("region", Column::RegionOrgUnitId)
            .months("month", Column::Month)
            .code("status", Column::Status, Status::CODES)
            .range("created_at", Column::CreatedAt)
            .sort("created_at", Column::CreatedAt)
            .sort("month", Column::Month)
            .by("number", Column::Number)
            .sort("number", Column::Number)
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.region_org_unit_id), ..Placement::default() }
    }
    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<ServiceOutlet>("outlet", "outlet_id")]
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<RepairFeeClaimView>, Fault> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut lines: HashMap<Uuid, Vec<line::Model>> = HashMap::new();
        for line in lines_of(at, &ids).await? {
            lines.entry(line.claim_id).or_default().push(line);
        }
        rows.into_iter().map(|row| view(at, lines.remove(&row.id).unwrap_or_default(), row)).collect()
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        let mut allowed = MOVES.allowed(&Subject::of(at, row), at.lang());
        // Its permission is not named like the path.
        allowed.retain(|act| act.action != "checks");
        let lines = lines_of(at, &[row.id]).await?;
        for (action, check) in [
            ("first-review", checking::ensure(at, &lines, row.round, Step::First).await),
            ("audit", checking::ensure(at, &lines, row.round, Step::Audit).await),
            ("approve", settling::ensure_above_limit(at, row).await),
            ("settle", settling::ensure_approved(at, row).await),
        ] {
            refuse_where(&mut allowed, action, check, at.lang())?;
        }
        Ok(Some(allowed))
    }
}

fn money(fen: i64) -> Result<Money, Fault> {
    Money::from_fen(fen).map_err(Fault::internal)
}

fn view(at: &Reading, lines: Vec<line::Model>, row: Model) -> Result<RepairFeeClaimView, Fault> {
    let maybe = |fen: Option<i64>| fen.map(money).transpose();
    let line = |row: line::Model| {
        Ok(RepairFeeLine {
            repair_order_id: row.repair_order_id,
            tariff_code: row.tariff_code,
            limit: money(row.limit_fen)?,
            claimed: money(row.claimed_fen)?,
            first: maybe(row.first_fen)?,
            audited: maybe(row.audited_fen)?,
            cut_reason: row.cut_reason,
            checks: json_list(&row.checks),
        })
    };
    let notified_on = business_day(row.notified_at.unwrap_or(at.now));
    Ok(RepairFeeClaimView {
        lines: lines.into_iter().map(line).collect::<Result<_, Fault>>()?,
        totals: RepairFeeTotals {
            claimed: money(row.claimed_fen)?,
            first: maybe(row.first_fen)?,
            audited: maybe(row.audited_fen)?,
        },
        cash_amount: maybe(row.cash_fen)?,
        goods_amount: maybe(row.goods_fen)?,
        notice_late: row.notice_by.is_some_and(|by| notified_on > by),
        id: row.id,
        version: row.version,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
        created_by: row.created_by,
        status: row.status,
        outlet_id: row.outlet_id,
        submitted_by: row.submitted_by,
        first_reviewed_by: row.first_reviewed_by,
        audited_by: row.audited_by,
        approved_by: row.approved_by,
        settled_at: row.settled_at.map(Timestamp::from),
        notice_by: row.notice_by,
        notice_document_id: row.notice_document_id,
        notified_at: row.notified_at.map(Timestamp::from),
        return_reason: row.return_reason,
        month: row.month,
        number: row.number,
    })
}

/// The lines of these claims, in their order.
pub async fn lines_of(at: &Reading, claims: &[Uuid]) -> Result<Vec<line::Model>, Fault> {
    let lines = line::Entity::find().filter(line::Column::ClaimId.is_in(claims.iter().copied()));
    Ok(lines.order_by_asc(line::Column::Position).all(&at.db()).await?)
}

async fn begin(work: &Work, id: Uuid, action: &str) -> Result<(Model, ActiveModel), Fault> {
    begin_judged(work, id, action, |_| Ok(())).await
}

/// As [`begin`], for a body with rules of its own: what is wrong in it is told before the state.
async fn begin_judged(
    work: &Work,
    id: Uuid,
    action: &str,
    judge: impl FnOnce(&Model) -> Result<(), Fault>,
) -> Result<(Model, ActiveModel), Fault> {
    use sea_orm::{IntoActiveModel, Set};
    let (row, to) = MOVES.begin_judged::<RepairFeeClaim>(work, id, action, judge).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    Ok((row, change))
}

async fn record(
    work: &Work,
    row: &Model,
    change: ActiveModel,
    verb: &str,
    fact: impl FnOnce(Fact) -> Fact,
) -> Result<Model, Fault> {
    let describe =
        |given: Fact| fact(given).with("outlet_id", row.outlet_id.to_string()).with("month", row.month.as_str());
    work.change::<RepairFeeClaim>(row, change, verb, describe).await
}
