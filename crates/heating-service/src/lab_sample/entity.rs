//! The row of a sample. What the analyst must not know is never written into the journal: it does not change, and
//! stays to be read here.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::lab::item::Item;
use crate::temperature::entity::json_list;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "lab_sample")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    #[serde(skip)]
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    /// `CS-2011-0001`, not named `number`: whatever shows rows by number must not show this one.
    #[serde(skip)]
    pub sample_number: String,
    /// Six characters of Crockford's base 32.
    pub blind_code: String,
    pub kind: Kind,
    #[serde(skip)]
    pub sampling_place: String,
    #[serde(skip)]
    pub station_id: Option<Uuid>,
    #[serde(skip)]
    pub supplier_id: Option<Uuid>,
    #[serde(skip)]
    pub batch: Option<String>,
    #[serde(skip)]
    pub sampled_at: DateTimeUtc,
    #[serde(skip)]
    pub sampled_by: Uuid,
    pub seal_no: String,
    /// Hundredths of a gram.
    pub mass_cg: i64,
    /// JSON array of items.
    pub items: String,
    pub submitted_at: DateTimeUtc,
    pub received_at: Option<DateTimeUtc>,
    pub received_by: Option<Uuid>,
    pub received_mass_cg: Option<i64>,
    pub reject_reason: Option<String>,
    pub status: Status,
    /// When every item came to be averaged.
    pub settled_at: Option<DateTimeUtc>,
    pub reviewed_by: Option<Uuid>,
    pub reviewed_at: Option<DateTimeUtc>,
    pub reported_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// What it is determined for.
    pub fn items(&self) -> Vec<Item> {
        json_list(&self.items)
    }
    /// Whether its report is out: it is blind no longer, and nothing about it changes.
    pub fn is_reported(&self) -> bool {
        matches!(self.status, Status::Reported | Status::Archived)
    }
}

/// What was sampled.
#[codes::code(name = "LabSampleKind")]
pub enum Kind {
    /// 煤样
    Coal,
    /// 炉渣样
    Slag,
    /// 飞灰样
    FlyAsh,
}

impl Kind {
    /// What it may be determined for.
    pub fn items(self) -> &'static [Item] {
        if self == Self::Coal { Item::OF_COAL } else { Item::OF_ASH }
    }
}

/// Where a sample stands.
#[codes::code(name = "LabSampleStatus")]
pub enum Status {
    /// 已送样
    Submitted,
    /// 已接收
    Received,
    /// 化验中
    Testing,
    /// 已出均值
    Averaged,
    /// 已审核
    Reviewed,
    /// 已报告
    Reported,
    /// 已归档
    Archived,
    /// 已拒收
    Rejected,
}
