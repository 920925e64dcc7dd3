//! Whether a register row is in use; master data is never deleted.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether a register row may be used anew (PF-05).
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schema(as = RegisterStatus)]
pub enum Status {
    Active,
    Inactive,
}

/// The codes of [`Status`].
pub const STATUS_CODES: &[&str] = &["active", "inactive"];
