//! The name of who answered a callback in clear, with a reason, in the journal.

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use store::journal::{Audience, Fact};
use store::{Work, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::Callback;
use super::commands::answered_by_place;

/// Why a name is asked for in clear.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RevealCallback {
    /// There is only one, so it may be left out.
    #[schema(min_items = 1, max_items = 1)]
    pub fields: Option<Vec<CallbackField>>,
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// What is protected of a callback.
#[codes::code(stored = false)]
pub enum CallbackField {
    /// 接听人姓名
    #[label("Name of who answered")]
    Name,
}

/// Who answered, in clear.
#[derive(Clone, Serialize, ToSchema)]
pub struct RevealedCallback {
    pub id: Uuid,
    /// Null while nobody answered, or gave no name.
    pub name: Option<String>,
}

/// Answers the name in clear; the fact is `callback.revealed`.
pub async fn reveal(work: &Work, id: Uuid, cmd: &RevealCallback) -> Result<RevealedCallback, Fault> {
    let row = resource::find::<Callback>(work, id).await?;
    let open = |sealed: &String| {
        let bytes = work.store.keys().open(&answered_by_place(row.id), sealed)?;
        String::from_utf8(bytes).map_err(Fault::internal)
    };
    let name = row.answered_by_sealed.as_ref().map(open).transpose()?;
    let fact = Fact::of::<Callback>("revealed", &row).reason(cmd.reason.as_str()).with("fields", vec!["name"]);
    work.record(fact.audience(Audience::Audit));
    Ok(RevealedCallback { id: row.id, name })
}
