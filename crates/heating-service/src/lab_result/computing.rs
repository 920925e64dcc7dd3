//! Working out what a round has come to, anew after every change of a determination (HS-R40, HS-R45).

use kernel::fault::Fault;
use kernel::ids;
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, Set};
use store::{Work, numbers};

use super::LabResult;
use super::entity::{ActiveModel, Column, Entity, Model};
use crate::determination::entity as determinations;
use crate::lab::Grams;
use crate::lab::decision::{self, Limits, State};
use crate::lab::item::Item;
use crate::lab::precision;
use crate::lab_sample::entity::Model as Sample;
use crate::season::commands::decimal;

/// What the first two values of a round may differ by; none while one is missing.
async fn limits(
    work: &Work,
    item: Item,
    method: &str,
    values: &[determinations::Model],
) -> Result<Option<Limits>, Fault> {
    let [first, second, ..] = values else { return Ok(None) };
    let day = business_day(second.at.max(first.at));
    let table = precision::table(work, day).await?;
    let found = table.of_mean(item, method, (first.value_units + second.value_units, 2), day);
    let Some(found) = found else { return Ok(None) };
    let third: Grams = decimal(work, "heating.lab.factor_third", day).await?;
    let fourth: Grams = decimal(work, "heating.lab.factor_fourth", day).await?;
    Ok(Some(Limits { t: found.repeatability, third: third.units(), fourth: fourth.units() }))
}

async fn find(work: &Work, sample: &Sample, item: Item, round: i32) -> Result<Option<Model>, Fault> {
    let of_round = Entity::find().filter(Column::SampleId.eq(sample.id)).filter(Column::Item.eq(item));
    Ok(of_round.filter(Column::Round.eq(round)).one(&work.db()).await?)
}

/// The determinations of a round that count, the first first.
pub(crate) async fn current(
    work: &Work,
    sample: &Sample,
    item: Item,
    round: i32,
) -> Result<Vec<determinations::Model>, Fault> {
    use determinations::Column;
    let of_round = determinations::Entity::find()
        .filter(Column::SampleId.eq(sample.id))
        .filter(Column::Item.eq(item))
        .filter(Column::Round.eq(round))
        .filter(Column::Status.eq(determinations::Status::Current));
    Ok(of_round.order_by_asc(Column::Seq).all(&work.db()).await?)
}

/// Works a round out from the values that count now.
pub(crate) async fn work_out(
    work: &Work,
    sample: &Sample,
    item: Item,
    round: i32,
    method: &str,
) -> Result<Model, Fault> {
    let values = current(work, sample, item, round).await?;
    let limits = limits(work, item, method, &values).await?;
    let units: Vec<i64> = values.iter().map(|row| row.value_units).collect();
    let decision = decision::decide(&units, limits);
    let used: Vec<Uuid> = decision.used.iter().map(|place| values[*place].id).collect();
    let before = find(work, sample, item, round).await?;
    let mut row = match &before {
        Some(before) => before.clone().into_active_model(),
        None => blank(work, sample, item, round).await?,
    };
    row.method = Set(method.to_owned());
    row.state = Set(decision.state);
    row.rule = Set(decision.rule);
    row.used = Set(serde_json::to_string(&used).map_err(Fault::internal)?);
    row.t_units = Set(limits.map(|limits| limits.t));
    row.mean_units = Set(decision.mean);
    row.first_pair_pass = Set(decision.first_pair_pass);
    row.since = Set(values.last().map_or(work.now, |row| row.at));
    let verb = if decision.state == State::Discarded { "discarded" } else { "computed" };
    write(work, sample, before, row, verb).await
}

/// Begins another round of an item: empty, by the method of the last.
pub(crate) async fn begin_round(work: &Work, sample: &Sample, item: Item) -> Result<Model, Fault> {
    let latest = super::latest(work, sample.id).await?;
    let latest = latest.get(&item).ok_or_else(|| Fault::internal("a round without one before"))?;
    let mut row = blank(work, sample, item, latest.round + 1).await?;
    row.method = Set(latest.method.clone());
    write(work, sample, None, row, "begun").await
}

async fn blank(work: &Work, sample: &Sample, item: Item, round: i32) -> Result<ActiveModel, Fault> {
    Ok(ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(Some(numbers::next(work, "JG").await?)),
        sample_id: Set(sample.id),
        item: Set(item),
        round: Set(round),
        method: Set(String::new()),
        state: Set(State::NeedSecond),
        rule: Set(None),
        used: Set("[]".to_owned()),
        t_units: Set(None),
        mean_units: Set(None),
        first_pair_pass: Set(None),
        since: Set(work.now),
    })
}

async fn write(
    work: &Work,
    sample: &Sample,
    before: Option<Model>,
    row: ActiveModel,
    verb: &str,
) -> Result<Model, Fault> {
    let blind_code = sample.blind_code.clone();
    match before {
        Some(before) => work.change::<LabResult>(&before, row, verb, |fact| fact.with("blind_code", blind_code)).await,
        None => work.create::<LabResult>(row, |fact| fact.with("blind_code", blind_code), verb).await,
    }
}
