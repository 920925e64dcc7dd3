//! `/v1/instruments` (spec heating §7, HS-09): what is measured with.

use heating_service::instrument::Instrument;
use heating_service::instrument::calibration::Calibration;
use heating_service::instrument::commands::{self, InstrumentFields};

use crate::router::{Act, Api, Key};

const TAG: &str = "instruments";

/// Declares the instruments.
pub fn routes(api: &mut Api) {
    let act = |action, summary| Act { action, summary, key: Key::Optional };
    api.resource::<Instrument>(TAG, "instruments")
        .list()
        .get()
        .history()
        .create(commands::create)
        .patch::<InstrumentFields, _>(commands::update)
        .parts::<Calibration>("calibrations", "instrument_id", "heating.instrument:read")
        .act(
            "calibrate",
            "Enters a calibration: one that passed prolongs the use, one that failed takes the instrument out.",
            commands::calibrate,
        )
        .act_with(act("take-out", "Takes an instrument out of use."), "heating.instrument:maintain", commands::take_out)
        .act_with(
            act("return", "Brings an instrument back into use."),
            "heating.instrument:maintain",
            commands::bring_back,
        );
}
