//! The article row, its earlier texts, its categories and where it helped.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "knowledge_article")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub kind: Kind,
    pub title: String,
    pub body: String,
    /// JSON array of category codes.
    pub category_codes: String,
    pub visibility: Visibility,
    pub status: Status,
    pub revision: i32,
    /// Its last day.
    pub valid_until: Option<Date>,
    pub author_id: Uuid,
    pub publisher_id: Option<Uuid>,
    pub published_at: Option<DateTimeUtc>,
    pub retired_at: Option<DateTimeUtc>,
    pub uses: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// What an article is (知识类型).
#[codes::code(name = "KnowledgeKind")]
pub enum Kind {
    /// 知识条目
    Article,
    /// 维修技术通知单
    TechnicalNotice,
    /// 公告
    Bulletin,
}

/// Who reads it (可见范围).
#[codes::code(name = "KnowledgeVisibility")]
pub enum Visibility {
    /// 内部
    Internal,
    /// 客户可见
    #[label("For customers")]
    Customer,
}

/// Where an article stands (状态).
#[codes::code(name = "KnowledgeStatus")]
pub enum Status {
    /// 草稿
    Draft,
    /// 待审核
    InReview,
    /// 已发布
    Published,
    /// 已过期: published, and its last day is over; never written, always read.
    Expired,
    /// 已停用
    Retired,
}

pub mod category {
    //! A category an article is about, for filters.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "knowledge_category")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub article_id: Uuid,
        pub code: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod revision {
    //! A text as it once was, and who wrote it.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    use super::Visibility;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "knowledge_revision")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub article_id: Uuid,
        pub revision: i32,
        pub title: String,
        pub body: String,
        pub category_codes: String,
        pub visibility: Visibility,
        pub valid_until: Option<Date>,
        pub author_id: Uuid,
        pub on_behalf_of: Option<Uuid>,
        pub written_at: DateTimeUtc,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod usage {
    //! A ticket an article helped with.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "knowledge_use")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub article_id: Uuid,
        pub revision: i32,
        pub ticket_id: Uuid,
        pub used_by: Uuid,
        pub used_at: DateTimeUtc,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
