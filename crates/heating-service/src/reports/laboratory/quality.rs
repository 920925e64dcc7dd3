//! How well was determined (HS-R44, HS-R54); blind: counts by item, no sample is named.

use std::collections::{BTreeMap, BTreeSet};

use kernel::fault::Fault;
use kernel::fixed::Fixed;
use kernel::report::column::{count, number, percent, text};
use kernel::report::{Cell, Column, Note, Value, share};
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Figures, Slice};

use crate::cross_check::comparing;
use crate::cross_check::entity::{self as checks, lines};
use crate::determination::{Determination, entity as determinations};
use crate::lab::Grams;
use crate::lab::decision::{Rule, State};
use crate::lab::exact::half_even;
use crate::lab::item::Item;
use crate::lab_result::entity as results;
use crate::lab_sample::entity as samples;
use crate::season::commands::decimal;

#[derive(Default)]
struct Row {
    samples: i64,
    determinations: i64,
    /// Samples whose item was averaged.
    averaged: BTreeSet<Uuid>,
    first_pairs: i64,
    thirds: i64,
    fourths: i64,
    discards: i64,
    compared: i64,
    /// Hundredths.
    deviation: i64,
}

impl Row {
    fn result(&mut self, sample: Uuid, round: i32, state: State, rule: Option<Rule>) {
        let discarded = state == State::Discarded;
        if state == State::Averaged {
            self.averaged.insert(sample);
        }
        self.first_pairs += i64::from(round == 1 && rule == Some(Rule::Mean2));
        let fourth = discarded || matches!(rule, Some(Rule::Mean4 | Rule::ThreeOfFour));
        self.thirds += i64::from(fourth || rule == Some(Rule::Mean3) || state == State::NeedFourth);
        self.fourths += i64::from(fourth);
        self.discards += i64::from(discarded);
    }

    fn cells(&self, label: Value, slice: &Slice) -> Vec<Cell> {
        let averaged = i64::try_from(self.averaged.len()).unwrap_or(i64::MAX);
        vec![
            label.into(),
            self.samples.into(),
            slice.cell::<Determination>(self.determinations),
            averaged.into(),
            self.first_pairs.into(),
            share(self.first_pairs, averaged).into(),
            self.thirds.into(),
            self.fourths.into(),
            self.discards.into(),
            self.compared.into(),
            mean_deviation(self.deviation, self.compared).into(),
        ]
    }
}

fn mean_deviation(hundredths: i64, compared: i64) -> Value {
    if compared == 0 {
        return Value::Nothing;
    }
    let mean = i64::try_from(half_even(hundredths.into(), compared.into())).unwrap_or_default();
    Fixed::from_units(mean).map_or(Value::Nothing, Value::Number)
}

fn columns() -> Vec<Column> {
    vec![
        text("item", "项目", "Item"),
        count("samples", "样品", "Samples"),
        count("determinations", "测定", "Values"),
        count("averaged", "取得均值", "Averaged"),
        count("first_pairs", "首次平行合格", "First pairs that agreed"),
        percent("first_pair_rate", "首次平行合格率%", "First pair rate %"),
        count("thirds", "第三次测定", "Thirds"),
        count("fourths", "第四次测定", "Fourths"),
        count("discards", "作废", "Discarded"),
        count("compared", "比对", "Compared"),
        number("deviation", "比对平均偏差", "Mean deviation"),
    ]
}

/// Counts by item what was determined in the period.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let slice = Slice::default().during("at", ask.period);
    let mut rows: BTreeMap<Item, Row> = BTreeMap::new();
    counted(at, &slice, &mut rows).await?;
    concluded(at, ask, &mut rows).await?;
    compared(at, ask, &mut rows).await?;
    let cells = |(item, row): (&Item, &Row)| row.cells(item.code().into(), &slice.with("item", item.code()));
    let columns = columns();
    let table: Vec<Vec<Cell>> = rows.iter().map(cells).collect();
    let mut totals = kernel::report::sum::totals(&columns, &table);
    let (first, averaged) =
        rows.values().fold((0, 0), |(first, all), row| (first + row.first_pairs, all + row.averaged.len()));
    totals[5] = share(first, i64::try_from(averaged).unwrap_or_default()).into();
    // A sample determined for several items is one sample.
    totals[1] = determined(at, &slice).await?.into();
    Ok(Figures { columns, rows: table, totals: Some(totals), notes: coverage(at, ask).await? })
}

/// The samples some values are of, each once.
async fn determined(at: &Reading, slice: &Slice) -> Result<i64, Fault> {
    let n: Option<i64> = determinations::Entity::find()
        .select_only()
        .expr(Expr::cust("COUNT(DISTINCT sample_id)"))
        .filter(slice.condition::<Determination>(at)?)
        .into_tuple()
        .one(&at.db())
        .await?;
    Ok(n.unwrap_or_default())
}

/// Values and the samples they are of.
async fn counted(at: &Reading, slice: &Slice, rows: &mut BTreeMap<Item, Row>) -> Result<(), Fault> {
    use determinations::Column;
    let found: Vec<(Item, i64, i64)> = determinations::Entity::find()
        .select_only()
        .column(Column::Item)
        .expr(Column::Id.count())
        .expr(Expr::cust("COUNT(DISTINCT sample_id)"))
        .filter(slice.condition::<Determination>(at)?)
        .group_by(Column::Item)
        .into_tuple()
        .all(&at.db())
        .await?;
    for (item, values, of_samples) in found {
        let row = rows.entry(item).or_default();
        (row.determinations, row.samples) = (values, of_samples);
    }
    Ok(())
}

/// What rounds came to whose last value falls into the period.
async fn concluded(at: &Reading, ask: &Ask, rows: &mut BTreeMap<Item, Row>) -> Result<(), Fault> {
    use results::Column;
    let found: Vec<(Item, Uuid, i32, State, Option<Rule>)> = results::Entity::find()
        .select_only()
        .columns([Column::Item, Column::SampleId, Column::Round, Column::State, Column::Rule])
        .filter(Column::Since.gte(ask.period.starts_at()))
        .filter(Column::Since.lt(ask.period.ends_at()))
        .into_tuple()
        .all(&at.db())
        .await?;
    for (item, sample, round, state, rule) in found {
        rows.entry(item).or_default().result(sample, round, state, rule);
    }
    Ok(())
}

fn in_period(ask: &Ask) -> sea_orm::Condition {
    sea_orm::Condition::all()
        .add(checks::Column::ComparedAt.gte(ask.period.starts_at()))
        .add(checks::Column::ComparedAt.lt(ask.period.ends_at()))
}

/// Deviations from other laboratories, brought to hundredths.
async fn compared(at: &Reading, ask: &Ask, rows: &mut BTreeMap<Item, Row>) -> Result<(), Fault> {
    let of_period = checks::Entity::find().select_only().column(checks::Column::Id).filter(in_period(ask));
    let found: Vec<(Item, i64)> = lines::Entity::find()
        .select_only()
        .columns([lines::Column::Item, lines::Column::DeviationUnits])
        .filter(lines::Column::CheckId.in_subquery(sea_orm::QueryTrait::into_query(of_period)))
        .into_tuple()
        .all(&at.db())
        .await?;
    for (item, deviation) in found {
        let row = rows.entry(item).or_default();
        row.compared += 1;
        row.deviation += if comparing::decimals(item) == 1 { deviation * 10 } else { deviation };
    }
    Ok(())
}

/// How many of the samples received in the period were cross-checked.
async fn coverage(at: &Reading, ask: &Ask) -> Result<Vec<Note>, Fault> {
    let received = samples::Entity::find()
        .filter(samples::Column::ReceivedAt.gte(ask.period.starts_at()))
        .filter(samples::Column::ReceivedAt.lt(ask.period.ends_at()));
    let received = i64::try_from(received.count(&at.db()).await?).map_err(Fault::internal)?;
    let checked: Vec<Uuid> = checks::Entity::find()
        .select_only()
        .column(checks::Column::SampleId)
        .filter(in_period(ask))
        .distinct()
        .into_tuple()
        .all(&at.db())
        .await?;
    let checked = i64::try_from(checked.len()).map_err(Fault::internal)?;
    let Value::Percent(covered) = share(checked, received) else { return Ok(Vec::new()) };
    let wanted: Grams = decimal(at, "heating.lab.cross_check_percent", ask.period.to).await?;
    Ok(vec![Note {
        zh: format!("比对样品 {checked} 个,占接收样品 {received} 个的 {covered}%(要求 {wanted}%)"),
        en: format!("{checked} of {received} samples received were cross-checked: {covered} % (wanted {wanted} %)"),
    }])
}
