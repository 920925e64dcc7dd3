//! A record of the counter (柜台记录): takings, lost goods, an outing.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "counter_record")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub number: String,
    pub kind: CounterKind,
    pub date: Date,
    pub staff_id: Uuid,
    pub org_unit_id: Option<Uuid>,
    pub declared_cash_fen: Option<i64>,
    pub declared_card_fen: Option<i64>,
    pub declared_voucher_fen: Option<i64>,
    pub counted_cash_fen: Option<i64>,
    /// Counted less declared cash.
    pub difference_fen: Option<i64>,
    pub item: Option<String>,
    pub note: Option<String>,
    pub out_at: Option<DateTimeUtc>,
    pub back_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// What is recorded (记录种类).
#[codes::code(name = "CounterRecordKind")]
pub enum CounterKind {
    /// 营业款
    Takings,
    /// 遗失物品
    LostGoods,
    /// 外出登记
    Outing,
}
