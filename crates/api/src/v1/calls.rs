//! `/v1/calls`: calls of the hotline, one by one, many at once, or under another system's id (spec tickets §7).

use std::sync::Arc;

use actix_web::http::Method;
use documents::document;
use kernel::fault::{self, Fault};
use registers::external_ids::ExternalId;
use store::journal::{Audience, Fact};
use store::{Answer, Done, Work, resource};
use tickets::call::commands::{self, CreateCall};
use tickets::call::{self, Call as PhoneCall, CallView, RevealCall, RevealedCall, external};

use super::bulk::{self, BulkRows, RowResults};
use super::documents::content::send_file;
use crate::call::{Call, Reply, answer};
use crate::router::{Act, Api, Key, TRANSFER};

const TAG: &str = "calls";

/// Declares the calls.
pub fn routes(api: &mut Api) {
    let unlink = Act { action: "unlink", summary: "Takes a ticket off a call.", key: Key::Optional };
    api.resource::<PhoneCall>(TAG, "calls")
        .list()
        .get()
        .history()
        .create(commands::create)
        .act("link", "Links a call with a ticket.", call::link)
        .act_with(unlink, "tickets.call:link", call::unlink);
    api.operation(Method::POST, "/v1/calls/{id}/reveal", "reveal_call", "platform.customer_pii:read", reveal)
        .tag(TAG)
        .summary("Shows the number outside in clear; the reading is journaled.")
        .key(Key::No)
        .takes::<RevealCall>()
        .answers::<RevealedCall>();
    api.operation(Method::GET, "/v1/calls/{id}/recording", "get_call_recording", "tickets.call:listen", listen)
        .tag(TAG)
        .summary("Sends the recording of a call; the listening is journaled.")
        .limit(TRANSFER)
        .answers_type("application/octet-stream");
    api.operation(
        Method::PUT,
        "/v1/calls/by-external-id/{system}/{external_id}",
        "upsert_call",
        "tickets.call:create",
        upsert,
    )
    .tag(TAG)
    .also(201)
    .summary("Records the call another system knows by this id, or corrects it.")
    .takes::<CreateCall>()
    .answers::<CallView>();
    api.operation(Method::POST, "/v1/calls/bulk", "bulk_calls", "tickets.call:create", async |call: Call| {
        bulk::create::<PhoneCall, CreateCall, _>(call, commands::create).await
    })
    .tag(TAG)
    .also(207)
    .summary("Records up to 200 calls; one result a row.")
    .key(Key::Required)
    .dry_run()
    .takes::<BulkRows>()
    .answers::<RowResults>();
}

async fn listen(call: Call) -> Result<Reply, Fault> {
    let at = call.reading();
    let row = resource::find::<PhoneCall>(&at, call.id()?).await?;
    let recording = row.recording_document_id.ok_or_else(|| Fault::new(&fault::NOT_FOUND))?;
    let file = document::content(&at, recording, None).await?;
    let note = async move |work: &Work| {
        work.record(Fact::of::<PhoneCall>("listened", &row).audience(Audience::Audit));
        Ok::<_, Fault>(Answer::no_content())
    };
    call.write(note).await?;
    send_file(&call, &file).await
}

async fn reveal(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    let input = Arc::new(call.read_for::<PhoneCall, RevealCall>(id).await?);
    let write = async move |work: &Work| Answer::json(Done::Ok, &call::reveal(work, id, &input).await?);
    Ok(Reply::Secret(call.write(write).await?))
}

async fn upsert(call: Call) -> Result<Reply, Fault> {
    let external = ExternalId { system: call.param(0).to_owned(), id: call.param(1).to_owned() };
    let input = Arc::new(call.read::<CreateCall>()?);
    let write = async move |work: &Work| {
        let (row, new) = external::put(work, &external, &input).await?;
        answer::<PhoneCall>(work, row, if new { Done::Created } else { Done::Ok }).await
    };
    Ok(Reply::Answer(call.write(write).await?))
}
