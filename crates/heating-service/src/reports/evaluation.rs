//! How stations rank (HS-R36), with what each item came to and what is still to be put right.

use std::collections::HashMap;

use kernel::fault::Fault;
use kernel::report::column::{count, money, number, text};
use kernel::report::{Cell, Chart, Period, Shape, Value};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use store::reports::{Ask, Definition, Figures, Slice, Span};
use store::{Reading, Resource};

use super::visits::months;
use super::{READ, season};
use crate::evaluation::entity::{Column, Entity, ItemScore, Model, Status};
use crate::evaluation::{Evaluation, EvaluationView};
use crate::rectification::{Rectification, entity as rectifications};
use crate::station::entity as stations;

pub(super) const REPORTS: &[Definition] = &[Definition {
    name: "heating/evaluation-ranking",
    title_zh: "综合检查评比排名",
    title_en: "Ranking of the stations",
    summary: "Ranks the confirmed evaluations of each month, or of each of a season, among stations of one type: what each item came to, the \
              total, the incentive once it is published, rectifications that are open.",
    permission: READ,
    span: Span::PeriodOrSeason,
    by: &[],
    chart: Chart { shape: Shape::Bars, label: "station", series: &["total"] },
    run: |at, ask| Box::pin(ranking(at, ask)),
}];

/// Rectifications that are not verified, by evaluation.
async fn open(at: &Reading, evaluations: &[Uuid]) -> Result<HashMap<Uuid, i64>, Fault> {
    use rectifications::Column;
    let rows: Vec<(Option<Uuid>, i64)> = rectifications::Entity::find()
        .select_only()
        .column(Column::EvaluationId)
        .expr_as(Expr::cust("COUNT(*)"), "n")
        .filter(Rectification::visible(at))
        .filter(Column::EvaluationId.is_in(evaluations.iter().copied()))
        .filter(Column::Status.ne(rectifications::Status::Verified))
        .group_by(Column::EvaluationId)
        .into_tuple()
        .all(&at.db())
        .await?;
    Ok(rows.into_iter().filter_map(|(evaluation, n)| Some((evaluation?, n))).collect())
}

/// What each item came to, in one line.
fn items(scores: &[ItemScore]) -> String {
    let item = |score: &ItemScore| match score.score {
        Some(points) => format!("{} {points}", score.title),
        None => format!("{} –", score.title),
    };
    scores.iter().map(item).collect::<Vec<_>>().join(";")
}

/// The days asked for, or those of the season.
async fn period(at: &Reading, ask: &Ask) -> Result<Period, Fault> {
    if ask.season.is_none() {
        return Ok(ask.period);
    }
    let season = season(at, ask).await?;
    Ok(Period { from: season.starts_on, to: season.ends_on })
}

async fn ranking(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let period = period(at, ask).await?;
    let rows: Vec<Model> = Entity::find()
        .filter(Evaluation::visible(at))
        .filter(Column::Month.is_in(months(period).iter().map(ToString::to_string)))
        .filter(Column::Status.is_in(Status::RANKED))
        .order_by_asc(Column::Month)
        .order_by_asc(Column::StationKind)
        .order_by_asc(Column::Rank)
        .order_by_asc(Column::Id)
        .all(&at.db())
        .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let places = rows.iter().map(|row| row.station_id);
    let named = stations::Entity::find().filter(stations::Column::Id.is_in(places)).all(&at.db()).await?;
    let names: HashMap<Uuid, String> = named.into_iter().map(|row| (row.id, row.name)).collect();
    let open = open(at, &ids).await?;
    let views = Evaluation::views(at, rows).await?;
    let rows = views.iter().map(|view| {
        let waiting = open.get(&view.id).copied().unwrap_or_default();
        cells(at, view, names.get(&view.station_id).map_or("", String::as_str), waiting)
    });
    let rows = rows.collect();
    let columns = vec![
        text("month", "月份", "Month"),
        text("type", "站点类型", "Type"),
        count("rank", "名次", "Rank"),
        text("station", "站点", "Station"),
        text("items", "分项得分", "Item scores"),
        number("total", "总分", "Total"),
        money("incentive", "奖惩", "Incentive"),
        count("open_rectifications", "未完成整改", "Open rectifications"),
    ];
    Ok(Figures { columns, rows, totals: None, ..Figures::default() })
}

fn cells(at: &Reading, view: &EvaluationView, station: &str, waiting: i64) -> Vec<Cell> {
    let own = Slice::default().with("station_id", view.station_id).with("month", view.month);
    let open = Slice::default().with("evaluation_id", view.id).with("status", "open,done");
    vec![
        view.month.to_string().into(),
        at.lang().of(view.station_type.labels()).into(),
        view.rank.map_or(Value::Nothing, |rank| Value::Count(rank.into())).into(),
        station.into(),
        items(&view.scores).into(),
        own.cell::<Evaluation>(view.total.map_or(Value::Nothing, Value::Number)),
        view.incentive.map_or(Value::Nothing, Value::Money).into(),
        open.cell::<Rectification>(waiting),
    ]
}
