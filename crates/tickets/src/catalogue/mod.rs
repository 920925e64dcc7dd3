//! What the desk chooses from: channels, categories, classifications, procedures and word lists (TK-01, TK-02).
//!
//! All of it is data with a validity; nothing is deleted, so old tickets keep their meaning.

pub mod category;
pub mod channel;
pub mod classification;
mod defaults;
pub mod list;
mod lookup;
pub mod procedure;

use chrono::NaiveDate;
use kernel::fault::{self, Fault};
use kernel::time;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, SqlErr};
use serde::Serialize;
use store::journal::Fact;
use store::resource::Resource;
use store::{Reading, Work};

pub use defaults::install_defaults;
pub use lookup::{ancestors, channel, class_of, classify, list_item, listed, procedure};

/// What a customer wants (诉求类型).
#[codes::code(name = "TicketKind")]
pub enum Kind {
    /// 咨询
    Consultation,
    /// 投诉
    Complaint,
    /// 建议
    Suggestion,
    /// 申请
    Application,
    /// 报修
    Repair,
}

/// Where the matter is (地点类型).
#[codes::code]
pub enum PlaceKind {
    /// 户内
    #[label("Home")]
    Unit,
    /// 楼栋公共部位
    #[label("Common part of a building")]
    BuildingCommon,
    /// 小区公共部位
    #[label("Common part of a project")]
    ProjectCommon,
    /// 车位
    Parking,
    /// 所站辖区
    #[label("Area of a station")]
    StationArea,
    /// 无具体位置
    #[label("Nowhere")]
    None,
}

/// How bad it is (严重程度), in ascending order.
#[codes::code]
pub enum Severity {
    /// 一般
    Normal,
    /// 严重
    Serious,
    /// 重大
    Major,
}

impl Severity {
    /// 0, 1, 2: what lists sort by.
    pub fn rank(self) -> i32 {
        match self {
            Self::Normal => 0,
            Self::Serious => 1,
            Self::Major => 2,
        }
    }
}

/// How a customer reaches the desk (渠道方式).
#[codes::code(name = "ChannelMedium")]
pub enum Medium {
    /// 电话
    Phone,
    /// 来访
    #[label("Walk-in")]
    WalkIn,
    /// 网站
    Web,
    /// 手机应用
    App,
    /// 即时通讯
    #[label("Messenger")]
    Im,
    /// 短信
    #[label("SMS")]
    Sms,
    /// 邮件: 电子邮件
    #[label("E-mail")]
    Email,
    /// 信函
    Letter,
    /// 上门走访
    #[label("Visit on the spot")]
    SiteVisit,
    /// 转办
    Transfer,
    /// 政府热线
    #[label("Government hotline")]
    Government,
    /// 系统: 系统内部
    System,
}

/// Inserts a row whose natural key may be taken, and records that it was created.
async fn insert_new<R: Resource>(
    work: &Work,
    row: <R::Entity as EntityTrait>::ActiveModel,
    field: &'static str,
) -> Result<R::Row, Fault>
where
    <R::Entity as EntityTrait>::ActiveModel: Send,
{
    let inserted = R::Entity::insert(row).exec_with_returning(&work.db()).await;
    let row = inserted.map_err(|error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Fault::new(&store::problems::UNIQUE_TAKEN).with("field", field),
        _ => error.into(),
    })?;
    work.record(Fact::of::<R>("created", &row).started_as(&row));
    Ok(row)
}

/// A date of a query, else 400.
fn date(parameter: &'static str, value: &str) -> Result<NaiveDate, Fault> {
    let bad = |_| Fault::new(&fault::INVALID_PARAMETER).with("parameter", parameter);
    time::parse_date(value).map_err(bad)
}

/// The rows valid on a day, its first and last day included.
fn valid_on<C: ColumnTrait>(from: C, to: C, day: NaiveDate) -> Condition {
    Condition::all().add(from.lte(day)).add(Condition::any().add(to.is_null()).add(to.gte(day)))
}

/// A category and everything below it.
pub fn subtree<C: ColumnTrait>(column: C, code: &str) -> Condition {
    Condition::any().add(column.eq(code)).add(column.starts_with(format!("{code}.")))
}

/// Refuses a last day before the first.
fn check_dates(from: NaiveDate, to: Option<NaiveDate>) -> Result<(), Fault> {
    match to {
        Some(to) if to < from => Err(Fault::field("/valid_to", "date_order")),
        _ => Ok(()),
    }
}

/// Refuses an unknown category.
async fn category_known(at: &Reading, code: &str, pointer: &str) -> Result<(), Fault> {
    let known = category::Entity::find().filter(category::Column::Code.eq(code)).count(&at.db()).await? > 0;
    if known { Ok(()) } else { Err(Fault::field(pointer, "invalid_enum")) }
}

/// A JSON column as its value; what was not written by us is empty.
fn json<T: serde::de::DeserializeOwned + Default>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_default()
}

/// A value as the text of a JSON column.
fn text(value: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(Fault::internal)
}
