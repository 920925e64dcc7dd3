//! The rows of the deadline ledger (时限台账): clocks, their targets, the segments of a ticket, annulments.
//!
//! Append-only; the end of a segment and of a clock is written once (TK-R09…R12).

pub mod clock {
    //! One clock of one cycle; a stage clock per stay.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "sla_clock")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub ticket_id: Uuid,
        /// handle, stage, reply, callback.
        pub name: String,
        pub cycle: i32,
        pub stage: Option<String>,
        pub org_unit_id: Option<Uuid>,
        pub starts_at: DateTimeUtc,
        pub stops_at: Option<DateTimeUtc>,
        pub void_at: Option<DateTimeUtc>,
        pub created_at: DateTimeUtc,
        /// Projection: when the present target is or was used up, as if an open pause ended at its `until`.
        pub due_at: Option<DateTimeUtc>,
        /// Projection while it runs: when the next step of the reminder ladder is reached.
        pub remind_at: Option<DateTimeUtc>,
        /// The last step that was told, and the target it was told of.
        pub reminded_seq: Option<i32>,
        pub reminded_percent: Option<i32>,
        /// Projection: a breach stands – of any target once it stopped, before that of an earlier target.
        pub missed: Option<bool>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod target {
    //! What a clock must keep, from `set_at` until the next target.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "sla_target")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub clock_id: Uuid,
        pub seq: i32,
        pub seconds: i64,
        pub calendar_code: String,
        pub calendar_version: i32,
        pub policy_code: String,
        pub policy_position: i32,
        pub set_version: i32,
        /// JSON array of what matched: `kind=application`.
        pub matched: String,
        pub set_at: DateTimeUtc,
        /// registered, reclassified, calendar, reopened.
        pub cause: String,
        pub set_by: Uuid,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod segment {
    //! An unbroken stretch of one stage, unit, assignee and pause.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "sla_segment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub ticket_id: Uuid,
        pub seq: i32,
        pub cycle: i32,
        /// running, paused.
        pub kind: String,
        pub begun_by: String,
        pub stage: String,
        pub org_unit_id: Option<Uuid>,
        pub staff_id: Option<Uuid>,
        pub pause_id: Option<Uuid>,
        pub from_at: DateTimeUtc,
        pub to_at: Option<DateTimeUtc>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod annulment {
    //! A breach taken back with a reason; the breach row stays visible.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "sla_annulment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub clock_id: Uuid,
        pub due_at: DateTimeUtc,
        pub reason: String,
        pub annulled_by: Uuid,
        pub annulled_at: DateTimeUtc,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
