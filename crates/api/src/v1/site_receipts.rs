//! `/v1/site-receipts`: money taken on the spot (TK-R19).

use tickets::site_receipt::{SiteReceipt, commands};

use crate::router::Api;

/// Declares the receipts.
pub fn routes(api: &mut Api) {
    api.resource::<SiteReceipt>("site receipts", "site_receipts")
        .list()
        .get()
        .history()
        .keyed()
        .create(commands::create)
        .act("hand-in", "Hands the money in.", commands::hand_in)
        .decide("confirm", "Confirms that the money came in.", commands::confirm);
}
