//! `/v1/custody-items`: who holds which originals (PF-07).

use documents::custody::{self, CustodyFields, CustodyItem};

use crate::router::{Act, Api, Key};

const TAG: &str = "custody";
const CREATE: &str = "platform.custody:create";
const GIVE: &str = "platform.custody:hand_over";
const RECEIVE: &str = "platform.custody:receive";

/// Declares the custody register.
pub fn routes(api: &mut Api) {
    let act = |action, summary| Act { action, summary, key: Key::Optional };
    api.resource::<CustodyItem>(TAG, "custody_items")
        .read_with("platform.custody:read")
        .list()
        .get()
        .history()
        .create_with(CREATE, custody::create)
        .patch_with::<CustodyFields, _>(CREATE, custody::update)
        .act_with(act("hand-over", "Hands all or a part to a named receiver."), GIVE, custody::hand_over)
        .act_with(act("receive", "Takes over what was handed over, after counting it."), RECEIVE, custody::receive)
        .act_with(act("refuse", "Does not take what was handed over."), RECEIVE, custody::refuse)
        .act_with(act("transfer", "Hands all to another keeper of the same job role."), GIVE, custody::transfer)
        .act_with(act("lend", "Lends the papers until a day."), GIVE, custody::lend)
        .act_with(act("return-loan", "Has the lent papers back."), GIVE, custody::return_loan)
        .act_with(act("report-lost", "Says that the papers are lost."), GIVE, custody::report_lost);
}
