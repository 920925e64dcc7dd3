//! The submission row.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "report_submission")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// `<domain>/<name>`.
    pub report: String,
    /// As people call it: `2024-04`.
    pub period: String,
    pub period_from: Date,
    pub period_to: Date,
    pub project_id: Option<Uuid>,
    pub org_unit_id: Option<Uuid>,
    pub due_at: DateTimeUtc,
    /// `,role,role,` of those who submit.
    pub from_roles: String,
    /// `,role,role,` of those who receive.
    pub to_roles: String,
    pub status: Status,
    pub submitted_at: Option<DateTimeUtc>,
    pub on_time: Option<bool>,
    /// JSON array of the persons who submitted: the actor, and whom he stood in for.
    pub submitted_by: String,
    /// The report as it was submitted, as compact JSON with its names in order.
    #[serde(skip)]
    pub figures: Option<String>,
    pub figures_sha256: Option<String>,
    pub comment: Option<String>,
    pub decided_at: Option<DateTimeUtc>,
    pub decided_by: Option<Uuid>,
    pub decision_comment: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a submission stands (报送状态).
#[codes::code(name = "ReportSubmissionStatus")]
pub enum Status {
    /// 待报送
    Due,
    /// 已报送
    Submitted,
    /// 已接收
    Accepted,
    /// 已退回
    Returned,
}

impl Model {
    /// The persons who submitted.
    pub fn submitters(&self) -> Vec<Uuid> {
        serde_json::from_str(&self.submitted_by).unwrap_or_default()
    }
}

/// The roles of a `,role,role,` column.
pub fn roles(list: &str) -> Vec<String> {
    list.split(',').filter(|role| !role.is_empty()).map(str::to_owned).collect()
}
