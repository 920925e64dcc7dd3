//! The rows of a portfolio: whose customer somebody is, and the plans it came from.

pub mod entry {
    //! One customer in one agent's hands.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "portfolio_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub created_by: Uuid,
        pub customer_id: Uuid,
        pub agent_id: Uuid,
        pub org_unit_id: Option<Uuid>,
        pub project_id: Option<Uuid>,
        pub plan_id: Option<Uuid>,
        pub assigned_at: DateTimeUtc,
        /// Last day, inclusive.
        pub first_contact_due_on: Date,
        /// The first instant after that day.
        pub first_contact_due_at: DateTimeUtc,
        pub first_contact_at: Option<DateTimeUtc>,
        pub ended_at: Option<DateTimeUtc>,
        pub end_reason: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod plan {
    //! Who would get whom.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "portfolio_plan")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub created_by: Uuid,
        pub org_unit_id: Option<Uuid>,
        pub status: Status,
        /// JSON of the agents with their figures.
        pub agents: String,
        /// JSON of who gets whom.
        pub allocations: String,
        /// JSON array of customers nobody had room for.
        pub unassigned: String,
        /// JSON of the entries each agent had then.
        #[serde(skip)]
        pub basis: String,
        pub applied_at: Option<DateTimeUtc>,
        pub applied_by: Option<Uuid>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}

    /// Where a plan stands.
    #[codes::code(name = "PortfolioPlanStatus")]
    pub enum Status {
        /// 已编制
        Planned,
        /// 已执行
        Applied,
        /// 已取消
        Cancelled,
    }
}
