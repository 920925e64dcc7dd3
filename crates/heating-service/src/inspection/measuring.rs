//! Measuring the parts of a home with an instrument that may be used (HS-R50).

use std::collections::HashSet;

use kernel::fault::{Fault, FieldErrors};
use kernel::fixed::{Area, Height};
use kernel::ids;
use kernel::time::{Timestamp, business_day};
use registers::staff;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, Set};
use serde::Deserialize;
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::measurement::{ActiveModel, Column, Entity, Model as Part};
use super::entity::{Model, Status};
use super::{InspectionCase, MOVES};
use crate::instrument::commands::not_valid;
use crate::instrument::entity as instruments;
use crate::reading::entity::Signature;
use crate::tense::Tense;

/// One part measured. The user signs, or a second member of staff is the witness.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeMeasurement {
    /// What of the home: 地下室. A kind of area item (`basement`) says what it is booked as.
    #[schema(min_length = 1, max_length = 80)]
    pub part: String,
    pub area_m2: Area,
    pub height_m: Height,
    pub has_heating_facility: bool,
    /// A range finder.
    pub instrument_id: Uuid,
    /// The member of staff who measured; the caller when absent.
    pub by: Option<Uuid>,
    pub witness_staff_id: Option<Uuid>,
    pub user_signature: Option<Signature>,
    /// Now when absent.
    pub at: Option<Timestamp>,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub photos: Vec<Uuid>,
}

/// What was measured.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MeasureInspectionCase {
    #[schema(min_items = 1, max_items = 50)]
    pub measurements: Vec<TakeMeasurement>,
}

/// The measurements of these cases, the first first.
pub async fn of_cases(at: &Reading, cases: &[Uuid]) -> Result<Vec<Part>, Fault> {
    let rows = Entity::find().filter(Column::CaseId.is_in(cases.iter().copied()));
    Ok(in_order(rows).all(&at.db()).await?)
}

/// Measurements, the first first.
pub(crate) fn in_order(rows: Select<Entity>) -> Select<Entity> {
    rows.order_by_asc(Column::MeasuredAt).order_by_asc(Column::Id)
}

/// The last measurement of each part.
pub fn latest(measured: &[Part]) -> Vec<&Part> {
    let mut parts: Vec<&Part> = Vec::new();
    for row in measured {
        match parts.iter_mut().find(|part| part.part == row.part) {
            Some(part) => *part = row,
            None => parts.push(row),
        }
    }
    parts
}

/// Whether two different persons measured each part (HS-R61).
pub fn verified(measured: &[Part]) -> bool {
    let by_two = |part: &&Part| {
        let persons: HashSet<Uuid> =
            measured.iter().filter(|row| row.part == part.part).map(|row| row.measured_by).collect();
        persons.len() >= 2
    };
    latest(measured).iter().all(by_two)
}

/// Adds measurements to a case.
///
/// # Errors
/// 409 `instrument_not_valid`, and nothing is written (HS-R50).
pub async fn measure(work: &Work, id: Uuid, input: &MeasureInspectionCase) -> Result<Model, Fault> {
    let fits = async |_: &Model| check(work, &input.measurements).await;
    let (row, _) = MOVES.begin_checked::<InspectionCase>(work, id, "measurements", fits).await?;
    write(work, &row, &input.measurements).await?;
    let mut change = row.clone().into_active_model();
    if row.status == Status::Found {
        change.status = Set(Status::Measured);
    }
    let parts = input.measurements.len();
    work.change::<InspectionCase>(&row, change, "measured", |fact| fact.with("parts", parts)).await
}

/// Writes measurements of a case, which are [`check`]ed.
pub(super) async fn write(work: &Work, case: &Model, list: &[TakeMeasurement]) -> Result<(), Fault> {
    for it in list {
        ensure_usable(work, it).await?;
    }
    for it in list {
        documents::attach(work, &it.photos, InspectionCase::NAME, case.id, "measurement").await?;
        let row = ActiveModel {
            id: Set(ids::new_id(work.now)),
            version: Set(1),
            created_at: Set(work.now),
            created_by: Set(work.actor().sub),
            case_id: Set(case.id),
            part: Set(it.part.trim().to_owned()),
            area_dm2: Set(it.area_m2.units()),
            height_cm: Set(i32::try_from(it.height_m.units()).map_err(Fault::internal)?),
            has_heating_facility: Set(it.has_heating_facility),
            instrument_id: Set(it.instrument_id),
            measured_by: Set(it.by.unwrap_or(work.actor().sub)),
            witness_staff_id: Set(it.witness_staff_id),
            user_signature: Set(it.user_signature),
            measured_at: Set(it.at.map_or(work.now, |at| at.0)),
            photos: Set(serde_json::to_string(&it.photos).map_err(Fault::internal)?),
        };
        Entity::insert(row).exec_without_returning(&work.db()).await?;
    }
    Ok(())
}

/// What is wrong with measurements themselves.
pub(super) async fn check(work: &Work, list: &[TakeMeasurement]) -> Result<(), Fault> {
    let tense = Tense::of(work).await?;
    let mut errors = FieldErrors::default();
    for (n, it) in list.iter().enumerate() {
        let at = |field: &str| format!("/measurements/{n}/{field}");
        tense.instant(&mut errors, it.at, &at("at"));
        errors.add_if(it.part.trim().is_empty(), &at("part"), "required");
        let seen = it.user_signature == Some(Signature::Signed) || it.witness_staff_id.is_some();
        errors.add_if(!seen, &at("witness_staff_id"), "required");
        let measured_by = it.by.unwrap_or(work.actor().sub);
        errors.add_if(it.witness_staff_id == Some(measured_by), &at("witness_staff_id"), "own");
        for (person, field) in [(it.by, "by"), (it.witness_staff_id, "witness_staff_id")] {
            if let Some(person) = person {
                let known = staff::Entity::find_by_id(person).one(&work.db()).await?;
                errors.add_if(!known.is_some_and(|staff| staff.is_active()), &at(field), "not_found");
            }
        }
        let known = instruments::Entity::find_by_id(it.instrument_id).one(&work.db()).await?;
        errors.add_if(known.is_none(), &at("instrument_id"), "not_found");
    }
    errors.finish()?;
    for (n, it) in list.iter().enumerate() {
        documents::ensure_all_visible(work, &it.photos, &format!("/measurements/{n}/photos")).await?;
    }
    Ok(())
}

async fn ensure_usable(work: &Work, it: &TakeMeasurement) -> Result<(), Fault> {
    let day = business_day(it.at.map_or(work.now, |at| at.0));
    let row = instruments::Entity::find_by_id(it.instrument_id).one(&work.db()).await?;
    let row = row.ok_or_else(|| Fault::field("/measurements", "not_found"))?;
    match row.kind == instruments::Kind::RangeFinder && row.usable(day) {
        true => Ok(()),
        false => Err(not_valid(&row)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, area_dm2: i64, by: u128) -> Part {
        Part {
            id: Uuid::nil(),
            version: 1,
            created_at: DateTimeUtc::default(),
            created_by: Uuid::nil(),
            case_id: Uuid::nil(),
            part: name.to_owned(),
            area_dm2,
            height_cm: 235,
            has_heating_facility: true,
            instrument_id: Uuid::nil(),
            measured_by: Uuid::from_u128(by),
            witness_staff_id: None,
            user_signature: None,
            measured_at: DateTimeUtc::default(),
            photos: "[]".to_owned(),
        }
    }

    #[test]
    fn the_last_measurement_of_a_part_counts_and_two_persons_verify_it() {
        let first = [part("basement", 2140, 1), part("attic", 1000, 1)];
        assert!(!verified(&first));
        let again = [part("basement", 2140, 1), part("attic", 1000, 1), part("basement", 2100, 2)];
        assert_eq!(latest(&again).iter().map(|part| part.area_dm2).collect::<Vec<_>>(), [2100, 1000]);
        assert!(!verified(&again), "the attic was measured by one person");
        let twice = [part("basement", 2140, 1), part("basement", 2140, 1)];
        assert!(!verified(&twice), "one person twice is one person");
        assert!(verified(&[part("basement", 2140, 1), part("basement", 2140, 2)]));
        assert!(verified(&[]));
    }
}
