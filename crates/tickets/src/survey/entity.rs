//! The survey row and the answers given to it.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::reach::Channel;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "survey")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub created_by: Uuid,
    /// Who changed the draft last.
    pub edited_by: Option<Uuid>,
    pub number: String,
    pub org_unit_id: Option<Uuid>,
    pub name: String,
    /// JSON, in the shape of the API.
    pub questions: String,
    /// JSON, in the shape of the API.
    pub audience: String,
    pub channel: Channel,
    pub opens_at: Option<DateTimeUtc>,
    pub closes_at: DateTimeUtc,
    pub anonymous: bool,
    /// As written; an open survey past `closes_at` reads as closed.
    pub status: Status,
    pub opened_at: Option<DateTimeUtc>,
    pub opened_by: Option<Uuid>,
    pub closed_at: Option<DateTimeUtc>,
    pub closed_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a survey stands.
#[codes::code(name = "SurveyStatus")]
pub enum Status {
    /// 草稿
    Draft,
    /// 进行中
    Open,
    /// 已结束
    Closed,
}

impl Model {
    /// The status at an instant.
    pub fn status_at(&self, at: DateTimeUtc) -> Status {
        if self.status == Status::Open && at >= self.closes_at { Status::Closed } else { self.status }
    }

    /// The questions as they were asked.
    pub fn asked(&self) -> Vec<super::Question> {
        serde_json::from_str(&self.questions).unwrap_or_default()
    }
}

pub mod response {
    //! One set of answers. Of an anonymous survey nothing in it leads to who gave it.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "survey_response")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub survey_id: Uuid,
        pub project_id: Option<Uuid>,
        pub org_unit_id: Option<Uuid>,
        /// Keyed hash of the token.
        pub receipt: String,
        pub proxy: bool,
        /// JSON {code: value}.
        pub answers: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
