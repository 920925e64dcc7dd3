//! Monitored calls of the period, agent by agent or criterion by criterion, with appeals and exams (TK-R30).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kernel::fault::Fault;
use kernel::lang::Lang;
use kernel::report::{Cell, Column, ColumnKind, Value, quotient};
use kernel::time::Month;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Figures};

use super::slice::{Slice, own};
use super::{count, group, text};
use crate::monitored_call::MonitoredCall;
use crate::monitored_call::entity::{Entity, Model, Status};
use crate::monitored_call::progress::{self, ProgressStatus};
use crate::scorecard;
use crate::training::Training;
use crate::training::entity::{Column as Trainings, Entity as TrainingEntity, row};

/// The criteria every house begins with, in the order of the columns; others are in the rows by criterion.
const CRITERIA: [(&str, &str, &str); 5] = [
    ("service_language", "服务用语", "Service language"),
    ("attitude", "服务态度", "Attitude"),
    ("tone", "语气语调", "Tone"),
    ("need_summary", "需求归纳能力", "Need summary"),
    ("adaptability", "应变能力", "Adaptability"),
];
/// What counts: everything an inspector has published.
const PUBLISHED: &str = "published,appealed,upheld,rejected";

#[derive(Clone, Default)]
struct Row {
    calls: i64,
    /// Sum and number of the points by criterion.
    points: BTreeMap<String, (i64, i64)>,
    /// Σ totals in force, in hundredths.
    totals: i64,
    fatal: i64,
    upheld: i64,
    exams: i64,
    passed: i64,
}

/// Counts published calls by when they were monitored; an agent sees his own.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let mut slice = Slice::default().during("monitored_at", ask.period);
    if let Some(me) = own(at) {
        slice = slice.with("agent_id", me);
    }
    let published = slice.with("status", PUBLISHED).condition::<MonitoredCall>(at)?;
    let calls = Entity::find().filter(published).all(&at.db()).await?;
    match ask.by {
        "criterion" => by_criterion(at, &calls).await,
        _ => by_agent(at, ask, &slice, &calls).await,
    }
}

async fn by_agent(at: &Reading, ask: &Ask, slice: &Slice, calls: &[Model]) -> Result<Figures, Fault> {
    let mut agents: BTreeMap<Uuid, Row> = BTreeMap::new();
    let mut all = Row::default();
    for call in calls {
        agents.entry(call.agent_id).or_default().add(call);
        all.add(call);
    }
    for part in exams(at, ask).await? {
        agents.entry(part.staff_id).or_default().examined(&part);
        all.examined(&part);
    }
    // The minimum and the target are those of a month: the one the period ends in.
    let month = progress::of_month(at, Month::of(ask.period.to)).await?;
    let status: HashMap<Uuid, ProgressStatus> = month.items.iter().map(|item| (item.agent_id, item.status)).collect();
    for item in &month.items {
        agents.entry(item.agent_id).or_default();
    }
    let names = group::names(at, "agent").await?;
    let mut rows = Vec::new();
    for (agent, row) in &agents {
        let label = group::label(&names, &agent.to_string());
        let judged = status.get(agent).map_or(Value::Nothing, |status| judged(*status, at.lang()).into());
        let his = Slice::default().during("monitored_at", ask.period).with("agent_id", agent);
        rows.push(row.cells(label, judged, &his, Some(&attended(ask).with("agent_id", agent))));
    }
    let mut columns =
        vec![text("agent", "人员", "Agent"), count("calls", "监听通数", "Calls"), text("status", "监听进度", "Status")];
    columns.extend(CRITERIA.iter().map(|(key, zh, en)| number(key, zh, en)));
    columns.extend([
        number("mean_total", "平均总分", "Mean total"),
        count("fatal", "致命差错", "Fatal"),
        count("appeals_upheld", "申诉成立", "Appeals upheld"),
        count("exams", "考试", "Exams"),
        count("exams_passed", "考试合格", "Exams passed"),
    ]);
    Ok(Figures {
        columns,
        rows,
        totals: Some(all.cells(Value::Nothing, Value::Nothing, slice, None)),
        ..Figures::default()
    })
}

async fn by_criterion(at: &Reading, calls: &[Model]) -> Result<Figures, Fault> {
    let mut all = Row::default();
    let mut lowest: BTreeMap<String, i64> = BTreeMap::new();
    for call in calls {
        all.add(call);
        for (code, points) in call.scores() {
            lowest.entry(code).and_modify(|low| *low = points.min(*low)).or_insert(points);
        }
    }
    let names = criteria(at, calls).await?;
    let row = |(code, (sum, n)): (&String, &(i64, i64))| -> Vec<Cell> {
        let name = names.get(code).cloned().unwrap_or_else(|| code.clone());
        let low = lowest.get(code).copied().map_or(Value::Nothing, Value::Count);
        vec![code.as_str().into(), name.into(), (*n).into(), quotient(*sum, *n).into(), low.into()]
    };
    let rows = all.points.iter().map(row).collect();
    let columns = vec![
        text("code", "代码", "Code"),
        text("agent", "评分项", "Criterion"),
        count("calls", "监听通数", "Calls"),
        number("mean_total", "平均分", "Mean"),
        count("lowest", "最低分", "Lowest"),
    ];
    Ok(Figures { columns, rows, totals: None, ..Figures::default() })
}

/// What criteria are called, as their scorecards say.
async fn criteria(at: &Reading, calls: &[Model]) -> Result<HashMap<String, String>, Fault> {
    let cards: BTreeSet<Uuid> = calls.iter().map(|call| call.scorecard_id).collect();
    let cards =
        scorecard::entity::Entity::find().filter(scorecard::entity::Column::Id.is_in(cards)).all(&at.db()).await?;
    let first = |(code, zh, en): &(&str, &str, &str)| {
        ((*code).to_owned(), if at.lang() == Lang::Zh { *zh } else { *en }.to_owned())
    };
    let mut names: HashMap<String, String> = CRITERIA.iter().map(first).collect();
    for criterion in cards.iter().flat_map(scorecard::entity::Model::criteria) {
        if let Some(name) = criterion.name {
            names.insert(criterion.code, name);
        }
    }
    Ok(names)
}

const fn number(key: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column::new(key, zh, en, ColumnKind::Number)
}

fn judged(status: ProgressStatus, lang: Lang) -> &'static str {
    match (lang, status) {
        (Lang::Zh, ProgressStatus::BelowMinimum) => "未达最低",
        (Lang::Zh, ProgressStatus::BelowTarget) => "未达目标",
        (Lang::Zh, ProgressStatus::AtTarget) => "已达目标",
        (Lang::Zh, ProgressStatus::Exempt) => "免检",
        (Lang::En, ProgressStatus::BelowMinimum) => "below minimum",
        (Lang::En, ProgressStatus::BelowTarget) => "below target",
        (Lang::En, ProgressStatus::AtTarget) => "at target",
        (Lang::En, ProgressStatus::Exempt) => "exempt",
    }
}

/// The trainings held in the period.
fn attended(ask: &Ask) -> Slice {
    Slice::default().during("held_at", ask.period).with("status", "held,closed")
}

/// Who was to take part in the trainings held in the period.
async fn exams(at: &Reading, ask: &Ask) -> Result<Vec<row::Model>, Fault> {
    let held =
        TrainingEntity::find().select_only().column(Trainings::Id).filter(attended(ask).condition::<Training>(at)?);
    let held: Vec<Uuid> = held.into_tuple().all(&at.db()).await?;
    let mut parts = row::Entity::find().filter(row::Column::TrainingId.is_in(held));
    if let Some(me) = own(at) {
        parts = parts.filter(row::Column::StaffId.eq(me));
    }
    Ok(parts.all(&at.db()).await?)
}

impl Row {
    fn add(&mut self, call: &Model) {
        self.calls += 1;
        self.totals += i64::from(call.in_force());
        self.fatal += i64::from(!call.fatal().is_empty());
        self.upheld += i64::from(call.status == Status::Upheld);
        for (code, points) in call.scores() {
            let (sum, n) = self.points.entry(code).or_default();
            *sum += points;
            *n += 1;
        }
    }

    fn examined(&mut self, part: &row::Model) {
        self.exams += 1;
        self.passed += i64::from(part.passed == Some(true));
    }

    /// Exams are opened where the list of trainings shows one row for each.
    fn cells(&self, label: Value, judged: Value, calls: &Slice, trainings: Option<&Slice>) -> Vec<Cell> {
        let published = calls.with("status", PUBLISHED);
        let mut cells = vec![label.into(), published.cell::<MonitoredCall>(self.calls), judged.into()];
        for (code, ..) in CRITERIA {
            let (sum, n) = self.points.get(code).copied().unwrap_or_default();
            cells.push(quotient(sum, n).into());
        }
        cells.push(quotient(self.totals, self.calls * 100).into());
        cells.push(published.with("fatal", true).cell::<MonitoredCall>(self.fatal));
        cells.push(calls.with("status", "upheld").cell::<MonitoredCall>(self.upheld));
        cells.push(Slice::open::<Training>(trainings, self.exams, Slice::clone));
        cells.push(self.passed.into());
        cells
    }
}
