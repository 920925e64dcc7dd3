//! Counter records (柜台记录, TK-15): what the till took, what was lost, who was out. Append-only.

pub mod entity;

use access::{Actor, JobRole};
use chrono::{NaiveDate, TimeDelta};
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::money::Money;
use kernel::time::{Timestamp, business_day};
use registers::{referenced, staff};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, Set};
use serde::{Deserialize, Serialize};
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource, Work, numbers, parameters};
use utoipa::ToSchema;
use validator::Validate;

use crate::people_record;
use entity::{ActiveModel, Column, CounterKind, Entity, Model};

/// The counter records resource.
pub struct CounterRecord;

/// What the cashier says is in the till.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredTakings {
    pub cash: Money,
    pub card: Option<Money>,
    pub voucher: Option<Money>,
}

/// A counter record as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CounterRecordView {
    pub id: Uuid,
    pub version: i32,
    pub number: String,
    pub kind: CounterKind,
    pub date: NaiveDate,
    pub staff_id: Uuid,
    pub org_unit_id: Option<Uuid>,
    pub declared: Option<DeclaredTakings>,
    pub counted_cash: Option<Money>,
    /// Counted less declared cash; negative when money is missing.
    pub difference: Option<Money>,
    pub item: Option<String>,
    pub note: Option<String>,
    pub out_at: Option<Timestamp>,
    pub back_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub created_by: Uuid,
}

impl Resource for CounterRecord {
    type Entity = Entity;
    type Row = Model;
    type View = CounterRecordView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "counter_record";
    const PATH: &'static str = "/v1/counter-records";
    const STEADY: bool = true;

    /// The cash office and finance all; others as records about people.
    fn visible_to(actor: &Actor) -> Condition {
        if actor.is_any(&[JobRole::CashOfficeClerk, JobRole::FinanceOfficer]) {
            return Condition::all();
        }
        let made = Column::CreatedBy.is_in(actor.persons());
        Condition::any().add(people_record::visible(actor, Column::OrgUnitId, Column::StaffId)).add(made)
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-date")
            .by("number", Column::Number)
            .code("kind", Column::Kind, CounterKind::CODES)
            .by("staff_id", Column::StaffId)
            .range("date", Column::Date)
            .custom("month", "string", |_, value| {
                let month = list::month("month", value)?;
                Ok(Condition::all().add(Column::Date.between(month.first_day(), month.last_day())))
            })
            .sort("date", Column::Date)
            .sort("created_at", Column::CreatedAt)
    }

    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: row.org_unit_id, ..Placement::default() }
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<CounterRecordView>, Fault> {
        rows.into_iter().map(view).collect()
    }
}

fn view(row: Model) -> Result<CounterRecordView, Fault> {
    let money = |fen: Option<i64>| fen.map(Money::from_fen).transpose().map_err(Fault::internal);
    let declared = match money(row.declared_cash_fen)? {
        Some(cash) => Some(DeclaredTakings {
            cash,
            card: money(row.declared_card_fen)?,
            voucher: money(row.declared_voucher_fen)?,
        }),
        None => None,
    };
    Ok(CounterRecordView {
        declared,
        counted_cash: money(row.counted_cash_fen)?,
        difference: money(row.difference_fen)?,
        id: row.id,
        version: row.version,
        number: row.number,
        kind: row.kind,
        date: row.date,
        staff_id: row.staff_id,
        org_unit_id: row.org_unit_id,
        item: row.item,
        note: row.note,
        out_at: row.out_at.map(Timestamp::from),
        back_at: row.back_at.map(Timestamp::from),
        created_at: row.created_at.into(),
        created_by: row.created_by,
    })
}

/// What happened at the counter.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateCounterRecord {
    pub kind: CounterKind,
    /// Default: today.
    pub date: Option<NaiveDate>,
    /// Default: the caller.
    pub staff_id: Option<Uuid>,
    /// Of takings.
    pub declared: Option<DeclaredTakings>,
    /// Of takings: what the cash office counted, once it has.
    pub counted_cash: Option<Money>,
    /// Of lost goods: what is missing; of an outing: what was taken along.
    #[schema(min_length = 1, max_length = 200)]
    pub item: Option<String>,
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// Of an outing.
    pub out_at: Option<Timestamp>,
    pub back_at: Option<Timestamp>,
}

/// Records takings, lost goods or an outing.
///
/// # Errors
/// 422 `required` and `unknown_field` for what the kind needs and does not know; `date_in_future`,
/// `date_order`, `out_of_range`, `not_found`.
pub async fn create(work: &Work, cmd: &CreateCounterRecord) -> Result<Model, Fault> {
    check(work, cmd).await?;
    let staff_id = cmd.staff_id.or(work.actor().staff_id).ok_or_else(|| Fault::field("/staff_id", "required"))?;
    let person = referenced::known::<staff::Staff>(work, staff_id, "/staff_id").await?;
    let fen = |money: Option<Money>| money.map(Money::fen);
    let declared = cmd.declared.as_ref();
    let cash = declared.map(|declared| declared.cash);
    let difference = match (cmd.counted_cash, cash) {
        (Some(counted), Some(cash)) => Some(counted.checked_sub(cash).map_err(Fault::internal)?),
        _ => None,
    };
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        number: Set(numbers::next(work, "CR").await?),
        kind: Set(cmd.kind),
        date: Set(cmd.date.unwrap_or_else(|| business_day(work.now))),
        staff_id: Set(staff_id),
        org_unit_id: Set(Some(person.org_unit_id)),
        declared_cash_fen: Set(fen(cash)),
        declared_card_fen: Set(fen(declared.and_then(|declared| declared.card))),
        declared_voucher_fen: Set(fen(declared.and_then(|declared| declared.voucher))),
        counted_cash_fen: Set(fen(cmd.counted_cash)),
        difference_fen: Set(fen(difference)),
        item: Set(cmd.item.clone()),
        note: Set(cmd.note.clone()),
        out_at: Set(cmd.out_at.map(|at| at.0)),
        back_at: Set(cmd.back_at.map(|at| at.0)),
    };
    work.create::<CounterRecord>(row, |fact| fact, "recorded").await
}

async fn check(work: &Work, cmd: &CreateCounterRecord) -> Result<(), Fault> {
    let latest = work.now + TimeDelta::minutes(parameters::integer(work, "platform.clock.skew_minutes").await?);
    let (takings, lost, outing) = match cmd.kind {
        CounterKind::Takings => (true, false, false),
        CounterKind::LostGoods => (false, true, false),
        CounterKind::Outing => (false, false, true),
    };
    let mut errors = FieldErrors::default();
    errors
        .add_if(takings && cmd.declared.is_none(), "/declared", "required")
        .add_if(!takings && cmd.declared.is_some(), "/declared", "unknown_field")
        .add_if(!takings && cmd.counted_cash.is_some(), "/counted_cash", "unknown_field")
        .add_if(lost && cmd.item.is_none(), "/item", "required")
        .add_if(takings && cmd.item.is_some(), "/item", "unknown_field")
        .add_if(outing && cmd.out_at.is_none(), "/out_at", "required")
        .add_if(!outing && cmd.out_at.is_some(), "/out_at", "unknown_field")
        .add_if(!outing && cmd.back_at.is_some(), "/back_at", "unknown_field")
        .add_if(cmd.date.is_some_and(|date| date > business_day(work.now)), "/date", "date_in_future")
        .add_if(cmd.out_at.is_some_and(|at| at.0 > latest), "/out_at", "date_in_future")
        .add_if(cmd.back_at.is_some_and(|at| at.0 > latest), "/back_at", "date_in_future")
        .add_if(cmd.back_at.zip(cmd.out_at).is_some_and(|(back, out)| back.0 < out.0), "/back_at", "date_order")
        .add_if(cmd.counted_cash.is_some_and(Money::is_negative), "/counted_cash", "out_of_range");
    if let Some(declared) = &cmd.declared {
        for (name, money) in [("cash", Some(declared.cash)), ("card", declared.card), ("voucher", declared.voucher)] {
            errors.add_if(money.is_some_and(Money::is_negative), &format!("/declared/{name}"), "out_of_range");
        }
    }
    errors.finish()
}
