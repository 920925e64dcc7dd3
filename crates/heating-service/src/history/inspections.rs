//! Inspections, agreements and valve checks of the old books.

use kernel::fault::Fault;
use kernel::ids;
use sea_orm::entity::prelude::*;
use store::{Work, numbers};

use super::HistoryRow;
use super::known::Known;
use crate::agreement::HeatAgreement;
use crate::agreement::entity as agreements;
use crate::inspection::InspectionCase;
use crate::inspection::entity::{self as cases, measurement};
use crate::reading::entity::Signature;
use crate::valve_check::ValveCheck;
use crate::valve_check::entity::{self as valves, Ground, Outcome};

/// What the old books call the whole of a case.
const WHOLE: &str = "合计";
/// A storey of the usual height, in centimetres; the books do not say it.
const HEIGHT_CM: i32 = 280;

/// A case that was registered, with its area where one was measured.
pub(super) async fn case(work: &Work, row: &HistoryRow, known: &Known) -> Result<Uuid, Fault> {
    let home = known.household(row)?;
    let person = known.person(work, row)?;
    let found_at = row.at(600);
    let case = cases::Model {
        id: ids::new_id(work.now),
        version: 1,
        created_at: work.now,
        created_by: work.actor().sub,
        updated_at: work.now,
        number: numbers::next(work, "IC").await?,
        household_id: home.id,
        org_unit_id: home.org_unit_id,
        kind: row.code(cases::Kind::ALL, cases::Kind::code)?,
        programme: row.programme.clone(),
        found_at,
        inspector_id: person,
        origin: "history".to_owned(),
        place: None,
        proven_from: None,
        proof_document_id: None,
        photos: "[]".to_owned(),
        alteration_id: None,
        valve_check_id: None,
        notices: "[]".to_owned(),
        term_on: None,
        registered_at: Some(found_at),
        agreement_id: None,
        status: cases::Status::Registered,
        close_reason: None,
        close_text: None,
        closed_at: None,
    };
    work.create_later::<InspectionCase>(&case, |fact| fact, "imported").await;
    if let Some(area) = row.area_m2 {
        let part = measurement::Model {
            id: ids::new_id(work.now),
            version: 1,
            created_at: work.now,
            created_by: work.actor().sub,
            case_id: case.id,
            part: WHOLE.to_owned(),
            area_dm2: area.units(),
            height_cm: HEIGHT_CM,
            has_heating_facility: true,
            instrument_id: known.instrument(row)?,
            measured_by: person,
            witness_staff_id: None,
            user_signature: Some(Signature::Signed),
            measured_at: found_at,
            photos: "[]".to_owned(),
        };
        work.insert_later(&part).await;
    }
    Ok(case.id)
}

/// An agreement that was signed.
pub(super) async fn agreement(work: &Work, row: &HistoryRow, known: &Known) -> Result<Uuid, Fault> {
    let home = known.household(row)?;
    let signed = agreements::Model {
        id: ids::new_id(work.now),
        version: 1,
        created_at: work.now,
        created_by: work.actor().sub,
        updated_at: work.now,
        number: numbers::next(work, "XY").await?,
        household_id: home.id,
        org_unit_id: home.org_unit_id,
        case_id: None,
        kind: row.code(agreements::Kind::ALL, agreements::Kind::code)?,
        items: "[]".to_owned(),
        area_dm2: row.area_m2.map_or(0, kernel::fixed::Area::units),
        charge_from: row.date,
        note: None,
        sign_by: row.date,
        status: agreements::Status::Signed,
        approved_by: None,
        approved_at: None,
        signed_by: home.customer_id,
        signed_at: Some(row.at(600)),
        document_id: None,
        ended_on: None,
        end_reason: None,
    };
    work.create_later::<HeatAgreement>(&signed, |fact| fact, "imported").await;
    Ok(signed.id)
}

/// A valve that was looked at in the season of the day.
pub(super) async fn valve_check(work: &Work, row: &HistoryRow, known: &Known) -> Result<Uuid, Fault> {
    let home = known.household(row)?;
    let result = row.code(&[Outcome::Closed, Outcome::Cut, Outcome::NotClosed], Outcome::code)?;
    let check = valves::Model {
        id: ids::new_id(work.now),
        version: 1,
        created_at: work.now,
        created_by: work.actor().sub,
        updated_at: work.now,
        number: numbers::next(work, "VC").await?,
        list_id: None,
        season_id: known.season(row)?,
        household_id: home.id,
        org_unit_id: home.org_unit_id,
        ground: Ground::Unpaid,
        risk: 0,
        status: result.status(),
        result: Some(result),
        first_result: Some(result),
        no_access_count: 0,
        round: 1,
        seal_no: None,
        photos: "[]".to_owned(),
        note: None,
        checked_at: Some(row.at(600)),
        first_checked_at: Some(row.at(600)),
        checked_by: Some(known.person(work, row)?),
        notified_at: None,
        rectify_by: None,
        rectified_at: None,
        rectified_by: None,
        rechecked_at: None,
        case_id: None,
    };
    work.create_later::<ValveCheck>(&check, |fact| fact, "imported").await;
    Ok(check.id)
}
