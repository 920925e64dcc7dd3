//! The customer row. What is personal is sealed; beside it stands the masked form that views read.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Person or company (个人或单位).
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum CustomerKind {
    Person,
    Company,
}

/// The codes of [`CustomerKind`].
pub const KIND_CODES: &[&str] = &["person", "company"];

/// Whether a file is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum CustomerStatus {
    Active,
    /// Its keys answer for another customer.
    Merged,
    /// The person's key is gone.
    Erased,
}

impl CustomerStatus {
    /// The code on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Merged => "merged",
            Self::Erased => "erased",
        }
    }
}

/// The codes of [`CustomerStatus`].
pub const STATUS_CODES: &[&str] = &["active", "merged", "erased"];

/// What paper an id number stands on (证件类型).
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum IdType {
    /// Checked by GB 11643.
    IdCard,
    Passport,
    HkMacauPermit,
    TaiwanPermit,
    Other,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "customer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: String,
    pub kind: CustomerKind,
    pub name_sealed: Option<String>,
    pub phones_sealed: Option<String>,
    pub addresses_sealed: Option<String>,
    pub id_number_sealed: Option<String>,
    pub name_masked: String,
    pub phones_masked: String,
    pub addresses_masked: String,
    pub id_type: Option<IdType>,
    pub id_number_masked: Option<String>,
    pub uscc: Option<String>,
    pub category: Option<String>,
    pub source: Option<String>,
    pub tags: String,
    pub marketing: bool,
    pub opted_out_channels: String,
    pub owner_staff_id: Option<Uuid>,
    pub created_by: Uuid,
    pub project_id: Option<Uuid>,
    pub status: CustomerStatus,
    pub merged_into_id: Option<Uuid>,
    pub merged_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
