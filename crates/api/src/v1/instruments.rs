//! `/v1/instruments` (spec heating §7, HS-09): what is measured with.

use heating_service::instrument::Instrument;
use heating_service::instrument::calibration::Calibration;
use heating_service::instrument::commands::{self, InstrumentFields};
use heating_service::instrument::calibrating;
use heating_service::lab_equipment::{self, LabEquipment};
use heating_service::maintenance::{self, InstrumentMaintenance};
use heating_service::standard_check::{self, StandardCheck};

use crate::router::{Act, Api, Key};

const TAG: &str = "instruments";
const READ: &str = "heating.instrument:read";

/// Declares the instruments.
pub fn routes(api: &mut Api) {
    let act = |action, summary| Act { action, summary, key: Key::Optional };
    api.resource::<Instrument>(TAG, "instruments")
        .list()
        .get()
        .history()
        .create(commands::create)
        .patch::<InstrumentFields, _>(commands::update)
        .parts::<Calibration>("calibrations", "instrument_id", READ)
        .parts::<StandardCheck>("standard-checks", "instrument_id", READ)
        .add_part::<StandardCheck, _, _>(
            "standard-checks",
            "Enters a check with a standard sample; one that failed takes the instrument out and holds what was \
             determined on it.",
            "heating.instrument:calibrate",
            standard_check::commands::create,
        )
        .parts::<InstrumentMaintenance>("maintenance", "instrument_id", READ)
        .add_part::<InstrumentMaintenance, _, _>(
            "maintenance",
            "Records a maintenance; a repair ends the heat capacity.",
            "heating.instrument:maintain",
            maintenance::create,
        )
        .act(
            "calibrate",
            "Enters a calibration: one that passed prolongs the use, one that failed takes the instrument out.",
            calibrating::calibrate,
        )
        .act_with(act("take-out", "Takes an instrument out of use."), "heating.instrument:maintain", commands::take_out)
        .act_with(
            act("return", "Brings an instrument back into use."),
            "heating.instrument:maintain",
            commands::bring_back,
        );
    api.resource::<LabEquipment>(TAG, "lab_equipment")
        .read_with(READ)
        .list()
        .get()
        .history()
        .create_with("heating.instrument:create", lab_equipment::create);
}
