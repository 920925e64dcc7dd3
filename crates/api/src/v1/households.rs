//! `/v1/households` and their parts: owners, areas, alterations, ledger (spec heating §7, HS-01).

use actix_web::http::Method;
use flows::home_context;
use heating_service::alteration::{self, Alteration};
use heating_service::area_item::{self, AreaItem};
use heating_service::fee::{self, FeePreview};
use heating_service::household::Household;
use heating_service::household::commands::{self, HouseholdFields};
use heating_service::ledger;
use heating_service::ownership::{self, Ownership};
use heating_service::proposal::{self, HeatingProposal};
use kernel::fault::Fault;
use serde::Serialize;
use store::{Answer, Done, list};

use crate::call::{Call, Reply};
use crate::router::{Act, Api, Key};

const TAG: &str = "households";
const CREATE: &str = "heating.household:create";

/// Declares the households.
pub fn routes(api: &mut Api) {
    api.resource::<Household>(TAG, "households")
        .list()
        .get()
        .history()
        .create(commands::create)
        .upsert("Opens or changes the household another system knows by this id.", CREATE, commands::put)
        .bulk("Opens up to 200 households; one result a row.", CREATE, commands::create)
        .patch::<HouseholdFields, _>(commands::update)
        .parts::<AreaItem>("area-items", "household_id", "heating.area_item:read")
        .add_part::<AreaItem, _, _>(
            "area-items",
            "Enters an area; a change ends the old item and begins a new one.",
            "heating.area_item:create",
            area_item::commands::create,
        )
        .parts::<Ownership>("ownerships", "household_id", "heating.ownership:read")
        .add_part::<Ownership, _, _>(
            "ownerships",
            "Enters a new holder; the one before holds it until the day before.",
            "heating.ownership:create",
            ownership::commands::create,
        )
        .parts::<Alteration>("alterations", "household_id", "heating.alteration:read")
        .add_part::<Alteration, _, _>(
            "alterations",
            "Enters a change of heating facility found in the home.",
            "heating.alteration:create",
            alteration::commands::create,
        );
    api.resource::<AreaItem>(TAG, "area_items").list().get().history();
    api.resource::<Ownership>(TAG, "ownerships").list().get().history();
    api.resource::<Alteration>(TAG, "alterations").list().get().history().act_with(
        Act { action: "restore", summary: "Ends an alteration: the facility is as it was.", key: Key::Optional },
        "heating.alteration:restore",
        alteration::commands::restore,
    );
    proposals(api);
    readings(api);
}

fn proposals(api: &mut Api) {
    let act = |action, summary| Act { action, summary, key: Key::Required };
    api.resource::<HeatingProposal>(TAG, "heating_proposals")
        .read_with("heating.proposal:read")
        .list()
        .get()
        .history()
        .act_with(
            act("confirm", "Takes a proposal over: the household, owner or area is written as by hand."),
            "heating.proposal:confirm",
            proposal::commands::confirm,
        )
        .act_with(act("reject", "Refuses a proposal."), "heating.proposal:reject", proposal::commands::reject);
}

fn json(value: &impl Serialize) -> Result<Reply, Fault> {
    Ok(Reply::Answer(Answer::json(Done::Ok, value)?))
}

fn readings(api: &mut Api) {
    api.operation(
        Method::GET,
        "/v1/households/{id}/context",
        "get_household_context",
        "heating.household:context",
        async |call: Call| {
            let day = call.query_value("as_of").map(|text| list::day("as_of", text)).transpose()?;
            json(&home_context::household(&call.reading(), call.id()?, day).await?)
        },
    )
    .tag(TAG)
    .summary("Shows all a call about a home needs: status, debts, areas, measurements, outages, tickets, station.")
    .query("as_of", "date", "The day; today when absent.")
    .answers::<home_context::HouseholdContextWithTickets>();
    api.operation(
        Method::GET,
        "/v1/households/{id}/ledger",
        "get_household_ledger",
        "heating.ledger:read",
        async |call: Call| json(&ledger::view::of(&call.reading(), call.id()?).await?),
    )
    .tag(TAG)
    .summary("Shows every booking of a household and the balance.")
    .answers::<ledger::view::HeatLedger>();
    api.operation(
        Method::GET,
        "/v1/households/{id}/fee-preview",
        "preview_household_fee",
        "heating.ledger:read",
        async |call: Call| json(&fee::preview(&call.reading(), call.id()?, call.query_value("season")).await?),
    )
    .tag(TAG)
    .summary("Computes what a household pays for a season, with the reason for each area.")
    .query("season", "string", "Number or id of the season; the present one when absent.")
    .answers::<FeePreview>();
}
