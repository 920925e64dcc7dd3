//! Requests and assessments that wait for their next step (spec tickets §10, TK-15).

use kernel::fault::Fault;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::work_list::{Asked, Due, Item, Waiting};

use crate::monthly_assessment::{MonthlyAssessment, entity as assessment};
use crate::service_request::entity::{Column, Model, RequestType};
use crate::service_request::{ServiceRequest, flow};
use crate::violation::{Violation, entity as violation};

/// Requests whose next step is the caller's (TK-R37); they wait since the last one.
pub async fn steps(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let actor = at.actor();
    let may = |of: RequestType, action: &str| {
        let decides = action != "approve" || flow::deciders(of).contains(&actor.role);
        decides && actor.holds(&format!("tickets.service_request:{}", action.replace('-', "_")))
    };
    let mut whose = Condition::any().add(Expr::value(false));
    for &of in RequestType::ALL {
        for step in flow::steps(of) {
            let Some(before) = flow::before(of, step.action) else { continue };
            if asked.waiting != Waiting::Me || may(of, step.action) {
                whose = whose.add(Condition::all().add(Column::Type.eq(of)).add(Column::Status.eq(before)));
            }
        }
    }
    let mut waits = Condition::all().add(whose);
    if let Waiting::Units(units) = &asked.waiting {
        waits = waits.add(Column::OrgUnitId.is_in(units.iter().copied()));
    }
    let rows = asked.rows::<ServiceRequest>(at, waits, Due::Never).await?;
    let item = |(row, due): (Model, Option<DateTimeUtc>)| {
        let next = flow::next(row.r#type, row.status).map_or("complete", |step| step.action);
        Item::of::<ServiceRequest>(&row, due, row.description.clone().unwrap_or_default())
            .since(row.updated_at)
            .in_unit(row.org_unit_id)
            .settled_by::<ServiceRequest>(next)
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Violations nobody has confirmed or dropped; never for who recorded or committed them.
pub async fn violations(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use violation::{Column, Status};
    let Some(unit) = asked.open_to(at.actor(), "tickets.violation:confirm", Column::OrgUnitId) else {
        return Ok(Vec::new());
    };
    let mut waits = unit.add(Column::Status.is_in([Status::Recorded, Status::Disputed]));
    if asked.waiting == Waiting::Me {
        waits = waits.add(Column::StaffId.is_not_in(at.actor().persons()));
        waits = waits.add(Column::CreatedBy.is_not_in(at.actor().persons()));
    }
    let rows = asked.rows::<Violation>(at, waits, Due::Never).await?;
    let item = |(row, due): (violation::Model, Option<DateTimeUtc>)| {
        Item::of::<Violation>(&row, due, format!("{} {}", row.occurred_on, row.rule_code))
            .in_unit(row.org_unit_id)
            .settled_by::<Violation>("confirm")
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Assessments built and not published.
pub async fn assessments(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use assessment::Column;
    let Some(unit) = asked.open_to(at.actor(), "tickets.monthly_assessment:publish", Column::OrgUnitId) else {
        return Ok(Vec::new());
    };
    let waits = unit.add(Column::Status.eq(assessment::Status::Draft));
    let rows = asked.rows::<MonthlyAssessment>(at, waits, Due::Never).await?;
    let item = |(row, due): (assessment::Model, Option<DateTimeUtc>)| {
        Item::of::<MonthlyAssessment>(&row, due, row.month.as_str())
            .in_unit(row.org_unit_id)
            .settled_by::<MonthlyAssessment>("publish")
    };
    Ok(rows.into_iter().map(item).collect())
}
