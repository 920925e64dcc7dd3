//! Billing a case: one supplement a season, each with its own price and days (HS-R60), and what becomes of the case
//! as they are paid.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};
use kernel::fault::{Fault, FieldErrors, PRICE_MISSING};
use kernel::fixed::{Area, Height};
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, IntoActiveModel, Set};
use serde::Deserialize;
use store::{Reading, Work, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{Kind, Model, Status};
use super::recovery::{self, Start};
use super::{InspectionCase, MOVES, measuring};
use crate::area_item::commands::{CreateAreaItem, enter};
use crate::area_item::entity as areas;
use crate::bill::entity::{Column as BillColumn, Entity as Bills, Kind as BillKind, Status as BillStatus};
use crate::bill::{self, Draft};
use crate::fee::{Computed, Exception, Rates};
use crate::household::commands as homes;
use crate::household::entity::Model as Home;
use crate::problems::{NOT_VERIFIED, NOTHING_TO_BILL};
use crate::season::entity::Model as Season;
use crate::stop::entity as stops;
use crate::{agreement, area_item};

/// How a case is billed.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct BillInspectionCase {
    /// Recovers less than is proven: only from this day on.
    pub charge_from: Option<NaiveDate>,
    /// When the supplements are due; after the days of a notice when absent.
    pub due_on: Option<NaiveDate>,
}

/// The supplements of these cases that were not reversed.
pub(super) fn supplements_of(cases: &[Uuid]) -> Condition {
    Condition::all()
        .add(BillColumn::SourceId.is_in(cases.iter().copied()))
        .add(BillColumn::Kind.eq(BillKind::Supplement))
        .add(BillColumn::Status.ne(BillStatus::Reversed))
}

/// Bills a case that was agreed upon, or one that was refused and measured twice by different persons: drafts of
/// supplements, to be approved and issued.
///
/// # Errors
/// 409 `separation_of_duties` for its inspector, `not_verified`, `nothing_to_bill`, `price_missing`; 422
/// `recovery_too_old` before the seasons that may be recovered, `no_proof` from earlier than anything proves or was agreed,
/// or where theft would be charged from later than the season's first day without a proof.
pub async fn bill(work: &Work, id: Uuid, input: &BillInspectionCase) -> Result<Model, Fault> {
    let today = business_day(work.now);
    let fits = async |_: &Model| match input.due_on {
        Some(due) if due < today => Err(Fault::field("/due_on", "out_of_range")),
        _ => Ok(()),
    };
    let (row, to) = MOVES.begin_checked::<InspectionCase>(work, id, "bill", fits).await?;
    let home = homes::locked(work, row.household_id).await?;
    let nothing = || Fault::new(&NOTHING_TO_BILL).rule("HS-R60");
    if row.kind == Kind::Demolition {
        return Err(nothing());
    }
    let season = recovery::current_season(work, &home, business_day(row.found_at)).await?.ok_or_else(nothing)?;
    let from = from(work, &row, &season, input).await?;
    recovery::ensure_not_too_old(work, &season, from).await?;
    if row.status == Status::Refused {
        open_areas(work, &row, &home, from).await?;
    }
    let days = parameters::integer(work, "heating.inspection.notice_days").await?;
    let due_on = input.due_on.or_else(|| today.checked_add_days(Days::new(days.unsigned_abs()))).unwrap_or(today);
    let mut billed = 0;
    for season in recovery::seasons(work, &season, from).await? {
        let fee = supplement(work, &row, &home, &season, from).await?;
        if fee.exception == Some(Exception::NoPrice) {
            return Err(Fault::new(&PRICE_MISSING).with("uses", vec![home.purpose.code()]));
        }
        if fee.total.is_zero() {
            continue;
        }
        let draft = Draft {
            household: &home,
            season: &season,
            kind: BillKind::Supplement,
            lines: fee.lines,
            total: fee.total,
            due_on,
            source_id: Some(row.id),
        };
        bill::commands::draft(work, draft).await?;
        billed += 1;
    }
    if billed == 0 {
        return Err(nothing());
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    work.change::<InspectionCase>(&row, change, "billed", |fact| fact.with("from", from.to_string())).await
}

async fn from(work: &Work, row: &Model, season: &Season, input: &BillInspectionCase) -> Result<NaiveDate, Fault> {
    let agreed = match row.agreement_id {
        Some(id) => agreement::entity::Entity::find_by_id(id).one(&work.db()).await?.map(|row| row.charge_from),
        None => None,
    };
    let start = Start { agreed, proven: row.proven_from };
    let first = recovery::first_day(row.kind, start, season.starts_on);
    let Some(asked) = input.charge_from else { return Ok(first) };
    recovery::ensure_not_too_old(work, season, asked).await?;
    let stolen = Kind::STOLEN.contains(&row.kind) && row.proven_from.is_none();
    let mut errors = FieldErrors::default();
    let earlier = if row.agreement_id.is_some() { "out_of_range" } else { "no_proof" };
    errors.add_if(asked < first, "/charge_from", earlier);
    errors.add_if(stolen && asked > season.starts_on, "/charge_from", "no_proof");
    errors.finish()?;
    Ok(asked)
}

/// The areas of a refused case, as two persons measured them, stand from the first day on.
async fn open_areas(work: &Work, row: &Model, home: &Home, from: NaiveDate) -> Result<(), Fault> {
    let measured = measuring::of_cases(work, &[row.id]).await?;
    if !measuring::verified(&measured) {
        return Err(Fault::new(&NOT_VERIFIED).rule("HS-R61"));
    }
    let known = areas::Entity::find().filter(areas::Column::SourceId.eq(row.id)).count(&work.db()).await?;
    if known > 0 {
        // Billed before, and taken back.
        return Ok(());
    }
    for part in measuring::latest(&measured) {
        let area = CreateAreaItem {
            kind: booked_as(row.kind, &part.part),
            area_m2: Area::from_units(part.area_dm2).map_err(Fault::internal)?,
            height_m: Some(Height::from_units(part.height_cm.into()).map_err(Fault::internal)?),
            has_heating_facility: Some(part.has_heating_facility),
            from,
            to: None,
            origin: Some(areas::Origin::Case),
            source_id: Some(row.id),
            document_id: None,
            replaces_id: None,
        };
        enter(work, home, &area, None).await?;
    }
    Ok(())
}

/// What a part is booked as: the kind it is named by, else what the case is about.
fn booked_as(kind: Kind, part: &str) -> areas::Kind {
    let named = areas::Kind::ALL.iter().copied().find(|kind| kind.code() == part);
    named.filter(|kind| *kind != areas::Kind::Certificate).unwrap_or(match kind {
        Kind::GiftedArea => areas::Kind::Gifted,
        Kind::BasementExtension => areas::Kind::Basement,
        Kind::AreaIncrease | Kind::Demolition | Kind::Theft | Kind::UnclosedValve => areas::Kind::Extension,
    })
}

/// What a case adds to the fee of a season. An area that the season's bill charges is not charged again.
async fn supplement(
    work: &Work,
    row: &Model,
    home: &Home,
    season: &Season,
    from: NaiveDate,
) -> Result<Computed, Fault> {
    let mut items = area_item::queries::of_household(work, home.id, season.starts_on, season.ends_on).await?;
    let of_case = |item: &areas::Model| {
        item.source_id == Some(row.id) || row.agreement_id.is_some_and(|id| item.agreement_id == Some(id))
    };
    if items.iter().any(of_case) {
        items.retain(of_case);
    } else if !was_stopped(work, row, season).await? {
        items.clear();
    }
    let charged: HashSet<Uuid> = match bill::queries::of_season(work, home.id, season.id).await? {
        Some(bill) => bill.lines().iter().filter_map(|line| line.area_item_id).collect(),
        None => HashSet::new(),
    };
    items.retain(|item| !charged.contains(&item.id));
    // Heat was used since then, whatever the register says of the connection.
    let connected_on = Some(home.connected_on.map_or(from, |on| on.min(from)));
    let home = Home { connected_on, ..home.clone() };
    Rates::of(work, season.clone()).await?.fee_from(&home, &items, from)
}

/// Heat stolen by a home that was stopped: nothing of it was billed, so all of it is.
async fn was_stopped(at: &Reading, row: &Model, season: &Season) -> Result<bool, Fault> {
    if !Kind::STOLEN.contains(&row.kind) {
        return Ok(false);
    }
    let of_season = stops::Entity::find()
        .filter(stops::Column::HouseholdId.eq(row.household_id))
        .filter(stops::Column::SeasonId.eq(season.id))
        .filter(stops::Column::Kind.eq(stops::Kind::Stop))
        .filter(stops::Column::EndedOn.is_null())
        .filter(stops::Column::Status.is_in([stops::Status::Effective, stops::Status::Lapsed]));
    Ok(of_season.count(&at.db()).await? > 0)
}

/// A supplement was paid, reopened or reversed: the case is collected when all of it is paid in full, billed while
/// something is open, and to be billed again when nothing of its bills is left.
pub(crate) async fn settled(work: &Work, case_id: Uuid) -> Result<(), Fault> {
    let row = super::commands::current(work, case_id).await?;
    if !matches!(row.status, Status::Billed | Status::Collected) {
        return Ok(());
    }
    let bills = Bills::find().filter(supplements_of(&[row.id])).all(&work.db()).await?;
    let paid = |bill: &bill::entity::Model| bill.status == BillStatus::Issued && bill.outstanding_fen() == 0;
    let to = match (bills.is_empty(), bills.iter().all(paid)) {
        (true, _) if row.agreement_id.is_some() => Status::AgreementSigned,
        (true, _) => Status::Refused,
        (false, true) => Status::Collected,
        (false, false) => Status::Billed,
    };
    if to != row.status {
        let verb = match to {
            Status::Collected => "collected",
            Status::Billed => "reopened",
            _ => "bill_reversed",
        };
        let mut change = row.clone().into_active_model();
        change.status = Set(to);
        work.change::<InspectionCase>(&row, change, verb, |fact| fact).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_booked_as_it_is_named_or_as_the_case_says() {
        for (kind, part, booked) in [
            (Kind::Theft, "basement", areas::Kind::Basement),
            (Kind::Theft, "地下室", areas::Kind::Extension),
            (Kind::BasementExtension, "地下室", areas::Kind::Basement),
            (Kind::GiftedArea, "阁楼", areas::Kind::Gifted),
            (Kind::AreaIncrease, "certificate", areas::Kind::Extension),
        ] {
            assert_eq!(booked_as(kind, part), booked, "{kind:?} {part}");
        }
    }
}
