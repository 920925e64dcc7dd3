//! Write-offs (核销): parts lost or broken, proposed by one and decided by another.

use access::Actor;
use kernel::fault::Fault;
use kernel::fixed::Quantity;
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
use super::{decidable, may_decide};
use crate::part::{self, price};
use crate::repair_order::json;
use crate::ticket::entity::json_list;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "write_off")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    /// The proposer.
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub status: Status,
    pub location_kind: LocationKind,
    pub location_ref: Option<Uuid>,
    pub reason: String,
    /// JSON of [`WriteOffLine`]s.
    pub lines: String,
    pub value_fen: i64,
    /// JSON array of document ids.
    pub document_ids: String,
    pub decided_by: Option<Uuid>,
    pub refuse_reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a write-off stands (核销状态).
#[codes::code(name = "WriteOffStatus")]
pub enum Status {
    /// 已提出
    Proposed,
    /// 已入账
    Posted,
    /// 已拒绝
    Refused,
}

/// A part that is gone, at the price of the day it was proposed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WriteOffLine {
    pub part_id: Uuid,
    pub quantity: Quantity,
    pub unit_price: Option<Money>,
}

/// The write-offs (TK-R33).
pub struct WriteOff;

/// A write-off.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WriteOffView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// The proposer.
    pub created_by: Uuid,
    pub status: Status,
    pub location: Location,
    pub reason: String,
    pub lines: Vec<WriteOffLine>,
    /// At the catalogue's prices.
    pub value: Money,
    pub document_ids: Vec<Uuid>,
    pub decided_by: Option<Uuid>,
    pub refuse_reason: Option<String>,
}

/// Acts on a write-off.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.write_off",
    state: |it| it.row.status,
    moves: &[
        Move { action: "approve", from: &[Status::Proposed], to: Some(Status::Posted), guards: &[] },
        Move { action: "refuse", from: &[Status::Proposed], to: Some(Status::Refused), guards: &[] },
    ],
};

impl Model {
    fn location(&self) -> Location {
        Location { kind: self.location_kind, reference: self.location_ref }
    }
}

impl Resource for WriteOff {
    type Entity = Entity;
    type Row = Model;
    type View = WriteOffView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "write_off";
    const PATH: &'static str = "/v1/write-offs";

    fn visible_to(actor: &Actor) -> Condition {
        known_or_own(actor, Column::LocationKind, Column::LocationRef, Column::CreatedBy)
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .code("status", Column::Status, Status::CODES)
            .by("outlet_id", Column::LocationRef)
            .range("created_at", Column::CreatedAt)
            .sort("created_at", Column::CreatedAt)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<WriteOffView>, Fault> {
        let view = |row: Model| {
            Ok(WriteOffView {
                location: row.location(),
                id: row.id,
                version: row.version,
                created_at: row.created_at.into(),
                updated_at: row.updated_at.into(),
                created_by: row.created_by,
                status: row.status,
                reason: row.reason,
                lines: json_list(&row.lines),
                value: Money::from_fen(row.value_fen).map_err(Fault::internal)?,
                document_ids: json_list(&row.document_ids),
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

/// What is gone, from where, and why.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateWriteOff {
    /// A warehouse, an outlet or a team.
    pub location: Location,
    #[schema(min_length = 2, max_length = 1000)]
    pub reason: String,
    #[schema(min_items = 1, max_items = 200)]
    pub lines: Vec<NewWriteOffLine>,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub document_ids: Vec<Uuid>,
}

/// A part that is gone.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWriteOffLine {
    pub part_id: Uuid,
    pub quantity: Quantity,
}

/// Proposes a write-off; nothing moves yet.
pub async fn create(work: &Work, input: &CreateWriteOff) -> Result<Model, Fault> {
    input.location.check_stock(work, "/location").await?;
    documents::ensure_visible(work, &input.document_ids).await?;
    let today = business_day(work.now);
    let (mut lines, mut value) = (Vec::new(), Money::ZERO);
    for (n, line) in input.lines.iter().enumerate() {
        part::named(work, line.part_id, &format!("/lines/{n}/part_id")).await?;
        let unit_price = price::of(work, line.part_id, today).await?;
        let worth = unit_price.unwrap_or_default().times(line.quantity.decimal());
        let total = worth.and_then(|worth| value.checked_add(worth));
        value = total.map_err(|error| Fault::field(format!("/lines/{n}/quantity"), error.code()))?;
        lines.push(WriteOffLine { part_id: line.part_id, quantity: line.quantity, unit_price });
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        status: Set(Status::Proposed),
        location_kind: Set(input.location.kind),
        location_ref: Set(input.location.reference),
        reason: Set(input.reason.clone()),
        lines: Set(json(&lines)?),
        value_fen: Set(value.fen()),
        document_ids: Set(json(&input.document_ids)?),
        decided_by: Set(None),
        refuse_reason: Set(None),
    };
    let row = work.create::<WriteOff>(row, |fact| fact.with("value", value.to_string()), "proposed").await?;
    documents::attach(work, &input.document_ids, WriteOff::NAME, row.id, "evidence").await?;
    Ok(row)
}

async fn begin(work: &Work, id: Uuid, action: &str) -> Result<(Model, ActiveModel), Fault> {
    let (row, to) = MOVES.begin::<WriteOff>(work, id, action).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.decided_by = Set(Some(work.actor().sub));
    Ok((row, change))
}

/// Writes it off: parts_clerk up to the limit, cs_manager above; never who proposed it.
pub async fn approve(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, change) = begin(work, id, "approve").await?;
    may_decide(work, row.created_by, row.value_fen).await?;
    let lines: Vec<WriteOffLine> = json_list(&row.lines);
    let gone = Location::of(LocationKind::WrittenOff);
    let posting = |line: WriteOffLine| Posting {
        unit_price: line.unit_price,
        note: Some(row.reason.clone()),
        ..Posting::new(Kind::WriteOff, line.part_id, row.location(), gone, line.quantity).caused_by("write_off", row.id)
    };
    post_all(work, lines.into_iter().map(posting).collect()).await?;
    work.change::<WriteOff>(&row, change, "posted", |fact| fact).await
}

/// Refuses it.
pub async fn refuse(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let (row, mut change) = begin(work, id, "refuse").await?;
    may_decide(work, row.created_by, row.value_fen).await?;
    change.refuse_reason = Set(Some(input.reason.clone()));
    work.change::<WriteOff>(&row, change, "refused", |fact| fact.reason(input.reason.as_str())).await
}
