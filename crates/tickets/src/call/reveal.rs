//! The number outside in clear, with a reason, in the journal.

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use store::journal::{Audience, Fact};
use store::{Work, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::Call;
use super::commands::place;

/// Why a number is asked for in clear.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RevealCall {
    /// There is only one, so it may be left out.
    #[schema(min_items = 1, max_items = 1)]
    pub fields: Option<Vec<CallField>>,
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// What is protected of a call.
#[codes::code(stored = false)]
pub enum CallField {
    /// 对方号码
    #[label("Number outside")]
    ExternalNumber,
}

/// The number outside in clear.
#[derive(Clone, Serialize, ToSchema)]
pub struct RevealedCall {
    pub id: Uuid,
    /// Null when it was withheld.
    pub external_number: Option<String>,
}

/// Answers the number of a call in clear; the fact is `call.revealed`.
pub async fn reveal(work: &Work, id: Uuid, cmd: &RevealCall) -> Result<RevealedCall, Fault> {
    let row = resource::find::<Call>(work, id).await?;
    let open = |sealed: &String| {
        let bytes = work.store.keys().open(&place(row.id), sealed)?;
        String::from_utf8(bytes).map_err(Fault::internal)
    };
    let external_number = row.external_number_sealed.as_ref().map(open).transpose()?;
    let fact = Fact::of::<Call>("revealed", &row).reason(cmd.reason.as_str()).with("fields", vec!["external_number"]);
    work.record(fact.audience(Audience::Audit));
    Ok(RevealedCall { id: row.id, external_number })
}
