//! What an inspection waits for: the end of a term, a signature, money.

use kernel::fault::Fault;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query};
use store::Reading;
use store::work_list::{Asked, Due, Item, Waiting};

use crate::agreement::{HeatAgreement, entity as agreements};
use crate::bill::{HeatBill, entity as bills};
use crate::household::entity as homes;
use crate::inspection::{InspectionCase, entity as cases};

/// Notices whose term runs or is over, with the inspector of the case.
pub async fn terms(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use cases::Column;
    let waits = Condition::all().add(Column::Status.eq(cases::Status::NoticeServed)).add(asked.held(
        at.actor(),
        Column::InspectorId,
        Column::OrgUnitId,
    ));
    let rows = asked.rows::<InspectionCase>(at, waits, Due::by(Column::TermOn)).await?;
    let item = |(row, due): (cases::Model, Option<DateTimeUtc>)| {
        Item::of::<InspectionCase>(&row, due, row.number.clone())
            .since(row.updated_at)
            .held_by(Some(row.inspector_id))
            .in_unit(Some(row.org_unit_id))
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Agreements to approve; for the caller those he did not draft.
pub async fn to_approve(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use agreements::Column;
    let Some(units) = super::open_to(at, asked, "heating.agreement:approve", Column::OrgUnitId) else {
        return Ok(Vec::new());
    };
    let mut waits = Condition::all().add(Column::Status.eq(agreements::Status::Draft)).add(units);
    if asked.waiting == Waiting::Me {
        waits = waits.add(Column::CreatedBy.is_not_in(at.actor().persons()));
    }
    let rows = asked.rows::<HeatAgreement>(at, waits, Due::by(Column::SignBy)).await?;
    let item = |(row, due): (agreements::Model, Option<DateTimeUtc>)| {
        Item::of::<HeatAgreement>(&row, due, row.number.clone())
            .in_unit(Some(row.org_unit_id))
            .settled_by::<HeatAgreement>("approve")
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Agreements that are not signed, with whoever drafted them.
pub async fn to_sign(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use agreements::Column;
    let waits = Condition::all()
        .add(Column::Status.is_in([agreements::Status::Draft, agreements::Status::Approved]))
        .add(asked.held(at.actor(), Column::CreatedBy, Column::OrgUnitId));
    let rows = asked.rows::<HeatAgreement>(at, waits, Due::by(Column::SignBy)).await?;
    let item = |(row, due): (agreements::Model, Option<DateTimeUtc>)| {
        Item::of::<HeatAgreement>(&row, due, row.number.clone())
            .held_by(Some(row.created_by))
            .in_unit(Some(row.org_unit_id))
            .settled_by::<HeatAgreement>("sign")
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Issued supplements that are not paid in full: of the collectors, and of the inspector who found the case.
pub async fn unpaid(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use bills::Column;
    let of_units = asked.open_to(at.actor(), "heating.receipt:create", homes::Column::OrgUnitId).map(|units| {
        let homes = Query::select().column(homes::Column::Id).from(homes::Entity).cond_where(units).to_owned();
        Column::HouseholdId.in_subquery(homes)
    });
    let mut whose = Condition::any();
    if let Some(units) = of_units {
        whose = whose.add(units);
    }
    if asked.waiting == Waiting::Me {
        let found = Query::select()
            .column(cases::Column::Id)
            .from(cases::Entity)
            .and_where(cases::Column::InspectorId.is_in(at.actor().persons()))
            .to_owned();
        whose = whose.add(Column::SourceId.in_subquery(found));
    }
    let open = Expr::col((bills::Entity, Column::SettledFen)).lt(Expr::col((bills::Entity, Column::TotalFen)));
    let waits = Condition::all()
        .add(super::of_seasons(Column::SeasonId))
        .add(Column::Kind.eq(bills::Kind::Supplement))
        .add(Column::Status.eq(bills::Status::Issued))
        .add(open)
        .add(whose);
    let rows = asked.rows::<HeatBill>(at, waits, Due::by(Column::DueOn)).await?;
    let units = super::units_of(at, rows.iter().map(|(row, _)| row.household_id)).await?;
    let item = |(row, due): (bills::Model, Option<DateTimeUtc>)| {
        Item::of::<HeatBill>(&row, due, row.number.clone())
            .since(row.issued_at.unwrap_or(row.created_at))
            .in_unit(units.get(&row.household_id).copied())
    };
    Ok(rows.into_iter().map(item).collect())
}
