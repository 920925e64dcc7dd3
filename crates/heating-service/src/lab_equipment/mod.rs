//! Glassware and small equipment (化验器皿, HS-09): what came in, went out and broke, with what is left.

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::{Timestamp, business_day};
use registers::external_ids::ExternalId;
use registers::locks;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, Set};
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use crate::problems::EQUIPMENT_SHORT;
use crate::tense::Tense;
use entity::{ActiveModel, Column, Entity, Model};

pub mod entity {
    //! One movement of equipment.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "lab_equipment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub created_by: Uuid,
        /// None: written by an earlier version.
        pub number: Option<String>,
        pub name: String,
        pub spec: String,
        pub moved_on: Date,
        pub quantity_in: i32,
        pub quantity_out: i32,
        pub quantity_broken: i32,
        /// What is left after it.
        pub balance: i32,
        pub note: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// The glassware (HS-09).
pub struct LabEquipment;

/// A movement of equipment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LabEquipmentView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub name: String,
    pub spec: String,
    pub on: NaiveDate,
    #[serde(rename = "in")]
    pub quantity_in: i32,
    #[serde(rename = "out")]
    pub quantity_out: i32,
    pub broken: i32,
    /// What is left of this name and specification after it.
    pub balance: i32,
    pub note: Option<String>,
    /// Empty: no other system enters them.
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    /// The same: it is never changed.
    pub updated_at: Timestamp,
}

impl Resource for LabEquipment {
    type Entity = Entity;
    type Row = Model;
    type View = LabEquipmentView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "lab_equipment";
    const PATH: &'static str = "/v1/lab-equipment";
    const LASTING: bool = true;

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .sort("created_at", Column::CreatedAt)
            .sort("name", Column::Name)
            .by("number", Column::Number)
            .by("name", Column::Name)
            .by("spec", Column::Spec)
            .range("on", Column::MovedOn)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<LabEquipmentView>, Fault> {
        let view = |row: Model| LabEquipmentView {
            external_ids: Vec::new(),
            id: row.id,
            version: row.version,
            number: row.number,
            name: row.name,
            spec: row.spec,
            on: row.moved_on,
            quantity_in: row.quantity_in,
            quantity_out: row.quantity_out,
            broken: row.quantity_broken,
            balance: row.balance,
            note: row.note,
            created_at: row.created_at.into(),
            updated_at: row.created_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

/// What came in, went out or broke; zero when absent, one of them more.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateLabEquipment {
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    #[serde(default)]
    #[schema(max_length = 80)]
    pub spec: String,
    /// Today when absent.
    pub on: Option<NaiveDate>,
    #[serde(default, rename = "in")]
    #[schema(minimum = 0, maximum = 100_000)]
    pub quantity_in: i32,
    #[serde(default, rename = "out")]
    #[schema(minimum = 0, maximum = 100_000)]
    pub quantity_out: i32,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000)]
    pub broken: i32,
    #[schema(min_length = 1, max_length = 500)]
    pub note: Option<String>,
}

/// Records a movement.
///
/// # Errors
/// 409 `equipment_short` when more would go than there is.
pub async fn create(work: &Work, input: &CreateLabEquipment) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    Tense::of(work).await?.day(&mut errors, input.on, "/on");
    let nothing = input.quantity_in == 0 && input.quantity_out == 0 && input.broken == 0;
    errors.add_if(nothing, "/in", "required");
    errors.finish()?;
    let (name, spec) = (input.name.trim(), input.spec.trim());
    locks::hold(work, vec![format!("lab_equipment|{name}|{spec}")]).await?;
    let last = Entity::find()
        .filter(Column::Name.eq(name))
        .filter(Column::Spec.eq(spec))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .one(&work.db())
        .await?;
    let before = last.map_or(0, |row| row.balance);
    let balance = before + input.quantity_in - input.quantity_out - input.broken;
    if balance < 0 {
        return Err(Fault::new(&EQUIPMENT_SHORT).with("balance", before));
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        number: Set(Some(numbers::next(work, "QM").await?)),
        name: Set(name.to_owned()),
        spec: Set(spec.to_owned()),
        moved_on: Set(input.on.unwrap_or_else(|| business_day(work.now))),
        quantity_in: Set(input.quantity_in),
        quantity_out: Set(input.quantity_out),
        quantity_broken: Set(input.broken),
        balance: Set(balance),
        note: Set(input.note.clone()),
    };
    work.create::<LabEquipment>(row, |fact| fact, "moved").await
}
