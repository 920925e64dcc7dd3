//! The price catalogue (《维修零配件价目手册》): a price of a part from a day on.

use std::collections::HashMap;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::ids;
use kernel::money::Money;
use kernel::time::Timestamp;
use registers::locks;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, Set};
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::{Expansion, Placement};
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::Part;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "part_price")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub part_id: Uuid,
    pub price_fen: i64,
    pub valid_from: Date,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// The price catalogue (TK-12).
pub struct PartPrice;

/// A price of a part from a day on, until the next one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartPriceView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    pub created_by: Uuid,
    pub part_id: Uuid,
    pub price: Money,
    pub valid_from: NaiveDate,
}

impl Resource for PartPrice {
    type Entity = Entity;
    type Row = Model;
    type View = PartPriceView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "part_price";
    const PATH: &'static str = "/v1/part-prices";

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-valid_from")
            .by("part_id", Column::PartId)
            .range("valid_from", Column::ValidFrom)
            .sort("valid_from", Column::ValidFrom)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<Part>("part", "part_id")]
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<PartPriceView>, Fault> {
        let view = |row: Model| {
            Ok(PartPriceView {
                id: row.id,
                version: row.version,
                created_at: row.created_at.into(),
                created_by: row.created_by,
                part_id: row.part_id,
                price: Money::from_fen(row.price_fen).map_err(Fault::internal)?,
                valid_from: row.valid_from,
            })
        };
        rows.into_iter().map(view).collect()
    }
}

/// A new price.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreatePartPrice {
    pub part_id: Uuid,
    pub price: Money,
    pub valid_from: NaiveDate,
}

/// Adds a price; a part has one price a day.
pub async fn create(work: &Work, input: &CreatePartPrice) -> Result<Model, Fault> {
    if input.price.is_negative() {
        return Err(Fault::field("/price", "out_of_range"));
    }
    let part = super::named(work, input.part_id, "/part_id").await?;
    locks::hold(work, vec![format!("part_price|{}|{}", part.id, input.valid_from)]).await?;
    let same = Entity::find().filter(Column::PartId.eq(part.id)).filter(Column::ValidFrom.eq(input.valid_from));
    if same.one(&work.db()).await?.is_some() {
        return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "valid_from"));
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        part_id: Set(part.id),
        price_fen: Set(input.price.fen()),
        valid_from: Set(input.valid_from),
    };
    work.create::<PartPrice>(row, |fact| fact, "created").await
}

/// The prices in force on a day, by part.
pub async fn on(at: &Reading, day: NaiveDate) -> Result<HashMap<Uuid, Money>, Fault> {
    let rows = Entity::find().filter(Column::ValidFrom.lte(day)).order_by_asc(Column::ValidFrom).all(&at.db()).await?;
    let price = |row: Model| Ok((row.part_id, Money::from_fen(row.price_fen).map_err(Fault::internal)?));
    rows.into_iter().map(price).collect()
}

/// The price of one part in force on a day.
pub async fn of(at: &Reading, part_id: Uuid, day: NaiveDate) -> Result<Option<Money>, Fault> {
    let row = Entity::find()
        .filter(Column::PartId.eq(part_id))
        .filter(Column::ValidFrom.lte(day))
        .order_by_desc(Column::ValidFrom)
        .one(&at.db())
        .await?;
    row.map(|row| Money::from_fen(row.price_fen).map_err(Fault::internal)).transpose()
}
