//! The document row, its file versions, what it is linked to, with whom it is shared and who is to read it.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "document")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub name: String,
    pub number: Option<String>,
    pub issued_by: Option<String>,
    pub issued_on: Option<Date>,
    pub keywords: String,
    pub shared_with: String,
    /// Of the newest file, as the next three.
    pub sha256: String,
    pub size: i64,
    pub media_type: String,
    pub file_name: String,
    /// Number of the newest file.
    pub file_version: i32,
    pub direction: Option<Direction>,
    pub approval_status: ApprovalStatus,
    pub created_by: Uuid,
    pub org_unit_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
    pub customer_id: Option<Uuid>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Which way a paper goes (来文、去文).
#[codes::code(name = "DocumentDirection")]
pub enum Direction {
    /// 来文
    Incoming,
    /// 去文
    Outgoing,
}

/// Where the approval of a paper stands (报批).
#[codes::code(name = "DocumentApprovalStatus")]
pub enum ApprovalStatus {
    /// 未报批: never submitted, returned, or edited since.
    Draft,
    /// 审批中
    Pending,
    /// 已批准
    Approved,
    /// 未批准
    Rejected,
}

pub mod file_version {
    //! One file of a document; never changed.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "document_version")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub document_id: Uuid,
        pub number: i32,
        pub sha256: String,
        pub size: i64,
        pub media_type: String,
        pub file_name: String,
        pub note: Option<String>,
        pub uploaded_by: Uuid,
        pub uploaded_at: DateTimeUtc,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod link {
    //! What a document belongs to.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "document_link")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub document_id: Uuid,
        pub resource: String,
        pub resource_id: Uuid,
        pub role: String,
        pub created_at: DateTimeUtc,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod share {
    //! A customer who may read a document.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "document_share")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub document_id: Uuid,
        pub customer_id: Uuid,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod reader {
    //! A person a document was circulated to (传阅), and when he read it.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "document_reader")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub document_id: Uuid,
        pub staff_id: Uuid,
        pub circulated_by: Uuid,
        pub circulated_at: DateTimeUtc,
        pub read_at: Option<DateTimeUtc>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
