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
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use strum::{IntoStaticStr, VariantNames};
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
#[derive(
    Copy,
    Clone,
    Debug,
    PartialEq,
    Eq,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
    ToSchema,
    IntoStaticStr,
    VariantNames,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = PartMovementKind)]
pub enum Kind {
    /// 采购入库
    Purchase,
    /// 发放
    Issue,
    /// 退回未用
    ReturnUnused,
    /// 消耗
    Consume,
    /// 旧件回收
    RecoverOld,
    /// 报废
    Scrap,
    /// 核销
    WriteOff,
    /// 盘点调整
    Adjust,
    /// 冲销
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
            .code("kind", Column::Kind, Kind::VARIANTS)
            .code("from_kind", Column::FromKind, LocationKind::VARIANTS)
            .code("to_kind", Column::ToKind, LocationKind::VARIANTS)
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

/// Those of these movements that another took back.
pub async fn reversed(at: &Reading, ids: impl IntoIterator<Item = Uuid>) -> Result<HashSet<Uuid>, Fault> {
    let rows = Entity::find().filter(Column::ReversesId.is_in(ids)).all(&at.db()).await?;
    Ok(rows.into_iter().filter_map(|row| row.reverses_id).collect())
}
