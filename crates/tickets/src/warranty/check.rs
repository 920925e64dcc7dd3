//! The check of one day: is a part covered towards the customer, by the contractor, and who bears the cost
//! (TK-R20).

use chrono::NaiveDate;
use kernel::fault::{self, Fault};
use registers::property::{building, unit};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use store::Reading;
use utoipa::ToSchema;

use super::season::Counting;
use super::{coverage, part};
use crate::catalogue::PlaceKind;
use crate::repair_order::entity::Bearer;

/// What a warranty check finds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WarrantyCheck {
    pub part_code: String,
    /// The date of receipt it was asked for.
    pub on: NaiveDate,
    pub unit_id: Option<Uuid>,
    pub building_id: Option<Uuid>,
    /// The house towards the customer.
    pub customer: WarrantySide,
    /// The contractor towards the house.
    pub contractor: WarrantySide,
    /// Who answers for the part, covered or not.
    pub supplier_id: Option<Uuid>,
    pub coverage_id: Option<Uuid>,
    pub cost_contract_id: Option<Uuid>,
    pub proposed_bearer: Bearer,
}

/// One side of a warranty; the last day is covered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WarrantySide {
    pub starts_on: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    pub covered: bool,
}

impl WarrantySide {
    fn on(day: NaiveDate, starts_on: Option<NaiveDate>, until: Option<NaiveDate>) -> Self {
        let covered = starts_on.zip(until).is_some_and(|(start, until)| start <= day && day <= until);
        Self { starts_on, until, covered }
    }
}

/// Where something broke.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub unit_id: Option<Uuid>,
    pub building_id: Option<Uuid>,
    pub kind: PlaceKind,
}

/// Checks a part at a place on a day.
///
/// # Errors
/// 404 when there is no such unit or building.
pub async fn check(at: &Reading, place: Place, part: &part::Model, on: NaiveDate) -> Result<WarrantyCheck, Fault> {
    let missing = || Fault::new(&fault::NOT_FOUND);
    let home = match place.unit_id {
        Some(id) => Some(unit::Entity::find_by_id(id).one(&at.db()).await?.ok_or_else(missing)?),
        None => None,
    };
    let house = match home.as_ref().map(|home| home.building_id).or(place.building_id) {
        Some(id) => Some(building::Entity::find_by_id(id).one(&at.db()).await?.ok_or_else(missing)?),
        None => None,
    };
    let seasons = Counting::of(at).await?;
    let mut found = WarrantyCheck {
        part_code: part.code.clone(),
        on,
        unit_id: place.unit_id,
        building_id: house.as_ref().map(|house| house.id),
        customer: WarrantySide::default(),
        contractor: WarrantySide::default(),
        supplier_id: None,
        coverage_id: None,
        cost_contract_id: None,
        proposed_bearer: Bearer::Company,
    };
    if let Some(house) = &house {
        let start = home.as_ref().and_then(|home| home.delivered_on).or(house.accepted_on);
        let until = start.and_then(|start| part.period().until(start, house.design_life_years, &seasons));
        found.customer = WarrantySide::on(on, start, until);
        take_contractor(at, &mut found, part, house, &seasons).await?;
    }
    found.proposed_bearer = bearer(found.contractor.covered, found.customer.covered, place.kind);
    Ok(found)
}

/// The coverage of the day, else the latest that began.
async fn take_contractor(
    at: &Reading,
    found: &mut WarrantyCheck,
    part: &part::Model,
    house: &building::Model,
    seasons: &Counting,
) -> Result<(), Fault> {
    let mut sides: Vec<_> = coverage::of(at, house.id, &part.code)
        .await?
        .into_iter()
        .map(|row| {
            let (start, until) = row.span(part, house, seasons);
            (WarrantySide::on(found.on, start, until), row)
        })
        .collect();
    sides.sort_by_key(|(side, row)| (side.covered, side.starts_on, row.id));
    if let Some((side, row)) = sides.pop() {
        found.contractor = side;
        found.supplier_id = Some(row.supplier_id);
        found.coverage_id = Some(row.id);
        found.cost_contract_id = row.cost_contract_id;
    }
    Ok(())
}

/// Contractor if his side covers, else the company if the customer's does, else who owns the place.
pub fn bearer(contractor_covered: bool, customer_covered: bool, place: PlaceKind) -> Bearer {
    match place {
        _ if contractor_covered => Bearer::Contractor,
        _ if customer_covered => Bearer::Company,
        PlaceKind::Unit | PlaceKind::Parking => Bearer::Customer,
        PlaceKind::BuildingCommon | PlaceKind::ProjectCommon => Bearer::MaintenanceFund,
        PlaceKind::StationArea | PlaceKind::None => Bearer::Company,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::warranty::Period;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn tk_e12_the_last_day_is_covered_and_the_next_payer_follows() {
        let (accepted, delivered) = (day("2022-03-15"), day("2022-06-30"));
        let side = |on: &str, start| {
            let until = Period::Months(60).until(start, None, &Counting::default());
            WarrantySide::on(day(on), Some(start), until)
        };
        for (on, wanted) in [
            ("2027-03-15", Bearer::Contractor),
            ("2027-03-16", Bearer::Company),
            ("2027-06-30", Bearer::Company),
            ("2027-07-01", Bearer::Customer),
        ] {
            let (contractor, customer) = (side(on, accepted), side(on, delivered));
            assert_eq!(bearer(contractor.covered, customer.covered, PlaceKind::Unit), wanted, "{on}");
        }
    }

    #[test]
    fn common_parts_are_the_maintenance_funds_once_nobody_covers_them() {
        assert_eq!(bearer(false, false, PlaceKind::BuildingCommon), Bearer::MaintenanceFund);
        assert_eq!(bearer(false, true, PlaceKind::BuildingCommon), Bearer::Company);
        assert_eq!(bearer(false, false, PlaceKind::StationArea), Bearer::Company);
    }

    #[test]
    fn nothing_is_covered_before_it_starts_or_without_an_end() {
        let start = Some(day("2022-06-30"));
        assert!(!WarrantySide::on(day("2022-06-29"), start, Some(day("2027-06-30"))).covered);
        assert!(!WarrantySide::on(day("2023-01-01"), start, None).covered);
        let life = |years| Period::DesignLife.until(day("2024-02-29"), years, &Counting::default());
        assert_eq!((life(Some(50)), life(None)), (Some(day("2074-02-28")), None));
    }
}
