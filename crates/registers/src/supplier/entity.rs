//! The supplier row, and the kinds a supplier is of.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// What a supplier is to us (供应商类别).
#[codes::code]
pub enum SupplierKind {
    /// 施工单位
    Contractor,
    /// 咨询单位
    Consultant,
    /// 设计单位
    Designer,
    /// 服务网点
    #[label("Service outlet")]
    Outlet,
    /// 银行
    Bank,
    /// 主管部门
    Authority,
    /// 市政公用单位
    Utility,
    /// 检测机构
    Laboratory,
    /// 材料供应商
    #[label("Material supplier")]
    Material,
    /// 其他
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
