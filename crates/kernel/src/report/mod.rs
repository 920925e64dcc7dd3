//! A report as a value (PF-15): what is shown, not how. Renderers know nothing of domains, domains
//! nothing of renderers.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::fixed::{Fixed, Percent, Stock};
use crate::lang::Lang;
use crate::money::Money;
use crate::time::{self, Timestamp};

pub mod column;
pub mod sum;

/// What the cells of a column hold.
#[codes::code(stored = false)]
pub enum ColumnKind {
    /// 文字
    Text,
    /// 数量
    Count,
    /// 金额
    Money,
    /// 百分比
    Percent,
    /// 日期
    Date,
    /// 时刻
    Instant,
    /// 时长
    Seconds,
    /// 数值: two decimals.
    Number,
    /// 用量: of parts and materials, three decimals.
    Quantity,
}

/// A column with its heading in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Column {
    pub key: &'static str,
    pub title_zh: &'static str,
    pub title_en: &'static str,
    pub kind: ColumnKind,
}

impl Column {
    /// A column.
    pub const fn new(key: &'static str, title_zh: &'static str, title_en: &'static str, kind: ColumnKind) -> Self {
        Self { key, title_zh, title_en, kind }
    }
    /// The heading in a language.
    pub fn title(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.title_zh,
            Lang::En => self.title_en,
        }
    }
}

/// The value of a cell; nothing where there is no figure (never a zero in its place).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = ReportValue)]
pub enum Value {
    #[default]
    Nothing,
    Text(String),
    Count(i64),
    Money(Money),
    Percent(Percent),
    Date(NaiveDate),
    Instant(Timestamp),
    Seconds(i64),
    Number(Fixed<2>),
    Quantity(Stock),
}

impl Value {
    /// The column kind it belongs under; `None` for nothing, which fits everywhere.
    pub fn kind(&self) -> Option<ColumnKind> {
        Some(match self {
            Self::Nothing => return None,
            Self::Text(_) => ColumnKind::Text,
            Self::Count(_) => ColumnKind::Count,
            Self::Money(_) => ColumnKind::Money,
            Self::Percent(_) => ColumnKind::Percent,
            Self::Date(_) => ColumnKind::Date,
            Self::Instant(_) => ColumnKind::Instant,
            Self::Seconds(_) => ColumnKind::Seconds,
            Self::Number(_) => ColumnKind::Number,
            Self::Quantity(_) => ColumnKind::Quantity,
        })
    }
}

/// A count as a cell value.
impl From<usize> for Value {
    fn from(n: usize) -> Self {
        Self::Count(i64::try_from(n).unwrap_or(i64::MAX))
    }
}

impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Self::Count(n)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Money> for Value {
    fn from(money: Money) -> Self {
        Self::Money(money)
    }
}

impl From<Stock> for Value {
    fn from(quantity: Stock) -> Self {
        Self::Quantity(quantity)
    }
}

/// A share in percent, two decimals, half up; nothing where there is no whole (TK-R39).
pub fn share(part: i64, whole: i64) -> Value {
    match ratio(i128::from(part) * 100, whole).and_then(|units| Percent::from_units(units).ok()) {
        Some(percent) => Value::Percent(percent),
        None => Value::Nothing,
    }
}

/// A quotient with two decimals, half up; nothing where the divisor is zero.
pub fn quotient(dividend: i64, divisor: i64) -> Value {
    match ratio(i128::from(dividend), divisor).and_then(|units| Fixed::from_units(units).ok()) {
        Some(number) => Value::Number(number),
        None => Value::Nothing,
    }
}

/// Hundredths of a quotient of figures that are not negative, half up.
fn ratio(dividend: i128, divisor: i64) -> Option<i64> {
    let divisor = i128::from(divisor);
    if divisor <= 0 {
        return None;
    }
    i64::try_from((dividend * 200 + divisor).div_euclid(divisor * 2)).ok()
}

/// A figure and the list that produces it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReportCell)]
pub struct Cell {
    pub value: Value,
    /// List URL, relative to the service, e.g. `/v1/tickets?state=closed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drill: Option<String>,
}

impl Cell {
    /// A cell with a drill.
    pub fn with_drill(value: Value, url: impl Into<String>) -> Self {
        Self { value, drill: Some(url.into()) }
    }
}

impl<T: Into<Value>> From<T> for Cell {
    fn from(value: T) -> Self {
        Self { value: value.into(), drill: None }
    }
}

/// The days a report covers, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReportPeriod)]
pub struct Period {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl Period {
    /// The first instant.
    pub fn starts_at(&self) -> DateTime<Utc> {
        time::start_of_day(self.from)
    }
    /// The first instant after it.
    pub fn ends_at(&self) -> DateTime<Utc> {
        time::end_of_day(self.to)
    }
}

/// A remark under a report, in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReportNote)]
pub struct Note {
    pub zh: String,
    pub en: String,
}

/// A report: columns, rows, totals, notes. Every row has one cell for each column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Report {
    /// `<domain>/<name>`.
    pub name: &'static str,
    pub title_zh: &'static str,
    pub title_en: &'static str,
    /// `None` for a report of one instant.
    pub period: Option<Period>,
    pub as_of: Timestamp,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
    /// One cell for each column, or `None` where a sum means nothing.
    pub totals: Option<Vec<Cell>>,
    pub notes: Vec<Note>,
    /// How the figures are best drawn.
    pub chart: Chart,
}

/// The form of a chart.
#[codes::code(name = "ChartShape", stored = false)]
#[derive(Default)]
pub enum Shape {
    /// 数字块: one big figure a row.
    Tiles,
    /// 柱状图: bars side by side.
    #[default]
    Bars,
    /// 堆叠柱状图: bars on top of each other.
    #[label("Stacked bars")]
    Stacked,
    /// 折线图
    Lines,
    /// 分时柱状图: columns by hour of the day; rows are placed by the hour their label begins with.
    #[label("Columns by hour")]
    Hours,
    /// 帕累托图: bars of the first series, and its cumulative share as a line of the second.
    Pareto,
    /// 热力图: figures as colours: rows × series; one series by day lies as in a calendar.
    HeatMap,
    /// 甘特图: steps along the time: the series are the first and last day planned, and those that became of it.
    Gantt,
}

/// Which columns a chart draws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Chart {
    pub shape: Shape,
    /// Key of the column along the axis.
    pub label: &'static str,
    /// Keys of the columns that are drawn.
    #[schema(value_type = Vec<String>)]
    pub series: &'static [&'static str],
}

impl Note {
    /// The remark in a language.
    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

impl Report {
    /// The title in a language.
    pub fn title(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.title_zh,
            Lang::En => self.title_en,
        }
    }
    /// The period, or the instant the report holds for.
    pub fn covers(&self) -> String {
        match self.period {
            Some(period) => format!("{} … {}", period.from, period.to),
            None => Timestamp::from(time::whole_second(self.as_of.into())).to_string(),
        }
    }
    /// Whether every row and the totals fit the columns in number and kind.
    pub fn is_well_formed(&self) -> bool {
        let fits = |row: &Vec<Cell>| {
            let kinds = row
                .iter()
                .zip(&self.columns)
                .all(|(cell, column)| cell.value.kind().is_none_or(|kind| kind == column.kind));
            kinds && row.len() == self.columns.len()
        };
        self.rows.iter().chain(&self.totals).all(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Clock, FixedClock};

    #[test]
    fn rates_round_half_up_and_are_nothing_over_zero() {
        let text = |value| serde_json::to_value(value).unwrap();
        assert_eq!(text(share(1, 3)), "33.33");
        assert_eq!(text(share(2, 3)), "66.67");
        assert_eq!(text(share(1, 800)), "0.13");
        assert_eq!(share(0, 0), Value::Nothing);
        assert_eq!(text(quotient(10, 4)), "2.50");
        assert_eq!(quotient(10, 0), Value::Nothing);
    }

    #[test]
    fn a_report_is_plain_data() {
        let mut report = Report {
            name: "tickets/volume",
            title_zh: "诉求量",
            title_en: "Volume",
            period: None,
            as_of: FixedClock::at("2026-01-15T08:00:00+08:00").now().into(),
            columns: vec![
                Column::new("unit", "单位", "Unit", ColumnKind::Text),
                Column::new("paid", "已收", "Paid", ColumnKind::Money),
            ],
            rows: vec![vec![
                Value::Text("南岗站".into()).into(),
                Cell::with_drill(Value::Money(Money::ZERO), "/v1/receipts"),
            ]],
            totals: Some(vec![Cell::default(), Value::Nothing.into()]),
            notes: Vec::new(),
            chart: Chart::default(),
        };
        assert!(report.is_well_formed());
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["rows"][0][1], serde_json::json!({"value": "0.00", "drill": "/v1/receipts"}));
        assert_eq!(json["totals"][0], serde_json::json!({"value": null}));
        assert_eq!(report.columns[1].title(Lang::En), "Paid");
        report.rows[0].swap(0, 1);
        assert!(!report.is_well_formed());
    }
}
