//! Trainings held up to a day (HS-14).

use std::collections::BTreeMap;

use kernel::fault::Fault;
use kernel::report::column::{count, percent, text};
use kernel::report::{Cell, Chart, Shape, Value, share};
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Definition, Figures, Slice, Span};

use super::READ;
use super::places::{self, ByStation};
use crate::training::TrainingSession;
use crate::training::entity::{Column, Entity, attendee};

pub(super) const REPORTS: &[Definition] = &[Definition {
    name: "heating/training",
    title_zh: "培训统计",
    title_en: "Trainings",
    summary: "Counts the training sessions held up to a day by station or topic: sessions, who took part, who passed.",
    permission: READ,
    span: Span::Day,
    by: &["station", "topic"],
    chart: Chart { shape: Shape::Bars, label: "group", series: &["attended", "passed"] },
    run: |at, ask| Box::pin(figures(at, ask)),
}];

#[derive(Clone, Copy, Default)]
struct Row {
    sessions: i64,
    attended: i64,
    passed: i64,
}

impl Row {
    fn add(&mut self, attended: i64, passed: i64) {
        self.sessions += 1;
        self.attended += attended;
        self.passed += passed;
    }
    fn cells(&self, list: Option<&Slice>) -> Vec<Cell> {
        vec![
            Slice::open::<TrainingSession>(list, self.sessions, Slice::clone),
            self.attended.into(),
            self.passed.into(),
            share(self.passed, self.attended).into(),
        ]
    }
}

async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let after = ask.as_of.succ_opt().unwrap_or(ask.as_of);
    let held = Slice::default().with("on_lt", after);
    let sessions: Vec<(Uuid, Option<Uuid>, String)> = Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::StationId)
        .column(Column::Topic)
        .filter(held.condition::<TrainingSession>(at)?)
        .into_tuple()
        .all(&at.db())
        .await?;
    let parts = took_part(at).await?;
    let (mut all, mut topics, mut stations) = (Row::default(), BTreeMap::<String, Row>::new(), ByStation::<Row>::new());
    for (id, station, topic) in sessions {
        let (attended, passed) = parts.get(&id).copied().unwrap_or_default();
        all.add(attended, passed);
        topics.entry(topic).or_default().add(attended, passed);
        stations.entry(station).or_default().add(attended, passed);
    }
    let rows = match ask.by {
        "topic" => topics.iter().map(|(topic, row)| labelled(topic.as_str(), row, &held)).collect(),
        _ => {
            let of = |station: Option<Uuid>, row: &Row| {
                row.cells(station.map(|station| held.with("station_id", station)).as_ref())
            };
            places::rows(at, stations, of).await?
        }
    };
    let mut totals = vec![Cell::default()];
    totals.extend(all.cells(Some(&held)));
    let columns = vec![
        text("group", "所站/主题", "Group"),
        count("sessions", "培训次数", "Sessions"),
        count("attended", "参训人次", "Took part"),
        count("passed", "合格人次", "Passed"),
        percent("pass_rate", "合格率%", "Pass rate %"),
    ];
    Ok(Figures { columns, rows, totals: Some(totals), ..Figures::default() })
}

fn labelled(topic: &str, row: &Row, held: &Slice) -> Vec<Cell> {
    // A comma in a filter separates values.
    let list = (!topic.contains(',')).then(|| held.with("topic", topic));
    let mut cells: Vec<Cell> = vec![Value::from(topic).into()];
    cells.extend(row.cells(list.as_ref()));
    cells
}

/// How many took part in each session, and how many passed.
async fn took_part(at: &Reading) -> Result<BTreeMap<Uuid, (i64, i64)>, Fault> {
    let rows: Vec<(Uuid, bool, i64)> = attendee::Entity::find()
        .select_only()
        .column(attendee::Column::SessionId)
        .column(attendee::Column::Passed)
        .expr(Expr::cust("COUNT(*)"))
        .group_by(attendee::Column::SessionId)
        .group_by(attendee::Column::Passed)
        .into_tuple()
        .all(&at.db())
        .await?;
    let mut parts: BTreeMap<Uuid, (i64, i64)> = BTreeMap::new();
    for (session, passed, n) in rows {
        let (attended, of_them) = parts.entry(session).or_default();
        *attended += n;
        *of_them += if passed { n } else { 0 };
    }
    Ok(parts)
}
