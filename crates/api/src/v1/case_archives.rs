//! `/v1/case-archives` and `/v1/tickets/{id}/archive` (TK-13, TK-R34): ended cases as evidence.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::{Method, header};
use kernel::fault::Fault;
use store::{Answer, Done, Work, list};
use tickets::archive::{self, ArchiveTicket, CaseArchive, CaseArchiveView, Verification, VerifyArchive, bundle};
use tickets::ticket::Ticket;

use super::documents::content::disposition;
use crate::call::{Call, Reply, answer};
use crate::export::chunks;
use crate::router::{Api, TRANSFER};

const TAG: &str = "case archives";

/// Declares filing and the filed cases.
pub fn routes(api: &mut Api) {
    api.resource::<CaseArchive>(TAG, "case_archives").list().get().history();
    api.operation(Method::POST, "/v1/tickets/{id}/archive", "archive_ticket", "tickets.ticket:archive", file)
        .tag(TAG)
        .summary("Files an ended case as evidence; answers the archive.")
        .dry_run()
        .status(201)
        .takes::<ArchiveTicket>()
        .answers_one::<CaseArchiveView>();
    let download = "tickets.case_archive:download";
    api.operation(Method::GET, "/v1/case-archives/{id}/bundle", "download_case_archive", download, send)
        .tag(TAG)
        .summary("Sends the bundle as a ZIP archive; the reading is journaled.")
        .query("redact", "boolean", "Leaves personal data out, and the files with it; the manifest says so.")
        .limit(TRANSFER)
        .answers_type("application/zip");
    let verify = "tickets.case_archive:verify";
    api.operation(Method::POST, "/v1/case-archives/{id}/verify", "verify_case_archive", verify, check)
        .tag(TAG)
        .summary("Checks an archive, or a bundle that came back; names the first path or position that differs.")
        .limit(TRANSFER)
        .changes_nothing()
        .takes::<VerifyArchive>()
        .answers::<Verification>();
}

async fn file(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    let input = Arc::new(call.read_for::<Ticket, ArchiveTicket>(id).await?);
    let draft = Arc::new(archive::draft(&call.reading(), id, &input).await?);
    let write = async move |work: &Work| {
        let row = archive::file(work, id, &input, &draft).await?;
        answer::<CaseArchive>(work, row, Done::Created).await
    };
    Ok(Reply::Answer(call.write(write).await?))
}

async fn send(call: Call) -> Result<Reply, Fault> {
    let at = call.reading();
    let row = store::resource::find::<CaseArchive>(&at, call.id()?).await?;
    let redacted = call.query_value("redact").map(|text| list::truth("redact", text)).transpose()?.unwrap_or(false);
    let items = bundle::items(&at, &row, redacted).await?;
    let (file, size) = documents::bundle::pack(&call.state.files, items).await?;
    let name = bundle::file_name(&row, redacted);
    let note = async move |work: &Work| {
        bundle::note_download(work, &row, redacted);
        Ok::<_, Fault>(Answer::no_content())
    };
    call.write(note).await?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, "application/zip"))
        .insert_header((header::CONTENT_DISPOSITION, disposition(&name)))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(Reply::Raw(response.body(SizedStream::new(size, Box::pin(chunks(file, size))))))
}

async fn check(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    let input = call.read_for::<CaseArchive, VerifyArchive>(id).await?;
    let at = call.reading();
    let row = store::resource::find::<CaseArchive>(&at, id).await?;
    let found = archive::verify(&at, &call.state.files, &row, &input).await?;
    let note = async move |work: &Work| {
        archive::note(work, &row, &found);
        Answer::json(Done::Ok, &found)
    };
    Ok(Reply::Answer(call.write(note).await?))
}
