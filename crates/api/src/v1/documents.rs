//! `/v1/documents`: upload, facts, content (PF-07).

pub(super) mod content;
pub(super) mod upload;

use actix_web::http::Method;
use documents::attached::{self, Attachable};
use documents::custody::CustodyItem;
use documents::document::{self, AddFileVersion, Document, DocumentFields, DocumentView, UploadDocument};
use heating_service::agreement::HeatAgreement;
use heating_service::complaint::HeatComplaint;
use heating_service::evaluation::Evaluation;
use heating_service::household::Household;
use heating_service::inspection::InspectionCase;
use heating_service::instrument::Instrument;
use heating_service::outage::Outage;
use heating_service::price::HeatPrice;
use heating_service::published_figure::PublishedFigure;
use heating_service::rectification::Rectification;
use heating_service::refund::HeatRefund;
use heating_service::rule::StationRule;
use heating_service::temperature::TemperatureCase;
use heating_service::valve_check::ValveCheck;
use heating_service::visit::Visit;
use registers::customer::Customer;
use registers::property::{Building, Phase, Project, Unit};
use registers::supplier::Supplier;
use tickets::call::Call as PhoneCall;
use tickets::campaign::OutreachCampaign;
use tickets::defect_claim::DefectClaim;
use tickets::fee_claim::RepairFeeClaim;
use tickets::repair_order::RepairOrder;
use tickets::shift_swap::ShiftSwap;
use tickets::stock::write_off::WriteOff;
use tickets::ticket::Ticket;
use tickets::violation::Violation;
use utoipa::ToSchema;

use crate::router::{Act, Api, Body, Key, TRANSFER};

const TAG: &str = "documents";

/// The parts of an upload. Lists are separated by commas.
#[derive(ToSchema)]
#[schema(as = UploadDocumentForm)]
#[expect(dead_code, reason = "only the contract reads it; parts are read one by one")]
pub struct UploadForm {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    kind: String,
    name: Option<String>,
    number: Option<String>,
    issued_by: Option<String>,
    #[schema(format = Date)]
    issued_on: Option<String>,
    keywords: Option<String>,
    /// JSON array of {resource, id, role}.
    links: Option<String>,
    /// Ids of customers who may read it.
    shared_with: Option<String>,
    #[schema(format = Uuid)]
    project_id: Option<String>,
}

/// The parts of a newer file.
#[derive(ToSchema)]
#[schema(as = AddFileVersionForm)]
#[expect(dead_code, reason = "only the contract reads it; parts are read one by one")]
pub struct VersionForm {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// What changed.
    note: Option<String>,
}

/// What papers are attached to.
fn attachables() -> Vec<Attachable> {
    vec![
        Attachable::of::<Ticket>(),
        Attachable::of::<RepairOrder>(),
        Attachable::of::<DefectClaim>(),
        Attachable::of::<PhoneCall>(),
        Attachable::of::<RepairFeeClaim>(),
        Attachable::of::<WriteOff>(),
        Attachable::of::<ShiftSwap>(),
        Attachable::of::<Violation>(),
        Attachable::of::<OutreachCampaign>(),
        Attachable::of::<Customer>(),
        Attachable::of::<Project>(),
        Attachable::of::<Phase>(),
        Attachable::of::<Building>(),
        Attachable::of::<Unit>(),
        Attachable::of::<Supplier>(),
        Attachable::of::<CustodyItem>(),
        Attachable::of::<Household>(),
        Attachable::of::<HeatPrice>(),
        Attachable::of::<HeatRefund>(),
        Attachable::of::<Instrument>(),
        Attachable::of::<TemperatureCase>(),
        Attachable::of::<Outage>(),
        Attachable::of::<StationRule>(),
        Attachable::of::<PublishedFigure>(),
        Attachable::of::<Visit>(),
        Attachable::of::<Evaluation>(),
        Attachable::of::<Rectification>(),
        Attachable::of::<HeatComplaint>(),
        Attachable::of::<InspectionCase>(),
        Attachable::of::<HeatAgreement>(),
        Attachable::of::<ValveCheck>(),
    ]
}

const UPDATE: &str = "platform.document:update";
const CIRCULATE: &str = "platform.document:circulate";
const APPROVE: &str = "platform.document:approve";

/// Declares the documents.
pub fn routes(api: &mut Api) {
    attached::install(attachables());
    let act = |action, summary| Act { action, summary, key: Key::Optional };
    let decision = |action, summary| Act { action, summary, key: Key::Required };
    api.resource::<Document>(TAG, "documents")
        .list()
        .get()
        .history()
        .patch::<DocumentFields, _>(document::update)
        .act_with(act("links", "Links a document to something."), UPDATE, document::link)
        .act_with(act("circulate", "Hands a document round to readers."), CIRCULATE, document::circulate)
        .act_with(act("mark-read", "Says that the caller, a reader, has read it."), CIRCULATE, document::mark_read)
        .act_with(decision("submit-approval", "Puts a paper before its route."), UPDATE, document::submit)
        .act_with(decision("approve", "Signs the open step of a paper's approval."), APPROVE, document::approve)
        .act_with(decision("reject", "Refuses a paper; its approval ends."), APPROVE, document::reject)
        .act_with(decision("return", "Sends a paper back to draft."), APPROVE, document::return_to_draft);
    files(api);
}

fn files(api: &mut Api) {
    api.takes::<UploadDocument>();
    api.operation(Method::POST, "/v1/documents", "create_document", "platform.document:create", upload::receive)
        .tag(TAG)
        .summary("Uploads a file: multipart, streamed, kept once by its content.")
        .dry_run()
        .body(Body::Stream)
        .limit(TRANSFER)
        .status(201)
        .takes::<UploadForm>()
        .answers_one::<DocumentView>();
    api.takes::<AddFileVersion>();
    api.operation(Method::POST, "/v1/documents/{id}/versions", "add_document_version", UPDATE, upload::receive_version)
        .tag(TAG)
        .summary("Uploads a newer file of a document: multipart; the older ones stay.")
        .dry_run()
        .body(Body::Stream)
        .limit(TRANSFER)
        .status(201)
        .takes::<VersionForm>()
        .answers_one::<DocumentView>();
    api.operation(
        Method::GET,
        "/v1/documents/{id}/content",
        "get_document_content",
        "platform.document:read",
        content::send,
    )
    .tag(TAG)
    .summary("Sends the newest file, or one by its number; one range of bytes may be asked for.")
    .query("version", "integer", "Number of the file; the newest when left out.")
    .limit(TRANSFER)
    .answers_type("*/*")
    .also(206)
    .also(304);
}
