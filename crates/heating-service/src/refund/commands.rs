//! Proposing, deciding, crediting and paying out a refund.

use kernel::fault::Kind::Conflict;
use kernel::fault::{Fault, FieldErrors};
use kernel::fixed::Percent;
use kernel::ids;
use kernel::money::Money;
use registers::{locks, referenced};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, Set};
use serde::{Deserialize, Serialize};
use store::acts::{BareAct, ReasonedAct};
use store::{Reading, Resource, Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::computing::{self, Computed};
use super::entity::{ActiveModel, Column, Entity, Model, RefundDay, Status};
use super::{HeatRefund, MOVES};
use crate::household::entity::Model as Home;
use crate::household::{Household, money};
use crate::ledger::{Account, Kind, Posting, settling};
use crate::ownership::entity as holders;
use crate::ownership::queries::owner_on;
use crate::problems::{NOTHING_TO_REFUND, REFUND_EXCEEDS_FEE, REFUND_UNDER_WAY};
use crate::receipt::entity::Method;
use crate::season::{self, entity::Model as Season};

/// Whose refund of which season.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ProposeHeatRefund {
    pub household_id: Uuid,
    /// Number or id of the season.
    #[schema(min_length = 1, max_length = 40)]
    pub season: String,
}

/// What a refund would come to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeatRefundPreview {
    pub household_id: Uuid,
    pub season: String,
    pub season_id: Uuid,
    pub rule_set: String,
    pub days: Vec<RefundDay>,
    /// What the days count as: 3.80 of six.
    pub day_equivalents: Percent,
    /// For the season so far.
    pub total: Money,
    pub credited: Money,
    /// What is still to be credited.
    pub amount: Money,
    pub billed: Money,
}

/// Money that leaves the house, on the customer's request.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PayOutHeatRefund {
    pub method: Method,
    #[schema(min_length = 1, max_length = 60)]
    pub voucher_no: String,
    /// The whole refund when absent.
    pub amount: Option<Money>,
    /// What the customer signed.
    pub request_document_id: Uuid,
}

async fn subject(at: &Reading, input: &ProposeHeatRefund) -> Result<(Home, Season), Fault> {
    let home = referenced::known::<Household>(at, input.household_id, "/household_id").await?;
    let season = season::queries::named_at(at, &input.season, home.station_id, "/season").await?;
    Ok((home, season))
}

/// Tries a refund; keeps nothing.
pub async fn preview(at: &Reading, input: &ProposeHeatRefund) -> Result<HeatRefundPreview, Fault> {
    let (home, season) = subject(at, input).await?;
    let computed = computing::of(at, &home, &season).await?;
    let rates: i64 = computed.days.iter().map(|day| day.rate_percent.units()).sum();
    Ok(HeatRefundPreview {
        household_id: home.id,
        day_equivalents: Percent::from_units((rates + 50) / 100).map_err(Fault::internal)?,
        amount: computed.amount()?,
        season: season.number,
        season_id: season.id,
        rule_set: season.refund_rule_set,
        days: computed.days,
        total: computed.total,
        credited: computed.credited,
        billed: computed.billed,
    })
}

fn ensure_within(computed: &Computed) -> Result<Money, Fault> {
    let amount = computed.amount()?;
    if amount.is_zero() {
        return Err(Fault::new(&NOTHING_TO_REFUND).rule("HS-R73"));
    }
    if computed.total > computed.billed {
        let about = Fault::new(&REFUND_EXCEEDS_FEE).rule("HS-R73");
        return Err(about.with("limit", computed.billed.to_string()));
    }
    Ok(amount)
}

/// The part of one holder, and him: what is refunded goes to who held the home on the days it is of (HS-R03). Of
/// several the first with something to get back comes first, the next one with the next refund.
async fn of_one_holder(at: &Reading, home: &Home, computed: Computed) -> Result<(Computed, Option<Uuid>), Fault> {
    let holders = holders::Entity::find()
        .filter(holders::Column::HouseholdId.eq(home.id))
        .filter(holders::Column::ToOn.is_not_null())
        .order_by_asc(holders::Column::FromOn);
    for holder in holders.all(&at.db()).await? {
        let part = match holder.to_on {
            Some(to) => computed.until(to)?,
            None => continue,
        };
        if !part.amount()?.is_zero() {
            return Ok((part, Some(holder.customer_id)));
        }
    }
    let owner = match computed.days.last() {
        Some(day) => owner_on(at, home.id, day.date).await?,
        None => None,
    };
    Ok((computed, owner.or(home.customer_id)))
}

/// What is to be given back, and to whom.
struct Due {
    computed: Computed,
    amount: Money,
    holder: Option<Uuid>,
}

async fn due(at: &Reading, home: &Home, season: &Season) -> Result<Due, Fault> {
    let computed = computing::of(at, home, season).await?;
    let (computed, holder) = of_one_holder(at, home, computed).await?;
    Ok(Due { amount: ensure_within(&computed)?, computed, holder })
}

/// The refund the house proposed for a home and season, while nobody has decided or taken it over.
async fn proposed_by_the_house(work: &Work, home: &Home, season: &Season) -> Result<Option<Model>, Fault> {
    locks::hold(work, vec![format!("heat_refund|{}|{}", home.id, season.id)]).await?;
    let live = Entity::find()
        .filter(Column::HouseholdId.eq(home.id))
        .filter(Column::SeasonId.eq(season.id))
        .filter(Column::Status.is_in([Status::Proposed, Status::Approved]));
    match live.one(&work.db()).await? {
        Some(other) if other.status != Status::Proposed || !other.created_by.is_nil() => {
            Err(Fault::new(&REFUND_UNDER_WAY).with("number", other.number))
        }
        own => Ok(own),
    }
}

/// Proposes the refund of a season up to today, for one holder of the home. One the house proposed by itself is
/// computed anew and is from then on the caller's.
///
/// # Errors
/// 409 `nothing_to_refund`, `refund_exceeds_fee` above what is billed for the season, `refund_under_way` while
/// another one is not decided or credited.
pub async fn propose(work: &Work, input: &ProposeHeatRefund) -> Result<Model, Fault> {
    let (home, season) = subject(work, input).await?;
    let own = proposed_by_the_house(work, &home, &season).await?;
    let due = due(work, &home, &season).await?;
    match own {
        Some(own) => computed_anew(work, &own, &due).await,
        None => create(work, &home, season, &due).await,
    }
}

/// Proposes what the house finds due to a home; what it proposed before follows what is known now, or is withdrawn
/// when nothing is left of it.
pub(super) async fn arise(work: &Work, home: &Home, season: Season) -> Result<(), Fault> {
    let own = proposed_by_the_house(work, home, &season).await?;
    let found = due(work, home, &season).await;
    match (own, found) {
        (None, Ok(due)) => create(work, home, season, &due).await.map(|_| ()),
        (Some(own), Ok(due)) => {
            let same = own.total_fen == due.computed.total.fen()
                && own.amount_fen == due.amount.fen()
                && own.customer_id == due.holder;
            if same { Ok(()) } else { computed_anew(work, &own, &due).await.map(|_| ()) }
        }
        (Some(own), Err(fault)) if fault.kind() == Conflict => {
            let reason = fault.code().to_owned();
            let mut change = own.clone().into_active_model();
            change.status = Set(Status::Rejected);
            change.reason = Set(Some(reason.clone()));
            work.change::<HeatRefund>(&own, change, "rejected", |fact| fact.reason(reason)).await.map(|_| ())
        }
        (_, Err(fault)) => Err(fault),
    }
}

async fn computed_anew(work: &Work, own: &Model, due: &Due) -> Result<Model, Fault> {
    let mut change = own.clone().into_active_model();
    change.created_by = Set(work.actor().sub);
    change.customer_id = Set(due.holder);
    change.days = Set(serde_json::to_string(&due.computed.days).map_err(Fault::internal)?);
    change.total_fen = Set(due.computed.total.fen());
    change.amount_fen = Set(due.amount.fen());
    let amount = due.amount.to_string();
    work.change::<HeatRefund>(own, change, "proposed", |fact| fact.with("amount", amount)).await
}

async fn create(work: &Work, home: &Home, season: Season, due: &Due) -> Result<Model, Fault> {
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "HF").await?),
        household_id: Set(home.id),
        season_id: Set(season.id),
        customer_id: Set(due.holder),
        rule_set: Set(season.refund_rule_set),
        days: Set(serde_json::to_string(&due.computed.days).map_err(Fault::internal)?),
        total_fen: Set(due.computed.total.fen()),
        amount_fen: Set(due.amount.fen()),
        status: Set(Status::Proposed),
        approved_by: Set(None),
        approved_at: Set(None),
        credited_by: Set(None),
        credited_at: Set(None),
        paid_out_by: Set(None),
        paid_out_at: Set(None),
        paid_out_fen: Set(None),
        method: Set(None),
        voucher_no: Set(None),
        request_document_id: Set(None),
        reason: Set(None),
    };
    let amount = due.amount.to_string();
    work.create::<HeatRefund>(row, |fact| fact.with("amount", amount), "proposed").await
}

/// Approves a refund.
pub async fn approve(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<HeatRefund>(work, id, "approve").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.approved_by = Set(Some(work.actor().sub));
    change.approved_at = Set(Some(work.now));
    work.change::<HeatRefund>(&row, change, "approved", |fact| fact).await
}

/// Refuses a refund.
pub async fn reject(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<HeatRefund>(work, id, "reject").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.reason = Set(Some(input.reason.clone()));
    work.change::<HeatRefund>(&row, change, "rejected", |fact| fact.reason(input.reason.as_str())).await
}

fn posting(work: &Work, row: &Model, kind: Kind, amount: Money) -> Posting {
    Posting {
        kind,
        amount,
        source_id: row.id,
        source_number: row.number.clone(),
        reversal: false,
        season_id: Some(row.season_id),
        customer_id: row.customer_id,
        at: work.now,
    }
}

/// Credits a refund: it settles open bills, the oldest due first; what is left waits for the next.
///
/// # Errors
/// 409 `refund_exceeds_fee` when bills of the season were taken back since it was proposed.
pub async fn credit(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<HeatRefund>(work, id, "credit").await?;
    let mut account = Account::open(work, row.household_id).await?;
    let left = computing::left(work, row.household_id, row.season_id).await?;
    if row.amount_fen > left.fen() {
        return Err(Fault::new(&REFUND_EXCEEDS_FEE).rule("HS-R73").with("limit", left.to_string()));
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.credited_by = Set(Some(work.actor().sub));
    change.credited_at = Set(Some(work.now));
    let amount = money(row.amount_fen)?;
    let row =
        work.change::<HeatRefund>(&row, change, "credited", |fact| fact.with("amount", amount.to_string())).await?;
    account.post(work, posting(work, &row, Kind::Credit, amount.negated())).await?;
    account.close(work).await?;
    Ok(row)
}

/// Pays a credit out, once, on the customer's request.
///
/// # Errors
/// 409 `refund_exceeds_fee` above the refund, or above what the household has to its credit.
pub async fn pay_out(work: &Work, id: Uuid, input: &PayOutHeatRefund) -> Result<Model, Fault> {
    let fits = async |_: &Model| {
        let mut errors = FieldErrors::default();
        errors.add_if(input.amount.is_some_and(|amount| amount.fen() <= 0), "/amount", "out_of_range");
        errors.finish()?;
        documents::ensure_one_visible(work, input.request_document_id, "/request_document_id").await
    };
    let (row, to) = MOVES.begin_checked::<HeatRefund>(work, id, "pay-out", fits).await?;
    let mut account = Account::open(work, row.household_id).await?;
    let amount = input.amount.unwrap_or(money(row.amount_fen)?);
    let free: i64 = settling::free(work, row.household_id).await?.iter().map(|(_, fen)| fen).sum();
    let limit = free.min(row.amount_fen);
    if amount.fen() > limit {
        let about = Fault::new(&REFUND_EXCEEDS_FEE).rule("HS-R73");
        return Err(about.with("limit", money(limit.max(0))?.to_string()));
    }
    settling::pay_out(work, row.household_id, row.id, amount.fen()).await?;
    documents::attach(work, &[input.request_document_id], HeatRefund::NAME, row.id, "request").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.paid_out_by = Set(Some(work.actor().sub));
    change.paid_out_at = Set(Some(work.now));
    change.paid_out_fen = Set(Some(amount.fen()));
    change.method = Set(Some(input.method.code().to_owned()));
    change.voucher_no = Set(Some(input.voucher_no.trim().to_owned()));
    change.request_document_id = Set(Some(input.request_document_id));
    let row =
        work.change::<HeatRefund>(&row, change, "paid_out", |fact| fact.with("amount", amount.to_string())).await?;
    account.post(work, posting(work, &row, Kind::PayOut, amount)).await?;
    account.close(work).await?;
    Ok(row)
}
