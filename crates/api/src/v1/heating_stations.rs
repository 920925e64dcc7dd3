//! `/v1/heating-stations` and who visits them (spec heating §7, HS-01, HS-06).

use actix_web::http::Method;
use flows::home_context;
use heating_service::station::HeatingStation;
use heating_service::station::commands::{self, HeatingStationFields};
use heating_service::visit_assignment::{self, VisitAssignment};
use kernel::fault::Fault;
use kernel::time::business_day;
use store::{Answer, Done, list};

use crate::call::{Call, Reply};
use crate::router::Api;

const TAG: &str = "heating stations";

/// Declares the stations.
pub fn routes(api: &mut Api) {
    api.resource::<HeatingStation>(TAG, "heating_stations")
        .read_with("heating.station:read")
        .list()
        .get()
        .history()
        .create_with("heating.station:create", commands::create)
        .patch_with::<HeatingStationFields, _>("heating.station:update", commands::update);
    api.operation(
        Method::GET,
        "/v1/heating-stations/{id}/context",
        "get_heating_station_context",
        "heating.station:context",
        at_a_glance,
    )
    .tag(TAG)
    .summary("Shows a station at a glance: its households by status, outages, tickets.")
    .query("as_of", "date", "The day; today when absent.")
    .answers::<home_context::StationContextWithTickets>();
    api.resource::<VisitAssignment>(TAG, "visit_assignments")
        .read_with("heating.visit:read")
        .list()
        .get()
        .history()
        .create_with("heating.visit:plan", visit_assignment::commands::create);
}

async fn at_a_glance(call: Call) -> Result<Reply, Fault> {
    let at = call.reading();
    let day = call.query_value("as_of").map(|text| list::day("as_of", text)).transpose()?;
    let context = home_context::station(&at, call.id()?, day.unwrap_or_else(|| business_day(at.now))).await?;
    Ok(Reply::Answer(Answer::json(Done::Ok, &context)?))
}
