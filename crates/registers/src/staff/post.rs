//! Posts (任职): who holds which job role, where, and from when to when.

use access::JobRole;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::business_day;
use sea_orm::Condition;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use store::{Reading, Work};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "post")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub staff_id: Uuid,
    pub role: String,
    pub org_unit_id: Uuid,
    /// JSON array of project ids; empty: not restricted to projects.
    pub project_ids: String,
    /// civil, installation, fitout, landscape.
    pub discipline: Option<String>,
    pub from_on: Date,
    /// Last day, inclusive.
    pub to_on: Option<Date>,
    /// Taken away at once.
    pub ended_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The job role, if the code is still one.
    pub fn job_role(&self) -> Option<JobRole> {
        self.role.parse().ok()
    }
    /// As [`held_on`] for a row that is there.
    pub fn is_held_on(&self, day: NaiveDate) -> bool {
        self.ended_at.is_none() && self.from_on <= day && self.to_on.is_none_or(|last| last >= day)
    }
    /// The projects the post is restricted to.
    pub fn projects(&self) -> Vec<Uuid> {
        serde_json::from_str(&self.project_ids).unwrap_or_default()
    }
}

/// Neither taken away nor over on a day.
pub fn not_over(day: NaiveDate) -> Condition {
    Condition::all()
        .add(Column::EndedAt.is_null())
        .add(Condition::any().add(Column::ToOn.is_null()).add(Column::ToOn.gte(day)))
}

/// Held on a day.
pub fn held_on(day: NaiveDate) -> Condition {
    not_over(day).add(Column::FromOn.lte(day))
}

/// The posts somebody holds on a day.
pub async fn held(at: &Reading, staff_id: Uuid, day: NaiveDate) -> Result<Vec<Model>, Fault> {
    let select = Entity::find().filter(Column::StaffId.eq(staff_id)).filter(held_on(day));
    Ok(select.order_by_asc(Column::CreatedAt).all(&at.db()).await?)
}

/// The posts of a role held anywhere on a day.
pub async fn held_as(at: &Reading, role: JobRole, day: NaiveDate) -> Result<Vec<Model>, Fault> {
    let select = Entity::find().filter(Column::Role.eq(role.code())).filter(held_on(day));
    Ok(select.order_by_asc(Column::CreatedAt).all(&at.db()).await?)
}

/// The posts of these roles held in these units on a day; no roles: any.
pub async fn held_in(at: &Reading, units: &[Uuid], roles: &[JobRole], day: NaiveDate) -> Result<Vec<Model>, Fault> {
    let mut select = Entity::find().filter(Column::OrgUnitId.is_in(units.iter().copied())).filter(held_on(day));
    if !roles.is_empty() {
        select = select.filter(Column::Role.is_in(roles.iter().map(|role| role.code())));
    }
    Ok(select.order_by_asc(Column::CreatedAt).all(&at.db()).await?)
}

/// Takes every post away at once; answers those that were not over.
pub(crate) async fn end_all(work: &Work, staff_id: Uuid) -> Result<Vec<Model>, Fault> {
    let open = Entity::find().filter(Column::StaffId.eq(staff_id)).filter(not_over(business_day(work.now)));
    let open = open.order_by_asc(Column::CreatedAt).all(&work.db()).await?;
    Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(Some(work.now)))
        .filter(Column::StaffId.eq(staff_id))
        .filter(Column::EndedAt.is_null())
        .exec(&work.db())
        .await?;
    Ok(open)
}

/// What a post reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostScope {
    /// This unit and those below it; the unit the person belongs to when absent.
    pub org_unit_id: Option<Uuid>,
    /// Empty: not restricted to projects.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub project_ids: Vec<Uuid>,
    #[schema(pattern = "^(civil|installation|fitout|landscape)$")]
    pub discipline: Option<String>,
}

/// A post as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PostView {
    pub id: Uuid,
    pub role: String,
    pub org_unit_id: Uuid,
    pub project_ids: Vec<Uuid>,
    pub discipline: Option<String>,
    /// The three fields above as one object.
    pub scope: PostScope,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
}

impl From<Model> for PostView {
    fn from(row: Model) -> Self {
        let scope = PostScope {
            org_unit_id: Some(row.org_unit_id),
            project_ids: row.projects(),
            discipline: row.discipline.clone(),
        };
        Self {
            project_ids: scope.project_ids.clone(),
            scope,
            id: row.id,
            role: row.role,
            org_unit_id: row.org_unit_id,
            discipline: row.discipline,
            from: row.from_on,
            to: row.to_on,
        }
    }
}
