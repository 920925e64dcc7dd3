//! Outages and measurements of the old books.

use chrono::TimeDelta;
use kernel::fault::Fault;
use kernel::ids;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use store::{Work, numbers};

use super::known::Known;
use super::{HistoryRow, required};
use crate::outage::Outage;
use crate::outage::entity::{self as outages, Cause, CauseClass, place};
use crate::reading::entity::{self as readings, Point, Room, Signature};
use crate::temperature::TemperatureCase;
use crate::temperature::entity::{self as cases, Liability, Origin, Status, Verdict};

/// What a home was owed, in tenths of a degree.
const WARM_DC: i64 = 180;

/// An outage of a station: told to every level, restored and reviewed.
pub(super) async fn outage(work: &Work, row: &HistoryRow, known: &Known) -> Result<Uuid, Fault> {
    let station = known.station(row)?;
    let cause = row.code(Cause::ALL, Cause::code)?;
    let liability = match cause.class() {
        CauseClass::External => Liability::ThirdParty,
        CauseClass::Internal => Liability::Company,
    };
    let (began, told, over) = (row.at(720), row.at(735), row.at(960));
    let outage = outages::Model {
        id: ids::new_id(work.now),
        version: 1,
        created_at: work.now,
        created_by: work.actor().sub,
        updated_at: work.now,
        number: numbers::next(work, "OT").await?,
        org_unit_id: station.org_unit_id,
        kind: outages::Kind::Stopped,
        planned: false,
        cause,
        started_at: began,
        expected_restore_at: None,
        forecasts: "[]".to_owned(),
        customer_text: None,
        restored_at: Some(over),
        station_at: began,
        branch_at: Some(told),
        company_at: Some(told + TimeDelta::minutes(15)),
        acknowledged_at: None,
        notified_at: Some(told),
        notice_channels: "[]".to_owned(),
        notice_text: None,
        notice_late: false,
        repair_started_at: None,
        affected_count: row.count.unwrap_or_default(),
        solution: None,
        root_cause_code: None,
        delay_reason_code: None,
        status: outages::Status::Reviewed,
        liability: Some(liability),
        review_text: None,
        review_measures: None,
        reviewed_by: None,
        cancel_reason: None,
    };
    work.create_later::<Outage>(&outage, |fact| fact, "imported").await;
    for kind in [place::Kind::Station, place::Kind::Reached] {
        let part = place::ActiveModel {
            id: Set(ids::new_id(work.now)),
            outage_id: Set(outage.id),
            kind: Set(kind),
            place_id: Set(station.id),
        };
        work.insert(part).await?;
    }
    Ok(outage.id)
}

/// A home that was measured in a round: one reading, closed at once.
pub(super) async fn temperature(work: &Work, row: &HistoryRow, known: &Known) -> Result<Uuid, Fault> {
    let home = known.household(row)?;
    let instrument = known.instrument(row)?;
    let person = known.person(work, row)?;
    let t_dc = required(row.value, "/value")?.units() / 10;
    let warm = t_dc >= WARM_DC;
    let t_dc = i32::try_from(t_dc).map_err(Fault::internal)?;
    let measured_at = row.at(600);
    let case = cases::Model {
        id: ids::new_id(work.now),
        version: 1,
        created_at: work.now,
        created_by: work.actor().sub,
        updated_at: work.now,
        number: numbers::next(work, "WD").await?,
        household_id: home.id,
        org_unit_id: home.org_unit_id,
        customer_id: home.customer_id,
        origin: Origin::Survey,
        requested_at: measured_at,
        requested_by: person,
        ticket_id: None,
        status: Status::Closed,
        verdict: Some(if warm { Verdict::Qualified } else { Verdict::Unqualified }),
        lowest_dc: Some(t_dc),
        visits: 1,
        due_at: measured_at,
        round: 1,
        remedies: "[]".to_owned(),
        call_backs: "[]".to_owned(),
        call_back_attempts: "[]".to_owned(),
        liability: None,
        liability_document_id: None,
        judged_by: None,
        judged_at: None,
        feedback_document_id: None,
        close_reason: None,
        closed_at: Some(measured_at),
    };
    work.create_later::<TemperatureCase>(&case, |fact| fact, "imported").await;
    let reading = readings::Model {
        id: ids::new_id(work.now),
        version: 1,
        created_at: work.now,
        created_by: work.actor().sub,
        number: Some(numbers::next(work, "DS").await?),
        case_id: case.id,
        visit_no: 1,
        room: Room::Bedroom,
        point: Point::Centre,
        height_cm: 140,
        closed_minutes: 60,
        t_dc,
        outdoor_dc: None,
        instrument_id: instrument,
        hand_held: false,
        measured_at,
        measured_by: person,
        client_id: None,
        user_signature: Signature::Signed,
        witness_staff_id: None,
        photos: "[]".to_owned(),
        evidential: true,
        faults: "[]".to_owned(),
        retracted_at: None,
        retracted_by: None,
        retract_reason: None,
    };
    work.insert_later(&reading).await;
    Ok(case.id)
}
