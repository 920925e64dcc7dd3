//! `/v1/imports` and `/v1/operations` (PF-14): files taken over row by row, and long work to watch.

mod upload;

use std::sync::Arc;

use actix_web::http::Method;
use imports::{Check, Import, ImportRow, ImportView, Tools};
use serde::{Deserialize, Serialize};
use store::imports::{Column, Kind};
use store::operations::Operation;
use store::{Answer, Done};
use utoipa::ToSchema;
use validator::Validate;

use crate::State;
use crate::call::{Call, Reply};
use crate::router::{Api, Body, Key, TRANSFER};

const TAG: &str = "imports";
const RUN: &str = "platform.import:run";
const READ: &str = "platform.import:read";

/// The kinds of every crate. A new one is a row type beside its commands, and a line in the list there.
fn kinds() -> impl Iterator<Item = &'static Kind> {
    let lists =
        [registers::imports::KINDS, tickets::imports::KINDS, heating_service::imports::KINDS, flows::imports::KINDS];
    lists.into_iter().flatten()
}

/// What runs of imports need of this house.
pub fn tools(state: &Arc<State>) -> Tools {
    let bodies = state.clone();
    let check: Check = Arc::new(move |schema, body| bodies.api.bodies.check(schema, body));
    Tools { kinds: kinds().collect(), check, folder: state.folder.join("imports") }
}

/// The parts of an upload.
#[derive(ToSchema)]
#[schema(as = StartImportForm)]
#[expect(dead_code, reason = "only the contract reads it; parts are read one by one")]
pub struct UploadForm {
    /// CSV (UTF-8, commas) or .xlsx (its first sheet); the first row holds the headings.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Which rows the file holds; see `/v1/import-kinds`.
    kind: String,
    /// `true`: check every row and keep nothing.
    #[schema(pattern = "^(true|false)$")]
    dry_run: Option<String>,
    /// `true`: take over the rows that fit although others are refused.
    #[schema(pattern = "^(true|false)$")]
    partial: Option<String>,
}

/// The parts of an upload beside the file.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StartImport {
    #[schema(min_length = 1, max_length = 40)]
    kind: String,
    #[serde(default)]
    dry_run: bool,
    #[serde(default)]
    partial: bool,
}

/// The kinds of files that are taken over.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportKinds {
    pub items: Vec<ImportKind>,
    pub next_cursor: Option<String>,
}

/// What a file of a kind holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportKind {
    pub kind: &'static str,
    pub title_zh: &'static str,
    pub title_en: &'static str,
    /// What the caller needs beside `platform.import:run`.
    pub permission: &'static str,
    /// Whether the caller holds it.
    pub allowed: bool,
    /// Headings no file may lack.
    pub required: Vec<String>,
    #[schema(value_type = Vec<Column>)]
    pub columns: &'static [Column],
}

/// Declares imports and operations.
pub fn routes(api: &mut Api) {
    api.resource::<Import>(TAG, "imports").list().get().history().parts::<ImportRow>("rows", "import_id", READ);
    api.takes::<StartImport>();
    for kind in kinds() {
        api.takes_named(&(kind.schema)(), kind.schemas);
    }
    api.operation(Method::POST, "/v1/imports", "create_import", RUN, upload::receive)
        .tag(TAG)
        .summary("Takes a CSV file or spreadsheet over, all rows or none; a long one is answered with 202.")
        .body(Body::Stream)
        .key(Key::Required)
        .dry_run()
        .limit(TRANSFER)
        .status(201)
        .also(200)
        .also(202)
        .also(207)
        .takes::<UploadForm>()
        .answers::<ImportView>()
        .versioned();
    api.operation(Method::GET, "/v1/import-kinds", "list_import_kinds", READ, list_kinds)
        .tag(TAG)
        .summary("Lists the kinds of files that are taken over, with their columns.")
        .answers::<ImportKinds>();
    api.resource::<Operation>(TAG, "operations").get();
}

async fn list_kinds(call: Call) -> Result<Reply, kernel::fault::Fault> {
    let entry = |kind: &'static Kind| ImportKind {
        kind: kind.name,
        title_zh: kind.title_zh,
        title_en: kind.title_en,
        permission: kind.permission,
        allowed: kind.is_open_to(call.actor()),
        required: imports::required(kind),
        columns: kind.columns,
    };
    let list = ImportKinds { items: kinds().map(entry).collect(), next_cursor: None };
    Ok(Reply::Answer(Answer::json(Done::Ok, &list)?))
}
