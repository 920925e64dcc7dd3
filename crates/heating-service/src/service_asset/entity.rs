//! The row of a public asset.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "service_asset")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub kind: Kind,
    /// Unique within its kind.
    pub number: String,
    pub station_id: Uuid,
    /// The station's, for the feed.
    pub org_unit_id: Uuid,
    pub place: String,
    /// What it says.
    pub wording: Option<String>,
    pub installed_on: Date,
    /// The first day it is gone.
    pub removed_on: Option<Date>,
    pub remove_reason: Option<String>,
    /// Keyed hash of the token its code holds.
    #[serde(skip_serializing)]
    pub token_key: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// What an asset is.
#[codes::code(name = "ServiceAssetKind")]
pub enum Kind {
    /// 公开电话
    PublicPhone,
    /// 所(站)公示板
    StationBoard,
    /// 公示牌
    NoticeSign,
}

/// Whether an asset is still in its place.
#[codes::code(name = "ServiceAssetStatus", stored = false)]
pub enum Status {
    /// 在用
    Installed,
    /// 已撤除
    Removed,
}

impl Model {
    /// Installed until it is removed.
    pub fn status(&self) -> Status {
        if self.removed_on.is_some() { Status::Removed } else { Status::Installed }
    }
}
