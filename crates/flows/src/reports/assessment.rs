//! What the monthly score of a station or a person is made of (HS-R79): figures to be read, not the score.

use std::collections::BTreeMap;

use heating_service::complaint::{HeatComplaint, entity as complaints};
use heating_service::station::{HeatingStation, entity as stations};
use heating_service::training::{TrainingSession, entity as trainings};
use heating_service::visit::{Visit, entity as visits};
use kernel::fault::Fault;
use kernel::report::column::{count, text};
use kernel::report::{Cell, Chart, Shape, Value, sum};
use registers::staff;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use store::reports::{Ask, Definition, Figures, Slice, Span};
use store::{Reading, Resource};
use tickets::reports::service;
use uuid::Uuid;

use super::READ;

pub(super) const REPORTS: &[Definition] = &[Definition {
    name: "heating/assessment",
    title_zh: "供热考核依据",
    title_en: "Figures for the assessment",
    summary: "Shows what a month's score goes by, for each station or person: heating tickets due for a reply and on \
              time, complaints counted, visits credited, trainings passed.",
    permission: READ,
    span: Span::Period,
    by: &["station", "person"],
    chart: Chart { shape: Shape::Bars, label: "group", series: &["replies_due", "replies_on_time"] },
    run: |at, ask| Box::pin(figures(at, ask)),
}];

#[derive(Clone, Copy, Default)]
struct Row {
    due: i64,
    on_time: i64,
    /// Of a station; a complaint is no person's.
    complaints: Option<i64>,
    visits: i64,
    passed: i64,
}

/// A station, its unit, its name.
type Place = (Uuid, Uuid, String);

async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let rows = match ask.by {
        "person" => persons(at, ask).await?,
        _ => places(at, ask).await?,
    };
    let columns = vec![
        text("group", "所站/人员", "Group"),
        count("replies_due", "应答复工单", "Tickets due"),
        count("replies_on_time", "按时答复", "On time"),
        count("complaints", "计入投诉", "Complaints counted"),
        count("visits", "计入走访", "Visits credited"),
        count("trainings_passed", "培训合格人次", "Trainings passed"),
    ];
    let totals = sum::totals(&columns, &rows);
    Ok(Figures { columns, rows, totals: Some(totals), ..Figures::default() })
}

async fn places(at: &Reading, ask: &Ask) -> Result<Vec<Vec<Cell>>, Fault> {
    let known: Vec<Place> = stations::Entity::find()
        .select_only()
        .columns([stations::Column::Id, stations::Column::OrgUnitId, stations::Column::Name])
        .filter(HeatingStation::visible(at))
        .order_by_asc(stations::Column::Code)
        .into_tuple()
        .all(&at.db())
        .await?;
    let mut of_unit = kept(at, ask).await?;
    let complaints = complaints_by_station(at, ask).await?;
    let credited = credited(at, ask, visits::Column::StationId).await?;
    let passed = passed(at, ask, trainings::Column::StationId).await?;
    let row = |(id, unit, name): Place| {
        // Of stations in one unit the first has the unit's tickets.
        let kept = of_unit.remove(&unit).unwrap_or_default();
        let row = Row {
            due: kept.replies.0,
            on_time: kept.replies.1,
            complaints: Some(complaints.get(&id).copied().unwrap_or_default()),
            visits: credited.get(&id).copied().unwrap_or_default(),
            passed: passed.get(&id).copied().unwrap_or_default(),
        };
        let slice = |slice: Slice| slice.with("station_id", id);
        cells(name, &row, slice(credited_slice(ask)), Some(slice(counted_slice(ask))))
    };
    Ok(known.into_iter().map(row).collect())
}

async fn persons(at: &Reading, ask: &Ask) -> Result<Vec<Vec<Cell>>, Fault> {
    let mut rows: BTreeMap<Uuid, Row> = BTreeMap::new();
    for (person, kept) in kept(at, ask).await? {
        let row = rows.entry(person).or_default();
        (row.due, row.on_time) = kept.replies;
    }
    for (person, n) in credited(at, ask, visits::Column::OfficerId).await? {
        rows.entry(person).or_default().visits = n;
    }
    for (person, n) in passed_by_person(at, ask).await? {
        rows.entry(person).or_default().passed = n;
    }
    let names: Vec<(Uuid, String)> = staff::Entity::find()
        .select_only()
        .columns([staff::Column::Id, staff::Column::Name])
        .filter(staff::Column::Id.is_in(rows.keys().copied()))
        .order_by_asc(staff::Column::Number)
        .into_tuple()
        .all(&at.db())
        .await?;
    let row = |(id, name): (Uuid, String)| {
        let row = rows.get(&id).copied().unwrap_or_default();
        cells(name, &row, credited_slice(ask).with("officer_id", id), None)
    };
    Ok(names.into_iter().map(row).collect())
}

fn cells(name: String, row: &Row, visits: Slice, complaints: Option<Slice>) -> Vec<Cell> {
    let counted = row.complaints.map_or(Value::Nothing, Value::from);
    vec![
        Value::from(name).into(),
        row.due.into(),
        row.on_time.into(),
        Slice::open::<HeatComplaint>(complaints.as_ref(), counted, Slice::clone),
        visits.cell::<Visit>(row.visits),
        row.passed.into(),
    ]
}

async fn kept(at: &Reading, ask: &Ask) -> Result<BTreeMap<Uuid, service::Kept>, Fault> {
    let heating = service::counted().with("category_code", "heating");
    service::kept_by(at, ask.period, &heating, ask.by).await
}

fn credited_slice(ask: &Ask) -> Slice {
    Slice::default().with("credited", true).on_days("visited_on", ask.period)
}

fn counted_slice(ask: &Ask) -> Slice {
    Slice::default().with("counts", true).on_days("received_on", ask.period)
}

async fn credited(at: &Reading, ask: &Ask, by: visits::Column) -> Result<BTreeMap<Uuid, i64>, Fault> {
    let rows: Vec<(Uuid, i64)> = visits::Entity::find()
        .select_only()
        .column(by)
        .expr(Expr::cust("COUNT(*)"))
        .filter(credited_slice(ask).condition::<Visit>(at)?)
        .group_by(by)
        .into_tuple()
        .all(&at.db())
        .await?;
    Ok(rows.into_iter().collect())
}

async fn complaints_by_station(at: &Reading, ask: &Ask) -> Result<BTreeMap<Uuid, i64>, Fault> {
    let rows: Vec<(Uuid, i64)> = complaints::Entity::find()
        .select_only()
        .column(complaints::Column::StationId)
        .expr(Expr::cust("COUNT(*)"))
        .filter(counted_slice(ask).condition::<HeatComplaint>(at)?)
        .group_by(complaints::Column::StationId)
        .into_tuple()
        .all(&at.db())
        .await?;
    Ok(rows.into_iter().collect())
}

/// The sessions of the period, as the list shows them.
fn sessions(at: &Reading, ask: &Ask) -> Result<sea_orm::Condition, Fault> {
    Slice::default().on_days("on", ask.period).condition::<TrainingSession>(at)
}

async fn passed(at: &Reading, ask: &Ask, by: trainings::Column) -> Result<BTreeMap<Uuid, i64>, Fault> {
    let held: Vec<(Uuid, Option<Uuid>)> = trainings::Entity::find()
        .select_only()
        .columns([trainings::Column::Id, by])
        .filter(sessions(at, ask)?)
        .into_tuple()
        .all(&at.db())
        .await?;
    let passed: Vec<(Uuid, i64)> = trainings::attendee::Entity::find()
        .select_only()
        .column(trainings::attendee::Column::SessionId)
        .expr(Expr::cust("COUNT(*)"))
        .filter(trainings::attendee::Column::Passed.eq(true))
        .group_by(trainings::attendee::Column::SessionId)
        .into_tuple()
        .all(&at.db())
        .await?;
    let passed: BTreeMap<Uuid, i64> = passed.into_iter().collect();
    let mut by_key: BTreeMap<Uuid, i64> = BTreeMap::new();
    for (session, key) in held {
        if let Some(key) = key {
            *by_key.entry(key).or_default() += passed.get(&session).copied().unwrap_or_default();
        }
    }
    Ok(by_key)
}

async fn passed_by_person(at: &Reading, ask: &Ask) -> Result<BTreeMap<Uuid, i64>, Fault> {
    use trainings::attendee::Column::{Passed, SessionId, StaffId};
    let held =
        Query::select().column(trainings::Column::Id).from(trainings::Entity).cond_where(sessions(at, ask)?).to_owned();
    let rows: Vec<(Uuid, i64)> = trainings::attendee::Entity::find()
        .select_only()
        .column(StaffId)
        .expr(Expr::cust("COUNT(*)"))
        .filter(Passed.eq(true))
        .filter(SessionId.in_subquery(held))
        .group_by(StaffId)
        .into_tuple()
        .all(&at.db())
        .await?;
    Ok(rows.into_iter().collect())
}
