//! Entering a value (HS-R40, HS-R41).

use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::{Timestamp, business_day};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, Set};
use serde::Deserialize;
use serde_json::Value;
use store::life_cycle::Subject;
use store::{Reading, Work, numbers, parameters, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{self, ActiveModel, Column, Entity, Model, Status};
use super::{Determination, holds};
use crate::instrument::commands::not_valid;
use crate::instrument::entity as instruments;
use crate::lab::decision::State;
use crate::lab::exact;
use crate::lab::item::Item;
use crate::lab::raw::{self, HeatCorrection, Raw};
use crate::lab::{Grams, precision};
use crate::lab_result::{self, computing};
use crate::lab_sample::entity::Model as Sample;
use crate::lab_sample::{self, LabSample, MOVES, review};
use crate::problems::{METHOD_FIXED, RESULT_COMPLETE, SULPHUR_MISSING};
use crate::season::commands::decimal;
use crate::tense::Tense;

/// A value an analyst found.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateDetermination {
    pub item: Item,
    /// The usual one of the item when absent; one a round.
    #[schema(min_length = 1, max_length = 60, example = "GB/T 212")]
    pub method: Option<String>,
    /// With exactly the decimals of the item: `Mt` one, `Qgr` none (J/g), the others two; worked out from `raw` when
    /// absent.
    #[schema(max_length = 20, example = "9.88")]
    pub value: Option<String>,
    pub raw: Option<Raw>,
    #[schema(min_items = 1, max_items = 10)]
    pub instrument_ids: Vec<Uuid>,
    /// Now when absent.
    pub at: Option<Timestamp>,
}

/// A sample to determine: the next place of a round.
struct Place {
    round: i32,
    seq: i32,
    method: String,
}

/// Enters a determination and works its round out.
///
/// # Errors
/// 409 `result_complete` when the item is averaged, `sulphur_missing` for heat before sulphur, `instrument_not_valid`;
/// 422 `decimals`, `raw_mismatch`.
pub async fn create(work: &Work, sample_id: Uuid, input: &CreateDetermination) -> Result<Model, Fault> {
    let sample = resource::take::<LabSample>(work, sample_id).await?;
    let at = input.at.map_or(work.now, |at| at.0);
    let day = business_day(at);
    let said = said(work, &sample, input).await?;
    let place = place(work, &sample, input, day).await?;
    let units = value(work, &sample, input, said, &place.method, day).await?;
    ensure_usable(work, &input.instrument_ids, day).await?;
    let raw = input.raw.as_ref().map(serde_json::to_string).transpose().map_err(Fault::internal)?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(Some(numbers::next(work, "CD").await?)),
        sample_id: Set(sample.id),
        item: Set(input.item),
        method: Set(place.method.clone()),
        round: Set(place.round),
        seq: Set(place.seq),
        value_units: Set(units),
        raw: Set(raw),
        instrument_ids: Set(serde_json::to_string(&input.instrument_ids).map_err(Fault::internal)?),
        analyst_id: Set(work.actor().sub),
        at: Set(at),
        status: Set(Status::Current),
        held_for_instrument: Set(false),
        held_for_sulphur: Set(false),
        doubted: Set(false),
        note: Set(None),
        retracted_by: Set(None),
        retracted_at: Set(None),
    };
    let blind_code = sample.blind_code.clone();
    let row = work.create::<Determination>(row, |fact| fact.with("blind_code", blind_code), "recorded").await?;
    link(work, row.id, &input.instrument_ids).await?;
    let result = computing::work_out(work, &sample, row.item, row.round, &row.method).await?;
    if row.item == Item::St && result.state == State::Averaged {
        holds::hold_changed_heat(work, &sample).await?;
    }
    review::settle(work, &sample, "").await?;
    Ok(row)
}

async fn link(work: &Work, determination_id: Uuid, instruments: &[Uuid]) -> Result<(), Fault> {
    for instrument_id in instruments {
        let link = entity::instruments::ActiveModel {
            id: Set(ids::new_id(work.now)),
            determination_id: Set(determination_id),
            instrument_id: Set(*instrument_id),
        };
        work.insert(link).await?;
    }
    Ok(())
}

/// Where the value goes, if the sample still waits for one of this item.
async fn place(work: &Work, sample: &Sample, input: &CreateDetermination, day: NaiveDate) -> Result<Place, Fault> {
    let latest = lab_result::latest(work, sample.id).await?;
    let latest = latest.get(&input.item);
    let in_hand = !sample.is_reported() && sample.status != lab_sample::entity::Status::Rejected;
    if in_hand && latest.is_some_and(|result| result.state == State::Averaged) {
        return Err(Fault::new(&RESULT_COMPLETE).rule("HS-R40").with("item", input.item.code()));
    }
    MOVES.take("determinations", &Subject::of(work, sample))?;
    let (round, fixed) = match latest {
        None => (1, None),
        Some(result) if result.state == State::Discarded => (result.round + 1, None),
        Some(result) => (result.round, Some(result.method.clone())),
    };
    let of_round = Entity::find()
        .filter(Column::SampleId.eq(sample.id))
        .filter(Column::Item.eq(input.item))
        .filter(Column::Round.eq(round));
    let last = of_round.order_by_desc(Column::Seq).one(&work.db()).await?;
    let fixed = fixed.filter(|_| last.is_some());
    let method = match (&input.method, &fixed) {
        (Some(method), Some(fixed)) if method != fixed => {
            return Err(Fault::new(&METHOD_FIXED).with("method", fixed.as_str()));
        }
        (Some(method), _) => method.clone(),
        (None, Some(fixed)) => fixed.clone(),
        (None, None) => precision::usual_method(work, input.item, day).await?,
    };
    Ok(Place { round, seq: last.map_or(0, |row| row.seq) + 1, method })
}

/// What is wrong with the body itself comes before what the sample waits for; the value that was said, in units of the
/// item's last decimal.
async fn said(work: &Work, sample: &Sample, input: &CreateDetermination) -> Result<Option<i64>, Fault> {
    let mut errors = FieldErrors::default();
    errors.add_if(!sample.items().contains(&input.item), "/item", "not_in_sample");
    Tense::of(work).await?.instant(&mut errors, input.at, "/at");
    errors.add_if(input.at.is_some_and(|at| at.0 < sample.sampled_at), "/at", "date_order");
    let read = input.value.as_deref().map(|text| exact::read(text, input.item.decimals()));
    let said = match read.transpose() {
        Ok(said) => said,
        Err(wrong) => {
            errors.add("/value", wrong);
            None
        }
    };
    errors.add_if(input.value.is_none() && input.raw.is_none(), "/value", "required");
    // Heat needs the sulphur of the sample beside what was read off; nothing else does.
    match input.raw.as_ref().map(|raw| raw::value(input.item, raw, None)) {
        Some(Ok(Some(computed))) => {
            errors.add_if(said.is_some_and(|said| said != computed), "/value", "raw_mismatch");
        }
        Some(Err((name, wrong))) => {
            errors.add(raw_pointer(name), wrong);
        }
        Some(Ok(None)) | None => {}
    }
    errors.finish()?;
    Ok(said)
}

/// Where what was read off is wrong; what follows from it, without a name.
fn raw_pointer(name: &str) -> String {
    if name.is_empty() { "/value".to_owned() } else { format!("/raw/{name}") }
}

/// The value in units of the item's last decimal, checked against what was read off.
async fn value(
    work: &Work,
    sample: &Sample,
    input: &CreateDetermination,
    said: Option<i64>,
    method: &str,
    day: NaiveDate,
) -> Result<i64, Fault> {
    let heat = sulphur(work, sample, input, day).await?;
    let wrong = |(name, code): raw::Wrong| Fault::field(raw_pointer(name), code);
    let computed = match &input.raw {
        Some(raw) => raw::value(input.item, raw, heat.as_ref()).map_err(wrong)?,
        None => None,
    };
    let units = match (said, computed) {
        (Some(said), Some(computed)) if said != computed => return Err(Fault::field("/value", "raw_mismatch")),
        (Some(units), _) | (None, Some(units)) => units,
        (None, None) => return Err(Fault::field("/value", "required")),
    };
    let table = precision::table(work, day).await?;
    if !table.knows(input.item, method) {
        return Err(Fault::field("/method", "unknown_method"));
    }
    match table.of_mean(input.item, method, (units, 1), day) {
        Some(_) => Ok(units),
        None => Err(Fault::field("/value", "out_of_range")),
    }
}

/// What heat is corrected by: needs the sulphur of the sample.
async fn sulphur(
    work: &Work,
    sample: &Sample,
    input: &CreateDetermination,
    day: NaiveDate,
) -> Result<Option<HeatCorrection>, Fault> {
    if input.item != Item::Qgr || (input.raw.is_none() && !sample.items().contains(&Item::St)) {
        return Ok(None);
    }
    heat_correction(work, sample.id, day).await.map(Some)
}

/// What heat of a sample is corrected by.
///
/// # Errors
/// 409 `sulphur_missing` without averaged sulphur below 4 %.
pub(super) async fn heat_correction(at: &Reading, sample_id: Uuid, day: NaiveDate) -> Result<HeatCorrection, Fault> {
    let latest = lab_result::latest(at, sample_id).await?;
    let sulphur = latest.get(&Item::St).and_then(|result| result.mean_units).filter(|mean| *mean < 400);
    let sulphur = sulphur.ok_or_else(|| Fault::new(&SULPHUR_MISSING).rule("HS-R41"))?;
    let coefficient: Grams = decimal(at, "heating.lab.q_sulphur_coefficient", day).await?;
    let steps = parameters::value_on(at, "heating.lab.q_alpha", day, None).await?;
    let alpha = |step: &Value| {
        let alpha = step["alpha"].as_str().and_then(|text| exact::read_up_to(text, 4).ok());
        alpha.map(|alpha| (step["up_to"].as_i64(), alpha))
    };
    let alpha: Option<Vec<_>> = steps.as_array().map(|steps| steps.iter().map(alpha).collect()).unwrap_or_default();
    let alpha = alpha.ok_or_else(|| Fault::internal("heating.lab.q_alpha cannot be read"))?;
    Ok(HeatCorrection { sulphur_coefficient: coefficient.units(), alpha, sulphur })
}

/// Instruments that may be used on the day (HS-R50).
async fn ensure_usable(work: &Work, list: &[Uuid], day: NaiveDate) -> Result<(), Fault> {
    for (n, id) in list.iter().enumerate() {
        let pointer = format!("/instrument_ids/{n}");
        if list[..n].contains(id) {
            return Err(Fault::field(pointer, "duplicate"));
        }
        let row = instruments::Entity::find_by_id(*id).one(&work.db()).await?;
        let row = row.ok_or_else(|| Fault::field(pointer, "not_found"))?;
        if !row.usable(day) {
            return Err(not_valid(&row));
        }
    }
    Ok(())
}
