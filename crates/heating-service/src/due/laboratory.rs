//! What waits in the laboratory: for the analyst under the blind code.

use chrono::TimeDelta;
use kernel::fault::Fault;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query};
use store::work_list::{Asked, Due, Item, Waiting};
use store::{Reading, parameters};

use super::may;
use crate::cross_check::CrossCheck;
use crate::cross_check::entity as checks;
use crate::determination::Determination;
use crate::determination::entity as determinations;
use crate::lab::decision::State;
use crate::lab_result::entity as results;
use crate::lab_result::{LabResult, of_last_round};
use crate::lab_sample::LabSample;
use crate::lab_sample::entity::{Column, Entity, Model, Status};
use crate::retention::RetentionSample;
use crate::retention::{blind_codes, entity as retained};

async fn hours(at: &Reading, key: &str) -> Result<TimeDelta, Fault> {
    Ok(TimeDelta::hours(parameters::integer(at, key).await?))
}

fn items(rows: Vec<(Model, Option<DateTimeUtc>)>, since: fn(&Model) -> Option<DateTimeUtc>, act: &str) -> Vec<Item> {
    let item = |(row, due): (Model, Option<DateTimeUtc>)| {
        let item =
            Item::of::<LabSample>(&row, due, row.blind_code.clone()).since(since(&row).unwrap_or(row.created_at));
        item.settled_by::<LabSample>(act)
    };
    rows.into_iter().map(item).collect()
}

/// Samples that arrived and are not received.
pub async fn to_receive(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    if !may(at, asked, "heating.sample:receive") {
        return Ok(Vec::new());
    }
    let waits = Condition::all().add(Column::Status.eq(Status::Submitted));
    Ok(items(asked.rows::<LabSample>(at, waits, Due::Never).await?, |row| Some(row.submitted_at), "receive"))
}

/// Samples that were received and wait for the first value of an item, or for another round of it.
pub async fn to_begin(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    if !may(at, asked, "heating.determination:create") {
        return Ok(Vec::new());
    }
    let under_way = Query::select()
        .column(results::Column::SampleId)
        .from(results::Entity)
        .and_where(results::Column::State.is_in([State::NeedSecond, State::NeedThird, State::NeedFourth]))
        .cond_where(of_last_round())
        .to_owned();
    let waits = Condition::all()
        .add(Column::Status.is_in([Status::Received, Status::Testing]))
        .add(Column::Id.not_in_subquery(under_way));
    let received = Column::ReceivedAt.into_expr().if_null(Expr::col(Column::CreatedAt));
    let due = Due::After(received, hours(at, "heating.lab.duplicate_hours").await?);
    Ok(items(asked.rows::<LabSample>(at, waits, due).await?, |row| row.received_at, "determinations"))
}

/// Values that are missing: of a sample in hand, a round that is not averaged.
pub async fn to_determine(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    if !may(at, asked, "heating.determination:create") {
        return Ok(Vec::new());
    }
    let in_hand = Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Column::Status.is_in([Status::Received, Status::Testing]))
        .to_owned();
    let waits = Condition::all()
        .add(results::Column::State.is_in([State::NeedSecond, State::NeedThird, State::NeedFourth]))
        .add(results::Column::SampleId.in_subquery(in_hand))
        .add(of_last_round());
    let due = Due::after_column(results::Column::Since, hours(at, "heating.lab.duplicate_hours").await?);
    let rows = asked.rows::<LabResult>(at, waits, due).await?;
    let codes = blind_codes(at, rows.iter().map(|(row, _)| row.sample_id)).await?;
    let item = |(row, due): (results::Model, Option<DateTimeUtc>)| {
        let code = codes.get(&row.sample_id).cloned().unwrap_or_default();
        let act = format!("/v1/lab-samples/{}/determinations", row.sample_id);
        Item::of::<LabResult>(&row, due, format!("{code} {}", row.item.code()))
            .about::<LabSample>(row.sample_id, None)
            .since(row.since)
            .settled_at(act)
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Averaged samples to review.
pub async fn to_review(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    if !may(at, asked, "heating.result:review") {
        return Ok(Vec::new());
    }
    let mut waits = Condition::all().add(Column::Status.eq(Status::Averaged));
    if asked.waiting == Waiting::Me {
        // Whoever determined does not review.
        let mine = Query::select()
            .column(determinations::Column::SampleId)
            .from(determinations::Entity)
            .and_where(determinations::Column::AnalystId.is_in(at.actor().persons()))
            .to_owned();
        waits = waits.add(Column::Id.not_in_subquery(mine));
    }
    let settled = Column::SettledAt.into_expr().if_null(Expr::col(Column::CreatedAt));
    let due = Due::After(settled, hours(at, "heating.lab.review_hours").await?);
    Ok(items(asked.rows::<LabSample>(at, waits, due).await?, |row| row.settled_at, "review"))
}

/// Reviewed samples to report. Those of the old books were reviewed before they came here: nothing follows from them.
pub async fn to_report(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    if !may(at, asked, "heating.lab_report:create") {
        return Ok(Vec::new());
    }
    let own = |column: Column| Expr::col((Entity, column));
    let reviewed_here = own(Column::ReviewedAt).gte(own(Column::CreatedAt));
    let waits = Condition::all().add(Column::Status.eq(Status::Reviewed)).add(reviewed_here);
    let reviewed = Column::ReviewedAt.into_expr().if_null(Expr::col(Column::CreatedAt));
    let due = Due::After(reviewed, hours(at, "heating.lab.report_hours").await?);
    let rows = asked.rows::<LabSample>(at, waits, due).await?;
    let item = |(row, due): (Model, Option<DateTimeUtc>)| {
        Item::of::<LabSample>(&row, due, row.blind_code.clone())
            .since(row.reviewed_at.unwrap_or(row.created_at))
            .settled_at("/v1/lab-reports")
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Comparisons another laboratory does not agree with.
pub async fn failed_checks(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    if !may(at, asked, "heating.cross_check:review") {
        return Ok(Vec::new());
    }
    let waits = Condition::all()
        .add(checks::Column::Status.eq(checks::Status::Compared))
        .add(checks::Column::Verdict.eq(checks::Verdict::Fail));
    let rows = asked.rows::<CrossCheck>(at, waits, Due::Never).await?;
    let codes = blind_codes(at, rows.iter().map(|(row, _)| row.sample_id)).await?;
    let item = |(row, due): (checks::Model, Option<DateTimeUtc>)| {
        let code = codes.get(&row.sample_id).cloned().unwrap_or_default();
        Item::of::<CrossCheck>(&row, due, code)
            .since(row.compared_at.unwrap_or(row.created_at))
            .settled_by::<CrossCheck>("review")
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Reported values whose instrument failed afterwards.
pub async fn doubted(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    if !may(at, asked, "heating.determination:release") {
        return Ok(Vec::new());
    }
    let waits = Condition::all().add(determinations::Column::Doubted.eq(true));
    let rows = asked.rows::<Determination>(at, waits, Due::Never).await?;
    let codes = blind_codes(at, rows.iter().map(|(row, _)| row.sample_id)).await?;
    let item = |(row, due): (determinations::Model, Option<DateTimeUtc>)| {
        let code = codes.get(&row.sample_id).cloned().unwrap_or_default();
        Item::of::<Determination>(&row, due, format!("{code} {}", row.item.code()))
            .since(row.updated_at)
            .settled_by::<Determination>("release-hold")
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Retained samples whose time is over.
pub async fn to_dispose(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    if !may(at, asked, "heating.retention:work") {
        return Ok(Vec::new());
    }
    let today = kernel::time::business_day(at.now);
    let waits =
        Condition::all().add(retained::Column::DisposedAt.is_null()).add(retained::Column::KeepUntil.lte(today));
    let rows = asked.rows::<RetentionSample>(at, waits, Due::by(retained::Column::KeepUntil)).await?;
    let codes = blind_codes(at, rows.iter().map(|(row, _)| row.sample_id)).await?;
    let item = |(row, due): (retained::Model, Option<DateTimeUtc>)| {
        let code = codes.get(&row.sample_id).cloned().unwrap_or_default();
        Item::of::<RetentionSample>(&row, due, format!("{code} {}", row.place))
            .since(row.stored_at)
            .settled_by::<RetentionSample>("dispose")
    };
    Ok(rows.into_iter().map(item).collect())
}
