//! The account row.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Lower case, unique.
    pub login: String,
    /// argon2id; never in the journal.
    #[serde(skip)]
    pub password_hash: String,
    pub staff_id: Option<Uuid>,
    pub customer_id: Option<Uuid>,
    pub status: Status,
    pub must_change_password: bool,
    pub session_epoch: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Whether an account may sign in.
#[codes::code(name = "AccountStatus")]
pub enum Status {
    /// 正常
    Active,
    /// 已锁定: by an administrator, until unlocked; callers see it also while wrong passwords lock the account out.
    Locked,
    /// 已停用
    Disabled,
}

pub mod failure {
    //! A wrong password that counts towards the lock-out.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "sign_in_failure")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account_id: Uuid,
        pub at: DateTimeUtc,
        /// The one too many says how long nobody signs in.
        pub locks_until: Option<DateTimeUtc>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
