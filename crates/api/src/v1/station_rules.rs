//! `/v1/station-rules` and `/v1/training-sessions` (spec heating §7, HS-14).

use heating_service::rule::{self, StationRule};
use heating_service::training::{self, TrainingSession};

use crate::router::Api;

const TAG: &str = "station rules";

/// Declares rules and trainings.
pub fn routes(api: &mut Api) {
    api.resource::<StationRule>(TAG, "station_rules")
        .read_with("heating.rule:read")
        .list()
        .get()
        .history()
        .create_with("heating.rule:create", rule::commands::create);
    api.resource::<TrainingSession>(TAG, "training_sessions")
        .read_with("heating.training:read")
        .list()
        .get()
        .history()
        .create_with("heating.training:create", training::commands::create);
}
