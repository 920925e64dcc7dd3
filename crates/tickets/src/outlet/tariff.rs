//! Repair tariffs (维修费标准): what a repair is paid, from a day on.

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
use store::resource::Placement;
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "repair_tariff")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub code: String,
    pub name: String,
    pub fee_fen: i64,
    pub valid_from: Date,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// The tariffs (TK-R31).
pub struct RepairTariff;

/// What a repair is paid from a day on, until the next fee of this code.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RepairTariffView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    pub created_by: Uuid,
    pub code: String,
    pub name: String,
    pub fee: Money,
    pub valid_from: NaiveDate,
}

impl Resource for RepairTariff {
    type Entity = Entity;
    type Row = Model;
    type View = RepairTariffView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "repair_tariff";
    const PATH: &'static str = "/v1/repair-tariffs";

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("code,-valid_from")
            .by("code", Column::Code)
            .range("valid_from", Column::ValidFrom)
            .sort("code", Column::Code)
            .sort("valid_from", Column::ValidFrom)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<RepairTariffView>, Fault> {
        let view = |row: Model| {
            Ok(RepairTariffView {
                id: row.id,
                version: row.version,
                created_at: row.created_at.into(),
                created_by: row.created_by,
                code: row.code,
                name: row.name,
                fee: Money::from_fen(row.fee_fen).map_err(Fault::internal)?,
                valid_from: row.valid_from,
            })
        };
        rows.into_iter().map(view).collect()
    }
}

/// A new fee.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateRepairTariff {
    #[schema(min_length = 1, max_length = 40)]
    pub code: String,
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
    pub fee: Money,
    pub valid_from: NaiveDate,
}

/// Adds a fee; a code has one fee a day.
pub async fn create(work: &Work, input: &CreateRepairTariff) -> Result<Model, Fault> {
    if input.fee.is_negative() {
        return Err(Fault::field("/fee", "out_of_range"));
    }
    let code = input.code.trim();
    locks::hold(work, vec![format!("repair_tariff|{code}|{}", input.valid_from)]).await?;
    let same = Entity::find().filter(Column::Code.eq(code)).filter(Column::ValidFrom.eq(input.valid_from));
    if same.one(&work.db()).await?.is_some() {
        return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "valid_from"));
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        code: Set(code.to_owned()),
        name: Set(input.name.trim().to_owned()),
        fee_fen: Set(input.fee.fen()),
        valid_from: Set(input.valid_from),
    };
    work.create::<RepairTariff>(row, |fact| fact, "created").await
}

/// The fee of a code in force on a day.
pub async fn on(at: &Reading, code: &str, day: NaiveDate) -> Result<Option<Model>, Fault> {
    let row = Entity::find()
        .filter(Column::Code.eq(code))
        .filter(Column::ValidFrom.lte(day))
        .order_by_desc(Column::ValidFrom)
        .one(&at.db())
        .await?;
    Ok(row)
}
