//! `/v1/heat-refunds` (spec heating §7, HS-12): what cold homes get back.

use actix_web::http::Method;
use heating_service::refund::HeatRefund;
use heating_service::refund::commands::{self, HeatRefundPreview, ProposeHeatRefund};
use kernel::fault::Fault;
use store::{Answer, Done};

use crate::call::{Call, Reply};
use crate::router::{Act, Api, Key};

const TAG: &str = "heat refunds";
const PROPOSE: &str = "heating.refund:propose";

/// Declares the refunds.
pub fn routes(api: &mut Api) {
    let act = |action, summary| Act { action, summary, key: Key::Required };
    let approve = "heating.refund:approve";
    api.resource::<HeatRefund>(TAG, "heat_refunds")
        .read_with("heating.refund:read")
        .keyed()
        .list()
        .get()
        .history()
        .create_with(PROPOSE, commands::propose)
        .act_with(act("approve", "Approves a refund."), approve, commands::approve)
        .act_with(act("reject", "Refuses a refund."), approve, commands::reject)
        .act_with(
            act("credit", "Credits a refund: it settles open bills, the oldest due first."),
            "heating.refund:credit",
            commands::credit,
        )
        .act_with(
            act("pay-out", "Pays a credit out, once, on the customer's request."),
            "heating.refund:pay_out",
            commands::pay_out,
        );
    api.operation(Method::POST, "/v1/heat-refunds/preview", "preview_heat_refund", PROPOSE, preview)
        .tag(TAG)
        .summary("Computes what a household gets back for a season up to today; keeps nothing.")
        .takes::<ProposeHeatRefund>()
        .answers::<HeatRefundPreview>();
}

async fn preview(call: Call) -> Result<Reply, Fault> {
    let input = call.read::<ProposeHeatRefund>()?;
    Ok(Reply::Answer(Answer::json(Done::Ok, &commands::preview(&call.reading(), &input).await?)?))
}
