//! `/v1/documents`: upload, facts, content (PF-07).

pub(super) mod content;
mod upload;

use actix_web::http::Method;
use documents::document::{self, Document, DocumentFields, DocumentLink, DocumentView, UploadDocument};
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

/// Declares the documents.
pub fn routes(api: &mut Api) {
    let links = Act { action: "links", summary: "Links a document to something.", key: Key::Optional };
    api.resource::<Document>(TAG, "documents")
        .list()
        .get()
        .history()
        .patch::<DocumentFields, _>(document::update)
        .act_with::<DocumentLink, _>(links, "platform.document:update", document::link);
    api.contract.schema::<UploadDocument>();
    api.bodies.register(&UploadDocument::name(), Vec::new());
    api.operation(Method::POST, "/v1/documents", "create_document", "platform.document:create", upload::receive)
        .tag(TAG)
        .summary("Uploads a file: multipart, streamed, kept once by its content.")
        .body(Body::Stream)
        .limit(TRANSFER)
        .status(201)
        .takes::<UploadForm>()
        .answers::<DocumentView>();
    api.operation(
        Method::GET,
        "/v1/documents/{id}/content",
        "get_document_content",
        "platform.document:read",
        content::send,
    )
    .tag(TAG)
    .summary("Sends the file; one range of bytes may be asked for.")
    .limit(TRANSFER)
    .answers_type("application/octet-stream");
}
