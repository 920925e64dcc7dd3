//! Taking money, and taking it back.

use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::money::Money;
use kernel::time::{Timestamp, business_day};
use registers::external_ids::{self, ExternalId};
use registers::locks;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::acts::ReasonedAct;
use store::life_cycle::Subject;
use store::{Resource, Work, numbers, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Method, Model};
use super::{HeatReceipt, MOVES};
use crate::household::status::Standings;
use crate::household::{Household, money};
use crate::ledger::{Account, Kind, Posting, settling};
use crate::problems::DUPLICATE_VOUCHER;
use crate::tense::Tense;
use crate::{ownership, reopening};

/// Money a household pays.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateHeatReceipt {
    pub household_id: Uuid,
    pub method: Method,
    /// Unique with the method.
    #[schema(min_length = 1, max_length = 60)]
    pub voucher_no: String,
    pub amount: Money,
    /// Now when absent.
    pub paid_at: Option<Timestamp>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

fn posting(row: &Model, amount: Money, reversal: bool, at: DateTimeUtc) -> Posting {
    Posting {
        kind: Kind::Receipt,
        amount,
        source_id: row.id,
        source_number: row.number.clone(),
        reversal,
        season_id: None,
        customer_id: row.customer_id,
        at,
    }
}

/// Records a receipt; it settles the oldest due bills first (HS-R71).
///
/// # Errors
/// 409 `duplicate_voucher` for a voucher of this method that was booked before.
pub async fn create(work: &Work, input: &CreateHeatReceipt) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    Tense::of(work).await?.instant(&mut errors, input.paid_at, "/paid_at");
    errors.add_if(input.amount.fen() <= 0, "/amount", "out_of_range");
    errors.finish()?;
    let home = registers::referenced::known::<Household>(work, input.household_id, "/household_id").await?;
    let voucher = input.voucher_no.trim();
    locks::hold(work, vec![format!("heat_receipt|{}|{voucher}", input.method.code())]).await?;
    let same = Entity::find().filter(Column::Method.eq(input.method)).filter(Column::VoucherNo.eq(voucher));
    if let Some(other) = same.one(&work.db()).await? {
        return Err(Fault::new(&DUPLICATE_VOUCHER).with("number", other.number));
    }
    let mut account = Account::open(work, home.id).await?;
    let paid_at = input.paid_at.map_or(work.now, |at| at.0);
    let payer = ownership::queries::owner_on(work, home.id, business_day(paid_at)).await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "HR").await?),
        household_id: Set(home.id),
        customer_id: Set(payer.or(home.customer_id)),
        method: Set(input.method),
        voucher_no: Set(voucher.to_owned()),
        amount_fen: Set(input.amount.fen()),
        paid_at: Set(paid_at),
        reversed_by: Set(None),
        reversed_at: Set(None),
        reason: Set(None),
    };
    let amount = input.amount.to_string();
    let row = work.create::<HeatReceipt>(row, |fact| fact.with("amount", amount), "recorded").await?;
    external_ids::attach_all(work, HeatReceipt::NAME, row.id, &input.external_ids).await?;
    account.post(work, posting(&row, input.amount.negated(), false, paid_at)).await?;
    account.close(work).await?;
    Ok(row)
}

/// Reverses a receipt by an opposite entry; the bills it had settled are open again, and whoever owes by that has no
/// valve opened for having paid.
pub async fn reverse(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let row = resource::take::<HeatReceipt>(work, id).await?;
    MOVES.take("reverse", &Subject::of(work, &row))?;
    let mut account = Account::open(work, row.household_id).await?;
    settling::release_source(work, row.household_id, row.id).await?;
    let mut change = row.clone().into_active_model();
    change.reversed_by = Set(Some(work.actor().sub));
    change.reversed_at = Set(Some(work.now));
    change.reason = Set(Some(input.reason.clone()));
    let row = work.change::<HeatReceipt>(&row, change, "reversed", |fact| fact.reason(input.reason.as_str())).await?;
    account.post(work, posting(&row, money(row.amount_fen)?, true, work.now)).await?;
    account.close(work).await?;
    let home = row.household_id;
    if Standings::of(work, &[home], business_day(work.now)).await?.overdue(home) > 0 {
        reopening::commands::owing(work, home).await?;
    }
    Ok(row)
}
