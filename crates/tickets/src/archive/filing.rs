//! Filing a case: the bundle is put together beside the transaction, which only keeps it.

use chrono::TimeDelta;
use kernel::fault::Fault;
use kernel::ids;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query};
use sea_orm::{Condition, IntoActiveModel, QueryOrder, QuerySelect, Set};
use serde::Deserialize;
use serde_json::json;
use store::journal::proof::Proof;
use store::{Answer, Context, Reading, Store, Work, parameters, protected, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::collect::Parts;
use super::entity::{self, Column, Entity, Model, part};
use super::manifest::{self, CASE, DEADLINES, JOURNAL, MANIFEST};
use super::{CAUSE_CHARACTERS, CaseArchive, Entry, Manifest};
use crate::catalogue::{self, Kind};
use crate::clock::explain;
use crate::problems::{ALREADY_ARCHIVED, NOT_SEALED_YET};
use crate::ticket::case::Case;
use crate::ticket::entity::{self as tickets, Model as TicketRow, Status};
use crate::ticket::{self, Ticket, life_cycle};

/// How often and how long the sealer is waited for.
const TRIES: usize = 15;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(100);
/// Cases filed by one run of the job.
const RUN: u64 = 100;

/// What a complaint still lacks may be said with the filing.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ArchiveTicket {
    /// Code of the catalogue `root_cause`; replaces the one of the solution.
    #[schema(max_length = 64)]
    pub root_cause_code: Option<String>,
    /// Replaces the one of the solution.
    #[schema(max_length = 4000)]
    pub cause_analysis: Option<String>,
}

/// A bundle that waits to be kept.
pub struct Draft {
    /// Of the ticket it was made of.
    version: i32,
    built: Option<Built>,
}

struct Built {
    row: Model,
    parts: Vec<Text>,
}

struct Text {
    path: &'static str,
    redacted: bool,
    content: String,
}

/// Puts a bundle together for a ticket the caller may know of. An open or already filed case gives an empty
/// draft, which [`file`] refuses with its reason.
///
/// # Errors
/// 404; 503 `not_sealed_yet` while the sealer has not come to all entries of the case.
pub async fn draft(at: &Reading, id: Uuid, input: &ArchiveTicket) -> Result<Draft, Fault> {
    let mut ticket = resource::find::<Ticket>(at, id).await?;
    let version = ticket.version;
    add_cause(&mut ticket, input);
    if !ticket.status.is_terminal() || lacks_cause(&ticket) || filed(at, &ticket).await? {
        return Ok(Draft { version, built: None });
    }
    let parts = Parts::load(at, &ticket).await?;
    let proofs = proofs(at, &parts, id).await?;
    Ok(Draft { version, built: Some(build(at, &ticket, &parts, &proofs).await?) })
}

fn add_cause(ticket: &mut TicketRow, input: &ArchiveTicket) {
    if let Some(code) = &input.root_cause_code {
        ticket.root_cause_code = Some(code.clone());
    }
    if let Some(text) = &input.cause_analysis {
        ticket.cause_analysis = Some(text.trim().to_owned());
    }
}

/// Whether a complaint lacks its root cause or an analysis long enough (TK-R34).
pub(crate) fn lacks_cause(ticket: &TicketRow) -> bool {
    let analysed = ticket.cause_analysis.as_deref().is_some_and(|text| text.trim().chars().count() >= CAUSE_CHARACTERS);
    ticket.kind == Kind::Complaint && (ticket.root_cause_code.is_none() || !analysed)
}

/// Whether this ending of the case was filed before.
async fn filed(at: &Reading, ticket: &TicketRow) -> Result<bool, Fault> {
    let known = Entity::find()
        .filter(Column::TicketId.eq(ticket.id))
        .filter(Column::Cycle.eq(ticket.cycle))
        .filter(Column::Status.eq(ticket.status.code()))
        .one(&at.db())
        .await?;
    Ok(known.is_some())
}

/// The sealed entries of the case with their proofs. What no checkpoint covers yet is signed now.
async fn proofs(at: &Reading, parts: &Parts, id: Uuid) -> Result<Vec<(store::journal::entity::Model, Proof)>, Fault> {
    let store = &at.store;
    for _ in 0..TRIES {
        store.seal_now().await?;
        let entries = parts.entries(at, id).await?;
        let positions: Option<Vec<i64>> = entries.iter().map(|entry| entry.position).collect();
        if let Some(positions) = positions {
            if let Some(proofs) = store.prove_all(&positions).await? {
                return Ok(entries.into_iter().zip(proofs).collect());
            }
            // Another process may be signing the same stretch; then its checkpoint stands.
            let _ = store.checkpoint().await;
            if let Some(proofs) = store.prove_all(&positions).await? {
                return Ok(entries.into_iter().zip(proofs).collect());
            }
        }
        store.wait_for_seal(PAUSE).await;
    }
    Err(Fault::new(&NOT_SEALED_YET).rule("TK-R34"))
}

async fn build(
    at: &Reading,
    ticket: &TicketRow,
    parts: &Parts,
    proofs: &[(store::journal::entity::Model, Proof)],
) -> Result<Built, Fault> {
    let json = |value: &serde_json::Value| serde_json::to_string_pretty(value).map_err(Fault::internal);
    let entries = proofs.iter().map(|(entry, proof)| {
        json!({ "position": entry.position, "at": Timestamp::from(entry.at), "type": entry.kind,
            "resource": entry.resource, "resource_id": entry.resource_id, "hash": entry.hash, "proof": proof })
    });
    let journal = json(&json!({ "format": "hearthdesk-case-journal-1", "entries": entries.collect::<Vec<_>>() }))?;
    let deadlines = serde_json::to_value(explain::deadlines(at, ticket).await?).map_err(Fault::internal)?;
    let mut texts = vec![
        Text { path: DEADLINES, redacted: false, content: json(&deadlines)? },
        Text { path: JOURNAL, redacted: false, content: journal },
        Text { path: CASE, redacted: false, content: json(&parts.case(at, ticket, false).await?)? },
        Text { path: CASE, redacted: true, content: json(&parts.case(at, ticket, true).await?)? },
    ];
    let files: Vec<Entry> = parts
        .documents
        .iter()
        .map(|row| Entry { path: Parts::path(row), sha256: row.sha256.clone(), bytes: row.size.unsigned_abs() })
        .collect();
    let positions = || proofs.iter().filter_map(|(entry, _)| entry.position);
    let mut row = Model {
        id: ids::new_id(at.now),
        version: 1,
        created_at: at.now,
        ticket_id: ticket.id,
        number: ticket.number.clone(),
        kind: ticket.kind.code().to_owned(),
        category_code: ticket.category_code.clone(),
        status: ticket.status.code().to_owned(),
        cycle: ticket.cycle,
        closed_at: ticket.closed_at,
        root_cause_code: ticket.root_cause_code.clone(),
        supplier_ids: serde_json::to_string(&parts.suppliers()).map_err(Fault::internal)?,
        journal_from: positions().min().unwrap_or_default(),
        journal_to: positions().max().unwrap_or_default(),
        manifest_sha256: String::new(),
        redacted_manifest_sha256: String::new(),
        person_id: ticket.customer_id.or(ticket.requester_id),
        made_at: at.now,
        made_by: at.actor().sub,
    };
    for redacted in [false, true] {
        // A redacted bundle takes the redacted case; what is alike is in both.
        let mut listed: Vec<Entry> = [CASE, DEADLINES, JOURNAL]
            .iter()
            .filter_map(|path| {
                let fits = |text: &&Text| text.path == *path && (text.redacted == redacted || *path != CASE);
                texts.iter().find(fits).map(|text| Entry::of(path, &text.content))
            })
            .collect();
        if !redacted {
            listed.extend(files.iter().cloned());
        }
        let manifest = Manifest {
            format: manifest::FORMAT.to_owned(),
            archive_id: row.id,
            ticket_id: row.ticket_id,
            number: row.number.clone(),
            cycle: row.cycle,
            made_at: Timestamp::from(row.made_at).to_string(),
            redacted,
            journal_from: row.journal_from,
            journal_to: row.journal_to,
            files: listed,
            omitted: if redacted { files.clone() } else { Vec::new() },
        };
        let content = serde_json::to_string_pretty(&manifest).map_err(Fault::internal)?;
        let sha256 = documents::bundle::sha256(content.as_bytes());
        if redacted {
            row.redacted_manifest_sha256 = sha256
        } else {
            row.manifest_sha256 = sha256
        }
        texts.push(Text { path: MANIFEST, redacted, content });
    }
    Ok(Built { row, parts: texts })
}

/// Keeps a drafted bundle and says so in the journal: `ticket.archived` with the manifest's hash.
///
/// # Errors
/// `invalid_state` while the case is open, `cause_analysis_missing`, `already_archived`; 503 `not_sealed_yet` when
/// the ticket changed since it was drafted.
pub async fn file(work: &Work, id: Uuid, input: &ArchiveTicket, draft: &Draft) -> Result<Model, Fault> {
    let ticket = resource::take::<Ticket>(work, id).await?;
    if let Some(code) = &input.root_cause_code {
        catalogue::list_item(work, "root_cause", code, "/root_cause_code").await?;
    }
    let mut case = Case::load(work, ticket.clone()).await?;
    add_cause(&mut case.row, input);
    life_cycle::MOVES.take("archive", &case.subject(work))?;
    if filed(work, &ticket).await? {
        return Err(Fault::new(&ALREADY_ARCHIVED).rule("TK-R34"));
    }
    let built = draft.built.as_ref().filter(|_| draft.version == ticket.version);
    let built = built.ok_or_else(|| Fault::new(&NOT_SEALED_YET).rule("TK-R34"))?;
    let row =
        work.create::<CaseArchive>(built.row.clone().into_active_model().reset_all(), |fact| fact, "made").await?;
    keep_parts(work, &row, &built.parts).await?;
    let mut change = ticket.clone().into_active_model();
    change.root_cause_code = Set(case.row.root_cause_code.clone());
    change.cause_analysis = Set(case.row.cause_analysis.clone());
    let said = |fact: store::journal::Fact| {
        fact.with("archive_id", row.id.to_string())
            .with("manifest_sha256", row.manifest_sha256.as_str())
            .with("redacted_manifest_sha256", row.redacted_manifest_sha256.as_str())
            .with("journal_from", row.journal_from)
            .with("journal_to", row.journal_to)
    };
    ticket::finish(work, &ticket, change, "archived", said, None).await?;
    Ok(row)
}

async fn keep_parts(work: &Work, row: &Model, texts: &[Text]) -> Result<(), Fault> {
    for text in texts {
        let personal = text.path == CASE && !text.redacted;
        let content = if personal { seal(work, row, &text.content).await? } else { text.content.clone() };
        let kept = part::ActiveModel {
            id: Set(ids::new_id(work.now)),
            archive_id: Set(row.id),
            path: Set(text.path.to_owned()),
            redacted: Set(text.redacted),
            sealed: Set(personal),
            content: Set(content),
        };
        part::Entity::insert(kept).exec_without_returning(&work.db()).await?;
    }
    Ok(())
}

async fn seal(work: &Work, row: &Model, content: &str) -> Result<String, Fault> {
    let place = super::bundle::place(row.id);
    let key = match row.person_id {
        Some(person) => protected::person_key(work, person).await?,
        None => None,
    };
    match key {
        Some(key) => key.seal(&place, content),
        None => work.store.keys().seal(&place, content.as_bytes()),
    }
}

/// Closed cases whose time to be filed has come and that nobody filed.
fn due(now: DateTimeUtc, days: i64) -> Condition {
    let archives = Query::select()
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::TicketId)).equals((tickets::Entity, tickets::Column::Id)))
        .and_where(Expr::col((Entity, Column::Cycle)).equals((tickets::Entity, tickets::Column::Cycle)))
        .and_where(Column::Status.eq("closed"))
        .to_owned();
    Condition::all()
        .add(tickets::Column::Status.eq(Status::Closed))
        .add(tickets::Column::ClosedAt.lte(now - TimeDelta::days(days)))
        .add(Expr::exists(archives).not())
}

fn without_cause() -> Condition {
    let short = Expr::cust("length(trim(ticket.cause_analysis))").lt(CAUSE_CHARACTERS as i32);
    let missing = Condition::any()
        .add(tickets::Column::RootCauseCode.is_null())
        .add(tickets::Column::CauseAnalysis.is_null())
        .add(short);
    Condition::all().add(tickets::Column::Kind.eq(Kind::Complaint)).add(missing)
}

/// Closed complaints that cannot be filed by themselves: somebody has to write the cause.
pub async fn waiting_for_cause(at: &Reading) -> Result<Condition, Fault> {
    let days = parameters::integer(at, "tickets.archive.after_days").await?;
    Ok(due(at.now, days).add(without_cause()))
}

/// Files what is due by itself: closed `archive.after_days` ago. Answers how many.
///
/// # Errors
/// The last one met; the other cases are filed all the same.
pub async fn file_due(store: &Store) -> Result<usize, Fault> {
    let ctx = Context::system("archive_cases");
    let at = store.reading(ctx.clone());
    let days = parameters::integer(&at, "tickets.archive.after_days").await?;
    let ids: Vec<Uuid> = tickets::Entity::find()
        .select_only()
        .column(tickets::Column::Id)
        .filter(due(at.now, days).add(without_cause().not()))
        .order_by_asc(tickets::Column::ClosedAt)
        .limit(RUN)
        .into_tuple()
        .all(&at.db())
        .await?;
    let (mut made, mut failed) = (0, None);
    for id in ids {
        let input = ArchiveTicket::default();
        let result = async {
            let draft = draft(&at, id, &input).await?;
            let keep = async move |work: &Work| {
                file(work, id, &ArchiveTicket::default(), &draft).await?;
                Ok::<_, Fault>(Answer::no_content())
            };
            store.write(ctx.clone(), keep).await
        };
        match result.await {
            Ok(_) => made += 1,
            // The others are not held up; this one comes again.
            Err(fault) => failed = Some(fault),
        }
    }
    failed.map_or(Ok(made), Err)
}

impl entity::Model {
    /// The manifest's hash of one of the two bundles.
    pub(super) fn manifest_hash(&self, redacted: bool) -> &str {
        if redacted { &self.redacted_manifest_sha256 } else { &self.manifest_sha256 }
    }
}
