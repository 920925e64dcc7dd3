//! Gathering what belongs to a case: its parts, its files, its journal entries.

use std::collections::BTreeSet;

use kernel::fault::Fault;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value, json};
use store::journal::entity::{Column as Fact, Entity as Journal, Model as Entry};
use store::{Reading, Resource};

use crate::call::{self, Call};
use crate::callback::{self, Callback};
use crate::comment::{self, Comment};
use crate::defect_claim::{self, DefectClaim};
use crate::incident::{self, Incident};
use crate::opinion;
use crate::pause::{self, TicketPause};
use crate::repair_order::entity::{Dispatch, Visit};
use crate::repair_order::{self, RepairOrder};
use crate::site_receipt::{self, SiteReceipt};
use crate::supervision::{self, Supervision};
use crate::ticket::Ticket;
use crate::ticket::entity::{Model as TicketRow, json_list};
use crate::ticket::queries::clear_requester;

const FORMAT: &str = "hearthdesk-case-1";

/// What belongs to a case, as rows.
pub(super) struct Parts {
    callbacks: Vec<callback::entity::Model>,
    pauses: Vec<pause::entity::Model>,
    comments: Vec<comment::entity::Model>,
    opinions: Vec<opinion::entity::Model>,
    calls: Vec<call::entity::Model>,
    orders: Vec<repair_order::entity::Model>,
    claims: Vec<defect_claim::entity::Model>,
    receipts: Vec<site_receipt::entity::Model>,
    supervisions: Vec<supervision::entity::Model>,
    /// The mass incident the case was part of.
    incident: Option<incident::entity::Model>,
    approvals: Vec<approvals::approval::Model>,
    decisions: Vec<approvals::approval::decision::Model>,
    pub documents: Vec<documents::document::Model>,
}

impl Parts {
    /// Loads them, oldest first.
    pub async fn load(at: &Reading, ticket: &TicketRow) -> Result<Self, Fault> {
        let (db, id) = (at.db(), ticket.id);
        let callbacks = callback::entity::Entity::find()
            .filter(callback::entity::Column::TicketId.eq(id))
            .order_by_asc(callback::entity::Column::CreatedAt);
        let pauses = pause::entity::Entity::find()
            .filter(pause::entity::Column::TicketId.eq(id))
            .order_by_asc(pause::entity::Column::CreatedAt);
        let comments = comment::entity::Entity::find()
            .filter(comment::entity::Column::TicketId.eq(id))
            .order_by_asc(comment::entity::Column::CreatedAt);
        let opinions = opinion::entity::Entity::find()
            .filter(opinion::entity::Column::TicketId.eq(id))
            .order_by_asc(opinion::entity::Column::Number);
        let links = call::entity::link::Entity::find().filter(call::entity::link::Column::TicketId.eq(id));
        let calls: Vec<Uuid> = links.all(&db).await?.into_iter().map(|link| link.call_id).collect();
        let calls = call::entity::Entity::find()
            .filter(call::entity::Column::Id.is_in(calls))
            .order_by_asc(call::entity::Column::RingStartedAt);
        let orders = repair_order::entity::Entity::find()
            .filter(repair_order::entity::Column::TicketId.eq(id))
            .order_by_asc(repair_order::entity::Column::CreatedAt)
            .all(&db)
            .await?;
        let claims = defect_claim::entity::Entity::find()
            .filter(defect_claim::entity::Column::TicketId.eq(id))
            .order_by_asc(defect_claim::entity::Column::CreatedAt);
        let receipts = site_receipt::entity::Entity::find()
            .filter(site_receipt::entity::Column::RepairOrderId.is_in(orders.iter().map(|row| row.id)))
            .order_by_asc(site_receipt::entity::Column::CreatedAt);
        let supervisions = supervision::entity::Entity::find()
            .filter(supervision::entity::Column::TicketId.eq(id))
            .order_by_asc(supervision::entity::Column::CreatedAt);
        let incident = match ticket.incident_id {
            Some(incident) => incident::entity::Entity::find_by_id(incident).one(&db).await?,
            None => None,
        };
        let running = approvals::approval::Entity::find()
            .filter(approvals::approval::Column::Resource.eq(Ticket::NAME))
            .filter(approvals::approval::Column::ResourceId.eq(id))
            .order_by_asc(approvals::approval::Column::CreatedAt);
        let running = running.all(&db).await?;
        let decisions = approvals::approval::decision::Entity::find()
            .filter(approvals::approval::decision::Column::ApprovalId.is_in(running.iter().map(|row| row.id)))
            .order_by_asc(approvals::approval::decision::Column::At);
        let mut parts = Self {
            callbacks: callbacks.all(&db).await?,
            pauses: pauses.all(&db).await?,
            comments: comments.all(&db).await?,
            opinions: opinions.all(&db).await?,
            calls: calls.all(&db).await?,
            claims: claims.all(&db).await?,
            receipts: receipts.all(&db).await?,
            supervisions: supervisions.all(&db).await?,
            orders,
            incident,
            decisions: decisions.all(&db).await?,
            approvals: running,
            documents: Vec::new(),
        };
        let files = documents::document::Entity::find()
            .filter(documents::document::entity::Column::Id.is_in(parts.files(ticket)))
            .order_by_asc(documents::document::entity::Column::Id);
        parts.documents = files.all(&db).await?;
        Ok(parts)
    }

    /// The documents that the case or a part of it names.
    fn files(&self, ticket: &TicketRow) -> BTreeSet<Uuid> {
        let mut files: BTreeSet<Uuid> = json_list::<Uuid>(&ticket.document_ids).into_iter().collect();
        files.extend(self.comments.iter().flat_map(|row| json_list::<Uuid>(&row.document_ids)));
        files.extend(self.pauses.iter().map(|row| row.proof_document_id));
        files.extend(self.calls.iter().filter_map(|row| row.recording_document_id));
        for order in &self.orders {
            files.extend(json_list::<Uuid>(&order.document_ids));
            files.extend(json_list::<Visit>(&order.visits).into_iter().flat_map(|visit| visit.document_ids));
        }
        for claim in &self.claims {
            files.extend(claim.notice_document_id);
        }
        files
    }

    /// Who did repairs in the case or was asked to, and who answered for a defect.
    pub fn suppliers(&self) -> Vec<Uuid> {
        let asked = self.orders.iter().flat_map(|order| json_list::<Dispatch>(&order.dispatches));
        let mut all: BTreeSet<Uuid> = asked.filter_map(|dispatch| dispatch.supplier_id).collect();
        all.extend(self.claims.iter().map(|claim| claim.supplier_id));
        all.into_iter().collect()
    }

    /// The ids facts of the case are about.
    fn subjects(&self, ticket: Uuid) -> Vec<Uuid> {
        let mut all = vec![ticket];
        all.extend(self.callbacks.iter().map(|row| row.id));
        all.extend(self.pauses.iter().map(|row| row.id));
        all.extend(self.calls.iter().map(|row| row.id));
        all.extend(self.orders.iter().map(|row| row.id));
        all.extend(self.claims.iter().map(|row| row.id));
        all.extend(self.receipts.iter().map(|row| row.id));
        all.extend(self.supervisions.iter().map(|row| row.id));
        all.extend(self.incident.iter().map(|row| row.id));
        all.extend(self.approvals.iter().map(|row| row.id));
        all.extend(self.documents.iter().map(|row| row.id));
        all
    }

    /// Every journal entry of the case, sealed or not, in order.
    pub async fn entries(&self, at: &Reading, ticket: Uuid) -> Result<Vec<Entry>, Fault> {
        let mut all = Vec::new();
        for ids in self.subjects(ticket).chunks(500) {
            let facts = Journal::find().filter(Fact::ResourceId.is_in(ids.iter().copied()));
            all.extend(facts.all(&at.db()).await?);
        }
        all.sort_by_key(|entry| entry.seq);
        Ok(all)
    }

    /// Where a document lies in the bundle.
    pub fn path(row: &documents::document::Model) -> String {
        let name = row.file_name.replace(|c: char| c.is_control() || "/\\:*?\"<>|".contains(c), "_");
        let name = if name.trim_matches('.').is_empty() { "file".to_owned() } else { name };
        format!("files/{}/{name}", row.id)
    }

    /// What was said and done. Persons in clear, or left out.
    pub async fn case(&self, at: &Reading, ticket: &TicketRow, redacted: bool) -> Result<Value, Fault> {
        let clear = !redacted;
        let mut view = shown(&store::resource::view::<Ticket>(at, ticket.clone()).await?)?;
        view.remove("requester");
        let mut callbacks = list(&Callback::views(at, self.callbacks.clone()).await?)?;
        for (view, row) in callbacks.iter_mut().zip(&self.callbacks) {
            view.remove("contact");
            let Some(by) = view.get_mut("answered_by").and_then(Value::as_object_mut) else { continue };
            by.remove("name");
            if clear && let Some(sealed) = &row.answered_by_sealed {
                let name = at.store.keys().open(&callback::commands::answered_by_place(row.id), sealed)?;
                by.insert("name".to_owned(), text(name)?);
            }
        }
        let mut calls = list(&Call::views(at, self.calls.clone()).await?)?;
        for (view, row) in calls.iter_mut().zip(&self.calls) {
            view.retain(|name, _| !PERSONAL_OF_CALLS.contains(&name.as_str()));
            if clear && let Some(sealed) = &row.external_number_sealed {
                let number = at.store.keys().open(&call::commands::place(row.id), sealed)?;
                view.insert("external_number".to_owned(), text(number)?);
            }
        }
        let mut incident = Incident::views(at, self.incident.clone().into_iter().collect()).await?;
        let approvals: Vec<Value> = self.approvals.iter().map(|row| self.approval(row)).collect();
        let files = self.documents.iter().map(|row| {
            json!({ "id": row.id, "name": row.name, "file_name": row.file_name, "kind": row.kind,
                "media_type": row.media_type, "bytes": row.size, "sha256": row.sha256, "path": Self::path(row) })
        });
        let mut case = json!({
            "format": FORMAT, "redacted": redacted, "ticket": view, "callbacks": callbacks, "calls": calls,
            "comments": Comment::views(at, self.comments.clone()).await?,
            "pauses": TicketPause::views(at, self.pauses.clone()).await?,
            "opinions": self.opinions.iter().cloned().map(opinion::OpinionView::from).collect::<Vec<_>>(),
            "repair_orders": RepairOrder::views(at, self.orders.clone()).await?,
            "defect_claims": DefectClaim::views(at, self.claims.clone()).await?,
            "site_receipts": SiteReceipt::views(at, self.receipts.clone()).await?,
            "supervisions": Supervision::views(at, self.supervisions.clone()).await?,
            "incident": incident.pop(),
            "approvals": approvals, "documents": files.collect::<Vec<_>>(),
        });
        if clear {
            case["contact"] = contact(at, ticket).await?;
        }
        Ok(case)
    }

    fn approval(&self, row: &approvals::approval::Model) -> Value {
        let signed: Vec<_> = self.decisions.iter().filter(|decision| decision.approval_id == row.id).collect();
        json!({ "id": row.id, "subject_kind": row.subject_kind, "status": row.status, "applicant_id": row.applicant_id,
            "started_at": kernel::time::Timestamp::from(row.created_at), "decisions": signed })
    }
}

/// Fields of a call that show a person.
const PERSONAL_OF_CALLS: &[&str] = &["external_number", "external_number_masked", "customers", "contact"];

/// Who was behind the case, in clear.
async fn contact(at: &Reading, ticket: &TicketRow) -> Result<Value, Fault> {
    match ticket.customer_id {
        Some(customer) => {
            let (name, phone, address) = registers::customer::clear_contact(at, customer).await?;
            Ok(json!({ "name": name, "phone": phone, "address": address }))
        }
        None => Ok(clear_requester(at, ticket).await?.unwrap_or(Value::Null)),
    }
}

fn shown(value: &impl Serialize) -> Result<Map<String, Value>, Fault> {
    match serde_json::to_value(value).map_err(Fault::internal)? {
        Value::Object(map) => Ok(map),
        _ => Err(Fault::internal("a view that is no object")),
    }
}

fn list(views: &[impl Serialize]) -> Result<Vec<Map<String, Value>>, Fault> {
    views.iter().map(shown).collect()
}

fn text(bytes: Vec<u8>) -> Result<Value, Fault> {
    String::from_utf8(bytes).map(Value::from).map_err(Fault::internal)
}
