//! Stock counts (盘点): what was found, against what the ledger says; the difference is posted once approved.

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::{Quantity, Stock};
use kernel::ids;
use kernel::money::Money;
use kernel::time::{Timestamp, business_day};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::acts::{BareAct, ReasonedAct};
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::location::{Location, LocationKind, known_or_own};
use super::movement::Kind;
use super::posting::{Posting, post_all};
use super::{balance, decidable, may_decide};
use crate::part::{self, price};
use crate::repair_order::json;
use crate::ticket::entity::json_list;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "stock_count")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    /// Who counted.
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub status: Status,
    pub location_kind: LocationKind,
    pub location_ref: Option<Uuid>,
    pub counted_on: Date,
    /// JSON of [`CountLine`]s.
    pub lines: String,
    pub value_fen: i64,
    pub decided_by: Option<Uuid>,
    pub refuse_reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a count stands (盘点状态).
#[codes::code(name = "StockCountStatus")]
pub enum Status {
    /// 已盘点
    Counted,
    /// 已入账
    Posted,
    /// 已拒绝
    Refused,
}

/// What was found of a part, against what the ledger said then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = StockCountLine)]
pub struct CountLine {
    pub part_id: Uuid,
    pub expected: Stock,
    pub counted: Stock,
    /// Counted less expected.
    pub difference: Stock,
}

/// The stock counts (TK-R33).
pub struct StockCount;

/// A stock count.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StockCountView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Who counted.
    pub created_by: Uuid,
    pub status: Status,
    pub location: Location,
    pub counted_on: NaiveDate,
    pub lines: Vec<CountLine>,
    /// Of the shortages, at the catalogue's prices.
    pub value: Money,
    pub decided_by: Option<Uuid>,
    pub refuse_reason: Option<String>,
}

/// Acts on a count.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.stock_count",
    state: |it| it.row.status,
    moves: &[
        Move { action: "approve", from: &[Status::Counted], to: Some(Status::Posted), guards: &[] },
        Move { action: "refuse", from: &[Status::Counted], to: Some(Status::Refused), guards: &[] },
    ],
};

impl Model {
    fn location(&self) -> Location {
        Location { kind: self.location_kind, reference: self.location_ref }
    }
}

impl Resource for StockCount {
    type Entity = Entity;
    type Row = Model;
    type View = StockCountView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "stock_count";
    const PATH: &'static str = "/v1/stock-counts";

    fn visible_to(actor: &Actor) -> Condition {
        known_or_own(actor, Column::LocationKind, Column::LocationRef, Column::CreatedBy)
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .code("status", Column::Status, Status::CODES)
            .by("outlet_id", Column::LocationRef)
            .range("counted_on", Column::CountedOn)
            .range("created_at", Column::CreatedAt)
            .sort("created_at", Column::CreatedAt)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<StockCountView>, Fault> {
        let view = |row: Model| {
            Ok(StockCountView {
                location: row.location(),
                id: row.id,
                version: row.version,
                created_at: row.created_at.into(),
                updated_at: row.updated_at.into(),
                created_by: row.created_by,
                status: row.status,
                counted_on: row.counted_on,
                lines: json_list(&row.lines),
                value: Money::from_fen(row.value_fen).map_err(Fault::internal)?,
                decided_by: row.decided_by,
                refuse_reason: row.refuse_reason,
            })
        };
        rows.into_iter().map(view).collect()
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        let acts = MOVES.allowed(&Subject::of(at, row), at.lang());
        decidable(at, acts, row.created_by, row.value_fen).await
    }
}

/// What was found where.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateStockCount {
    /// A warehouse, an outlet or a team.
    pub location: Location,
    #[schema(min_items = 1, max_items = 1000)]
    pub lines: Vec<NewCountLine>,
}

/// What was found of a part.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewStockCountLine)]
pub struct NewCountLine {
    pub part_id: Uuid,
    /// Zero or more.
    pub counted: Stock,
}

/// Writes a count down; the ledger's figure of this instant stands beside it.
pub async fn create(work: &Work, input: &CreateStockCount) -> Result<Model, Fault> {
    input.location.check_stock(work, "/location").await?;
    let today = business_day(work.now);
    let (mut lines, mut value) = (Vec::<CountLine>::new(), Money::ZERO);
    for (n, line) in input.lines.iter().enumerate() {
        part::named(work, line.part_id, &format!("/lines/{n}/part_id")).await?;
        if line.counted.units() < 0 {
            return Err(Fault::field(format!("/lines/{n}/counted"), "out_of_range"));
        }
        if lines.iter().any(|known| known.part_id == line.part_id) {
            return Err(Fault::field(format!("/lines/{n}/part_id"), "repeated_items"));
        }
        let expected = balance::at_place(work, line.part_id, input.location).await?;
        let difference = Stock::from_units(line.counted.units() - expected).map_err(Fault::internal)?;
        if let Ok(short) = Quantity::from_units(-difference.units()) {
            let price = price::of(work, line.part_id, today).await?.unwrap_or_default();
            let total = price.times(short.decimal()).and_then(|worth| value.checked_add(worth));
            value = total.map_err(Fault::internal)?;
        }
        let expected = Stock::from_units(expected).map_err(Fault::internal)?;
        lines.push(CountLine { part_id: line.part_id, expected, counted: line.counted, difference });
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        status: Set(Status::Counted),
        location_kind: Set(input.location.kind),
        location_ref: Set(input.location.reference),
        counted_on: Set(today),
        lines: Set(json(&lines)?),
        value_fen: Set(value.fen()),
        decided_by: Set(None),
        refuse_reason: Set(None),
    };
    work.create::<StockCount>(row, |fact| fact.with("value", value.to_string()), "counted").await
}

async fn begin(work: &Work, id: Uuid, action: &str) -> Result<(Model, ActiveModel), Fault> {
    let (row, to) = MOVES.begin::<StockCount>(work, id, action).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.decided_by = Set(Some(work.actor().sub));
    Ok((row, change))
}

/// Posts the differences: parts_clerk up to the limit, cs_manager above; never who counted.
pub async fn approve(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, change) = begin(work, id, "approve").await?;
    may_decide(work, row.created_by, row.value_fen).await?;
    let lines: Vec<CountLine> = json_list(&row.lines);
    let (here, adjustment) = (row.location(), Location::of(LocationKind::Adjustment));
    let posting = |line: &CountLine| {
        let quantity = Quantity::from_units(line.difference.units().abs()).ok()?;
        let (from, to) = if line.difference.units() < 0 { (here, adjustment) } else { (adjustment, here) };
        Some(Posting::new(Kind::Adjust, line.part_id, from, to, quantity).caused_by("stock_count", row.id))
    };
    post_all(work, lines.iter().filter_map(posting).collect()).await?;
    work.change::<StockCount>(&row, change, "posted", |fact| fact).await
}

/// Refuses the count.
pub async fn refuse(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let (row, mut change) = begin(work, id, "refuse").await?;
    may_decide(work, row.created_by, row.value_fen).await?;
    change.refuse_reason = Set(Some(input.reason.clone()));
    work.change::<StockCount>(&row, change, "refused", |fact| fact.reason(input.reason.as_str())).await
}
