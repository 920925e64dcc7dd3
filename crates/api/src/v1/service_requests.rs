//! `/v1/service-requests` and `/v1/counter-records` (spec tickets §7, TK-15).

use tickets::counter_record::{self, CounterRecord};
use tickets::service_request::{ServiceRequest, commands};

use crate::router::{Act, Api, Key};

const TAG: &str = "requests";

/// Declares the requests and what happens at the counter.
pub fn routes(api: &mut Api) {
    let refund = Act { action: "refund", summary: "Pays back, at most the total of the lines.", key: Key::Required };
    api.resource::<ServiceRequest>(TAG, "service_requests")
        .list()
        .get()
        .history()
        .create(commands::create)
        .act("check", "Says that a request is complete.", commands::check)
        .act("approve", "Approves a request; whose turn it is depends on its type.", commands::approve)
        .act("refuse", "Refuses a request; it ends.", commands::refuse)
        .act("receive-goods", "Takes the goods back.", commands::receive_goods)
        .act("inspect", "Records what the goods are like.", commands::inspect)
        .act("allocate", "Sets goods aside.", commands::allocate)
        .act("pick", "Takes goods from the shelf; urgent requests of the unit come first.", commands::pick)
        .act("deliver", "Records that the goods are with the customer.", commands::deliver)
        .act_with(refund, "tickets.service_request:refund", commands::refund)
        .act("complete", "Ends a request whose steps are done.", commands::complete)
        .act("cancel", "Gives a request up before goods or money moved.", commands::cancel);
    api.resource::<CounterRecord>(TAG, "counter_records").list().get().history().create(counter_record::create);
}
