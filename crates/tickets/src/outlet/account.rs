//! The account of an outlet (网点往来账): what it was charged for and what was credited, append-only.

use std::collections::HashMap;

use access::Actor;
use kernel::fault::Fault;
use kernel::ids;
use kernel::money::Money;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use store::journal::Fact;
use store::list::Columns;
use store::resource::{self, Placement};
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::Model as Outlet;
use super::{ServiceOutlet, known_to};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "outlet_account_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub outlet_id: Uuid,
    pub kind: EntryKind,
    /// More than zero; the kind says on which side.
    pub amount_fen: i64,
    pub ref_resource: String,
    pub ref_id: Uuid,
    pub note: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// What an entry is for (往来类型).
#[codes::code(name = "OutletAccountEntryKind")]
pub enum EntryKind {
    /// 配件款
    PartsCharge,
    /// 付款
    Payment,
    /// 退件冲款
    #[label("Credit for returns")]
    ReturnCredit,
    /// 结算转货款
    #[label("Credit of a settlement")]
    SettlementCredit,
}

impl EntryKind {
    /// What an amount adds to the balance: charges count up, credits down.
    fn signed(self, fen: i64) -> i64 {
        match self {
            Self::PartsCharge => fen,
            Self::Payment | Self::ReturnCredit | Self::SettlementCredit => -fen,
        }
    }
}

/// Entries as parts of an outlet.
pub struct OutletAccountEntry;

/// An entry of an outlet's account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutletAccountEntryView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    pub created_by: Uuid,
    pub outlet_id: Uuid,
    pub kind: EntryKind,
    pub amount: Money,
    #[serde(rename = "ref")]
    pub reference: EntryRef,
    pub note: Option<String>,
}

/// What an entry came from.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OutletAccountEntryRef)]
pub struct EntryRef {
    /// part_movement, repair_fee_claim, service_outlet.
    pub resource: String,
    pub id: Uuid,
}

impl Resource for OutletAccountEntry {
    type Entity = Entity;
    type Row = Model;
    type View = OutletAccountEntryView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "outlet_account_entry";
    const PATH: &'static str = "/v1/outlet-account-entries";

    fn visible_to(actor: &Actor) -> Condition {
        Condition::all().add(Column::OutletId.in_subquery(known_to(actor)))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .by("outlet_id", Column::OutletId)
            .code("kind", Column::Kind, EntryKind::CODES)
            .sort("created_at", Column::CreatedAt)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<OutletAccountEntryView>, Fault> {
        let view = |row: Model| {
            Ok(OutletAccountEntryView {
                id: row.id,
                version: row.version,
                created_at: row.created_at.into(),
                created_by: row.created_by,
                outlet_id: row.outlet_id,
                kind: row.kind,
                amount: Money::from_fen(row.amount_fen).map_err(Fault::internal)?,
                reference: EntryRef { resource: row.ref_resource, id: row.ref_id },
                note: row.note,
            })
        };
        rows.into_iter().map(view).collect()
    }
}

/// Money that came from an outlet.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RecordOutletPayment {
    /// More than zero.
    pub amount: Money,
    /// Number of the bank's or cashier's paper.
    #[schema(max_length = 200)]
    pub note: Option<String>,
}

/// Records a payment of an outlet.
pub async fn pay(work: &Work, outlet_id: Uuid, input: &RecordOutletPayment) -> Result<Model, Fault> {
    let judge = |_: &Outlet| match input.amount.fen() {
        ..=0 => Err(Fault::field("/amount", "out_of_range")),
        _ => Ok(()),
    };
    let outlet = resource::take_judged::<ServiceOutlet>(work, outlet_id, judge).await?;
    let from = ("service_outlet", outlet.id);
    post(work, outlet.id, EntryKind::Payment, input.amount, from, input.note.clone()).await
}

/// Adds an entry; nothing for nothing.
pub async fn post(
    work: &Work,
    outlet_id: Uuid,
    kind: EntryKind,
    amount: Money,
    from: (&str, Uuid),
    note: Option<String>,
) -> Result<Model, Fault> {
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        outlet_id: Set(outlet_id),
        kind: Set(kind),
        amount_fen: Set(amount.fen()),
        ref_resource: Set(from.0.to_owned()),
        ref_id: Set(from.1),
        note: Set(note),
    };
    let fact = |fact: Fact| {
        fact.with("outlet_id", outlet_id.to_string()).with("kind", kind.code()).with("amount", amount.to_string())
    };
    work.create::<OutletAccountEntry>(row, fact, "posted").await
}

/// Charges less credits of each of these outlets.
pub async fn balances(at: &Reading, outlets: &[Uuid]) -> Result<HashMap<Uuid, i64>, Fault> {
    let sums: Vec<(Uuid, EntryKind, i64)> = Entity::find()
        .select_only()
        .column(Column::OutletId)
        .column(Column::Kind)
        .expr_as(Expr::cust("CAST(SUM(amount_fen) AS BIGINT)"), "fen")
        .filter(Column::OutletId.is_in(outlets.iter().copied()))
        .group_by(Column::OutletId)
        .group_by(Column::Kind)
        .into_tuple()
        .all(&at.db())
        .await?;
    let mut balances = HashMap::new();
    for (outlet, kind, fen) in sums {
        *balances.entry(outlet).or_default() += kind.signed(fen);
    }
    Ok(balances)
}
