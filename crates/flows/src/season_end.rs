//! The end of a season (heating §10): its stops lapse, its cases end, and its dashboard is kept as it stands then.

use std::sync::Arc;

use heating_service::season::board;
use heating_service::season::commands;
use heating_service::season::entity::Model;
use kernel::fault::Fault;
use store::acts::BareAct;
use store::{Context, Work};
use uuid::Uuid;

use crate::reports::season_dashboard;

/// Closes a season that is over.
///
/// # Errors
/// As [`commands::close`] tells.
pub async fn close(work: &Work, id: Uuid, input: &BareAct) -> Result<Model, Fault> {
    let season = commands::close(work, id, input).await?;
    let tiles = season_dashboard::at_the_end(work, &season).await?;
    board::keep(work, season.id, &tiles).await?;
    for part in board::parts(work).await? {
        let viewer = Arc::new(Context::of(part.viewer(work).await?, "close_heating_season"));
        let look = async |as_he: &Work| season_dashboard::at_the_end(as_he, &season).await;
        let tiles = work.told_by(viewer, work.now, look).await?;
        board::keep_part(work, season.id, part, &tiles).await?;
    }
    Ok(season)
}
