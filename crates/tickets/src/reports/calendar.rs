//! The report calendar: what was due in the period, when it came, and how late.

use kernel::fault::Fault;
use kernel::lang::Lang;
use kernel::report::{Cell, Column, ColumnKind, Value};
use kernel::time::{Timestamp, business_day};
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Figures};
use submissions::ReportSubmission;
use submissions::entity::{Column as Of, Entity, Model, Status};

use super::slice::Slice;
use super::{count, group, text};

/// Lists the submissions due in the period, in due order.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    submissions::arise(&at.store).await?;
    let slice = Slice::default().during("due_at", ask.period);
    let rows = Entity::find()
        .filter(slice.condition::<ReportSubmission>(at)?)
        .order_by_asc(Of::DueAt)
        .order_by_asc(Of::Id)
        .all(&at.db())
        .await?;
    let names = group::names(at, "org_unit").await?;
    let all = slice.cell::<ReportSubmission>(rows.len());
    let rows: Vec<Vec<Cell>> = rows.iter().map(|row| cells(at, row, &names)).collect();
    let late = rows.iter().map(|row| if let Value::Count(days) = row[6].value { days } else { 0 });
    let late: i64 = late.sum();
    let columns = vec![
        text("report", "报表", "Report"),
        text("period", "统计期", "Period"),
        text("org_unit", "报送单位", "Unit"),
        Column::new("due_on", "应报日期", "Due on", ColumnKind::Date),
        text("status", "状态", "Status"),
        Column::new("submitted", "报送时间", "Submitted", ColumnKind::Instant),
        count("days_late", "逾期天数", "Days late"),
        count("submissions", "份数", "Submissions"),
    ];
    let mut totals = vec![Cell::default(); columns.len()];
    totals[6] = late.into();
    totals[7] = all;
    Ok(Figures { columns, rows, totals: Some(totals), ..Figures::default() })
}

fn cells(at: &Reading, row: &Model, names: &std::collections::HashMap<String, String>) -> Vec<Cell> {
    let title = super::REPORTS.iter().find(|report| report.name == row.report);
    let title = title
        .map_or(row.report.as_str(), |report| if at.lang() == Lang::Zh { report.title_zh } else { report.title_en });
    let unit = row.org_unit_id.map(|unit| unit.to_string()).unwrap_or_default();
    let this = Slice::default().with("report", &row.report).with("period", &row.period).with("org_unit_id", &unit);
    // What has not come is late by the days until now.
    let until = row.submitted_at.unwrap_or(at.now);
    let late = if until > row.due_at { (business_day(until) - business_day(row.due_at)).num_days().max(1) } else { 0 };
    vec![
        title.into(),
        row.period.as_str().into(),
        names.get(&unit).map_or(Value::Nothing, |name| Value::Text(name.clone())).into(),
        Value::Date(business_day(row.due_at)).into(),
        status(row.status, at.lang()).into(),
        row.submitted_at.map_or(Value::Nothing, |at| Value::Instant(Timestamp::from(at))).into(),
        late.into(),
        this.cell::<ReportSubmission>(1_i64),
    ]
}

fn status(status: Status, lang: Lang) -> &'static str {
    match (lang, status) {
        (Lang::En, status) => status.into(),
        (Lang::Zh, Status::Due) => "待报送",
        (Lang::Zh, Status::Submitted) => "已报送",
        (Lang::Zh, Status::Accepted) => "已接收",
        (Lang::Zh, Status::Returned) => "已退回",
    }
}
