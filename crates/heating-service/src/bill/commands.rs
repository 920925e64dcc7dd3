//! Drafting, approving, issuing and reversing bills.

use kernel::fault::{Fault, PRICE_MISSING};
use kernel::ids;
use kernel::money::Money;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use store::acts::{BareAct, ReasonedAct};
use store::{Reading, Work, numbers, resource};

use super::entity::{ActiveModel, Entity, Kind, Model, Status};
use super::{Draft, HeatBill, MOVES, queries};
use crate::household::{commands as homes, money};
use crate::ledger::{Account, Kind as EntryKind, Posting, settling};
use crate::{inspection, ownership, price, reopening};

/// Writes a draft.
pub(crate) async fn draft(work: &Work, draft: Draft<'_>) -> Result<Model, Fault> {
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "HI").await?),
        household_id: Set(draft.household.id),
        season_id: Set(draft.season.id),
        kind: Set(draft.kind),
        customer_id: Set(draft.household.customer_id),
        lines: Set(serde_json::to_string(&draft.lines).map_err(Fault::internal)?),
        total_fen: Set(draft.total.fen()),
        settled_fen: Set(0),
        due_on: Set(draft.due_on),
        status: Set(Status::Draft),
        overdue_told: Set(false),
        source_id: Set(draft.source_id),
        approved_by: Set(None),
        approved_at: Set(None),
        issued_by: Set(None),
        issued_at: Set(None),
        reversed_by: Set(None),
        reversed_at: Set(None),
        reason: Set(None),
    };
    work.create::<HeatBill>(row, |fact| fact, "drafted").await
}

/// Writes a bill that is issued with the act it follows from.
pub(crate) async fn issue_draft(work: &Work, new: Draft<'_>) -> Result<Model, Fault> {
    let row = draft(work, new).await?;
    issued(work, row, Status::Issued).await
}

/// As [`take`], for an act that books: it holds the household before its bill, as every booking does.
async fn take_to_book(work: &Work, id: Uuid, action: &str) -> Result<(Model, Status), Fault> {
    let row = resource::find::<HeatBill>(work, id).await?;
    homes::locked_to_book(work, row.household_id).await?;
    MOVES.begin::<HeatBill>(work, id, action).await
}

/// Approves a supplement, so that it may be issued.
///
/// # Errors
/// 409 `invalid_state` for a bill of another kind; `separation_of_duties` for the inspector of its case (HS-R61).
pub async fn approve(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<HeatBill>(work, id, "approve").await?;
    ensure_not_inspected(work, &row).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.approved_by = Set(Some(work.actor().sub));
    change.approved_at = Set(Some(work.now));
    work.change::<HeatBill>(&row, change, "approved", |fact| fact).await
}

/// Refuses the inspector of the case a supplement recovers.
pub(super) async fn ensure_not_inspected(at: &Reading, row: &Model) -> Result<(), Fault> {
    let Some(case) = row.source_id.filter(|_| row.kind == Kind::Supplement) else { return Ok(()) };
    let case = inspection::entity::Entity::find_by_id(case).one(&at.db()).await?;
    match case.is_some_and(|case| at.actor().persons().any(|person| person == case.inspector_id)) {
        true => Err(inspection::inspected_himself("approve")),
        false => Ok(()),
    }
}

/// What follows from a bill that is paid in full, or no longer: the case it recovers, the valve it opens.
pub(crate) async fn settled(work: &Work, row: &Model) -> Result<(), Fault> {
    let Some(source) = row.source_id else { return Ok(()) };
    match row.kind {
        Kind::Supplement => inspection::billing::settled(work, source).await,
        Kind::Resume if row.status == Status::Issued && row.outstanding_fen() == 0 => {
            let home = homes::locked(work, row.household_id).await?;
            reopening::commands::order(work, &home, reopening::entity::Cause::Resume, Some(source)).await
        }
        Kind::Resume => reopening::commands::called_off(work, source).await,
        Kind::Season | Kind::BasicFee | Kind::Correction => Ok(()),
    }
}

/// Issues a bill: it enters the ledger, and a credit of the household pays it at once.
///
/// # Errors
/// 409 `price_missing` without an approved price for the use.
pub async fn issue(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = take_to_book(work, id, "issue").await?;
    let home = homes::locked_to_book(work, row.household_id).await?;
    let priced = home.price_exception_fen.is_some() || price::of(work, row.season_id, home.purpose).await?.is_some();
    if !priced {
        return Err(Fault::new(&PRICE_MISSING).with("uses", vec![home.purpose.code()]));
    }
    issued(work, row, to).await
}

fn posting(work: &Work, row: &Model, amount: Money, reversal: bool) -> Posting {
    Posting {
        kind: EntryKind::Bill,
        amount,
        source_id: row.id,
        source_number: row.number.clone(),
        reversal,
        season_id: Some(row.season_id),
        customer_id: row.customer_id,
        at: work.now,
    }
}

async fn issued(work: &Work, row: Model, to: Status) -> Result<Model, Fault> {
    let mut account = Account::open(work, row.household_id).await?;
    let home = homes::locked_to_book(work, row.household_id).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.customer_id = Set(ownership::queries::holder(work, &home).await?);
    change.issued_by = Set(Some(work.actor().sub));
    change.issued_at = Set(Some(work.now));
    let total = money(row.total_fen)?;
    let row = work.change::<HeatBill>(&row, change, "issued", |fact| fact.with("total", total.to_string())).await?;
    account.post(work, posting(work, &row, total, false)).await?;
    account.close(work).await?;
    current(work, row.id).await
}

async fn current(work: &Work, id: Uuid) -> Result<Model, Fault> {
    let row = Entity::find_by_id(id).one(&work.db()).await?;
    row.ok_or_else(|| Fault::internal("a bill that is gone"))
}

/// Reverses an issued bill by an opposite entry; what had paid it is free for other bills.
pub async fn reverse(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let (row, _) = take_to_book(work, id, "reverse").await?;
    reversed(work, row, &input.reason).await
}

async fn reversed(work: &Work, row: Model, reason: &str) -> Result<Model, Fault> {
    let was_issued = row.status == Status::Issued;
    let mut account = Account::open(work, row.household_id).await?;
    if was_issued {
        settling::release_bill(work, row.household_id, row.id).await?;
        settling::release_source(work, row.household_id, row.id).await?;
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(Status::Reversed);
    change.settled_fen = Set(0);
    change.reversed_by = Set(Some(work.actor().sub));
    change.reversed_at = Set(Some(work.now));
    change.reason = Set(Some(reason.to_owned()));
    let row = work.change::<HeatBill>(&row, change, "reversed", |fact| fact.reason(reason)).await?;
    if was_issued {
        account.post(work, posting(work, &row, money(-row.total_fen)?, true)).await?;
        account.close(work).await?;
    }
    settled(work, &row).await?;
    Ok(row)
}

/// Takes a bill back with the act it followed from.
pub(crate) async fn take_back(work: &Work, id: Uuid, why: &str) -> Result<(), Fault> {
    let row = current(work, id).await?;
    if row.status != Status::Reversed {
        reversed(work, row, why).await?;
    }
    Ok(())
}

/// Takes the season's bill of a household back, if there is one.
pub(crate) async fn take_back_season_bill(
    work: &Work,
    household_id: Uuid,
    season_id: Uuid,
    why: &str,
) -> Result<(), Fault> {
    match queries::of_season(work, household_id, season_id).await? {
        Some(row) => take_back(work, row.id, why).await,
        None => Ok(()),
    }
}

/// Writes the present fee into a draft that was made before; whether anything was new.
pub(crate) async fn refresh(work: &Work, row: &Model, lines: &str, total: Money) -> Result<bool, Fault> {
    if row.status != Status::Draft || row.kind != Kind::Season {
        return Ok(false);
    }
    if row.lines == lines && row.total_fen == total.fen() {
        return Ok(false);
    }
    let mut change = row.clone().into_active_model();
    change.lines = Set(lines.to_owned());
    change.total_fen = Set(total.fen());
    work.change::<HeatBill>(row, change, "redrafted", |fact| fact).await?;
    Ok(true)
}
