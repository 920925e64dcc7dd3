//! Real work that stands for a line of a visit (HS-R32): the same household, officer and local day.
//!
//! A kind of work is one [`WorkKind`] in a list; domains that know no households hand theirs in from outside.

use chrono::NaiveDate;
use futures_util::future::LocalBoxFuture;
use kernel::fault::Fault;
use kernel::time::{Timestamp, business_day, end_of_day, start_of_day};
use sea_orm::entity::prelude::*;
use sea_orm::{QuerySelect, Select};
use serde::{Deserialize, Serialize};
use store::{Reading, Resource};
use utoipa::ToSchema;

use super::credit::Match;
use crate::inspection::{InspectionCase, entity as inspections};
use crate::reading::entity as readings;
use crate::receipt::HeatReceipt;
use crate::receipt::entity as receipts;
use crate::temperature::TemperatureCase;
use crate::temperature::entity as cases;
use crate::valve_check::{ValveCheck, entity as valves};

/// Work that a line names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VisitWork)]
pub struct WorkRef {
    /// What it is: `temperature_case`, `heat_receipt`, `repair_order` …
    #[schema(min_length = 1, max_length = 40)]
    pub resource: String,
    pub id: Uuid,
}

/// Somebody was in a household for something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = VisitWorkCandidate)]
pub struct Contact {
    /// As a line names it.
    pub work: WorkRef,
    pub household_id: Uuid,
    /// Who was there.
    pub officer_id: Uuid,
    pub at: Timestamp,
}

/// Which contacts are looked for.
#[derive(Clone, Copy, Debug)]
pub enum Sought {
    /// Those of one row.
    Of(Uuid),
    /// Those of an officer on a local day.
    By(Uuid, NaiveDate),
}

type Contacts<'a> = LocalBoxFuture<'a, Result<Vec<Contact>, Fault>>;

/// A kind of work that brings somebody into a household.
pub struct WorkKind {
    /// The resource a line names.
    pub resource: &'static str,
    /// Finds its contacts.
    pub find: for<'a> fn(&'a Reading, Sought) -> Contacts<'a>,
}

/// The kinds of this domain.
pub const KINDS: &[WorkKind] = &[
    WorkKind { resource: TemperatureCase::NAME, find: |at, sought| Box::pin(measurements(at, sought)) },
    WorkKind { resource: HeatReceipt::NAME, find: |at, sought| Box::pin(fee_calls(at, sought)) },
    WorkKind { resource: ValveCheck::NAME, find: |at, sought| Box::pin(valve_checks(at, sought)) },
    WorkKind { resource: InspectionCase::NAME, find: |at, sought| Box::pin(inspections(at, sought)) },
];

fn contact(resource: &str, (id, household_id, officer_id, at): (Uuid, Uuid, Uuid, DateTimeUtc)) -> Contact {
    Contact { work: WorkRef { resource: resource.to_owned(), id }, household_id, officer_id, at: at.into() }
}

/// Rows of an officer on a day, by who did it and when.
fn narrowed<E: EntityTrait>(
    select: Select<E>,
    sought: Sought,
    id: impl ColumnTrait,
    (by, at): (impl ColumnTrait, impl ColumnTrait),
) -> Select<E> {
    match sought {
        Sought::Of(row) => select.filter(id.eq(row)),
        Sought::By(officer, day) => {
            select.filter(by.eq(officer)).filter(at.gte(start_of_day(day))).filter(at.lt(end_of_day(day)))
        }
    }
}

/// Visits with the thermometer.
async fn measurements(at: &Reading, sought: Sought) -> Result<Vec<Contact>, Fault> {
    use readings::Column;
    let taken = readings::Entity::find()
        .select_only()
        .columns([Column::CaseId, Column::MeasuredBy, Column::MeasuredAt])
        .filter(Column::RetractedAt.is_null());
    let taken: Vec<(Uuid, Uuid, DateTimeUtc)> =
        narrowed(taken, sought, Column::CaseId, (Column::MeasuredBy, Column::MeasuredAt))
            .into_tuple()
            .all(&at.db())
            .await?;
    let named = cases::Entity::find()
        .select_only()
        .columns([cases::Column::Id, cases::Column::HouseholdId])
        .filter(cases::Column::Id.is_in(taken.iter().map(|(case, ..)| *case)));
    let homes: std::collections::HashMap<Uuid, Uuid> =
        named.into_tuple::<(Uuid, Uuid)>().all(&at.db()).await?.into_iter().collect();
    let mut contacts: Vec<Contact> = Vec::new();
    for (case, by, when) in taken {
        let Some(home) = homes.get(&case) else { continue };
        // The readings of one visit are one contact.
        let known = contacts
            .iter()
            .any(|it| it.work.id == case && it.officer_id == by && business_day(it.at.0) == business_day(when));
        if !known {
            contacts.push(contact(TemperatureCase::NAME, (case, *home, by, when)));
        }
    }
    Ok(contacts)
}

/// Money taken from a household.
async fn fee_calls(at: &Reading, sought: Sought) -> Result<Vec<Contact>, Fault> {
    use receipts::Column;
    let taken = receipts::Entity::find()
        .select_only()
        .columns([Column::Id, Column::HouseholdId, Column::CreatedBy, Column::PaidAt])
        .filter(Column::ReversedAt.is_null());
    let rows: Vec<(Uuid, Uuid, Uuid, DateTimeUtc)> =
        narrowed(taken, sought, Column::Id, (Column::CreatedBy, Column::PaidAt)).into_tuple().all(&at.db()).await?;
    Ok(rows.into_iter().map(|row| contact(HeatReceipt::NAME, row)).collect())
}

/// Valves that were looked at.
async fn valve_checks(at: &Reading, sought: Sought) -> Result<Vec<Contact>, Fault> {
    use valves::Column;
    let checked = valves::Entity::find()
        .select_only()
        .columns([Column::Id, Column::HouseholdId, Column::CheckedBy, Column::CheckedAt])
        .filter(Column::CheckedBy.is_not_null())
        .filter(Column::CheckedAt.is_not_null());
    let rows: Vec<(Uuid, Uuid, Uuid, DateTimeUtc)> =
        narrowed(checked, sought, Column::Id, (Column::CheckedBy, Column::CheckedAt))
            .into_tuple()
            .all(&at.db())
            .await?;
    Ok(rows.into_iter().map(|row| contact(ValveCheck::NAME, row)).collect())
}

/// Heat use that was inspected.
async fn inspections(at: &Reading, sought: Sought) -> Result<Vec<Contact>, Fault> {
    use inspections::Column;
    let found = inspections::Entity::find().select_only().columns([
        Column::Id,
        Column::HouseholdId,
        Column::InspectorId,
        Column::FoundAt,
    ]);
    let rows: Vec<(Uuid, Uuid, Uuid, DateTimeUtc)> =
        narrowed(found, sought, Column::Id, (Column::InspectorId, Column::FoundAt)).into_tuple().all(&at.db()).await?;
    Ok(rows.into_iter().map(|row| contact(InspectionCase::NAME, row)).collect())
}

/// How the work a line names agrees with it; none when there is no such work.
pub fn judged(contacts: &[Contact], officer: Uuid, day: NaiveDate, household: Uuid) -> Option<Match> {
    let matches = contacts.iter().map(|it| Match {
        day: business_day(it.at.0) == day,
        officer: it.officer_id == officer,
        household: it.household_id == household,
    });
    // Of several contacts the one that agrees most.
    matches.max_by_key(|it| (it.day && it.officer, it.day, it.officer))
}

/// Everything an officer did in households on a day, in order.
pub async fn candidates(
    at: &Reading,
    kinds: &[&WorkKind],
    officer: Uuid,
    day: NaiveDate,
) -> Result<Vec<Contact>, Fault> {
    let mut all = Vec::new();
    for kind in kinds {
        all.extend((kind.find)(at, Sought::By(officer, day)).await?);
    }
    all.sort_by_key(|it| it.at);
    Ok(all)
}
