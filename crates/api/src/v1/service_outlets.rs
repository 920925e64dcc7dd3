//! `/v1/service-outlets`: the repair network (TK-12).

use tickets::outlet::{ServiceOutlet, commands, review};

use crate::router::Api;

const MANAGE: &str = "tickets.outlet:manage";
const READ: &str = "tickets.service_outlet:read";

/// Declares the outlets.
pub fn routes(api: &mut Api) {
    api.resource::<ServiceOutlet>("repair network", "service_outlets")
        .list()
        .get()
        .history()
        .create_with(MANAGE, commands::create)
        .parts::<review::OutletReview>("reviews", "outlet_id", READ)
        .add_part::<review::OutletReview, _, _>("reviews", "Writes down how an outlet was found.", MANAGE, review::add);
}
