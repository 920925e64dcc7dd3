//! Case archives (案卷归档, TK-13, TK-R34): an ended case as evidence – what was said and done, its deadlines explained,
//! every sealed journal entry with its proof, the files, and a manifest whose hash is in the journal.
//!
//! The bundle is kept as it was when the case was filed; a reopened case gets a further one. The part with personal
//! data is sealed under the customer's key, so that erasing him leaves only the redacted bundle.

pub mod bundle;
mod collect;
pub mod entity;
mod filing;
mod manifest;
mod verify;

use access::Actor;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::ticket;
use crate::ticket::entity::json_list;
use entity::{Column, Entity, Model};
pub(crate) use filing::lacks_cause;
pub use filing::{ArchiveTicket, Draft, draft, file, file_due, waiting_for_cause};
pub use manifest::{Entry, Manifest};
pub use verify::{Difference, Verification, VerifyArchive, note, verify};

/// The fewest characters of a complaint's cause analysis (TK-R34).
pub const CAUSE_CHARACTERS: usize = 20;

/// The case archives.
pub struct CaseArchive;

/// A filed case (案卷).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseArchiveView {
    pub id: Uuid,
    pub version: i32,
    pub ticket_id: Uuid,
    /// Of the ticket.
    pub number: String,
    pub kind: String,
    pub category_code: String,
    /// In which the case was filed: closed, out_of_scope, withdrawn, merged.
    pub status: String,
    pub cycle: i32,
    pub closed_at: Option<Timestamp>,
    pub root_cause_code: Option<String>,
    /// Who did repairs in the case, was asked to, or answered for a defect.
    pub supplier_ids: Vec<Uuid>,
    /// First and last journal position of the case.
    pub journal_from: i64,
    pub journal_to: i64,
    /// SHA-256 of `manifest.json`; also in the journal, in `ticket.archived`.
    pub manifest_sha256: String,
    /// Of the `manifest.json` of the bundle without personal data.
    pub redacted_manifest_sha256: String,
    pub made_at: Timestamp,
    pub made_by: Uuid,
}

impl Resource for CaseArchive {
    type Entity = Entity;
    type Row = Model;
    type View = CaseArchiveView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "case_archive";
    const PATH: &'static str = "/v1/case-archives";
    const LASTING: bool = true;
    const STEADY: bool = true;

    /// The ticket's scope.
    fn visible_to(actor: &Actor) -> Condition {
        if actor.scope.all {
            return Condition::all();
        }
        Condition::all().add(ticket::is_known(actor, Column::TicketId))
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-made_at")
            .sort("made_at", Column::MadeAt)
            .by("number", Column::Number)
            .sort("number", Column::Number)
            .by("ticket_id", Column::TicketId)
            .by("kind", Column::Kind)
            .by("root_cause_code", Column::RootCauseCode)
            .custom("category_code", "string", |_, value| Ok(crate::catalogue::subtree(Column::CategoryCode, value)))
            .custom("supplier_id", "uuid", |_, value| {
                let supplier = list::uuid("supplier_id", value)?;
                Ok(Condition::all().add(Column::SupplierIds.contains(supplier.to_string())))
            })
            .range("closed_at", Column::ClosedAt)
            .range("made_at", Column::MadeAt)
    }

    fn placement(_: &Model) -> Placement {
        Placement::default()
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<CaseArchiveView>, Fault> {
        let view = |row: Model| CaseArchiveView {
            supplier_ids: json_list(&row.supplier_ids),
            id: row.id,
            version: row.version,
            ticket_id: row.ticket_id,
            number: row.number,
            kind: row.kind,
            category_code: row.category_code,
            status: row.status,
            cycle: row.cycle,
            closed_at: row.closed_at.map(Timestamp::from),
            root_cause_code: row.root_cause_code,
            journal_from: row.journal_from,
            journal_to: row.journal_to,
            manifest_sha256: row.manifest_sha256,
            redacted_manifest_sha256: row.redacted_manifest_sha256,
            made_at: row.made_at.into(),
            made_by: row.made_by,
        };
        Ok(rows.into_iter().map(view).collect())
    }
}
