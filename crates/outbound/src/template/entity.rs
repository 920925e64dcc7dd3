//! The template row: one version of a text.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::notification::entity::Channel;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "notification_template")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub kind: String,
    pub channel: Channel,
    pub lang: TemplateLang,
    /// The highest one holds.
    pub number: i32,
    pub subject: Option<String>,
    pub body: String,
    pub created_by: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// The language of a template.
#[codes::code]
pub enum TemplateLang {
    /// 中文
    #[label("Chinese")]
    Zh,
    /// 英文
    #[label("English")]
    En,
}
