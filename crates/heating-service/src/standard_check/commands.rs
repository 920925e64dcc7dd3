//! Entering a standard check; one that failed takes the instrument out and holds what was determined on it (HS-R53).

use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::{Timestamp, business_day};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::{Reading, Work, numbers, parameters, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Model};
use super::{StandardCheck, StandardSample};
use crate::instrument::entity::calibration::Outcome;
use crate::instrument::{Instrument, failing};
use crate::lab::Figure;
use crate::lab::exact::half_even;
use crate::problems::STANDARD_EXPIRED;
use crate::tense::Tense;

/// Runs of a standard sample.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateStandardCheck {
    pub standard: StandardSample,
    /// At least `heating.instrument.runs`.
    #[schema(min_items = 1, max_items = 30)]
    pub runs: Vec<Figure>,
    /// Now when absent.
    pub checked_at: Option<Timestamp>,
    #[schema(min_length = 1, max_length = 500)]
    pub note: Option<String>,
}

/// What the mean may deviate by, in hundredths: of benzoic acid, and where the certificate says nothing, the limit of
/// the parameter; else the uncertainty of the certificate.
async fn limit(at: &Reading, standard: &StandardSample) -> Result<i64, Fault> {
    let name = standard.name.to_lowercase();
    let benzoic = name.contains("苯甲酸") || name.contains("benzoic");
    match standard.uncertainty.filter(|_| !benzoic) {
        Some(uncertainty) => Ok(uncertainty.units()),
        None => Ok(parameters::integer(at, "heating.instrument.benzoic_limit").await? * 100),
    }
}

/// Whether the exact mean of runs lies within the limit of what is certified; the limit itself does.
fn within(runs: &[i64], certified: i64, limit: i64) -> bool {
    let count = i128::try_from(runs.len()).unwrap_or(1);
    let sum: i128 = runs.iter().copied().map(i128::from).sum();
    (sum - i128::from(certified) * count).abs() <= i128::from(limit) * count
}

/// Enters a standard check.
///
/// # Errors
/// 409 `standard_expired`; 422 `too_few`.
pub async fn create(work: &Work, instrument_id: Uuid, input: &CreateStandardCheck) -> Result<Model, Fault> {
    let instrument = resource::take::<Instrument>(work, instrument_id).await?;
    let checked_at = input.checked_at.map_or(work.now, |at| at.0);
    let least = parameters::integer(work, "heating.instrument.runs").await?;
    let count = i64::try_from(input.runs.len()).unwrap_or_default();
    let mut errors = FieldErrors::default();
    Tense::of(work).await?.instant(&mut errors, input.checked_at, "/checked_at");
    errors.add_if(count < least, "/runs", "too_few");
    errors.add_if(input.standard.uncertainty.is_some_and(|it| it.units() < 0), "/standard/uncertainty", "out_of_range");
    errors.finish()?;
    if input.standard.valid_until < business_day(checked_at) {
        let until = input.standard.valid_until.to_string();
        return Err(Fault::new(&STANDARD_EXPIRED).rule("HS-R51").with("valid_until", until));
    }
    let runs: Vec<i64> = input.runs.iter().map(|run| run.units()).collect();
    let certified = input.standard.certified.units();
    let limit = limit(work, &input.standard).await?;
    let sum: i128 = runs.iter().copied().map(i128::from).sum();
    let mean = i64::try_from(half_even(sum, count.max(1).into())).map_err(Fault::internal)?;
    let result = if within(&runs, certified, limit) { Outcome::Pass } else { Outcome::Fail };
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        number: Set(Some(numbers::next(work, "BZ").await?)),
        instrument_id: Set(instrument.id),
        standard_name: Set(input.standard.name.clone()),
        certified_units: Set(certified),
        uncertainty_units: Set(input.standard.uncertainty.map(|it| it.units())),
        unit: Set(input.standard.unit.clone()),
        standard_valid_until: Set(input.standard.valid_until),
        runs: Set(serde_json::to_string(&input.runs).map_err(Fault::internal)?),
        mean_units: Set(mean),
        deviation_units: Set(mean - certified),
        limit_units: Set(limit),
        result: Set(result),
        checked_at: Set(checked_at),
        note: Set(input.note.clone()),
    };
    match result {
        Outcome::Fail => failing::fail(work, &instrument, checked_at).await?,
        Outcome::Pass => {
            let touched = instrument.clone().into_active_model();
            work.change::<Instrument>(&instrument, touched, "checked", |fact| fact).await?
        }
    };
    work.create::<StandardCheck>(row, |fact| fact, "recorded").await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hs_e14_the_limit_itself_passes() {
        let runs = |mean: i64| [mean - 200, mean + 200, mean, mean + 100, mean - 100];
        assert!(within(&runs(2_652_000), 2_647_000, 5_000));
        assert!(!within(&runs(2_652_040), 2_647_000, 5_000));
        assert!(within(&runs(2_642_000), 2_647_000, 5_000) && !within(&runs(2_641_999), 2_647_000, 5_000));
    }
}
