//! Who answers for a part of a building towards us, and from when (施工方保修责任).

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::Timestamp;
use registers::property::building;
use registers::{locks, referenced, supplier};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::season::Counting;
use super::{Period, part};
use crate::problems::COVERAGE_OVERLAP;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "warranty_coverage")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub building_id: Uuid,
    pub part_code: String,
    pub supplier_id: Uuid,
    pub cost_contract_id: Option<Uuid>,
    /// None: the building's.
    pub accepted_on: Option<Date>,
    /// None: the part's.
    pub months: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// The contractors' coverages (TK-R20).
pub struct WarrantyCoverage;

/// A contractor's answer for a part of a building.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WarrantyCoverageView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    pub created_by: Uuid,
    pub building_id: Uuid,
    pub part_code: String,
    pub supplier_id: Uuid,
    pub cost_contract_id: Option<Uuid>,
    /// When it began, if not with the acceptance of the building.
    pub accepted_on: Option<NaiveDate>,
    /// How long it lasts, if not as the part.
    pub months: Option<i32>,
}

impl Resource for WarrantyCoverage {
    type Entity = Entity;
    type Row = Model;
    type View = WarrantyCoverageView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "warranty_coverage";
    const PATH: &'static str = "/v1/warranty-coverages";

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("created_at")
            .by("building_id", Column::BuildingId)
            .by("part_code", Column::PartCode)
            .by("supplier_id", Column::SupplierId)
            .by("cost_contract_id", Column::CostContractId)
            .sort("created_at", Column::CreatedAt)
            .sort("part_code", Column::PartCode)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<WarrantyCoverageView>, Fault> {
        let view = |row: Model| WarrantyCoverageView {
            id: row.id,
            version: row.version,
            created_at: row.created_at.into(),
            created_by: row.created_by,
            building_id: row.building_id,
            part_code: row.part_code,
            supplier_id: row.supplier_id,
            cost_contract_id: row.cost_contract_id,
            accepted_on: row.accepted_on,
            months: row.months,
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

/// Who answers for which part of which building.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateWarrantyCoverage {
    pub building_id: Uuid,
    #[schema(min_length = 1, max_length = 40)]
    pub part_code: String,
    pub supplier_id: Uuid,
    pub cost_contract_id: Option<Uuid>,
    /// Default: when the building was accepted.
    pub accepted_on: Option<NaiveDate>,
    /// Default: as long as the part.
    #[schema(minimum = 1, maximum = 1200)]
    pub months: Option<i32>,
}

/// Adds a coverage; those of one building and part follow each other without overlap.
///
/// # Errors
/// 409 `coverage_overlap`, `supplier_not_active`.
pub async fn create(work: &Work, input: &CreateWarrantyCoverage) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    let today = kernel::time::business_day(work.now);
    errors.add_if(input.accepted_on.is_some_and(|on| on > today), "/accepted_on", "date_in_future");
    errors.finish()?;
    let house = referenced::known::<building::Building>(work, input.building_id, "/building_id").await?;
    let part = part::named(work, &input.part_code).await?;
    referenced::known::<supplier::Supplier>(work, input.supplier_id, "/supplier_id").await?;
    supplier::ensure_active(work, input.supplier_id).await?;
    locks::hold(work, vec![format!("warranty_coverage|{}|{}", house.id, part.code)]).await?;
    let row = Model {
        id: ids::new_id(work.now),
        version: 1,
        created_at: work.now,
        created_by: work.actor().sub,
        building_id: house.id,
        part_code: part.code.clone(),
        supplier_id: input.supplier_id,
        cost_contract_id: input.cost_contract_id,
        accepted_on: input.accepted_on,
        months: input.months,
    };
    let seasons = Counting::of(work).await?;
    let new = row.span(&part, &house, &seasons);
    for known in of(work, house.id, &part.code).await? {
        if overlap(new, known.span(&part, &house, &seasons)) {
            return Err(Fault::new(&COVERAGE_OVERLAP).rule("TK-R20").with("coverage_id", known.id.to_string()));
        }
    }
    work.create::<WarrantyCoverage>(ActiveModel::from(row).reset_all(), |fact| fact, "created").await
}

/// First and last day; an end nobody knows is open.
pub type Span = (Option<NaiveDate>, Option<NaiveDate>);

fn overlap(one: Span, other: Span) -> bool {
    let begins_before_end = |start: Option<NaiveDate>, end: Option<NaiveDate>| match (start, end) {
        (Some(start), Some(end)) => start <= end,
        _ => true,
    };
    begins_before_end(one.0, other.1) && begins_before_end(other.0, one.1)
}

impl Model {
    /// From acceptance to the last day covered.
    pub fn span(&self, part: &part::Model, house: &building::Model, seasons: &Counting) -> Span {
        let start = self.accepted_on.or(house.accepted_on);
        let period = self.months.map_or(part.period(), Period::Months);
        (start, start.and_then(|start| period.until(start, house.design_life_years, seasons)))
    }
}

/// The coverages of a part of a building.
pub async fn of(at: &Reading, building_id: Uuid, part_code: &str) -> Result<Vec<Model>, Fault> {
    let rows = Entity::find().filter(Column::BuildingId.eq(building_id)).filter(Column::PartCode.eq(part_code));
    Ok(rows.all(&at.db()).await?)
}
