//! Writing the readings of a visit, and retracting a wrong one.

use std::collections::{HashMap, HashSet};

use chrono::Timelike;
use kernel::fault::{Fault, FieldErrors};
use kernel::fixed::{Height, Temperature};
use kernel::ids;
use kernel::time::{DayTime, Timestamp, business_day, in_shanghai, whole_second};
use registers::staff;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, Set};
use serde::{Deserialize, Serialize};
use store::acts::ReasonedAct;
use store::{Work, numbers, parameters, resource};
use utoipa::ToSchema;

use super::TemperatureReading;
use super::entity::{ActiveModel, Column, Entity, Model, Point, Room, Signature};
use super::evidence::{Protocol, Taken};
use crate::instrument::entity as instruments;
use crate::instrument::{Accuracy, commands::not_valid};
use crate::season::commands::decimal;
use crate::temperature;
use crate::temperature::entity::Model as Case;
use crate::tense::Tense;

/// One reading of a visit.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeReading {
    pub room: Room,
    pub point: Point,
    pub height_m: Height,
    #[schema(minimum = 0, maximum = 10_080)]
    pub closed_minutes: i32,
    pub t_c: Temperature,
    pub outdoor_c: Option<Temperature>,
    pub instrument_id: Uuid,
    #[serde(default)]
    pub hand_held: bool,
    /// Now when absent.
    pub measured_at: Option<Timestamp>,
    /// Of an offline device: sent again, the stored reading is answered and none added.
    #[schema(min_length = 1, max_length = 80)]
    pub client_id: Option<String>,
    pub user_signature: Signature,
    pub witness_staff_id: Option<Uuid>,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub photos: Vec<Uuid>,
}

/// Whether a visit begins in the hours of visits.
async fn in_hours(work: &Work, measured_at: DateTimeUtc) -> Result<bool, Fault> {
    let day = business_day(measured_at);
    let hour = async |key: &str| -> Result<DayTime, Fault> {
        serde_json::from_value(parameters::value_on(work, key, day, None).await?).map_err(Fault::internal)
    };
    let local = i64::from(in_shanghai(measured_at).num_seconds_from_midnight()) / 60;
    let (from, to) = (hour("heating.temp.visit_from").await?, hour("heating.temp.visit_to").await?);
    Ok((from.minutes()..to.minutes()).contains(&local))
}

/// The instruments the readings of a visit name.
async fn instruments_of(work: &Work, list: &[TakeReading]) -> Result<HashMap<Uuid, instruments::Model>, Fault> {
    let ids: HashSet<Uuid> = list.iter().map(|it| it.instrument_id).collect();
    let rows = instruments::Entity::find().filter(instruments::Column::Id.is_in(ids)).all(&work.db()).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// What is wrong with the readings of a visit by themselves; with the thermometers they were taken with.
pub(crate) async fn check(
    work: &Work,
    requested_at: DateTimeUtc,
    list: &[TakeReading],
    agreed_hour: bool,
) -> Result<HashMap<Uuid, instruments::Model>, Fault> {
    let known = instruments_of(work, list).await?;
    let tense = Tense::of(work).await?;
    let taken_at = |it: &TakeReading| it.measured_at.map_or(work.now, |at| at.0);
    let begins = list.iter().map(taken_at).min();
    // Who measures writes down seconds.
    let asked_at = whole_second(requested_at);
    let mut errors = FieldErrors::default();
    for (n, it) in list.iter().enumerate() {
        let at = |field: &str| format!("/readings/{n}/{field}");
        let measured_at = taken_at(it);
        tense.instant(&mut errors, it.measured_at, &at("measured_at"));
        errors.add_if(measured_at < asked_at, &at("measured_at"), "date_order");
        // What counts is when the visit begins.
        let outside = !agreed_hour && Some(measured_at) == begins && !in_hours(work, measured_at).await?;
        errors.add_if(outside, &at("measured_at"), "outside_hours");
        if let Some(witness) = it.witness_staff_id {
            let known = staff::Entity::find_by_id(witness).one(&work.db()).await?;
            errors.add_if(!known.is_some_and(|staff| staff.is_active()), &at("witness_staff_id"), "not_found");
            let himself = work.actor().persons().any(|person| person == witness);
            errors.add_if(himself, &at("witness_staff_id"), "own");
        }
        errors.add_if(!known.contains_key(&it.instrument_id), &at("instrument_id"), "not_found");
    }
    errors.finish()?;
    for (n, it) in list.iter().enumerate() {
        documents::ensure_all_visible(work, &it.photos, &format!("/readings/{n}/photos")).await?;
    }
    Ok(known)
}

/// A thermometer that may be used on the day, and is exact enough.
async fn ensure_usable(work: &Work, it: &TakeReading, row: Option<&instruments::Model>) -> Result<(), Fault> {
    let day = business_day(it.measured_at.map_or(work.now, |at| at.0));
    let limit: Accuracy = decimal(work, "heating.temp.instrument_accuracy_c", day).await?;
    let row = row.ok_or_else(|| Fault::field("/readings", "not_found"))?;
    let exact = row.accuracy_units.is_none_or(|accuracy| accuracy <= limit.units());
    match row.kind == instruments::Kind::Thermometer && row.usable(day) && exact {
        true => Ok(()),
        false => Err(not_valid(row)),
    }
}

/// Writes the readings of a visit; those an offline device sent before are answered as they stand.
///
/// # Errors
/// 409 `instrument_not_valid`, and nothing is written; 422 `outside_hours` before six and from nine in the evening
/// on, unless the user agreed (HS-R10).
pub(crate) async fn write(
    work: &Work,
    case: &Case,
    visit_no: i32,
    list: &[TakeReading],
    agreed_hour: bool,
) -> Result<Vec<Model>, Fault> {
    let known = check(work, case.requested_at, list, agreed_hour).await?;
    for it in list {
        ensure_usable(work, it, known.get(&it.instrument_id)).await?;
    }
    let mut rows = Vec::with_capacity(list.len());
    for it in list {
        rows.push(write_one(work, case, visit_no, it).await?);
    }
    Ok(rows)
}

async fn write_one(work: &Work, case: &Case, visit_no: i32, it: &TakeReading) -> Result<Model, Fault> {
    if let Some(client_id) = &it.client_id {
        let known = Entity::find().filter(Column::ClientId.eq(client_id)).one(&work.db()).await?;
        match known {
            Some(known) if known.case_id == case.id => return Ok(known),
            Some(_) => return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "client_id")),
            None => {}
        }
    }
    let measured_at = it.measured_at.map_or(work.now, |at| at.0);
    let flaws = Protocol::of(work, measured_at).await?.flaws(&Taken {
        point: it.point,
        height_cm: it.height_m.units(),
        closed_minutes: it.closed_minutes.into(),
        hand_held: it.hand_held,
        signature: it.user_signature,
        witness: it.witness_staff_id,
        photos: it.photos.len(),
    });
    let small = |units: i64| i32::try_from(units).map_err(Fault::internal);
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        number: Set(Some(numbers::next(work, "DS").await?)),
        case_id: Set(case.id),
        visit_no: Set(visit_no),
        room: Set(it.room),
        point: Set(it.point),
        height_cm: Set(small(it.height_m.units())?),
        closed_minutes: Set(it.closed_minutes),
        t_dc: Set(small(it.t_c.units())?),
        outdoor_dc: Set(it.outdoor_c.map(|t| small(t.units())).transpose()?),
        instrument_id: Set(it.instrument_id),
        hand_held: Set(it.hand_held),
        measured_at: Set(measured_at),
        measured_by: Set(work.actor().sub),
        client_id: Set(it.client_id.clone()),
        user_signature: Set(it.user_signature),
        witness_staff_id: Set(it.witness_staff_id),
        photos: Set(serde_json::to_string(&it.photos).map_err(Fault::internal)?),
        evidential: Set(flaws.is_empty()),
        faults: Set(serde_json::to_string(&flaws).map_err(Fault::internal)?),
        retracted_at: Set(None),
        retracted_by: Set(None),
        retract_reason: Set(None),
    };
    work.create::<TemperatureReading>(row, |fact| fact.with("case_id", case.id.to_string()), "recorded").await
}

/// The case an offline device sent all of these readings to before; none unless every one of them is stored.
pub(crate) async fn sent_before(at: &store::Reading, list: &[TakeReading]) -> Result<Option<Uuid>, Fault> {
    let mut case = None;
    for it in list {
        let Some(client_id) = &it.client_id else { return Ok(None) };
        let known = Entity::find().filter(Column::ClientId.eq(client_id)).one(&at.db()).await?;
        match (known, case) {
            (Some(known), None) => case = Some(known.case_id),
            (Some(known), Some(case)) if known.case_id == case => {}
            _ => return Ok(None),
        }
    }
    Ok(case)
}

/// The readings of a case, the first first.
pub async fn of_case(at: &store::Reading, case_id: Uuid) -> Result<Vec<Model>, Fault> {
    let rows = Entity::find().filter(Column::CaseId.eq(case_id)).order_by_asc(Column::VisitNo);
    Ok(rows.order_by_asc(Column::Id).all(&at.db()).await?)
}

/// Retracts a reading; what follows from its case is worked out anew.
///
/// # Errors
/// 409 `invalid_state` when it is retracted already.
pub async fn retract(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let row = resource::take::<TemperatureReading>(work, id).await?;
    if row.retracted_at.is_some() {
        return Err(Fault::new(&kernel::fault::INVALID_STATE)
            .with("action", "retract")
            .with("state", "retracted")
            .with("allowed_from", vec!["current"]));
    }
    let mut change = row.clone().into_active_model();
    change.retracted_at = Set(Some(work.now));
    change.retracted_by = Set(Some(work.actor().sub));
    change.retract_reason = Set(Some(input.reason.clone()));
    let row =
        work.change::<TemperatureReading>(&row, change, "retracted", |fact| fact.reason(input.reason.as_str())).await?;
    temperature::measuring::judge_anew(work, row.case_id).await?;
    Ok(row)
}
