//! The custody item: originals and copies under one holder, and every way they went.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "custody_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub number: String,
    pub title: String,
    pub kind: String,
    pub document_id: Option<Uuid>,
    pub subject_resource: Option<String>,
    pub subject_id: Option<Uuid>,
    pub originals: i32,
    pub copies: i32,
    pub holder_staff_id: Uuid,
    pub place: Option<String>,
    pub archive_no: Option<String>,
    pub state: State,
    /// To whom it is on its way; the holder holds it until he received it.
    pub receiver_staff_id: Option<Uuid>,
    pub handed_originals: Option<i32>,
    pub handed_copies: Option<i32>,
    pub handed_at: Option<DateTimeUtc>,
    pub borrower_staff_id: Option<Uuid>,
    pub back_by: Option<Date>,
    /// The item a part of which was handed over as this one.
    pub split_from_id: Option<Uuid>,
    pub org_unit_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
    pub created_by: Uuid,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where the papers are.
#[codes::code(name = "CustodyState")]
pub enum State {
    /// 在管
    Held,
    /// 移交中: handed over and not yet received.
    InTransfer,
    /// 借出
    Lent,
    /// 遗失
    Lost,
}

pub mod movement {
    //! One signature on the way of an item; never changed.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "custody_movement")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub item_id: Uuid,
        pub seq: i32,
        /// created, handed_over, received, refused, lent, returned, lost.
        pub act: String,
        pub from_staff_id: Option<Uuid>,
        pub to_staff_id: Option<Uuid>,
        pub originals: i32,
        pub copies: i32,
        pub reason: Option<String>,
        pub at: DateTimeUtc,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
