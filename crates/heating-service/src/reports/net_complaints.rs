//! Net complaints of a season (HS-R17, R18): by station or by season day, by network area and by households, against
//! the same season day before.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::Fixed;
use kernel::report::column::{count, number, text};
use kernel::report::{Cell, Chart, Column, Note, Period, Shape, Value};
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Definition, Figures, Slice, Span};

use super::{READ, places, season};
use crate::complaint::HeatComplaint;
use crate::complaint::algebra::{Counts, RateBase, same_day, season_day};
use crate::complaint::entity::{Class, Column as Of, Entity, State};
use crate::season::{entity::Model as Season, queries as seasons};

pub(super) const REPORTS: &[Definition] = &[Definition {
    name: "heating/net-complaints",
    title_zh: "净投诉统计",
    title_en: "Net complaints",
    summary: "Counts the season's complaints about heat, what was decided against them and what is left, per 10,000 m² of \
              network area and per thousand connected households, against the same season day before; by station or day.",
    permission: READ,
    span: Span::Season,
    by: &["station", "day"],
    chart: Chart { shape: Shape::Lines, label: "group", series: &["net", "last_season"] },
    run: |at, ask| Box::pin(figures(at, ask)),
}];

/// Complaints by station and day.
type Found = BTreeMap<(Uuid, NaiveDate), Counts>;

async fn found(at: &Reading, days: Period) -> Result<Found, Fault> {
    let rows: Vec<(Uuid, NaiveDate, Class, State, i64)> = Entity::find()
        .select_only()
        .column(Of::StationId)
        .column(Of::ReceivedOn)
        .column(Of::Class)
        .column(Of::State)
        .expr_as(Expr::cust("COUNT(*)"), "n")
        .filter(received(days).condition::<HeatComplaint>(at)?)
        .group_by(Of::StationId)
        .group_by(Of::ReceivedOn)
        .group_by(Of::Class)
        .group_by(Of::State)
        .into_tuple()
        .all(&at.db())
        .await?;
    let mut found = Found::new();
    for (station, day, class, state, n) in rows {
        // What is only proposed counts.
        let class = if state == State::Decided { class } else { Class::Counted };
        found.entry((station, day)).or_default().add(class, n);
    }
    Ok(found)
}

fn received(days: Period) -> Slice {
    Slice::default().on_days("received_on", days)
}

fn sum(found: &Found, keep: impl Fn(Uuid, NaiveDate) -> bool) -> Counts {
    let mut all = Counts::default();
    for (_, counts) in found.iter().filter(|((station, day), _)| keep(*station, *day)) {
        all.plus(counts);
    }
    all
}

/// What a row is measured by.
#[derive(Clone, Copy, Default)]
struct Base {
    per: RateBase,
    area_dm2: i64,
    households: i64,
}

async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let season = season(at, ask).await?;
    let days = Period { from: season.starts_on, to: ask.as_of.min(season.ends_on) };
    let now = found(at, days).await?;
    let before = seasons::before(at, &season).await?;
    let earlier = match &before {
        Some(before) => {
            Some(found(at, Period { from: before.starts_on, to: counterpart(&season, before, days.to) }).await?)
        }
        None => None,
    };
    let connected = places::connected(at, days.to).await?;
    let stations = places::stations(at).await?;
    let per = RateBase::of(at, days.to).await?;
    let base = |station: &crate::station::entity::Model| Base {
        per,
        area_dm2: places::network_area(station, season.id),
        households: connected.get(&station.id).copied().unwrap_or_default(),
    };
    let mut whole = Base { per, ..Base::default() };
    for station in &stations {
        let base = base(station);
        whole.area_dm2 += base.area_dm2;
        whole.households += base.households;
    }
    let slice = received(days);
    let last = |keep: &dyn Fn(Uuid, NaiveDate) -> bool| earlier.as_ref().map(|found| sum(found, keep).net());
    let mut rows = Vec::new();
    if ask.by == "day" {
        for day in days.from.iter_days().take_while(|day| *day <= days.to) {
            let counts = sum(&now, |_, on| on == day);
            let same = before.as_ref().map(|before| counterpart(&season, before, day));
            let last = same.and_then(|same| last(&|_, on| on == same));
            let label = season_day(season.starts_on, day).to_string();
            let of_day = received(Period { from: day, to: day });
            rows.push(cells(label.into(), &counts, whole, last, &of_day));
        }
    } else {
        for station in &stations {
            let counts = sum(&now, |id, _| id == station.id);
            let last = last(&|id, _| id == station.id);
            let of_station = slice.with("station_id", station.id);
            rows.push(cells(station.name.as_str().into(), &counts, base(station), last, &of_station));
        }
    }
    let all = sum(&now, |_, _| true);
    let totals = cells(Value::Nothing, &all, whole, last(&|_, _| true), &slice);
    let lacking: Vec<&str> =
        stations.iter().filter(|station| base(station).area_dm2 == 0).map(|station| station.name.as_str()).collect();
    Ok(Figures { columns: columns(), rows, totals: Some(totals), notes: notes(&lacking) })
}

fn counterpart(season: &Season, before: &Season, day: NaiveDate) -> NaiveDate {
    same_day(day, season.starts_on, (before.starts_on, before.ends_on))
}

fn notes(lacking: &[&str]) -> Vec<Note> {
    if lacking.is_empty() {
        return Vec::new();
    }
    let names = lacking.join("、");
    vec![Note {
        zh: format!("未录入本供暖期挂网面积:{names}"), en: format!("No network area of this season: {names}")
    }]
}

fn columns() -> Vec<Column> {
    vec![
        text("group", "站/供暖日", "Station or season day"),
        count("gross", "投诉总量", "Complaints"),
        count("duplicate", "重复", "Duplicate"),
        count("withdrawn", "撤诉", "Withdrawn"),
        count("unfounded", "无效", "Unfounded"),
        count("transferred", "转办", "Transferred"),
        count("net", "净投诉", "Net"),
        number("network_area_m2", "挂网面积(m²)", "Network area (m²)"),
        number("per_10000_m2", "万平方米净投诉", "Net per 10,000 m²"),
        count("households", "接通户数", "Connected households"),
        number("heat_complaint_rate", "千户净投诉‰", "Net per 1000 households"),
        number("gross_rate", "千户投诉总量‰", "Complaints per 1000 households"),
        count("last_season", "上一供暖期同日净投诉", "Net to the same season day before"),
        count("change", "增减", "Change"),
    ]
}

fn cells(label: Value, counts: &Counts, base: Base, last: Option<i64>, slice: &Slice) -> Vec<Cell> {
    let Base { per, area_dm2, households } = base;
    let decided = |class: Class, n: i64| {
        slice.with("class", class.code()).with("state", State::Decided.code()).cell::<HeatComplaint>(n)
    };
    let area = match area_dm2 {
        0 => Value::Nothing,
        units => Fixed::from_units(units).map_or(Value::Nothing, Value::Number),
    };
    vec![
        label.into(),
        slice.cell::<HeatComplaint>(counts.gross),
        decided(Class::Duplicate, counts.duplicate),
        decided(Class::Withdrawn, counts.withdrawn),
        decided(Class::Unfounded, counts.unfounded),
        decided(Class::Transferred, counts.transferred),
        slice.with("counts", "true").cell::<HeatComplaint>(counts.net()),
        area.into(),
        per.per_area(counts.net(), area_dm2).into(),
        households.into(),
        per.per_households(counts.net(), households).into(),
        per.per_households(counts.gross, households).into(),
        last.map_or(Value::Nothing, Value::Count).into(),
        last.map_or(Value::Nothing, |last| Value::Count(counts.net() - last)).into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_cell_for_each_column() {
        let row = cells(Value::Nothing, &Counts::default(), Base::default(), None, &Slice::default());
        assert_eq!(row.len(), columns().len());
    }
}
