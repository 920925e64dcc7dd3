//! `/v1/heat-bills`, their runs and `/v1/heat-receipts` (spec heating §7, HS-12).

use std::sync::Arc;

use actix_web::http::Method;
use heating_service::bill::run::{self, HeatBillRun, StartHeatBillRun};
use heating_service::bill::{HeatBill, commands};
use heating_service::receipt::{self, HeatReceipt};
use heating_service::season::HeatingSeason;
use kernel::fault::Fault;
use store::{Answer, Done, Resource, Work, operations};

use crate::call::{Call, Reply};
use crate::router::{Act, Api, Key, TRANSFER};

const TAG: &str = "heat bills";

/// Declares bills and receipts.
pub fn routes(api: &mut Api) {
    let act = |action, summary| Act { action, summary, key: Key::Required };
    api.resource::<HeatBill>(TAG, "heat_bills")
        .read_with("heating.bill:read")
        .list()
        .get()
        .history()
        .act_with(
            act("approve", "Approves a supplement; another person than the inspector of its case."),
            "heating.bill:approve",
            commands::approve,
        )
        .act_with(
            act("issue", "Issues a bill: it enters the ledger, and a credit pays it at once."),
            "heating.bill:issue",
            commands::issue,
        )
        .act_with(
            act("reverse", "Reverses an issued bill by an opposite entry."),
            "heating.bill:reverse",
            commands::reverse,
        );
    api.operation(Method::POST, "/v1/heat-bill-runs", "start_heat_bill_run", "heating.bill:run", start)
        .tag(TAG)
        .summary("Drafts the bills of a season, once a household; exceptions are listed.")
        .status(202)
        .key(Key::Required)
        .limit(TRANSFER)
        .dry_run()
        .takes::<StartHeatBillRun>()
        .answers::<HeatBillRun>();
    api.resource::<HeatReceipt>(TAG, "heat_receipts")
        .read_with("heating.receipt:read")
        .keyed()
        .list()
        .get()
        .history()
        .create_with("heating.receipt:create", receipt::commands::create)
        .act_with(
            act("reverse", "Reverses a receipt by an opposite entry; the bills it settled are open again."),
            "heating.receipt:reverse",
            receipt::commands::reverse,
        );
}

async fn start(call: Call) -> Result<Reply, Fault> {
    let input = Arc::new(call.read::<StartHeatBillRun>()?);
    let write = async move |work: &Work| {
        let run = run::start(work, &input).await?;
        let homes = i32::try_from(run.households).unwrap_or(i32::MAX);
        let operation = operations::done(work, "heat_bill_run", HeatingSeason::NAME, run.season_id, homes).await?;
        Ok::<_, Fault>(Answer::json(Done::Accepted, &run)?.location(format!("/v1/operations/{}", operation.id)))
    };
    Ok(Reply::Answer(call.write(write).await?))
}
