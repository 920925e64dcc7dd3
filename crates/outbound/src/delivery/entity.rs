//! The delivery row and its attempts.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "webhook_delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub webhook_id: Uuid,
    /// Of the fact; none for a test.
    pub position: Option<i64>,
    pub kind: String,
    /// What is delivered in order: resource and id.
    pub chain: String,
    pub status: Status,
    pub attempts: i32,
    pub rung: i32,
    /// The first attempt of this run.
    pub since: Option<DateTimeUtc>,
    pub next_at: DateTimeUtc,
    pub lease: Option<Uuid>,
    pub leased_until: Option<DateTimeUtc>,
    pub delivered_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// What became of a delivery.
#[codes::code(name = "WebhookDeliveryStatus")]
pub enum Status {
    /// 待送达: waits for its turn or its next attempt.
    Pending,
    /// 已送达
    Delivered,
    /// 失败: given up after three days.
    Failed,
}

pub mod attempt {
    //! One try to deliver.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "webhook_attempt")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub delivery_id: Uuid,
        pub n: i32,
        pub at: DateTimeUtc,
        pub millis: i32,
        /// What the receiver answered.
        pub status: Option<i32>,
        /// A code, when he did not.
        pub error: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
