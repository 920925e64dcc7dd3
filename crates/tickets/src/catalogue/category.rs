//! Categories (类别): what a matter is about, as dotted codes of up to four levels.

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::ids;
use kernel::time::{self, Timestamp};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query};
use sea_orm::{Condition, IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::{Kind, ancestors, category_known, check_dates, classification, date, insert_new, subtree, valid_on};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "ticket_category")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub code: String,
    pub name: String,
    pub valid_from: Date,
    /// Its last day.
    pub valid_to: Option<Date>,
    /// The category to use instead.
    pub replaced_by: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Categories as a resource (TK-01).
pub struct Category;

impl Resource for Category {
    type Entity = Entity;
    type Row = Model;
    type View = TicketCategoryView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "ticket_category";
    const PATH: &'static str = "/v1/ticket-categories";
    const REMEMBERED: bool = true;

    fn visible_to(_actor: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("code")
            .by("code", Column::Code)
            .custom("category_code", "string", |_, value| Ok(subtree(Column::Code, value)))
            .custom("kind", "string", |_, value| usable_for(value))
            .custom("on", "date", |_, value| Ok(valid_on(Column::ValidFrom, Column::ValidTo, date("on", value)?)))
            .custom("active", "boolean", valid_now)
            .sort("code", Column::Code)
            .sort("created_at", Column::CreatedAt)
    }
    fn placement(_row: &Model) -> Placement {
        Placement::default()
    }
    async fn views(_at: &Reading, rows: Vec<Model>) -> Result<Vec<TicketCategoryView>, Fault> {
        Ok(rows.into_iter().map(TicketCategoryView::from).collect())
    }
}

fn valid_now(at: &Reading, value: &str) -> Result<Condition, Fault> {
    let now = valid_on(Column::ValidFrom, Column::ValidTo, time::business_day(at.now));
    Ok(if store::list::truth("active", value)? { now } else { now.not() })
}

/// The categories that some active classification of a kind serves, its own or an ancestor's.
fn usable_for(kind: &str) -> Result<Condition, Fault> {
    if !Kind::CODES.contains(&kind) {
        return Err(Fault::new(&kernel::fault::INVALID_PARAMETER).with("parameter", "kind"));
    }
    let own = Expr::col((classification::Entity, classification::Column::CategoryCode)).equals((Entity, Column::Code));
    let above = Expr::cust(
        "substr(ticket_category.code, 1, length(ticket_classification.category_code) + 1) = \
         ticket_classification.category_code || '.'",
    );
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(classification::Entity)
        .and_where(classification::Column::Kind.eq(kind))
        .and_where(classification::Column::Active.eq(true))
        .cond_where(Condition::any().add(own).add(above))
        .to_owned();
    Ok(Condition::all().add(Expr::exists(rows)))
}

/// A category (类别).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TicketCategoryView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    /// Dotted, up to four levels: `house_quality.water_leak`.
    pub code: String,
    pub name: String,
    pub valid_from: NaiveDate,
    /// Its last day.
    pub valid_to: Option<NaiveDate>,
    pub replaced_by: Option<String>,
}

impl From<Model> for TicketCategoryView {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            version: row.version,
            created_at: row.created_at.into(),
            code: row.code,
            name: row.name,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            replaced_by: row.replaced_by,
        }
    }
}

/// A new category; the one above it exists already.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateTicketCategory {
    #[schema(min_length = 1, max_length = 120, pattern = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,3}$")]
    pub code: String,
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// Today when absent.
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
    /// Code of the category that takes its place after `valid_to`.
    #[schema(max_length = 120)]
    pub replaced_by: Option<String>,
}

/// What may change of a category; its code stays.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct TicketCategoryFields {
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    #[schema(max_length = 120)]
    pub replaced_by: Option<String>,
}

impl From<&Model> for TicketCategoryFields {
    fn from(row: &Model) -> Self {
        Self {
            name: row.name.clone(),
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            replaced_by: row.replaced_by.clone(),
        }
    }
}

/// Creates a category; its code is never used again.
pub async fn create(work: &Work, cmd: &CreateTicketCategory) -> Result<Model, Fault> {
    let valid_from = cmd.valid_from.unwrap_or_else(|| time::business_day(work.now));
    check_dates(valid_from, cmd.valid_to)?;
    if let Some(parent) = ancestors(&cmd.code).get(1) {
        category_known(work, parent, "/code").await?;
    }
    replacement_known(work, &cmd.code, cmd.replaced_by.as_deref()).await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        code: Set(cmd.code.clone()),
        name: Set(cmd.name.trim().to_owned()),
        valid_from: Set(valid_from),
        valid_to: Set(cmd.valid_to),
        replaced_by: Set(cmd.replaced_by.clone()),
    };
    insert_new::<Category>(work, row, "code").await
}

/// A category is replaced by another one there is.
async fn replacement_known(work: &Work, code: &str, by: Option<&str>) -> Result<(), Fault> {
    match by {
        Some(by) if by == code => Err(Fault::field("/replaced_by", "invalid_enum")),
        Some(by) => category_known(work, by, "/replaced_by").await,
        None => Ok(()),
    }
}

/// Changes a category, or ends it in favour of another.
pub async fn update(work: &Work, row: &Model, fields: TicketCategoryFields) -> Result<Model, Fault> {
    check_dates(fields.valid_from, fields.valid_to)?;
    replacement_known(work, &row.code, fields.replaced_by.as_deref()).await?;
    let mut next = row.clone().into_active_model();
    next.name = Set(fields.name.trim().to_owned());
    next.valid_from = Set(fields.valid_from);
    next.valid_to = Set(fields.valid_to);
    next.replaced_by = Set(fields.replaced_by);
    work.change::<Category>(row, next, "updated", |fact| fact).await
}
