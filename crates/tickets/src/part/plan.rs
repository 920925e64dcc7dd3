//! The parts plan of a month (配件计划).

use access::Actor;
use kernel::fault::Fault;
use kernel::fixed::Quantity;
use kernel::ids;
use kernel::time::{Month, Timestamp};
use registers::locks;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, Set};
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use crate::repair_order::json;
use crate::ticket::entity::json_list;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "part_plan")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub month: String,
    /// JSON of [`PlanLine`]s.
    pub lines: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// How much of a part is planned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PartPlanLine)]
pub struct PlanLine {
    pub part_id: Uuid,
    pub planned: Quantity,
}

/// The parts plans, one a month (TK-12).
pub struct PartPlan;

/// The parts plan of a month.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartPlanView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    pub created_by: Uuid,
    #[schema(value_type = Month)]
    pub month: String,
    pub lines: Vec<PlanLine>,
}

impl Resource for PartPlan {
    type Entity = Entity;
    type Row = Model;
    type View = PartPlanView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "part_plan";
    const PATH: &'static str = "/v1/part-plans";

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-month").months("month", Column::Month).sort("month", Column::Month)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<PartPlanView>, Fault> {
        let view = |row: Model| PartPlanView {
            id: row.id,
            version: row.version,
            created_at: row.created_at.into(),
            created_by: row.created_by,
            lines: json_list(&row.lines),
            month: row.month,
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

/// A plan for a month.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreatePartPlan {
    pub month: Month,
    #[schema(min_items = 1, max_items = 1000)]
    pub lines: Vec<PlanLine>,
}

/// Plans a month, once.
pub async fn create(work: &Work, input: &CreatePartPlan) -> Result<Model, Fault> {
    for (n, line) in input.lines.iter().enumerate() {
        super::named(work, line.part_id, &format!("/lines/{n}/part_id")).await?;
        if input.lines[..n].iter().any(|other| other.part_id == line.part_id) {
            return Err(Fault::field(format!("/lines/{n}/part_id"), "repeated_items"));
        }
    }
    let month = input.month.to_string();
    locks::hold(work, vec![format!("part_plan|{month}")]).await?;
    if of(work, &month).await?.is_some() {
        return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "month"));
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        month: Set(month),
        lines: Set(json(&input.lines)?),
    };
    work.create::<PartPlan>(row, |fact| fact, "created").await
}

/// The plan of a month.
pub async fn of(at: &Reading, month: &str) -> Result<Option<Model>, Fault> {
    Ok(Entity::find().filter(Column::Month.eq(month)).one(&at.db()).await?)
}
