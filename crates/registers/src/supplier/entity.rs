//! The supplier row, and the kinds a supplier is of.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a supplier is to us (供应商类别).
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum SupplierKind {
    Contractor,
    Consultant,
    Designer,
    Outlet,
    Bank,
    Authority,
    Utility,
    Laboratory,
    Material,
    Other,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "supplier")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: String,
    pub kinds: String,
    pub name: String,
    pub uscc: Option<String>,
    pub contacts_sealed: Option<String>,
    pub contacts_masked: String,
    pub bank_account_sealed: Option<String>,
    pub bank_account_masked: Option<String>,
    pub qualifications: String,
    /// The earliest end among the qualifications.
    pub qualified_until: Option<Date>,
    pub status: crate::property::Status,
    pub blacklisted_on: Option<Date>,
    pub blacklist_reason: Option<String>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

pub mod of_kind {
    //! A supplier is found by each of his kinds.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "supplier_kind")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub supplier_id: Uuid,
        pub kind: super::SupplierKind,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
