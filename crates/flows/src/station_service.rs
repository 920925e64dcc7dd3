//! What the desk knows of a station when its evaluation is confirmed (links 37): frozen with the confirmation; what it
//! says later is read beside.

use heating_service::evaluation::beside::{self, EvaluationFiguresView};
use heating_service::evaluation::confirming;
use heating_service::evaluation::entity::Model;
use heating_service::evaluation::figures::StationService;
use kernel::fault::Fault;
use kernel::report::Period;
use store::acts::BareAct;
use store::{Reading, Work};
use tickets::reports::station_service;
use uuid::Uuid;

/// What the desk says of the tickets of an evaluation's station and month.
async fn said(at: &Reading, id: Uuid) -> Result<StationService, Fault> {
    let (station, month) = confirming::subject(at, id).await?;
    let period = Period { from: month.first_day(), to: month.last_day() };
    let said = station_service::of(at, station, period).await?;
    Ok(StationService { replies: said.replies, content: said.content })
}

/// Confirms an evaluation with what the desk says of the station's tickets of the month.
pub async fn confirm(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    confirming::confirm(work, id, said(work, id).await?).await
}

/// The figures an evaluation was confirmed with, and those of its month now (HS-R36).
pub async fn figures(at: &Reading, id: Uuid) -> Result<EvaluationFiguresView, Fault> {
    beside::figures(at, id, said(at, id).await?).await
}
