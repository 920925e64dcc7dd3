//! The customer row. What is personal is sealed; beside it stands the masked form that views read.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// Person or company (个人或单位).
#[codes::code]
pub enum CustomerKind {
    /// 个人
    Person,
    /// 单位
    Company,
}

/// Whether a file is in use.
#[codes::code]
pub enum CustomerStatus {
    /// 正常
    Active,
    /// 已合并: its keys answer for another customer.
    Merged,
    /// 已删除: the person's key is gone.
    Erased,
}

/// What paper an id number stands on (证件类型).
#[codes::code]
pub enum IdType {
    /// 居民身份证: checked by GB 11643.
    #[label("Identity card")]
    IdCard,
    /// 护照
    Passport,
    /// 港澳居民通行证
    #[label("Hong Kong and Macau permit")]
    HkMacauPermit,
    /// 台湾居民通行证
    TaiwanPermit,
    /// 其他证件
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
