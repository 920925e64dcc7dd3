//! The row of an agreement.

use kernel::fixed::{Area, Height};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::area_item::entity::Kind as AreaKind;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "heat_agreement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub household_id: Uuid,
    /// The station's, for the feed.
    pub org_unit_id: Uuid,
    pub case_id: Option<Uuid>,
    pub kind: Kind,
    /// JSON array of [`Item`].
    pub items: String,
    /// Of all items, hundredths of a square metre.
    pub area_dm2: i64,
    /// The first day of the fee.
    pub charge_from: Date,
    pub note: Option<String>,
    /// The last day to sign in.
    pub sign_by: Date,
    pub status: Status,
    pub approved_by: Option<Uuid>,
    pub approved_at: Option<DateTimeUtc>,
    /// The customer who signed.
    pub signed_by: Option<Uuid>,
    pub signed_at: Option<DateTimeUtc>,
    pub document_id: Option<Uuid>,
    /// Its last day.
    pub ended_on: Option<Date>,
    pub end_reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// What is agreed upon.
    pub fn items(&self) -> Vec<Item> {
        serde_json::from_str(&self.items).unwrap_or_default()
    }
}

/// What is agreed upon.
#[codes::code(name = "HeatAgreementKind")]
pub enum Kind {
    /// 赠送面积
    GiftedArea,
    /// 增加面积
    AreaIncrease,
    /// 拆改
    Demolition,
    /// 供暖补充协议
    Supplement,
}

/// Where an agreement stands.
#[codes::code(name = "HeatAgreementStatus")]
pub enum Status {
    /// 草稿
    Draft,
    /// 已批准
    Approved,
    /// 已签订
    Signed,
    /// 已终止
    Ended,
}

/// An area agreed upon: it is charged by paper, whatever its height.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HeatAgreementItem)]
pub struct Item {
    /// Any but `certificate`.
    pub kind: AreaKind,
    pub area_m2: Area,
    pub height_m: Height,
    /// True when absent.
    #[serde(default = "yes")]
    pub has_heating_facility: bool,
    /// The area item it takes the place of: that one ends on the day before.
    pub area_item_id: Option<Uuid>,
}

const fn yes() -> bool {
    true
}
