//! What reported samples of coal and ash came to.

use kernel::fault::Fault;
use kernel::fixed::Fixed;
use kernel::report::column::{count, instant, number, text};
use kernel::report::{Cell, Note, Value};
use kernel::time::{Timestamp, business_day};
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Figures, Slice};

use crate::lab::Grams;
use crate::lab_report::entity::{Column, Entity, Kind, Model, Status};
use crate::lab_report::{LabReport, ReportedSample, lines_of};
use crate::lab_sample::LabSample;
use crate::season::commands::decimal;

/// The samples of reports in force that were issued in the period, in the order of their reports.
async fn reported(at: &Reading, ask: &Ask, kind: Kind) -> Result<Vec<(Model, ReportedSample)>, Fault> {
    let slice = Slice::default().with("kind", kind.code()).during("issued_at", ask.period);
    let reports = Entity::find()
        .filter(slice.condition::<LabReport>(at)?)
        .filter(Column::Status.is_in([Status::Issued, Status::Archived]))
        .order_by_asc(Column::IssuedAt)
        .order_by_asc(Column::Id)
        .all(&at.db())
        .await?;
    let mut lines = lines_of(at, reports.iter().map(|row| row.id)).await?;
    let samples = |report: Model| {
        let samples = lines.remove(&report.id).unwrap_or_default();
        samples.into_iter().map(|sample| (report.clone(), sample)).collect::<Vec<_>>()
    };
    Ok(reports.into_iter().flat_map(samples).collect())
}

fn figure(text: Option<&String>) -> Cell {
    match text.and_then(|text| Fixed::parse(text).ok()) {
        Some(number) => Value::Number(number).into(),
        None => Cell::default(),
    }
}

fn whole(text: Option<&String>) -> Cell {
    match text.and_then(|text| text.parse::<i64>().ok()) {
        Some(number) => number.into(),
        None => Cell::default(),
    }
}

fn head(report: &Model, sample: &ReportedSample) -> Vec<Cell> {
    let known = |number: &str| Slice::default().with("number", number);
    vec![
        known(&sample.number).cell::<LabSample>(sample.number.as_str()),
        known(&report.number).cell::<LabReport>(report.number.as_str()),
        report.issued_at.map_or(Value::Nothing, |at| Value::Instant(Timestamp::from(at))).into(),
        sample.sampling_place.as_str().into(),
    ]
}

/// How each mean was taken, one after the other.
fn rules(at: &Reading, sample: &ReportedSample) -> Cell {
    let of = |(item, rule): (&crate::lab::item::Item, &crate::lab::decision::Rule)| {
        format!("{} {}", item.code(), at.lang().of(rule.labels()))
    };
    sample.figures.rules.iter().map(of).collect::<Vec<_>>().join("; ").into()
}

/// Coal by basis.
pub async fn coal(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let columns = vec![
        text("number", "样品编号", "Sample"),
        text("report", "报告编号", "Report"),
        instant("issued_at", "签发时间", "Issued"),
        text("place", "采样地点", "Place"),
        // With its one decimal, where numbers have two.
        text("mt", "全水分 Mt%", "Mt %"),
        number("mad", "水分 Mad%", "Mad %"),
        number("aad", "灰分 Aad%", "Aad %"),
        number("ad", "灰分 Ad%", "Ad %"),
        number("vad", "挥发分 Vad%", "Vad %"),
        number("fcad", "固定碳 FCad%", "FCad %"),
        number("st_d", "全硫 St,d%", "St,d %"),
        number("qgr_ad", "高位发热量 Qgr,ad MJ/kg", "Qgr,ad MJ/kg"),
        number("qgr_d", "高位发热量 Qgr,d MJ/kg", "Qgr,d MJ/kg"),
        number("qnet_ar_mj", "低位发热量 Qnet,ar MJ/kg", "Qnet,ar MJ/kg"),
        count("qnet_ar_kcal", "低位发热量 Qnet,ar kcal/kg", "Qnet,ar kcal/kg"),
        text("rules", "取值规则", "Rules"),
    ];
    let samples = reported(at, ask, Kind::Coal).await?;
    let row = |(report, sample): &(Model, ReportedSample)| {
        let it = &sample.figures;
        let mut cells = head(report, sample);
        cells.push(it.mt.as_deref().map_or(Value::Nothing, Value::from).into());
        let figures = [&it.mad, &it.aad, &it.ad, &it.vad, &it.fcad, &it.st_d, &it.qgr_ad, &it.qgr_d, &it.qnet_ar];
        cells.extend(figures.map(|text| figure(text.as_ref())));
        cells.push(whole(it.qnet_ar_kcal_kg.as_ref()));
        cells.push(rules(at, sample));
        cells
    };
    let rows = samples.iter().map(row).collect();
    Ok(Figures { columns, rows, notes: below_limit(at, &samples).await?, ..Figures::default() })
}

/// What purchasing is told: coal below the net calorific value that supply demands.
async fn below_limit(at: &Reading, samples: &[(Model, ReportedSample)]) -> Result<Vec<Note>, Fault> {
    let below = samples.iter().filter(|(_, sample)| sample.figures.below_supply_limit);
    let of = |(_, sample): &(Model, ReportedSample)| {
        format!("{} ({})", sample.number, sample.figures.qnet_ar.clone().unwrap_or_default())
    };
    let numbers = below.map(of).collect::<Vec<_>>();
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let limit: Grams = decimal(at, "heating.lab.supply_limit_qnet_ar", business_day(at.now)).await?;
    Ok(vec![Note {
        zh: format!("收到基低位发热量低于 {limit} MJ/kg,请通知采购:{}", numbers.join("、")),
        en: format!("Below {limit} MJ/kg net as received, for purchasing: {}", numbers.join(", ")),
    }])
}

/// Slag and fly ash.
pub async fn ash(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let columns = vec![
        text("number", "样品编号", "Sample"),
        text("report", "报告编号", "Report"),
        instant("issued_at", "签发时间", "Issued"),
        text("place", "采样地点", "Place"),
        text("kind", "样品类别", "Kind"),
        number("mad", "水分 Mad%", "Mad %"),
        number("c_slag", "含碳量 %", "Carbon %"),
        text("rules", "取值规则", "Rules"),
    ];
    let samples = reported(at, ask, Kind::Ash).await?;
    let row = |(report, sample): &(Model, ReportedSample)| {
        let mut cells = head(report, sample);
        cells.push(at.lang().of(sample.kind.labels()).into());
        cells.push(figure(sample.figures.mad.as_ref()));
        cells.push(figure(sample.figures.c_slag.as_ref()));
        cells.push(rules(at, sample));
        cells
    };
    Ok(Figures { columns, rows: samples.iter().map(row).collect(), ..Figures::default() })
}
