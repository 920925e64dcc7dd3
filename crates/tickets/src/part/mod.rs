//! Spare parts (配件, TK-12): what there is, at which price, how much is planned.

pub mod entity;
pub mod plan;
pub mod price;

use access::Actor;
use kernel::fault::Fault;
use kernel::fixed::Stock;
use kernel::ids;
use kernel::money::Money;
use kernel::time::{Timestamp, business_day};
use registers::locks;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use entity::{ActiveModel, Column, Entity, Model};

/// The spare parts (TK-12).
pub struct Part;

/// A spare part with today's price.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SparePartView)]
pub struct PartView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub created_by: Uuid,
    pub code: String,
    pub name: String,
    /// What it is counted in: 个, 米.
    pub unit: String,
    /// The warehouse should hold at least so much.
    pub min_stock: Stock,
    /// The old part must come back.
    pub recovery_required: bool,
    pub active: bool,
    /// The catalogue's of today; null while there is none.
    pub price: Option<Money>,
}

impl Resource for Part {
    type Entity = Entity;
    type Row = Model;
    type View = PartView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "part";
    const PATH: &'static str = "/v1/parts";

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("code")
            .by("code", Column::Code)
            .by("active", Column::Active)
            .by("recovery_required", Column::RecoveryRequired)
            .custom("q", "string", |_, value| {
                Ok(Condition::any().add(Column::Name.contains(value)).add(Column::Code.starts_with(value)))
            })
            .sort("code", Column::Code)
            .sort("name", Column::Name)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<PartView>, Fault> {
        let prices = price::on(at, business_day(at.now)).await?;
        let view = |row: Model| {
            Ok(PartView {
                id: row.id,
                version: row.version,
                created_at: row.created_at.into(),
                updated_at: row.updated_at.into(),
                created_by: row.created_by,
                min_stock: Stock::from_units(row.min_stock_milli).map_err(Fault::internal)?,
                price: prices.get(&row.id).copied(),
                code: row.code,
                name: row.name,
                unit: row.unit,
                recovery_required: row.recovery_required,
                active: row.active,
            })
        };
        rows.into_iter().map(view).collect()
    }
}

/// A new spare part.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateSparePart)]
pub struct CreatePart {
    #[schema(min_length = 1, max_length = 40)]
    pub code: String,
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
    #[schema(min_length = 1, max_length = 16)]
    pub unit: String,
    /// Default: none.
    pub min_stock: Option<Stock>,
    #[serde(default)]
    pub recovery_required: bool,
}

/// Adds a part; its code is never used again.
pub async fn create(work: &Work, input: &CreatePart) -> Result<Model, Fault> {
    let code = input.code.trim();
    let min_stock = input.min_stock.map_or(0, Stock::units);
    if min_stock < 0 {
        return Err(Fault::field("/min_stock", "out_of_range"));
    }
    locks::hold(work, vec![format!("part|{code}")]).await?;
    if with_code(work, code).await?.is_some() {
        return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "code"));
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        code: Set(code.to_owned()),
        name: Set(input.name.trim().to_owned()),
        unit: Set(input.unit.trim().to_owned()),
        min_stock_milli: Set(min_stock),
        recovery_required: Set(input.recovery_required),
        active: Set(true),
    };
    work.create::<Part>(row, |fact| fact, "created").await
}

/// What of a part may become different; its code and unit stay.
pub struct Fields {
    pub name: String,
    pub min_stock_milli: i64,
    pub recovery_required: bool,
}

/// Changes a part; whether anything was different.
pub async fn revise(work: &Work, row: &Model, fields: Fields) -> Result<bool, Fault> {
    if fields.min_stock_milli < 0 {
        return Err(Fault::field("/min_stock", "out_of_range"));
    }
    let same = (row.name == fields.name, row.min_stock_milli, row.recovery_required)
        == (true, fields.min_stock_milli, fields.recovery_required);
    if same {
        return Ok(false);
    }
    let mut change = row.clone().into_active_model();
    change.name = Set(fields.name);
    change.min_stock_milli = Set(fields.min_stock_milli);
    change.recovery_required = Set(fields.recovery_required);
    work.change::<Part>(row, change, "updated", |fact| fact).await?;
    Ok(true)
}

/// The part with a code.
pub async fn with_code(at: &Reading, code: &str) -> Result<Option<Model>, Fault> {
    Ok(Entity::find().filter(Column::Code.eq(code)).one(&at.db()).await?)
}

/// The part a body names.
///
/// # Errors
/// 422 `not_found` at `pointer`.
pub async fn named(at: &Reading, id: Uuid, pointer: &str) -> Result<Model, Fault> {
    let row = Entity::find_by_id(id).one(&at.db()).await?;
    row.ok_or_else(|| Fault::field(pointer, "not_found"))
}
