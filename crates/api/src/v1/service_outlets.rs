//! `/v1/service-outlets`, `/v1/repair-tariffs`, `/v1/repair-fee-claims`: the repair network and what it is paid
//! (TK-12).

use tickets::fee_claim::{RepairFeeClaim, checking, drafting, reviewing, settling};
use tickets::outlet::tariff::{self, RepairTariff};
use tickets::outlet::{ServiceOutlet, account, commands, review};

use crate::router::{Act, Api, Key};

const TAG: &str = "repair network";
const MANAGE: &str = "tickets.outlet:manage";
const READ: &str = "tickets.service_outlet:read";

/// Declares outlets, tariffs and fee claims.
pub fn routes(api: &mut Api) {
    api.resource::<ServiceOutlet>(TAG, "service_outlets")
        .list()
        .get()
        .history()
        .create_with(MANAGE, commands::create)
        .parts::<review::OutletReview>("reviews", "outlet_id", READ)
        .add_part::<review::OutletReview, _, _>("reviews", "Writes down how an outlet was found.", MANAGE, review::add)
        .parts::<account::OutletAccountEntry>("account-entries", "outlet_id", "tickets.outlet_account_entry:read")
        .keyed()
        .add_part::<account::OutletAccountEntry, _, _>(
            "payments",
            "Records money that came from an outlet.",
            "tickets.outlet:record_payment",
            account::pay,
        );
    api.resource::<RepairTariff>(TAG, "repair_tariffs")
        .list()
        .get()
        .history()
        .create_with("tickets.tariff:manage", tariff::create);
    let check = Act { action: "checks", summary: "Records what a customer said on the phone.", key: Key::Optional };
    api.resource::<RepairFeeClaim>(TAG, "repair_fee_claims")
        .list()
        .get()
        .history()
        .create(drafting::create)
        .act("submit", "Hands a claim in, or in again with other lines.", drafting::submit)
        .act_with(check, "tickets.repair_fee_claim:check", checking::check)
        .act("first-review", "Grants amounts within tariff and parts.", reviewing::first_review)
        .act("send-back", "Sends a claim back to the outlet.", reviewing::send_back)
        .act("audit", "Grants amounts within the first review.", reviewing::audit)
        .decide("approve", "Approves a total above the limit.", settling::approve)
        .decide("settle", "Settles the total in money and goods.", settling::settle)
        .act("notify", "Gives the outlet written notice and closes the claim.", settling::notify);
}
