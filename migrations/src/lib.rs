//! The ordered migrations, for SQLite and PostgreSQL alike.
//!
//! A migration is a schema text (see [`schema`]) in `tables/`, or statements per backend. They only go
//! forward and only add: old and new code can live on the same tables while replicas change over.

pub mod schema;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement, TransactionTrait};
use sea_orm_migration::prelude::*;

/// Declares migrations that create the tables of a schema text.
macro_rules! tables {
    ($($name:ident = $file:literal;)*) => {
        $(struct $name;
        impl MigrationName for $name {
            fn name(&self) -> &str { concat!("m_", $file) }
        }
        #[async_trait::async_trait]
        impl MigrationTrait for $name {
            fn use_transaction(&self) -> Option<bool> { Some(true) }
            async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
                schema::create(manager, include_str!(concat!("../tables/", $file, ".txt"))).await
            }
            async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
                schema::drop(manager, include_str!(concat!("../tables/", $file, ".txt"))).await
            }
        })*

        /// All migrations in order.
        pub struct Migrator;
        impl MigratorTrait for Migrator {
            fn migrations() -> Vec<Box<dyn MigrationTrait>> {
                vec![$(Box::new($name)),*]
            }
        }
        /// The schema texts in order; their hash names test templates.
        pub const TEXTS: &[&str] = &[$(include_str!(concat!("../tables/", $file, ".txt"))),*];
    };
}

tables! {
    Platform = "20261124_1_platform";
    People = "20261124_2_people";
    Identity = "20261124_3_identity";
    Registers = "20261124_4_registers";
    Documents = "20261124_5_documents";
    Approvals = "20261124_6_approvals";
    Tickets = "20261124_7_tickets";
    Checkpoints = "20261124_8_checkpoints";
    Webhooks = "20261124_9_webhooks";
    Notifications = "20261125_1_notifications";
    Edition = "20261128_100_edition";
    Papers = "20261128_110_papers";
    Custody = "20261128_111_custody";
    ApprovalConditions = "20261128_112_approvals";
    CalendarVersions = "20261128_113_calendars";
    Ladder = "20261128_130_ladder";
    Reminders = "20261128_131_reminders";
    Submissions = "20261128_132_submissions";
    Imports = "20261128_150_imports";
    Knowledge = "20261128_170_knowledge";
    CaseArchives = "20261128_171_case_archives";
    Repairs = "20261128_190_repairs";
    Network = "20261128_191_network";
    ClockOutcome = "20261128_200_clock_outcome";
    SupervisionIncident = "20261128_220_supervision_incident";
    Roster = "20261128_221_roster";
    Dispatch = "20261128_222_dispatch";
    DueWork = "20261128_223_due_work";
    Portfolio = "20261128_240_portfolio";
    Letters = "20261128_241_letters";
    Surveys = "20261128_242_surveys";
    Outreach = "20261128_243_outreach";
    Quality = "20261128_260_quality";
    Assessment = "20261128_261_assessment";
    Heating = "20261128_300_heating";
    HeatMoney = "20261128_301_heat_money";
    Temperature = "20261128_302_temperature";
    HeatRefund = "20261128_303_heat_refund";
    HeatingProposal = "20261128_304_heating_proposal";
    Outage = "20261128_305_outage";
    Laboratory = "20261128_310_laboratory";
    InstrumentChecks = "20261128_311_instrument_checks";
    Visit = "20261128_314_visit";
    Evaluation = "20261128_315_evaluation";
    Inspection = "20261128_317_inspection";
    ValveCheck = "20261128_318_valve_check";
    HeatComplaint = "20261128_320_heat_complaint";
    Reconciliation = "20261128_321_reconciliation";
    ServiceAssets = "20261128_323_service_assets";
    StationRules = "20261128_324_station_rules";
    PublishedFigures = "20261128_325_published_figures";
    LockOut = "20261128_330_lock_out";
    MergedFrom = "20261128_340_merged_from";
    StoredAnswers = "20261128_340_stored_answers";
    InstrumentDue = "20261128_370_instrument_due";
    UpdatedAt = "20261129_380_updated_at";
    HeatRefundDue = "20261129_381_heat_refund_due";
    ReadingsByTime = "20261129_390_readings_by_time";
    Numbers = "20261129_430_numbers";
    ResultNumbers = "20261129_431_result_numbers";
    SeasonBoard = "20261129_450_season_board";
    HandoverItems = "20261129_510_handover_items";
    ReconciliationReplies = "20261129_530_reconciliation_replies";
    ReopeningCancelled = "20261129_531_reopening_cancelled";
    SeasonBoardParts = "20261129_540_season_board_parts";
    FirstCheckedAt = "20261129_541_first_checked_at";
    TicketKeys = "20261129_550_ticket_keys";
    RunningClocks = "20261129_551_running_clocks";
    StopTold = "20261129_580_stop_told";
    MergedCustomers = "20261129_590_merged_customers";
}

/// Any number; it only has to be the same in every process.
const ADVISORY_LOCK: i64 = 0x4845_4152_5448_4A02;

/// Applies all pending migrations; on PostgreSQL one process at a time.
pub async fn run(db: &DatabaseConnection) -> Result<(), DbErr> {
    if db.get_database_backend() != DbBackend::Postgres {
        return Migrator::up(db, None).await;
    }
    let lock = db.begin().await?;
    let wait = "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";
    lock.execute_unprepared(wait).await?;
    let take =
        Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_advisory_xact_lock($1)", [ADVISORY_LOCK.into()]);
    lock.query_one_raw(take).await?;
    let result = Migrator::up(db, None).await;
    lock.rollback().await?;
    result
}

/// Applies the first migrations to an empty database: the schema an older version had.
pub async fn run_first(db: &DatabaseConnection, count: usize) -> Result<(), DbErr> {
    let count = count.try_into().map_err(|_| DbErr::Migration("too many migrations".to_owned()))?;
    Migrator::up(db, Some(count)).await
}

/// The names of all migrations, in order.
pub fn names() -> Vec<String> {
    Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
}

/// Whether any migration is pending.
pub async fn pending(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let asked = |sql: &str| Statement::from_string(db.get_database_backend(), sql);
    let Ok(rows) = db.query_all_raw(asked("SELECT version FROM seaql_migrations")).await else {
        // There is no such table before the first one – unless nothing answers at all.
        db.query_one_raw(asked("SELECT 1")).await?;
        return Ok(true);
    };
    let applied = rows.iter().map(|row| row.try_get_by_index::<String>(0)).collect::<Result<Vec<_>, _>>()?;
    Ok(Migrator::migrations().iter().any(|migration| !applied.iter().any(|name| name == migration.name())))
}
