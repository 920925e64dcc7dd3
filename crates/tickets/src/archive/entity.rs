//! The archive row and the parts of its bundle.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "case_archive")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub ticket_id: Uuid,
    pub number: String,
    pub kind: String,
    pub category_code: String,
    /// In which the case was filed.
    pub status: String,
    pub cycle: i32,
    pub closed_at: Option<DateTimeUtc>,
    pub root_cause_code: Option<String>,
    /// JSON array: who did repairs in the case, was asked to, or answered for a defect.
    pub supplier_ids: String,
    pub journal_from: i64,
    pub journal_to: i64,
    pub manifest_sha256: String,
    pub redacted_manifest_sha256: String,
    /// Whose key seals the personal part.
    pub person_id: Option<Uuid>,
    pub made_at: DateTimeUtc,
    pub made_by: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

pub mod part {
    //! A text of the bundle; uploaded files lie with the documents.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_archive_part")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub archive_id: Uuid,
        pub path: String,
        /// Belongs to the bundle without personal data only.
        pub redacted: bool,
        pub sealed: bool,
        pub content: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
