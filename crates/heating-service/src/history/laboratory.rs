//! Samples of the old books: two determinations of the one item the book keeps, and their mean.

use kernel::fault::Fault;
use kernel::ids;
use sea_orm::entity::prelude::*;
use store::{Work, numbers};

use super::known::Known;
use super::{HistoryRow, required};
use crate::determination::entity as determinations;
use crate::lab::decision::{Rule, State};
use crate::lab::exact::half_even;
use crate::lab::item::Item;
use crate::lab_result::entity as results;
use crate::lab_sample::LabSample;
use crate::lab_sample::commands::{blind_code, next_number};
use crate::lab_sample::entity::{self as samples, Kind, Status};

/// The item the old books keep of a kind, and its method.
fn item_of(kind: Kind) -> (Item, &'static str) {
    if kind == Kind::Coal { (Item::Aad, "GB/T 212") } else { (Item::CSlag, "DL/T 567.6") }
}

/// A sample that was reviewed on the day.
pub(super) async fn sample(work: &Work, row: &HistoryRow, known: &Known) -> Result<Uuid, Fault> {
    let kind = row.code(Kind::ALL, Kind::code)?;
    let (item, method) = item_of(kind);
    let values = [required(row.value, "/value")?.units(), required(row.second_value, "/second_value")?.units()];
    let person = known.person(work, row)?;
    let sampled_at = row.at(480);
    let id = ids::new_id(work.now);
    let sample = samples::Model {
        id,
        version: 1,
        created_at: work.now,
        created_by: work.actor().sub,
        updated_at: work.now,
        sample_number: next_number(work, kind, row.date).await?,
        blind_code: blind_code(work).await?,
        kind,
        sampling_place: "历史台账".to_owned(),
        station_id: None,
        supplier_id: None,
        batch: None,
        sampled_at,
        sampled_by: person,
        seal_no: format!("H-{}", row.key.trim()),
        mass_cg: 50_000,
        items: serde_json::to_string(&[item]).map_err(Fault::internal)?,
        submitted_at: sampled_at,
        received_at: Some(sampled_at),
        received_by: Some(person),
        received_mass_cg: Some(50_000),
        reject_reason: None,
        status: Status::Reviewed,
        settled_at: Some(row.at(600)),
        reviewed_by: None,
        reviewed_at: Some(row.at(900)),
        reported_at: None,
    };
    work.create_later::<LabSample>(&sample, |fact| fact, "imported").await;
    let mut used = Vec::new();
    for (seq, value_units) in (1..).zip(values) {
        let made = determined(work, row, &sample, (seq, value_units), person).await?;
        work.insert_later(&made).await;
        used.push(made.id);
    }
    let result = results::Model {
        id: ids::new_id(work.now),
        version: 1,
        created_at: work.now,
        created_by: work.actor().sub,
        updated_at: work.now,
        number: Some(numbers::next(work, "JG").await?),
        sample_id: id,
        item,
        round: 1,
        method: method.to_owned(),
        state: State::Averaged,
        rule: Some(Rule::Mean2),
        used: serde_json::to_string(&used).map_err(Fault::internal)?,
        t_units: None,
        mean_units: i64::try_from(half_even(i128::from(values[0] + values[1]), 2)).ok(),
        first_pair_pass: Some(true),
        since: row.at(600),
    };
    work.insert_later(&result).await;
    Ok(id)
}

async fn determined(
    work: &Work,
    row: &HistoryRow,
    sample: &samples::Model,
    (seq, value_units): (i32, i64),
    person: Uuid,
) -> Result<determinations::Model, Fault> {
    let (item, method) = item_of(sample.kind);
    Ok(determinations::Model {
        id: ids::new_id(work.now),
        version: 1,
        created_at: work.now,
        created_by: work.actor().sub,
        updated_at: work.now,
        number: Some(numbers::next(work, "CD").await?),
        sample_id: sample.id,
        item,
        method: method.to_owned(),
        round: 1,
        seq,
        value_units,
        raw: None,
        instrument_ids: "[]".to_owned(),
        analyst_id: person,
        at: row.at(540 + 30 * i64::from(seq)),
        status: determinations::Status::Current,
        held_for_instrument: false,
        held_for_sulphur: false,
        doubted: false,
        note: None,
        retracted_by: None,
        retracted_at: None,
    })
}
