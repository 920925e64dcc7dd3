//! `/v1/parts` and the stock ledger (TK-R33): catalogue, requests, movements, counts, write-offs, reconciliation.

use actix_web::http::Method;
use kernel::fault::{self, Fault};
use kernel::time;
use store::{Answer, Done};
use tickets::part::plan::{self, PartPlan};
use tickets::part::price::{self, PartPrice};
use tickets::part::{self, Part};
use tickets::stock::balance::{self, PartLedgerCheck, PartStock};
use tickets::stock::count::{self, StockCount};
use tickets::stock::issuing;
use tickets::stock::location::Location;
use tickets::stock::movement::PartMovement;
use tickets::stock::moving;
use tickets::stock::reconciliation::{self, PartReconciliation};
use tickets::stock::request::{self, PartRequest};
use tickets::stock::write_off::{self, WriteOff};
use uuid::Uuid;

use crate::call::{Call, Reply};
use crate::router::Api;

const TAG: &str = "spare parts";
const READ: &str = "tickets.part:read";

/// Declares the parts and their ledger.
pub fn routes(api: &mut Api) {
    api.resource::<Part>(TAG, "parts").list().get().history().create_with("tickets.part:manage", part::create);
    api.resource::<PartPrice>(TAG, "part_prices")
        .list()
        .get()
        .history()
        .create_with("tickets.part_price:manage", price::create);
    api.resource::<PartPlan>(TAG, "part_plans").list().get().history().create(plan::create);
    api.resource::<PartRequest>(TAG, "part_requests")
        .list()
        .get()
        .history()
        .create(request::create)
        .act("submit", "Hands a request in.", request::submit)
        .decide("approve", "Grants a request, whole or in part.", request::approve)
        .decide("refuse", "Refuses a request.", request::refuse)
        .act("issue", "Gives parts out of the warehouse.", issuing::issue)
        .act("receive", "Confirms that the parts arrived.", request::receive);
    api.resource::<PartMovement>(TAG, "part_movements").list().get().history().create(moving::create).act(
        "reverse",
        "Takes a movement back, once; answers the reversal.",
        moving::reverse,
    );
    api.resource::<StockCount>(TAG, "stock_counts")
        .list()
        .get()
        .history()
        .create(count::create)
        .decide("approve", "Posts the differences of a count.", count::approve)
        .decide("refuse", "Refuses a count.", count::refuse);
    api.resource::<WriteOff>(TAG, "write_offs")
        .list()
        .get()
        .history()
        .create(write_off::create)
        .decide("approve", "Writes parts off.", write_off::approve)
        .decide("refuse", "Refuses a write-off.", write_off::refuse);
    api.resource::<PartReconciliation>(TAG, "part_reconciliations")
        .list()
        .get()
        .history()
        .create(reconciliation::create)
        .act(
            "confirm",
            "Says what the outlet has; agreement confirms, a difference disputes.",
            reconciliation::confirm,
        );
    api.operation(Method::GET, "/v1/part-stock", "get_part_stock", READ, stock)
        .tag(TAG)
        .summary("Shows how much of which part lies where, now or at the end of a day.")
        .query("part_id", "uuid", "Only this part.")
        .query("location", "string", "`warehouse`, `outlet:<id>`, `team:<id>` …")
        .query("as_of", "date", "At the end of this day.")
        .answers::<PartStock>();
    api.operation(Method::GET, "/v1/part-ledger-check", "check_part_ledger", READ, async |call: Call| {
        Ok(Reply::Answer(Answer::json(Done::Ok, &balance::check(&call.reading()).await?)?))
    })
    .tag(TAG)
    .summary("Adds the whole ledger up, from counters and from movements.")
    .answers::<PartLedgerCheck>();
}

async fn stock(call: Call) -> Result<Reply, Fault> {
    let bad = |name: &str| Fault::new(&fault::INVALID_PARAMETER).with("parameter", name);
    let part = call.query_value("part_id").map(|text| text.parse::<Uuid>().map_err(|_| bad("part_id"))).transpose()?;
    let place = call.query_value("location").map(|text| Location::parse(text).ok_or_else(|| bad("location")));
    let day = call.query_value("as_of").map(|text| time::parse_date(text).map_err(|_| bad("as_of"))).transpose()?;
    let found = balance::stock(&call.reading(), part, place.transpose()?, day).await?;
    Ok(Reply::Answer(Answer::json(Done::Ok, &found)?))
}
