//! Approval routes (审批路线): ordered steps per subject kind, valid from a date.

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::{ids, time};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, Set};
use serde::{Deserialize, Serialize};
use store::{Reading, Work};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "approval_route")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub subject_kind: String,
    pub valid_from: Date,
    /// JSON array of [`Step`].
    pub steps: String,
    pub document_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// One signature of a route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ApprovalStep)]
pub struct Step {
    pub code: String,
    pub title: String,
    /// Job roles that may sign; one of them does.
    pub roles: Vec<String>,
    /// The step is asked for only when the subject carries one of these flags; empty: always.
    #[serde(default)]
    pub when: Vec<String>,
}

/// The steps that hold for a subject on a day.
pub async fn steps(at: &Reading, subject_kind: &str, on: NaiveDate, flags: &[&str]) -> Result<Vec<Step>, Fault> {
    let row = Entity::find()
        .filter(Column::SubjectKind.eq(subject_kind))
        .filter(Column::ValidFrom.lte(on))
        .order_by_desc(Column::ValidFrom)
        .one(&at.db())
        .await?;
    let row = row.ok_or_else(|| Fault::internal(format!("no approval route for {subject_kind}")))?;
    let steps: Vec<Step> = serde_json::from_str(&row.steps).map_err(Fault::internal)?;
    let asked = |step: &Step| step.when.is_empty() || step.when.iter().any(|flag| flags.contains(&flag.as_str()));
    Ok(steps.into_iter().filter(asked).collect())
}

/// Installs a route if there is none for its kind and day.
pub async fn install(work: &Work, subject_kind: &str, valid_from: NaiveDate, steps: &[Step]) -> Result<(), Fault> {
    let known = Entity::find()
        .filter(Column::SubjectKind.eq(subject_kind))
        .filter(Column::ValidFrom.eq(valid_from))
        .one(&work.db())
        .await?;
    if known.is_some() {
        return Ok(());
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        subject_kind: Set(subject_kind.to_owned()),
        valid_from: Set(valid_from),
        steps: Set(serde_json::to_string(steps).map_err(Fault::internal)?),
        document_id: Set(None),
    };
    let row = work.insert(row).await?;
    let fact = store::journal::Fact::new("approval_route.installed", "approval_route", Some(row.id));
    work.record(fact.with("subject_kind", subject_kind).with("valid_from", time::business_day(work.now).to_string()));
    Ok(())
}
