//! An entry of a household's ledger: appended, never changed.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "heat_ledger_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub created_at: DateTimeUtc,
    pub household_id: Uuid,
    pub position: i32,
    pub at: DateTimeUtc,
    pub kind: Kind,
    /// What it does to the balance.
    pub amount_fen: i64,
    /// What is owed after it.
    pub balance_fen: i64,
    pub source_id: Uuid,
    pub source_number: String,
    pub reversal: bool,
    pub season_id: Option<Uuid>,
    pub customer_id: Option<Uuid>,
    pub created_by: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// What an entry is of.
#[codes::code(name = "HeatLedgerKind")]
pub enum Kind {
    /// 账单
    Bill,
    /// 收款
    Receipt,
    /// 退费抵账
    Credit,
    /// 退款
    PayOut,
}

pub mod allocation {
    //! Which money settles which bill. Taken back by a row of the other sign.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "heat_allocation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub created_at: DateTimeUtc,
        pub household_id: Uuid,
        /// None: paid out.
        pub bill_id: Option<Uuid>,
        /// The receipt, the refund, or a bill below zero.
        pub source_id: Uuid,
        pub amount_fen: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
