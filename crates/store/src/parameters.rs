//! Parameters: every rate, limit and deadline, versioned by date (PF-10).
//!
//! The catalogue of keys with type, bounds and default is data of the crates that use them; the values
//! set by people are rows. A rule reads the value valid at the fact's date.

mod setting;

use std::sync::Arc;

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::money::Money;
use kernel::time;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde_json::Value;

use crate::Reading;
pub use setting::{NewValue, history, set};

/// What a value of a parameter is, with its bounds and default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Integer {
        default: i64,
        min: i64,
        max: i64,
    },
    Boolean {
        default: bool,
    },
    /// A money amount in yuan, as a decimal string.
    Money {
        default: &'static str,
    },
    /// A percentage with two decimals, as a decimal string.
    Percent {
        default: &'static str,
    },
    /// A number with up to two decimals, as a decimal string.
    Decimal {
        default: &'static str,
    },
    Text {
        default: &'static str,
    },
    /// Lists, windows and tables; the default is JSON text.
    Json {
        default: &'static str,
    },
}

/// One key of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// `<domain>.<group>.<name>`.
    pub key: &'static str,
    pub kind: Kind,
    pub unit: &'static str,
    pub zh: &'static str,
}

impl Parameter {
    /// A whole number with bounds.
    pub const fn integer(
        key: &'static str,
        default: i64,
        bounds: (i64, i64),
        unit: &'static str,
        zh: &'static str,
    ) -> Self {
        Self { key, kind: Kind::Integer { default, min: bounds.0, max: bounds.1 }, unit, zh }
    }
    pub const fn boolean(key: &'static str, default: bool, zh: &'static str) -> Self {
        Self { key, kind: Kind::Boolean { default }, unit: "", zh }
    }
    pub const fn money(key: &'static str, default: &'static str, zh: &'static str) -> Self {
        Self { key, kind: Kind::Money { default }, unit: "CNY", zh }
    }
    pub const fn decimal(key: &'static str, default: &'static str, unit: &'static str, zh: &'static str) -> Self {
        Self { key, kind: Kind::Decimal { default }, unit, zh }
    }
    pub const fn text(key: &'static str, default: &'static str, zh: &'static str) -> Self {
        Self { key, kind: Kind::Text { default }, unit: "", zh }
    }
    pub const fn json(key: &'static str, default: &'static str, unit: &'static str, zh: &'static str) -> Self {
        Self { key, kind: Kind::Json { default }, unit, zh }
    }

    /// The value that holds while nobody has set another.
    pub fn default_value(&self) -> Value {
        match self.kind {
            Kind::Integer { default, .. } => default.into(),
            Kind::Boolean { default } => default.into(),
            Kind::Money { default }
            | Kind::Percent { default }
            | Kind::Decimal { default }
            | Kind::Text { default } => default.into(),
            Kind::Json { default } => serde_json::from_str(default).unwrap_or(Value::Null),
        }
    }

    /// Why a value cannot be set; `None` when it can.
    pub fn refuses(&self, value: &Value) -> Option<&'static str> {
        match self.kind {
            Kind::Integer { min, max, .. } => match value.as_i64() {
                Some(n) if (min..=max).contains(&n) => None,
                Some(_) => Some("out_of_range"),
                None => Some("invalid_type"),
            },
            Kind::Boolean { .. } => (!value.is_boolean()).then_some("invalid_type"),
            Kind::Money { .. } => format_error("money", value),
            Kind::Percent { .. } | Kind::Decimal { .. } => format_error("percent", value),
            Kind::Text { .. } => (!value.is_string()).then_some("invalid_type"),
            Kind::Json { default } => {
                let default: Value = serde_json::from_str(default).unwrap_or(Value::Null);
                let same = std::mem::discriminant(&default) == std::mem::discriminant(value);
                (!same && !default.is_null()).then_some("invalid_type")
            }
        }
    }
}

fn format_error(format: &str, value: &Value) -> Option<&'static str> {
    match value.as_str() {
        Some(text) => kernel::validation::check_format(format, text).err(),
        None => Some("invalid_type"),
    }
}

pub mod entity {
    //! A value set by somebody, valid from a date.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "parameter")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub key: String,
        /// The project it holds for; none for the whole company.
        pub project_id: Option<Uuid>,
        pub valid_from: Date,
        /// JSON text.
        pub value: String,
        pub reason: String,
        pub retroactive_reason: Option<String>,
        pub set_by: Uuid,
        pub set_at: DateTimeUtc,
        pub version: i32,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// The platform's keys.
pub const PLATFORM: &[Parameter] = &[
    Parameter::integer("platform.identity.lock_failures", 5, (1, 100), "", "锁定前允许的失败次数"),
    Parameter::integer("platform.identity.lock_window_minutes", 15, (1, 1440), "min", "统计失败次数的窗口"),
    Parameter::integer("platform.identity.lock_minutes", 15, (1, 1440), "min", "锁定时长"),
    Parameter::integer("platform.identity.password_min", 10, (8, 128), "", "密码最短长度"),
    Parameter::integer("platform.identity.access_token_minutes", 15, (1, 15), "min", "访问令牌有效期"),
    Parameter::integer("platform.identity.refresh_token_days", 30, (1, 365), "d", "刷新令牌有效期"),
    Parameter::integer("platform.clock.skew_minutes", 5, (0, 60), "min", "允许的时钟偏差"),
    Parameter::integer("platform.idempotency.days", 7, (1, 90), "d", "幂等键保存天数"),
    Parameter::integer("platform.customer.unmerge_days", 30, (0, 3650), "d", "客户合并可撤销天数"),
    Parameter::integer("platform.documents.max_mib", 50, (1, 50), "MiB", "文件大小上限"),
    Parameter::integer("platform.imports.max_rows", 50_000, (1, 1_000_000), "", "导入行数上限"),
    Parameter::integer("platform.journal.keep_days", 190, (190, 36_500), "d", "日志保存天数"),
    Parameter::integer("platform.webhooks.disable_after_days", 3, (1, 30), "d", "推送停用前天数"),
    Parameter::integer("platform.webhooks.overlap_hours", 24, (1, 720), "h", "推送密钥轮换后旧密钥的有效时长"),
    Parameter::text("platform.notifications.quiet", "21:00-08:00", "免打扰时段"),
    Parameter::text("platform.reports.holiday_rule", "strict", "报表到期日遇节假日规则"),
    Parameter::json("platform.reports.schedule", REPORTS_SCHEDULE, "", "报表报送日程"),
];

/// One row a report: its period, when it is due after it (a time of the next day, of a weekday, a day of the month,
/// or the parameter that holds it), who submits and who receives.
const REPORTS_SCHEDULE: &str = r#"[
    {"report": "tickets/daily-shift", "period": "day", "due": "tickets.report.daily_due",
     "from": ["team_leader"], "to": ["cs_director"]},
    {"report": "tickets/weekly-desk", "period": "week", "due": "tickets.report.weekly_due",
     "from": ["cs_director"], "to": ["company_leader"]},
    {"report": "tickets/monthly-statistics", "period": "month", "due": "tickets.report.monthly_due_day",
     "from": ["information_officer"], "to": ["cs_manager"]},
    {"report": "tickets/service-customer-statistics", "period": "month", "due": "tickets.report.service_statistics_day",
     "from": ["cs_supervisor"], "to": ["cs_manager"]},
    {"report": "tickets/quality-analysis", "period": "month_to", "cutoff": "tickets.report.quality_analysis_cutoff_day",
     "due": "tickets.report.quality_analysis_day", "from": ["team_leader"], "to": ["cs_director"]}
]"#;

/// Every value that was set, the later ones last.
struct Values(Vec<entity::Model>);

impl crate::Store {
    /// The catalogue row of a key.
    pub fn parameter(&self, key: &str) -> Option<&'static Parameter> {
        self.catalogue().find(|parameter| parameter.key == key)
    }
    /// Every key that exists.
    pub fn catalogue(&self) -> impl Iterator<Item = &'static Parameter> {
        self.0.catalogue.iter().flat_map(|part| part.iter())
    }
}

async fn values(at: &Reading) -> Result<Arc<Values>, Fault> {
    at.remembered(async |db| {
        let all = entity::Entity::find().order_by_asc(entity::Column::ValidFrom).order_by_asc(entity::Column::SetAt);
        Ok(Values(all.all(&db).await?))
    })
    .await
}

/// The value of a key on a day, for a project if it has one of its own.
pub async fn value_on(at: &Reading, key: &str, day: NaiveDate, project_id: Option<Uuid>) -> Result<Value, Fault> {
    let parameter = at.store.parameter(key).ok_or_else(|| Fault::internal(format!("no parameter {key}")))?;
    let rows = values(at).await?;
    let latest = |project: Option<Uuid>| {
        rows.0.iter().rfind(|row| row.key == key && row.project_id == project && row.valid_from <= day)
    };
    let row = project_id.and_then(|project| latest(Some(project))).or_else(|| latest(None));
    match row {
        Some(row) => serde_json::from_str(&row.value).map_err(Fault::internal),
        None => Ok(parameter.default_value()),
    }
}

/// The value of a key today.
pub async fn value(at: &Reading, key: &str) -> Result<Value, Fault> {
    value_on(at, key, time::business_day(at.now), None).await
}

/// A whole number today.
pub async fn integer(at: &Reading, key: &str) -> Result<i64, Fault> {
    value(at, key).await?.as_i64().ok_or_else(|| Fault::internal(format!("{key} is no number")))
}

/// A yes or no today.
pub async fn boolean(at: &Reading, key: &str) -> Result<bool, Fault> {
    value(at, key).await?.as_bool().ok_or_else(|| Fault::internal(format!("{key} is no boolean")))
}

/// A money amount today.
pub async fn money(at: &Reading, key: &str) -> Result<Money, Fault> {
    serde_json::from_value(value(at, key).await?).map_err(Fault::internal)
}
