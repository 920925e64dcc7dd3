//! Parts of a building that a warranty speaks of (保修项目).

use access::Actor;
use kernel::fault::{Fault, FieldErrors};
use kernel::time::Timestamp;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::{Period, new_part};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "warranty_part")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub code: String,
    pub name: String,
    pub months: Option<i32>,
    pub heating_seasons: Option<i32>,
    pub design_life: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// How long it is covered.
    pub fn period(&self) -> Period {
        match (self.months, self.heating_seasons) {
            (Some(months), _) => Period::Months(months),
            (None, Some(seasons)) => Period::HeatingSeasons(seasons),
            (None, None) => Period::DesignLife,
        }
    }
}

/// The parts under warranty (TK-R20).
pub struct WarrantyPart;

/// A part under warranty: exactly one of months, heating seasons and design life holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WarrantyPartView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    pub created_by: Uuid,
    pub code: String,
    pub name: String,
    pub months: Option<i32>,
    pub heating_seasons: Option<i32>,
    /// Covered as long as the building is designed to stand.
    pub design_life: bool,
}

impl Resource for WarrantyPart {
    type Entity = Entity;
    type Row = Model;
    type View = WarrantyPartView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "warranty_part";
    const PATH: &'static str = "/v1/warranty-parts";

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("code").by("code", Column::Code).sort("code", Column::Code)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<WarrantyPartView>, Fault> {
        let view = |row: Model| WarrantyPartView {
            id: row.id,
            version: row.version,
            created_at: row.created_at.into(),
            created_by: row.created_by,
            code: row.code,
            name: row.name,
            months: row.months,
            heating_seasons: row.heating_seasons,
            design_life: row.design_life,
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

/// A new part under warranty, with exactly one period.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateWarrantyPart {
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
    pub code: String,
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    #[schema(minimum = 1, maximum = 1200)]
    pub months: Option<i32>,
    #[schema(minimum = 1, maximum = 50)]
    pub heating_seasons: Option<i32>,
    #[serde(default)]
    pub design_life: bool,
}

/// Adds a part; its code is never used again.
pub async fn create(work: &Work, input: &CreateWarrantyPart) -> Result<Model, Fault> {
    let period = match (input.months, input.heating_seasons, input.design_life) {
        (Some(n), None, false) => Period::Months(n),
        (None, Some(n), false) => Period::HeatingSeasons(n),
        (None, None, true) => Period::DesignLife,
        _ => return Err(Fault::field("/months", "exactly_one").rule("TK-R20")),
    };
    registers::locks::hold(work, vec![format!("warranty_part|{}", input.code)]).await?;
    if find(work, &input.code).await?.is_some() {
        return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "code"));
    }
    work.create::<WarrantyPart>(new_part(work, &input.code, input.name.trim(), period), |fact| fact, "created").await
}

/// The part with a code.
pub async fn find(at: &Reading, code: &str) -> Result<Option<Model>, Fault> {
    Ok(Entity::find().filter(Column::Code.eq(code)).one(&at.db()).await?)
}

/// The part a body names.
///
/// # Errors
/// 422 `not_found` at `/part_code`.
pub async fn named(at: &Reading, code: &str) -> Result<Model, Fault> {
    let found = find(at, code).await?;
    let mut errors = FieldErrors::default();
    errors.add_if(found.is_none(), "/part_code", "not_found");
    errors.finish()?;
    found.ok_or_else(|| Fault::internal("a part that was there"))
}
