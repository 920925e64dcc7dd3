//! A movement of parts (配件流水): append-only; a mistake is reversed by another movement.

use std::collections::HashSet;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::Quantity;
use kernel::money::Money;
use kernel::time::Timestamp;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::list::Columns;
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use super::location::{Location, LocationKind, known_to};
use crate::part::Part;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "part_movement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub part_id: Uuid,
    pub kind: Kind,
    pub from_kind: LocationKind,
    pub from_ref: Option<Uuid>,
    pub to_kind: LocationKind,
    pub to_ref: Option<Uuid>,
    pub quantity_milli: i64,
    pub unit_price_fen: Option<i64>,
    pub moved_on: Date,
    pub ref_resource: Option<String>,
    pub ref_id: Option<Uuid>,
    /// The issue a return belongs to.
    pub issue_id: Option<Uuid>,
    pub reverses_id: Option<Uuid>,
    pub note: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Where it left.
    pub fn from(&self) -> Location {
        Location { kind: self.from_kind, reference: self.from_ref }
    }
    /// Where it went.
    pub fn to(&self) -> Location {
        Location { kind: self.to_kind, reference: self.to_ref }
    }
}

/// Why parts move (流水类型).
#[codes::code(name = "PartMovementKind")]
pub enum Kind {
    /// 采购: 采购入库
    Purchase,
    /// 发放
    Issue,
    /// 退回未用
    #[label("Return of unused")]
    ReturnUnused,
    /// 消耗
    #[label("Consumption")]
    Consume,
    /// 旧件回收
    #[label("Recovery of old parts")]
    RecoverOld,
    /// 报废
    #[label("Scrapping")]
    Scrap,
    /// 核销
    #[label("Write-off")]
    WriteOff,
    /// 盘点调整
    #[label("Adjustment")]
    Adjust,
    /// 冲正
    Reversal,
}

/// The movements of parts (TK-R33).
pub struct PartMovement;

/// A movement of a part from place to place.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartMovementView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    pub created_by: Uuid,
    pub part_id: Uuid,
    pub kind: Kind,
    pub from_location: Location,
    pub to_location: Location,
    pub quantity: Quantity,
    /// The price paid, or the catalogue's of the day.
    pub unit_price: Option<Money>,
    pub moved_on: NaiveDate,
    /// What caused it.
    #[serde(rename = "ref")]
    pub reference: Option<MovementRef>,
    /// The issue a return belongs to.
    pub issue_id: Option<Uuid>,
    pub reverses_id: Option<Uuid>,
    /// Another movement took it back.
    pub reversed: bool,
    pub note: Option<String>,
}

/// What caused a movement.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PartMovementRef)]
pub struct MovementRef {
    /// repair_order, part_request, write_off, stock_count.
    pub resource: String,
    pub id: Uuid,
}

impl Resource for PartMovement {
    type Entity = Entity;
    type Row = Model;
    type View = PartMovementView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "part_movement";
    const PATH: &'static str = "/v1/part-movements";

    /// What left or entered a place of the caller's.
    fn visible_to(actor: &Actor) -> Condition {
        Condition::any().add(known_to(actor, Column::FromKind, Column::FromRef)).add(known_to(
            actor,
            Column::ToKind,
            Column::ToRef,
        ))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .by("part_id", Column::PartId)
            .code("kind", Column::Kind, Kind::CODES)
            .code("from_kind", Column::FromKind, LocationKind::CODES)
            .code("to_kind", Column::ToKind, LocationKind::CODES)
            .by("ref_id", Column::RefId)
            .custom("location", "string", |_, value| {
                let place = Location::parse(value)
                    .ok_or_else(|| Fault::new(&kernel::fault::INVALID_PARAMETER).with("parameter", "location"))?;
                let side = |kind: Column, reference: Column| {
                    let side = Condition::all().add(kind.eq(place.kind));
                    side.add_option(place.reference.map(|id| reference.eq(id)))
                };
                Ok(Condition::any()
                    .add(side(Column::FromKind, Column::FromRef))
                    .add(side(Column::ToKind, Column::ToRef)))
            })
            .custom("from_location", "string", |_, value| {
                side("from_location", value, Column::FromKind, Column::FromRef)
            })
            .custom("to_location", "string", |_, value| side("to_location", value, Column::ToKind, Column::ToRef))
            .custom("outlet_id", "uuid", |_, value| {
                let id = store::list::uuid("outlet_id", value)?;
                Ok(Condition::any().add(Column::FromRef.eq(id)).add(Column::ToRef.eq(id)))
            })
            .range("moved_on", Column::MovedOn)
            .range("created_at", Column::CreatedAt)
            .sort("created_at", Column::CreatedAt)
            .sort("moved_on", Column::MovedOn)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<Part>("part", "part_id")]
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<PartMovementView>, Fault> {
        let reversed = reversed(at, rows.iter().map(|row| row.id)).await?;
        let view = |row: Model| {
            Ok(PartMovementView {
                from_location: row.from(),
                to_location: row.to(),
                reversed: reversed.contains(&row.id),
                id: row.id,
                version: row.version,
                created_at: row.created_at.into(),
                created_by: row.created_by,
                part_id: row.part_id,
                kind: row.kind,
                quantity: Quantity::from_units(row.quantity_milli).map_err(Fault::internal)?,
                unit_price: row.unit_price_fen.map(Money::from_fen).transpose().map_err(Fault::internal)?,
                moved_on: row.moved_on,
                reference: row.ref_resource.zip(row.ref_id).map(|(resource, id)| MovementRef { resource, id }),
                issue_id: row.issue_id,
                reverses_id: row.reverses_id,
                note: row.note,
            })
        };
        rows.into_iter().map(view).collect()
    }
}

/// Exactly this place on one side of the movement; a kind alone is the place without a name.
fn side(name: &str, value: &str, kind: Column, reference: Column) -> Result<Condition, Fault> {
    let place = Location::parse(value);
    let place = place.ok_or_else(|| Fault::new(&kernel::fault::INVALID_PARAMETER).with("parameter", name))?;
    Ok(at(place, kind, reference))
}

fn at(place: Location, kind: Column, reference: Column) -> Condition {
    let named = place.reference.map_or_else(|| reference.is_null(), |id| reference.eq(id));
    Condition::all().add(kind.eq(place.kind)).add(named)
}

/// What left or entered exactly this place.
pub(super) fn touching(place: Location) -> Condition {
    let left = at(place, Column::FromKind, Column::FromRef);
    Condition::any().add(left).add(at(place, Column::ToKind, Column::ToRef))
}

/// Those of these movements that another took back.
pub async fn reversed(at: &Reading, ids: impl IntoIterator<Item = Uuid>) -> Result<HashSet<Uuid>, Fault> {
    let rows = Entity::find().filter(Column::ReversesId.is_in(ids)).all(&at.db()).await?;
    Ok(rows.into_iter().filter_map(|row| row.reverses_id).collect())
}
