//! Submissions arise from the schedule and the posts: one a report, period and unit, as soon as the period runs.
//!
//! Whoever reads them lets them arise first, so that no job can make a due report late to appear.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Days, Utc};
use kernel::fault::Fault;
use kernel::report::Period;
use kernel::time::business_day;
use kernel::{ids, report};
use registers::staff::post;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{QuerySelect, Set};
use store::jobs::tidy;
use store::{Answer, Context, Reading, Store, Work};

use crate::due::Cadence;
use crate::entity::{ActiveModel, Column, Entity, Model, Status};
use crate::schedule::{self, Row};

/// Days back that are caught up with when nobody looked for long.
const CATCH_UP: u64 = 400;

/// What is to be written.
#[derive(Default)]
struct Changes {
    new: Vec<ActiveModel>,
    /// Rows whose due instant, senders or receivers moved while they are due.
    moved: Vec<(Uuid, DateTime<Utc>, String, String)>,
}

/// Lets the submissions arise that the schedule asks for, and moves what is due with it.
pub async fn arise(store: &Store) -> Result<(), Fault> {
    let at = store.reading(Context::system("arise_report_submissions"));
    let changes = changes(&at).await?;
    if changes.new.is_empty() && changes.moved.is_empty() {
        return Ok(());
    }
    let changes = Arc::new(changes);
    tidy(store, "arise_report_submissions", async move |work: &Work| write(work, &changes).await).await
}

async fn changes(at: &Reading) -> Result<Changes, Fault> {
    let today = business_day(at.now);
    let latest = latest(at).await?;
    let open = Entity::find().filter(Column::Status.eq(Status::Due)).all(&at.db()).await?;
    let mut changes = Changes::default();
    for row in schedule::rows(at).await? {
        let Some(cadence) = row.cadence(at, today).await? else { continue };
        let name = cadence.label(cadence.around(today)).len();
        for unit in units(at, &row).await? {
            let known = latest.get(&(row.report.clone(), unit, name));
            for period in periods(cadence, today, known.copied()) {
                if let Some(due_at) = row.due_at(at, period).await? {
                    changes.new.push(new(at, &row, unit, cadence, period, due_at));
                }
            }
        }
        for submission in open.iter().filter(|open| open.report == row.report) {
            let period = covered(submission);
            if cadence.label(period) != submission.period {
                // Of another kind of period, for which the report is due as well.
                continue;
            }
            let Some(due_at) = row.due_at(at, period).await? else { continue };
            let (from, to) = (list(&row.from), list(&row.to));
            if (due_at, &from, &to) != (submission.due_at, &submission.from_roles, &submission.to_roles) {
                changes.moved.push((submission.id, due_at, from, to));
            }
        }
    }
    Ok(changes)
}

/// The last day of the latest period of each report, unit and kind of period: days, weeks and months have names of
/// different lengths.
async fn latest(at: &Reading) -> Result<HashMap<(String, Uuid, usize), Date>, Fault> {
    let name = || Expr::cust("CAST(LENGTH(\"period\") AS BIGINT)");
    let rows: Vec<(String, Option<Uuid>, i64, Date)> = Entity::find()
        .select_only()
        .columns([Column::Report, Column::OrgUnitId])
        .expr_as(name(), "name")
        .column_as(Column::PeriodTo.max(), "latest")
        .group_by(Column::Report)
        .group_by(Column::OrgUnitId)
        .group_by(name())
        .into_tuple()
        .all(&at.db())
        .await?;
    let known = |(report, unit, name, day): (String, Option<Uuid>, i64, Date)| {
        Some(((report, unit?, usize::try_from(name).ok()?), day))
    };
    Ok(rows.into_iter().filter_map(known).collect())
}

/// The units in which somebody holds a role that submits.
async fn units(at: &Reading, row: &Row) -> Result<BTreeSet<Uuid>, Fault> {
    let roles = row.submitters();
    let posts = post::Entity::find()
        .filter(post::held_on(business_day(at.now)))
        .filter(post::Column::Role.is_in(roles.iter().map(|role| role.code())));
    Ok(posts.all(&at.db()).await?.into_iter().map(|post| post.org_unit_id).collect())
}

/// The periods without a submission up to the running one; of a report that is new, from the one before.
fn periods(cadence: Cadence, today: Date, latest: Option<Date>) -> Vec<Period> {
    let running = cadence.around(today);
    let mut next = match latest {
        Some(day) => cadence.around((day + Days::new(1)).max(today - Days::new(CATCH_UP))),
        None => cadence.previous(running),
    };
    let mut periods = Vec::new();
    while next.from <= running.from {
        periods.push(next);
        next = cadence.next(next);
    }
    periods
}

fn list(roles: &[String]) -> String {
    format!(",{},", roles.join(","))
}

fn new(
    at: &Reading,
    row: &Row,
    unit: Uuid,
    cadence: Cadence,
    period: report::Period,
    due_at: DateTime<Utc>,
) -> ActiveModel {
    ActiveModel {
        id: Set(ids::new_id(at.now)),
        version: Set(1),
        created_at: Set(at.now),
        updated_at: Set(at.now),
        report: Set(row.report.clone()),
        period: Set(cadence.label(period)),
        period_from: Set(period.from),
        period_to: Set(period.to),
        project_id: Set(None),
        org_unit_id: Set(Some(unit)),
        due_at: Set(due_at),
        from_roles: Set(list(&row.from)),
        to_roles: Set(list(&row.to)),
        status: Set(Status::Due),
        submitted_at: Set(None),
        on_time: Set(None),
        submitted_by: Set("[]".to_owned()),
        figures: Set(None),
        figures_sha256: Set(None),
        comment: Set(None),
        decided_at: Set(None),
        decided_by: Set(None),
        decision_comment: Set(None),
    }
}

async fn write(work: &Work, changes: &Changes) -> Result<Answer, Fault> {
    work.unchanged();
    // Two readers at once: the second adds nothing.
    let key = OnConflict::columns([Column::Report, Column::Period, Column::OrgUnitId]).do_nothing().to_owned();
    for part in changes.new.chunks(200) {
        Entity::insert_many(part.to_vec()).on_conflict(key.clone()).exec_without_returning(&work.db()).await?;
    }
    for (id, due_at, from, to) in &changes.moved {
        Entity::update_many()
            .col_expr(Column::DueAt, Expr::value(*due_at))
            .col_expr(Column::FromRoles, Expr::value(from.as_str()))
            .col_expr(Column::ToRoles, Expr::value(to.as_str()))
            .col_expr(Column::UpdatedAt, Expr::value(work.now))
            .filter(Column::Id.eq(*id))
            .filter(Column::Status.eq(Status::Due))
            .exec(&work.db())
            .await?;
    }
    Ok(Answer::no_content())
}

/// A submission covers its period.
pub(crate) fn covered(row: &Model) -> Period {
    Period { from: row.period_from, to: row.period_to }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_report_begins_with_the_last_period_and_gaps_are_filled() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let labels = |cadence: Cadence, today: &str, latest: Option<&str>| -> Vec<String> {
            periods(cadence, day(today), latest.map(day)).iter().map(|period| cadence.label(*period)).collect()
        };
        assert_eq!(labels(Cadence::Month, "2024-05-05", None), ["2024-04", "2024-05"]);
        assert_eq!(labels(Cadence::Month, "2024-05-05", Some("2024-05-31")), Vec::<String>::new());
        assert_eq!(labels(Cadence::Month, "2024-05-05", Some("2024-02-29")), ["2024-03", "2024-04", "2024-05"]);
        assert_eq!(labels(Cadence::Week, "2024-05-05", Some("2024-04-21")), ["2024-W17", "2024-W18"]);
        assert_eq!(labels(Cadence::Day, "2024-05-05", Some("2012-01-01")).len(), 401);
    }
}
