//! An instrument that failed a check: out of service, and what was determined on it since it was last known to be
//! right is held (HS-R53).

use kernel::fault::Fault;
use kernel::time::start_of_day;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, Set};
use store::{Reading, Work};

use super::Instrument;
use super::entity::calibration::{self, Outcome};
use super::entity::{ActiveModel, Model, Status};
use crate::determination::holds;
use crate::standard_check::entity as checks;

/// When it was last known to be right before an instant: its last passed check, or the day of its last passed
/// calibration.
async fn last_passed(at: &Reading, id: Uuid, before: DateTimeUtc) -> Result<Option<DateTimeUtc>, Fault> {
    let check = checks::Entity::find()
        .filter(checks::Column::InstrumentId.eq(id))
        .filter(checks::Column::Result.eq(Outcome::Pass))
        .filter(checks::Column::CheckedAt.lte(before))
        .order_by_desc(checks::Column::CheckedAt)
        .one(&at.db())
        .await?;
    let calibrated = calibration::Entity::find()
        .filter(calibration::Column::InstrumentId.eq(id))
        .filter(calibration::Column::Result.eq(Outcome::Pass))
        .filter(calibration::Column::PerformedOn.lte(kernel::time::business_day(before)))
        .order_by_desc(calibration::Column::PerformedOn)
        .one(&at.db())
        .await?;
    Ok(check.map(|row| row.checked_at).max(calibrated.map(|row| start_of_day(row.performed_on))))
}

/// Takes a failed instrument out and holds what it puts in doubt.
pub(crate) async fn fail(work: &Work, row: &Model, failed_at: DateTimeUtc) -> Result<Model, Fault> {
    fail_with(work, row, row.clone().into_active_model(), failed_at).await
}

/// As [`fail`], with what else changes of it.
pub(super) async fn fail_with(
    work: &Work,
    row: &Model,
    mut change: ActiveModel,
    failed_at: DateTimeUtc,
) -> Result<Model, Fault> {
    let since = last_passed(work, row.id, failed_at).await?;
    change.status = Set(Status::OutOfService);
    change.out_since = Set(row.out_since.or(Some(work.now)));
    change.failed_at = Set(Some(failed_at));
    let held = holds::hold_made_on(work, row.id, since).await?;
    work.change::<Instrument>(row, change, "failed", |fact| fact.with("determinations", held)).await
}
