//! Parameters: every rate, limit and deadline, versioned by date (PF-10).
//!
//! The catalogue of keys with type, bounds and default is data of the crates that use them; the values
//! set by people are rows. A rule reads the value valid at the fact's date.

mod declared;
mod setting;
mod shape;

use std::sync::Arc;

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::money::Money;
use kernel::time;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde_json::Value;

use crate::Reading;
pub use declared::{Judge, Kind, Parameter, time_of_day, window_of_day};
pub use setting::{NewValue, UNSET, history, set, version, versions};

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
    Parameter::shaped("platform.notifications.quiet", "21:00-08:00", is_window, "免打扰时段"),
];

fn is_window(text: &str) -> bool {
    window_of_day(text).is_some()
}

/// Every value that was set, the later ones last.
struct Values(Vec<entity::Model>);

impl crate::Store {
    /// The catalogue row of a key. The platform's own may be named without their domain: `identity.lock_failures`.
    pub fn parameter(&self, key: &str) -> Option<&'static Parameter> {
        let named = |key: &str| self.catalogue().find(|parameter| parameter.key == key);
        named(key).or_else(|| named(&format!("platform.{key}")))
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
        rows.0.iter().rfind(|row| row.key == parameter.key && row.project_id == project && row.valid_from <= day)
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
    integer_on(at, key, time::business_day(at.now)).await
}

/// A whole number of the day of the fact it is about.
pub async fn integer_on(at: &Reading, key: &str, day: NaiveDate) -> Result<i64, Fault> {
    integer_of(at, key, day, None).await
}

/// A whole number today for what belongs to a project, whose own value goes before the company's.
pub async fn integer_for(at: &Reading, key: &str, project_id: Option<Uuid>) -> Result<i64, Fault> {
    integer_of(at, key, time::business_day(at.now), project_id).await
}

/// A whole number of the day of the fact it is about, for what belongs to a project.
pub async fn integer_of(at: &Reading, key: &str, day: NaiveDate, project_id: Option<Uuid>) -> Result<i64, Fault> {
    let value = value_on(at, key, day, project_id).await?;
    value.as_i64().ok_or_else(|| Fault::internal(format!("{key} is no number")))
}

/// A yes or no today.
pub async fn boolean(at: &Reading, key: &str) -> Result<bool, Fault> {
    boolean_for(at, key, None).await
}

/// A yes or no today for what belongs to a project.
pub async fn boolean_for(at: &Reading, key: &str, project_id: Option<Uuid>) -> Result<bool, Fault> {
    let value = value_on(at, key, time::business_day(at.now), project_id).await?;
    value.as_bool().ok_or_else(|| Fault::internal(format!("{key} is no boolean")))
}

/// A money amount today.
pub async fn money(at: &Reading, key: &str) -> Result<Money, Fault> {
    serde_json::from_value(value(at, key).await?).map_err(Fault::internal)
}
