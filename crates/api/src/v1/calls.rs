//! `/v1/calls`: calls of the hotline, one by one, many at once, or under another system's id (spec tickets §7).

use std::sync::Arc;

use actix_web::http::Method;
use documents::document;
use kernel::fault::{self, Fault};
use store::journal::{Audience, Fact};
use store::{Answer, Done, Work, resource};
use tickets::call::commands;
use tickets::call::entity::Model;
use tickets::call::{self, Call as PhoneCall, RevealCall, RevealedCall, external};
use uuid::Uuid;

use super::documents::content::send_file;
use crate::call::{Call, Reply};
use crate::router::{Act, Api, Key, TRANSFER};

const TAG: &str = "calls";
const CREATE: &str = "tickets.call:create";
const LISTEN: &str = "tickets.call:listen";

/// Declares the calls.
pub fn routes(api: &mut Api) {
    let unlink = Act { action: "unlink", summary: "Takes a ticket off a call.", key: Key::Optional };
    api.resource::<PhoneCall>(TAG, "calls")
        .list()
        .get()
        .history()
        .create(commands::create)
        .upsert("Records the call another system knows by this id, or corrects it.", CREATE, external::put)
        .bulk("Records up to 200 calls; one result a row.", CREATE, commands::create)
        .act("link", "Links a call with a ticket.", call::link)
        .act_with(unlink, "tickets.call:link", call::unlink);
    api.operation(Method::POST, "/v1/calls/{id}/reveal", "reveal_call", "platform.customer_pii:read", reveal)
        .tag(TAG)
        .summary("Shows the number outside in clear; the reading is journaled.")
        .key(Key::No)
        .takes::<RevealCall>()
        .answers::<RevealedCall>();
    api.operation(Method::GET, "/v1/calls/{id}/recording", "get_call_recording", LISTEN, listen)
        .tag(TAG)
        .summary("Sends the recording of a call; the listening is journaled.")
        .limit(TRANSFER)
        .answers_type("*/*")
        .also(206)
        .also(304);
}

async fn listen(call: Call) -> Result<Reply, Fault> {
    let at = call.reading();
    let row = resource::find::<PhoneCall>(&at, call.id()?).await?;
    let recording = row.recording_document_id.ok_or_else(|| Fault::new(&fault::NOT_FOUND))?;
    let file = document::content(&at, recording, None).await?;
    heard(&call, row).await?;
    send_file(&call, &file).await
}

/// Journals that a recording is listened to.
async fn heard(call: &Call, row: Model) -> Result<(), Fault> {
    let note = async move |work: &Work| {
        work.record(Fact::of::<PhoneCall>("listened", &row).audience(Audience::Audit));
        Ok::<_, Fault>(Answer::no_content())
    };
    call.write(note).await.map(drop)
}

/// A recording asked for as a document is heard with the same permission, and as much journaled.
///
/// # Errors
/// 404 for whoever may not listen.
pub(super) async fn hear_document(call: &Call, document: Uuid) -> Result<(), Fault> {
    match call::of_recording(&call.reading(), document).await? {
        Some(_) if !call.actor().holds(LISTEN) => Err(Fault::new(&fault::NOT_FOUND)),
        Some(row) => heard(call, row).await,
        None => Ok(()),
    }
}

async fn reveal(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    let input = Arc::new(call.read_for::<PhoneCall, RevealCall>(id).await?);
    let write = async move |work: &Work| Answer::json(Done::Ok, &call::reveal(work, id, &input).await?);
    Ok(Reply::Secret(call.write(write).await?))
}
