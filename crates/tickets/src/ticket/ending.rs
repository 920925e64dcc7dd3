//! Ends without an answer: out of scope, withdrawn (不予受理、撤回).

use kernel::fault::Fault;
use registers::referenced;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::{Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{Model, Status};
use super::{Ticket, begin_checked, finish};
use crate::call::Call;
use crate::catalogue;
use crate::clock::writing;

/// Why the desk does not take a case, and to whom that was said.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DismissTicket {
    /// Code of the catalogue `dismiss_reason`.
    #[schema(max_length = 64)]
    pub reason_code: String,
    #[schema(min_length = 2, max_length = 2000)]
    pub explanation: String,
    #[schema(min_length = 1, max_length = 128)]
    pub told_to: String,
}

/// Why the customer takes his case back; the desk needs a proof.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct WithdrawTicket {
    #[schema(min_length = 2, max_length = 1000)]
    pub reason: String,
    pub proof_call_id: Option<Uuid>,
    pub proof_document_id: Option<Uuid>,
}

/// Why a case was not the desk's, as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = TicketDismissal)]
pub struct Dismissal {
    pub reason_code: String,
    pub explanation: String,
    /// To whom it was said.
    pub told_to: Option<String>,
}

/// Why the customer took his case back, and what proves it, as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = TicketWithdrawal)]
pub struct Withdrawal {
    pub reason: String,
    pub proof_call_id: Option<Uuid>,
    pub proof_document_id: Option<Uuid>,
}

impl Dismissal {
    /// Of a dismissed ticket.
    pub fn of(row: &Model) -> Option<Self> {
        kept(row, Status::OutOfScope)
    }
}

impl Withdrawal {
    /// Of a withdrawn ticket.
    pub fn of(row: &Model) -> Option<Self> {
        kept(row, Status::Withdrawn)
    }
}

fn kept<T: DeserializeOwned>(row: &Model, status: Status) -> Option<T> {
    let text = row.dismiss_reason.as_deref().filter(|_| row.status == status)?;
    serde_json::from_str(text).ok()
}

/// Ends a case that is not the desk's; running clocks become void.
pub async fn dismiss(work: &Work, id: Uuid, input: &DismissTicket) -> Result<Model, Fault> {
    let check = async |_: &Model| {
        catalogue::list_item(work, "dismiss_reason", &input.reason_code, "/reason_code").await.map(drop)
    };
    let (case, to) = begin_checked(work, id, "dismiss", check).await?;
    let why = Dismissal {
        reason_code: input.reason_code.clone(),
        explanation: input.explanation.clone(),
        told_to: Some(input.told_to.clone()),
    };
    end(work, case.row, to, "dismissed", &why, &input.reason_code).await
}

/// Ends a case the customer takes back.
pub async fn withdraw(work: &Work, id: Uuid, input: &WithdrawTicket) -> Result<Model, Fault> {
    let himself = work.actor().is_customer();
    let proof: Vec<Uuid> = input.proof_document_id.into_iter().collect();
    let check = async |_: &Model| -> Result<(), Fault> {
        if himself {
            return Ok(());
        }
        if input.proof_call_id.is_none() && input.proof_document_id.is_none() {
            return Err(Fault::field("/proof_call_id", "required"));
        }
        documents::ensure_visible(work, &proof).await?;
        match input.proof_call_id {
            Some(call) => referenced::known::<Call>(work, call, "/proof_call_id").await.map(drop),
            None => Ok(()),
        }
    };
    let (case, to) = begin_checked(work, id, "withdraw", check).await?;
    if !himself {
        documents::attach(work, &proof, Ticket::NAME, id, "proof").await?;
    }
    let why = Withdrawal {
        reason: input.reason.clone(),
        proof_call_id: input.proof_call_id,
        proof_document_id: input.proof_document_id,
    };
    end(work, case.row, to, "withdrawn", &why, &input.reason).await
}

async fn end(
    work: &Work,
    row: Model,
    to: Status,
    verb: &str,
    why: &impl Serialize,
    reason: &str,
) -> Result<Model, Fault> {
    crate::pause::commands::end_active(work, &row, "by_hand").await?;
    crate::repair_order::drafting::cancel_open(work, row.id, verb).await?;
    writing::void_running(work, row.id).await?;
    for merged in super::queries::merged_into(work, row.id).await? {
        writing::void_running(work, merged).await?;
        super::refresh_one(work, merged).await?;
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.closed_at = Set(Some(work.now));
    change.dismiss_reason = Set(Some(serde_json::to_string(why).map_err(Fault::internal)?));
    finish(work, &row, change, verb, |fact| fact.reason(reason), None).await
}
