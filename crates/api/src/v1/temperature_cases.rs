//! `/v1/temperature-cases` and their readings (spec heating §7, HS-02).

use flows::temperature_to_ticket as flow;
use heating_service::reading::{self, TemperatureReading};
use heating_service::temperature::{TemperatureCase, calling_back, commands};

use crate::router::{Act, Api, Key};

const TAG: &str = "temperature cases";

/// Declares the cases and readings.
pub fn routes(api: &mut Api) {
    let act = |action, summary| Act { action, summary, key: Key::Optional };
    let (call_back, close) = ("heating.temperature:call_back", "heating.temperature:close");
    api.resource::<TemperatureCase>(TAG, "temperature_cases")
        .read_with("heating.temperature:read")
        .list()
        .get()
        .history()
        .create_with("heating.temperature:request", flow::request)
        .bulk(
            "Enters up to 200 households measured on a routine round; one result a row.",
            "heating.temperature:survey",
            flow::survey,
        )
        .act_with(
            act("measure", "Writes the readings of a visit; the lowest that is evidence decides."),
            "heating.temperature:measure",
            flow::measure,
        )
        .act_with(
            act("remedy", "Records a remedy; the home is measured again."),
            "heating.temperature:remedy",
            commands::remedy,
        )
        .act_with(
            act("judge", "Says who answers for the cold, with proof."),
            "heating.temperature:judge",
            commands::judge,
        )
        .act_with(act("call-back-attempt", "Keeps a call that reached nobody."), call_back, calling_back::attempt)
        .act_with(
            act("call-back", "Keeps what the user said; not content, another round begins."),
            call_back,
            calling_back::answer,
        )
        .act_with(act("close", "Closes a case."), close, commands::close)
        .act_with(act("cancel", "Gives a request up before anybody measured."), close, commands::cancel);
    api.resource::<TemperatureReading>(TAG, "temperature_readings")
        .read_with("heating.temperature:read")
        .list()
        .get()
        .history()
        .act_with(
            act("retract", "Retracts a wrong reading; it stays to be seen and decides nothing."),
            "heating.temperature:retract",
            reading::commands::retract,
        );
}
