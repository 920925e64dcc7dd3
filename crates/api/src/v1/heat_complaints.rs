//! `/v1/heat-complaints` (spec heating §7, HS-03).

use heating_service::complaint::{HeatComplaint, commands};

use crate::router::{Act, Api, Key};

const TAG: &str = "heat complaints";

/// Declares the complaints.
pub fn routes(api: &mut Api) {
    let act = |action, summary, key| Act { action, summary, key };
    api.resource::<HeatComplaint>(TAG, "heat_complaints")
        .read_with("heating.complaint:read")
        .list()
        .get()
        .history()
        .act_with(
            act("propose", "Proposes, with proof, that a complaint does not count.", Key::Optional),
            "heating.complaint:propose",
            commands::propose,
        )
        .act_with(
            act("decide", "Decides a proposed class; refused, the complaint counts as before.", Key::Required),
            "heating.complaint:decide",
            commands::decide,
        );
}
