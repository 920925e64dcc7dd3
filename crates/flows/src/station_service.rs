//! What the desk knows of a station when its evaluation is confirmed (links 37): frozen with the confirmation.

use heating_service::evaluation::confirming::{self, ConfirmEvaluation};
use heating_service::evaluation::entity::Model;
use heating_service::evaluation::figures::StationService;
use kernel::fault::Fault;
use kernel::report::Period;
use store::Work;
use tickets::reports::station_service;
use uuid::Uuid;

/// Confirms an evaluation with what the desk says of the station's tickets of the month.
pub async fn confirm(work: &Work, id: Uuid, _input: &ConfirmEvaluation) -> Result<Model, Fault> {
    let (station, month) = confirming::subject(work, id).await?;
    let period = Period { from: month.first_day(), to: month.last_day() };
    let said = station_service::of(work, station, period).await?;
    confirming::confirm(work, id, StationService { replies: said.replies, content: said.content }).await
}
