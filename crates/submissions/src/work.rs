//! Reports that wait: to be submitted, to be received (PF-16).

use kernel::fault::Fault;
use kernel::time::business_day;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::work_list::{Asked, Due, Item, Waiting};

use crate::entity::{Column, Model, Status, roles};
use crate::resource::ReportSubmission;

/// Rows of a domain whose turn it is for whom was asked, by the column of the roles in turn.
fn of_domain(at: &Reading, asked: &Asked, domain: &str, turn: Column) -> Condition {
    let all = Condition::all().add(Column::Report.starts_with(format!("{domain}/")));
    match &asked.waiting {
        Waiting::Me => all.add(turn.contains(format!(",{},", at.actor().role.code()))),
        Waiting::Units(units) => all.add(Column::OrgUnitId.is_in(units.iter().copied())),
        Waiting::Anybody => all,
    }
}

/// Reports of a domain to be submitted: their period is over, or they were sent back.
pub async fn to_submit(at: &Reading, asked: &Asked, domain: &str) -> Result<Vec<Item>, Fault> {
    crate::arise(&at.store).await?;
    let open = Condition::all()
        .add(Column::Status.is_in([Status::Due, Status::Returned]))
        .add(Column::PeriodTo.lt(business_day(at.now)));
    let waits = of_domain(at, asked, domain, Column::FromRoles).add(open);
    let rows = asked.rows::<ReportSubmission>(at, waits, Due::by(Column::DueAt)).await?;
    Ok(rows.into_iter().map(|(row, due)| item(&row, due, "submit", &row.from_roles)).collect())
}

/// Reports of a domain to be accepted or sent back.
pub async fn to_receive(at: &Reading, asked: &Asked, domain: &str) -> Result<Vec<Item>, Fault> {
    let mut waits = of_domain(at, asked, domain, Column::ToRoles).add(Column::Status.eq(Status::Submitted));
    if asked.waiting == Waiting::Me {
        for person in at.actor().persons() {
            waits = waits.add(Column::SubmittedBy.not_like(format!("%{person}%")));
        }
    }
    let rows = asked.rows::<ReportSubmission>(at, waits, Due::Never).await?;
    let item = |(row, due): (Model, _)| {
        item(&row, due, "accept", &row.to_roles).since(row.submitted_at.unwrap_or(row.updated_at))
    };
    Ok(rows.into_iter().map(item).collect())
}

fn item(row: &Model, due: Option<DateTimeUtc>, act: &str, turn: &str) -> Item {
    Item::of::<ReportSubmission>(row, due, format!("{} {}", row.report, row.period))
        .in_unit(row.org_unit_id)
        .decided_by(roles(turn).iter().filter_map(|role| role.parse().ok()).collect())
        .settled_by::<ReportSubmission>(act)
}
