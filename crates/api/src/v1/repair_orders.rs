//! `/v1/repair-orders`: orders to teams, outlets and contractors (TK-05).

use tickets::repair_order::{RepairOrder, answering, drafting, ending, finishing, quoting, visiting};

use crate::router::Api;

/// Declares the repair orders.
pub fn routes(api: &mut Api) {
    api.resource::<RepairOrder>("repair orders", "repair_orders")
        .list()
        .get()
        .history()
        .create(drafting::create)
        .act("dispatch", "Gives an order to a contractor, an outlet or a unit of the house.", drafting::dispatch)
        .act("accept", "Takes an order.", answering::accept)
        .act("refuse", "Refuses an order; it may go to somebody else.", answering::refuse)
        .act("schedule", "Agrees a window; an earlier one is cancelled.", visiting::schedule)
        .act("confirm-appointment", "Agrees to the window, for himself or the customer.", visiting::confirm_appointment)
        .act("no-access", "Records that nobody opened.", visiting::no_access)
        .act("quote", "Names what the work would cost.", quoting::quote)
        .act("answer-quote", "Accepts or declines the quote, for himself or the customer.", quoting::answer)
        .act("arrive", "Records that somebody is on the spot.", visiting::arrive)
        .act("begin", "Begins the work.", visiting::begin_work)
        .act("finish", "Records what was done and used, with photos.", finishing::finish)
        .act("evaluate", "Judges the repair: passed, or back to work.", ending::evaluate)
        .act("close", "Closes an order with payer, cause and the signed paper.", ending::close)
        .act("cancel", "Gives an order up; the cost of a visit stays.", ending::cancel);
}
