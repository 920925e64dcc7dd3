//! The heating company: its seasons, stations and homes, the money of the running season, stops, public assets.

mod assets;
pub(crate) mod history;
mod inspection;
mod money;
mod register;
mod visits;
mod warmth;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use documents::Files;
use kernel::time::business_day;
use uuid::Uuid;

use super::Stage;
use super::places::Home;

const MANAGER: &str = "heating_service_manager";
const COLLECTOR: &str = "heating_fee_collector";

/// What the rest of the company's demo goes by.
pub(crate) struct Company {
    /// Boiler house, exchange station, service station.
    pub stations: Vec<Uuid>,
    /// The season of today, or the last one that began.
    pub season: Season,
    pub households: Vec<Uuid>,
}

/// A season of the demo.
#[derive(Clone, Debug)]
pub(crate) struct Season {
    pub id: Uuid,
    pub starts_on: NaiveDate,
}

/// Loads the company.
pub(crate) async fn load(stage: &Stage, files: &Files, homes: &[Home]) -> anyhow::Result<Company> {
    let company = register::load(stage, homes).await?;
    money::load(stage, files, &company).await?;
    assets::load(stage, files, &company).await?;
    inspection::load(stage, files, &company).await?;
    visits::load(stage, &company).await?;
    Ok(company)
}

/// Loads how warm it was; the laboratory has the thermometers.
pub(crate) async fn warmth(stage: &Stage, company: &Company) -> anyhow::Result<()> {
    warmth::load(stage, company).await
}

/// The year the season of a day begins in: a season runs from November to March.
fn season_year(now: DateTime<Utc>) -> i32 {
    let today = business_day(now);
    if today.month() >= 11 { today.year() } else { today.year() - 1 }
}
