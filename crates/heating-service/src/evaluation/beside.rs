//! The figures an evaluation was confirmed with, and those of its month as they stand now: later changes show beside, not
//! inside (HS-R36).

use kernel::fault::Fault;
use kernel::fixed::Fixed;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::{Reading, resource};
use utoipa::ToSchema;

use super::Evaluation;
use super::confirming::taken;
use super::entity::Figures;
use super::figures::StationService;

/// The figures of an evaluation's month, then and now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvaluationFiguresView {
    /// As they were when it was confirmed; null before.
    pub figures: Option<Figures>,
    /// The total by them.
    pub total: Option<Fixed<2>>,
    /// As the records say now, as far as the caller sees the station's tickets.
    pub figures_now: Figures,
    /// What the total would be by them; ranks and incentives do not follow it.
    pub total_now: Option<Fixed<2>>,
    /// Whether anything has changed since the confirmation.
    pub changed: bool,
}

/// The figures of an evaluation, as they were taken and as they stand now.
///
/// # Errors
/// 404 outside the caller's scope.
pub async fn figures(at: &Reading, id: Uuid, service: StationService) -> Result<EvaluationFiguresView, Fault> {
    let row = resource::find::<Evaluation>(at, id).await?;
    let now = taken(at, &row, service).await?;
    let points = |units: Option<i64>| units.map(Fixed::from_units).transpose().map_err(Fault::internal);
    let then: Option<Figures> = row.confirmed_at.and_then(|_| serde_json::from_str(&row.figures).ok());
    Ok(EvaluationFiguresView {
        changed: then.as_ref().is_some_and(|then| *then != now.figures),
        figures: then,
        total: points(row.total_units)?,
        figures_now: now.figures,
        total_now: points(now.total)?,
    })
}
