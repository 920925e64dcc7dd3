//! The row of a movement of cards.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "service_card_movement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    /// None: written by an earlier version.
    pub number: Option<String>,
    pub kind: Kind,
    #[sea_orm(column_name = "card_count")]
    pub count: i64,
    /// Cards in stock after it, in the order of entry.
    pub balance: i64,
    pub station_id: Option<Uuid>,
    pub moved_on: Date,
    pub note: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// What happened to the cards.
#[codes::code(name = "ServiceCardMovementKind")]
pub enum Kind {
    /// 印制
    Printed,
    /// 发放
    Issued,
    /// 交回
    Returned,
    /// 作废
    Voided,
}

impl Kind {
    /// What a movement of so many cards does to the stock (HS-R78).
    pub fn signed(self, count: i64) -> i64 {
        match self {
            Self::Printed | Self::Returned => count,
            Self::Issued | Self::Voided => -count,
        }
    }
}
