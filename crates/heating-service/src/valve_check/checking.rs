//! A visit to a valve, and what follows from it (HS-R64): the household's valve is kept, and a valve found open
//! opens an inspection case in the same write.

use kernel::fault::{Fault, FieldErrors};
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::{Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{Model, Outcome, Status};
use super::{MOVES, ValveCheck};
use crate::household::entity::{Model as Home, Valve};
use crate::household::{Household, commands as homes};
use crate::inspection::commands::{Found, current, open, open_case};
use crate::inspection::entity::{Kind as CaseKind, Status as CaseStatus};
use crate::tense::Tense;

/// What was found at a valve.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CheckValve {
    pub result: Outcome,
    /// The seal set; required when it is closed or cut. Of an open valve, the seal that was found.
    #[schema(min_length = 1, max_length = 40)]
    pub seal_no: Option<String>,
    /// At least one when the valve was seen.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub photos: Vec<Uuid>,
    /// The seal that should be there is broken; true when absent and a sealed valve is found open.
    pub seal_broken: Option<bool>,
    pub used_heat: Option<bool>,
    /// Now when absent.
    pub checked_at: Option<Timestamp>,
    /// Required when the home is excused.
    #[schema(min_length = 1, max_length = 500)]
    pub note: Option<String>,
}

/// What a check rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// Photos, as every check does.
    Photographed,
    /// A file of checks made on paper.
    OnPaper,
}

/// Records what a visit found; a home nobody gets into is visited again.
///
/// # Errors
/// 409 `seal_in_use` for a seal of another home; 422 `required` without a seal on a closed valve or without a photo of
/// one that was seen.
pub async fn check(work: &Work, id: Uuid, input: &CheckValve) -> Result<Model, Fault> {
    let fits = async |_: &Model| validate(work, input, Evidence::Photographed).await;
    let (row, _) = MOVES.begin_checked::<ValveCheck>(work, id, "check", fits).await?;
    recorded(work, &row, input).await
}

/// Records what was found after the station rectified: closed, or another round begins.
///
/// # Errors
/// As [`check`]; 409 `separation_of_duties` for whoever rectified; 422 `out_of_range` for an excuse.
pub async fn recheck(work: &Work, id: Uuid, input: &CheckValve) -> Result<Model, Fault> {
    let fits = async |_: &Model| {
        if input.result == Outcome::Excused {
            return Err(Fault::field("/result", "out_of_range"));
        }
        validate(work, input, Evidence::Photographed).await
    };
    let (row, _) = MOVES.begin_checked::<ValveCheck>(work, id, "recheck", fits).await?;
    recorded(work, &row, input).await
}

/// What is wrong with what was found, whatever the line says.
pub(super) async fn validate(work: &Work, input: &CheckValve, evidence: Evidence) -> Result<(), Fault> {
    let closed = matches!(input.result, Outcome::Closed | Outcome::Cut);
    let mut errors = FieldErrors::default();
    Tense::of(work).await?.instant(&mut errors, input.checked_at, "/checked_at");
    errors.add_if(closed && input.seal_no.is_none(), "/seal_no", "required");
    let bare = input.result.seen() && input.photos.is_empty() && evidence == Evidence::Photographed;
    errors.add_if(bare, "/photos", "required");
    errors.add_if(input.result == Outcome::Excused && input.note.is_none(), "/note", "reason_required");
    errors.finish()?;
    documents::ensure_all_visible(work, &input.photos, "/photos").await
}

/// Records a visit of a line the caller may check.
pub(crate) async fn checked(work: &Work, row: &Model, input: &CheckValve, on: Evidence) -> Result<Model, Fault> {
    validate(work, input, on).await?;
    recorded(work, row, input).await
}

/// As [`checked`], of what was judged before.
pub(super) async fn recorded(work: &Work, row: &Model, input: &CheckValve) -> Result<Model, Fault> {
    let home = homes::locked(work, row.household_id).await?;
    if matches!(input.result, Outcome::Closed | Outcome::Cut) {
        homes::refuse_taken_seal(work, input.seal_no.as_deref(), Some(home.id)).await?;
    }
    let at = input.checked_at.map_or(work.now, |at| at.0);
    let rechecked = row.status == Status::Rectified;
    let mut change = row.clone().into_active_model();
    if !(rechecked && input.result == Outcome::NoAccess) {
        change.status = Set(input.result.status());
    }
    change.result = Set(Some(input.result));
    if row.first_result.is_none() && input.result.seen() {
        change.first_result = Set(Some(input.result));
        change.first_checked_at = Set(Some(at));
    }
    if input.result == Outcome::NoAccess {
        change.no_access_count = Set(row.no_access_count + 1);
    }
    if rechecked {
        change.rechecked_at = Set(Some(at));
        if input.result == Outcome::NotClosed {
            change.round = Set(row.round + 1);
        }
    }
    if input.seal_no.is_some() {
        change.seal_no = Set(input.seal_no.clone());
    }
    let photos: Vec<Uuid> = row.photos().into_iter().chain(input.photos.iter().copied()).collect();
    change.photos = Set(serde_json::to_string(&photos).map_err(Fault::internal)?);
    change.note = Set(input.note.clone().or_else(|| row.note.clone()));
    change.checked_at = Set(Some(at));
    change.checked_by = Set(Some(work.actor().sub));
    documents::attach(work, &input.photos, ValveCheck::NAME, row.id, "check").await?;
    if input.result == Outcome::NotClosed {
        change.case_id = Set(Some(case_of(work, row, &home, input, at).await?));
    }
    keep_valve(work, row, &home, input).await?;
    let result = input.result.code();
    work.change::<ValveCheck>(row, change, "recorded", |fact| fact.with("result", result)).await
}

/// How the valve of a home stands after a visit; it stays as it was when nobody saw it.
fn valve_after(home: &Home, input: &CheckValve) -> (Valve, Option<String>) {
    match input.result {
        Outcome::Cut => (Valve::Cut, input.seal_no.clone()),
        // The seal of a stop, found as it should be.
        Outcome::Closed if home.valve == Valve::Sealed && home.seal_no == input.seal_no => {
            (Valve::Sealed, input.seal_no.clone())
        }
        Outcome::Closed => (Valve::Closed, input.seal_no.clone()),
        Outcome::NotClosed => (Valve::Open, None),
        Outcome::NoAccess | Outcome::Excused => (home.valve, home.seal_no.clone()),
    }
}

async fn keep_valve(work: &Work, row: &Model, home: &Home, input: &CheckValve) -> Result<(), Fault> {
    let (valve, seal_no) = valve_after(home, input);
    if (valve, &seal_no) == (home.valve, &home.seal_no) {
        return Ok(());
    }
    let mut change = home.clone().into_active_model();
    change.valve = Set(valve);
    change.seal_no = Set(seal_no);
    work.change::<Household>(home, change, "changed", |fact| fact.with("valve_check_id", row.id.to_string())).await?;
    Ok(())
}

/// A sealed valve found open is theft, with a broken seal or used heat; one that never had a seal was not closed.
fn case_kind(home: &Home, input: &CheckValve) -> CaseKind {
    let sealed = home.seal_no.is_some() || matches!(home.valve, Valve::Sealed | Valve::Cut);
    let broken = input.seal_broken.unwrap_or(true) || input.used_heat.unwrap_or(false);
    if sealed && broken { CaseKind::Theft } else { CaseKind::UnclosedValve }
}

/// The case of a valve found open: the one its check found before, one that is open already, else a new one.
async fn case_of(work: &Work, row: &Model, home: &Home, input: &CheckValve, at: DateTimeUtc) -> Result<Uuid, Fault> {
    // The seal is gone since it was first found open; what was theft stays theft.
    if let Some(case) = row.case_id
        && current(work, case).await?.status != CaseStatus::Closed
    {
        return Ok(case);
    }
    let kind = case_kind(home, input);
    if let Some(case) = open_case(work, home.id, kind).await? {
        return Ok(case.id);
    }
    let found = Found {
        kind,
        found_at: at,
        origin: "valve_check",
        place: None,
        programme: None,
        proven_from: None,
        proof_document_id: None,
        photos: &input.photos,
        alteration_id: None,
        valve_check_id: Some(row.id),
    };
    Ok(open(work, home, &found).await?.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::household::entity::Use;

    fn home(valve: Valve, seal_no: Option<&str>) -> Home {
        Home {
            id: Uuid::nil(),
            version: 1,
            created_at: DateTimeUtc::default(),
            created_by: Uuid::nil(),
            updated_at: DateTimeUtc::default(),
            number: String::new(),
            station_id: Uuid::nil(),
            org_unit_id: Uuid::nil(),
            unit_id: None,
            building: String::new(),
            room_key: String::new(),
            room_sealed: String::new(),
            address_sealed: String::new(),
            customer_id: None,
            purpose: Use::Residential,
            far_end: false,
            connected_on: None,
            valve,
            seal_no: seal_no.map(str::to_owned),
            warranty_until: None,
            price_exception_fen: None,
            balance_fen: 0,
            overdue_fen: 0,
        }
    }

    fn seen(result: Outcome, seal_no: Option<&str>) -> CheckValve {
        CheckValve {
            result,
            seal_no: seal_no.map(str::to_owned),
            photos: Vec::new(),
            seal_broken: None,
            used_heat: None,
            checked_at: None,
            note: None,
        }
    }

    #[test]
    fn hs_r64_a_sealed_valve_found_open_is_theft() {
        let open = seen(Outcome::NotClosed, None);
        assert_eq!(case_kind(&home(Valve::Open, None), &open), CaseKind::UnclosedValve);
        assert_eq!(case_kind(&home(Valve::Sealed, Some("QF-1")), &open), CaseKind::Theft);
        assert_eq!(case_kind(&home(Valve::Closed, Some("QF-1")), &open), CaseKind::Theft);
        let whole = CheckValve { seal_broken: Some(false), ..open.clone() };
        assert_eq!(case_kind(&home(Valve::Sealed, Some("QF-1")), &whole), CaseKind::UnclosedValve);
        let used = CheckValve { used_heat: Some(true), ..whole };
        assert_eq!(case_kind(&home(Valve::Sealed, Some("QF-1")), &used), CaseKind::Theft);
    }

    #[test]
    fn the_valve_of_the_home_stands_as_it_was_found() {
        let sealed = home(Valve::Sealed, Some("QF-1"));
        let found = |result, seal: Option<&str>| valve_after(&sealed, &seen(result, seal));
        assert_eq!(found(Outcome::Closed, Some("QF-1")), (Valve::Sealed, Some("QF-1".to_owned())));
        assert_eq!(found(Outcome::Closed, Some("QF-2")), (Valve::Closed, Some("QF-2".to_owned())));
        assert_eq!(found(Outcome::Cut, Some("QF-2")), (Valve::Cut, Some("QF-2".to_owned())));
        assert_eq!(found(Outcome::NotClosed, None), (Valve::Open, None));
        assert_eq!(found(Outcome::NoAccess, None), (Valve::Sealed, Some("QF-1".to_owned())));
    }
}
