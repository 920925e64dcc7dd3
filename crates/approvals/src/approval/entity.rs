//! The rows of an approval and of its signatures.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "approval")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub subject_kind: String,
    pub resource: String,
    pub resource_id: Uuid,
    pub subject_version: i32,
    /// Where a decision is made: `POST` to it.
    pub decide_path: String,
    pub status: Status,
    /// Index of the open step.
    pub step: i32,
    /// JSON array of the steps that hold for this subject, as they were when it started.
    pub steps: String,
    /// `,role,role,` of the open step; empty when ended or at rest.
    pub next_roles: String,
    pub applicant_id: Uuid,
    /// JSON array of persons who may not decide the open step.
    pub excluded: String,
    /// JSON array: the applicant, and whom he stood in for.
    pub applicants: String,
    /// JSON array of persons who took part in the subject before.
    pub earlier_actors: String,
    pub org_unit_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// What became of an approval.
#[codes::code(name = "ApprovalStatus")]
pub enum Status {
    /// 审批中
    Open,
    /// 已批准
    Approved,
    /// 未批准
    Rejected,
    /// 已作废: an edit or a reopening voided the signatures.
    Cleared,
}

pub mod decision {
    //! One signature.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "approval_decision")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub approval_id: Uuid,
        pub step: i32,
        pub step_code: String,
        pub actor_id: Uuid,
        pub actor_role: String,
        pub on_behalf_of: Option<Uuid>,
        pub decision: String,
        pub comment: Option<String>,
        pub subject_version: i32,
        pub at: DateTimeUtc,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
