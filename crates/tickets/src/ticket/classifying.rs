//! Classifying again (重新分类): another kind, category or severity; the clocks get new targets (TK-R12).

use access::groups;
use kernel::fault::{ABOVE_AUTHORITY, Fault};
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::Work;
use utoipa::ToSchema;
use validator::Validate;

use super::entity::Model;
use super::life_cycle::is_head;
use super::{begin_checked, finish, life_cycle, person};
use crate::catalogue::{self, Kind, PlaceKind, Severity};
use crate::clock::{Ledger, writing};

/// What changes; the rest stays.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ClassifyTicket {
    pub kind: Option<Kind>,
    #[schema(max_length = 128)]
    pub category_code: Option<String>,
    pub place_kind: Option<PlaceKind>,
    pub severity: Option<Severity>,
    /// Required to lower the severity.
    #[schema(min_length = 2, max_length = 500)]
    pub reason: Option<String>,
}

/// Another class is one there is, for the place the ticket has.
async fn ensure_class(work: &Work, row: &Model, input: &ClassifyTicket) -> Result<(), Fault> {
    let kind = input.kind.unwrap_or(row.kind);
    let category = input.category_code.as_ref().unwrap_or(&row.category_code);
    let place_kind = input.place_kind.unwrap_or(row.place_kind);
    if (kind, category, place_kind) == (row.kind, &row.category_code, row.place_kind) {
        return Ok(());
    }
    let class = catalogue::classify(work, kind, category, place_kind, business_day(row.received_at)).await?;
    if class.unit_required && row.unit_id.is_none() {
        return Err(Fault::field("/place_kind", "unit_required"));
    }
    Ok(())
}

/// Changes the classification and re-targets the running clocks from the same stretches.
pub async fn classify(work: &Work, id: Uuid, input: &ClassifyTicket) -> Result<Model, Fault> {
    let lowers = |row: &Model| input.severity.is_some_and(|severity| severity < row.severity);
    let check = async |row: &Model| -> Result<(), Fault> {
        match input.reason {
            None if lowers(row) => Err(Fault::field("/reason", "required")),
            _ => ensure_class(work, row, input).await,
        }
    };
    let (case, _) = begin_checked(work, id, "classify", check).await?;
    let row = case.row;
    let kind = input.kind.unwrap_or(row.kind);
    let category = input.category_code.clone().unwrap_or_else(|| row.category_code.clone());
    let place_kind = input.place_kind.unwrap_or(row.place_kind);
    let severity = input.severity.unwrap_or(row.severity);
    if lowers(&row) && !life_cycle::is_lead(work.actor()) && !is_head(work.actor()) {
        return Err(Fault::new(&ABOVE_AUTHORITY).rule("TK-R03").with("reason", "severity"));
    }
    let mut change = row.clone().into_active_model();
    change.kind = Set(kind);
    change.category_code = Set(category);
    change.place_kind = Set(place_kind);
    change.severity = Set(severity);
    change.severity_rank = Set(severity.rank());
    if severity > row.severity {
        change.leader_informed_at = Set(Some(row.leader_informed_at.unwrap_or(work.now)));
    }
    let fact = |fact: store::journal::Fact| {
        let fact = if severity > row.severity { fact.tells_any_of(groups::HEAD) } else { fact };
        match &input.reason {
            Some(reason) => fact.reason(reason.as_str()),
            None => fact,
        }
    };
    let after = finish(work, &row, change, "classified", fact, None).await?;
    if severity > row.severity {
        crate::opinion::severity_raised(work, &after).await?;
    }
    person::remember(work, id, row.cycle, "reclassifier", work.actor().persons()).await;
    writing::retarget(work, &after, "reclassified").await?;
    let ledger = Ledger::load(work, id, after.created_at).await?;
    let since = ledger.clock("handle", after.cycle).map_or(after.received_at, |clock| clock.row.starts_at);
    let chosen = writing::choose(work, &after, since).await?;
    let after = super::under_policy(work, after, &chosen).await?;
    crate::incident::attaching::attach(work, after).await
}
