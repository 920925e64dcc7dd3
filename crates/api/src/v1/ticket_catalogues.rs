//! `/v1/channels`, `/v1/ticket-categories`, `/v1/ticket-classifications`, `/v1/ticket-procedures` and
//! `/v1/ticket-catalogues`: what the desk chooses from (spec tickets §7).

use tickets::catalogue::category::{self, Category};
use tickets::catalogue::channel::{self, Channel};
use tickets::catalogue::classification::{self, Classification};
use tickets::catalogue::list::{self, Catalogue};
use tickets::catalogue::procedure::{self, Procedure};

use crate::router::Api;

const TAG: &str = "ticket catalogues";
const MANAGE: &str = "tickets.catalogue:manage";

/// Declares the catalogues of the desk.
pub fn routes(api: &mut Api) {
    api.resource::<Channel>(TAG, "channels")
        .list()
        .get()
        .history()
        .create_with(MANAGE, channel::create)
        .patch_with(MANAGE, channel::update);
    api.resource::<Category>(TAG, "ticket_categories")
        .list()
        .get()
        .history()
        .create_with(MANAGE, category::create)
        .patch_with(MANAGE, category::update);
    api.resource::<Classification>(TAG, "ticket_classifications")
        .list()
        .get()
        .history()
        .create_with(MANAGE, classification::create)
        .patch_with(MANAGE, classification::update);
    api.resource::<Procedure>(TAG, "ticket_procedures")
        .list()
        .get()
        .history()
        .create_with(MANAGE, procedure::create)
        .patch_with(MANAGE, procedure::update);
    api.resource::<Catalogue>(TAG, "ticket_catalogues")
        .list()
        .get()
        .history()
        .create_with(MANAGE, list::create)
        .patch_with(MANAGE, list::update);
}
