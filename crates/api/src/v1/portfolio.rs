//! `/v1/portfolio-plans`, `/v1/portfolio-entries`, `/v1/contact-logs`, `/v1/follow-ups`: whose customer
//! somebody is, what was said with him and what was promised (TK-08).

use tickets::contact_log::{self, ContactLog};
use tickets::follow_up::{self, FollowUp};
use tickets::portfolio::{self, PortfolioEntry, PortfolioPlan};

use crate::router::Api;

const TAG: &str = "portfolio";

/// Declares the portfolio.
pub fn routes(api: &mut Api) {
    api.resource::<PortfolioPlan>(TAG, "portfolio_plans")
        .list()
        .get()
        .history()
        .create(portfolio::create)
        .act("apply", "Gives the customers to the agents, if no entry changed since.", portfolio::apply)
        .act("cancel", "Gives a plan up.", portfolio::cancel);
    api.resource::<PortfolioEntry>(TAG, "portfolio_entries").list().get().history().act(
        "end",
        "Takes a customer out of an agent's hands.",
        portfolio::end,
    );
    api.resource::<ContactLog>(TAG, "contact_logs").list().get().history().create(contact_log::add);
    api.resource::<FollowUp>(TAG, "follow_ups")
        .list()
        .get()
        .history()
        .act("postpone", "Puts a promise off, with an apology and a new instant.", follow_up::postpone)
        .act("cancel", "Lets a promise go.", follow_up::cancel);
}
