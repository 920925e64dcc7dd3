//! A visit as callers see it, with its lines.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::Temperature;
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::{Reading, Resource};
use utoipa::ToSchema;

use super::Visit;
use super::credit::Reason;
use super::entity::{Evidence, LineResult, Model, line, reason};
use super::work::WorkRef;
use crate::visit_problem::entity as problems;

/// What an officer found at a station on a day (走访).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VisitView {
    pub id: Uuid,
    pub version: i32,
    /// `VS-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub station_id: Uuid,
    pub officer_id: Uuid,
    pub visited_at: Timestamp,
    /// The local day.
    pub visited_on: NaiveDate,
    /// Whether it counts for the quota.
    pub credited: bool,
    /// Why it does not.
    pub reasons: Vec<Reason>,
    /// Lines with somebody met (户次).
    pub met: i32,
    /// Homes at far ends that count.
    pub counted: i32,
    pub lines: Vec<VisitLineView>,
    pub note: Option<String>,
    pub created_by: Uuid,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// One household of a visit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VisitLineView {
    pub id: Uuid,
    pub household_id: Uuid,
    pub result: LineResult,
    /// As the register said then.
    pub far_end: bool,
    pub opinion: Option<String>,
    pub t_c: Option<Temperature>,
    pub work: Option<WorkRef>,
    pub evidence: Evidence,
    pub document_ids: Vec<Uuid>,
    pub counted: bool,
    /// Why it does not count.
    pub reasons: Vec<Reason>,
    pub problem_ids: Vec<Uuid>,
}

/// Rows as callers see them.
pub(super) async fn of(at: &Reading, rows: Vec<Model>) -> Result<Vec<VisitView>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut external = external_ids::list_for(at, Visit::NAME, &ids).await?;
    let lines = line::Entity::find()
        .filter(line::Column::VisitId.is_in(ids.iter().copied()))
        .order_by_asc(line::Column::VisitId)
        .order_by_asc(line::Column::Position)
        .all(&at.db())
        .await?;
    let found = reason::Entity::find().filter(reason::Column::VisitId.is_in(ids.iter().copied())).all(&at.db()).await?;
    let mut reasons: HashMap<(Uuid, Option<Uuid>), Vec<Reason>> = HashMap::new();
    for row in found {
        reasons.entry((row.visit_id, row.line_id)).or_default().extend(Reason::of_code(&row.reason));
    }
    reasons.values_mut().for_each(|of_one| of_one.sort_unstable());
    let told = problems::Entity::find().filter(problems::Column::VisitId.is_in(ids)).all(&at.db()).await?;
    let mut problems: HashMap<(Uuid, Uuid), Vec<Uuid>> = HashMap::new();
    for row in told {
        problems.entry((row.visit_id, row.household_id)).or_default().push(row.id);
    }
    let mut by_visit: HashMap<Uuid, Vec<VisitLineView>> = HashMap::new();
    for row in lines {
        let visit = row.visit_id;
        let why = reasons.remove(&(visit, Some(row.id))).unwrap_or_default();
        let found = problems.remove(&(visit, row.household_id)).unwrap_or_default();
        by_visit.entry(visit).or_default().push(line_view(row, why, found)?);
    }
    let view = |row: Model| VisitView {
        external_ids: external.remove(&row.id).unwrap_or_default(),
        reasons: reasons.remove(&(row.id, None)).unwrap_or_default(),
        lines: by_visit.remove(&row.id).unwrap_or_default(),
        id: row.id,
        version: row.version,
        number: row.number,
        station_id: row.station_id,
        officer_id: row.officer_id,
        visited_at: row.visited_at.into(),
        visited_on: row.visited_on,
        credited: row.credited,
        met: row.met,
        counted: row.counted,
        note: row.note,
        created_by: row.created_by,
        created_at: row.created_at.into(),
        updated_at: row.created_at.into(),
    };
    Ok(rows.into_iter().map(view).collect())
}

fn line_view(row: line::Model, reasons: Vec<Reason>, problem_ids: Vec<Uuid>) -> Result<VisitLineView, Fault> {
    let t_c = row.t_dc.map(|units| Temperature::from_units(units.into())).transpose().map_err(Fault::internal)?;
    Ok(VisitLineView {
        work: row.work_resource.zip(row.work_id).map(|(resource, id)| WorkRef { resource, id }),
        id: row.id,
        household_id: row.household_id,
        result: row.result,
        far_end: row.far_end,
        opinion: row.opinion,
        t_c,
        evidence: row.evidence,
        document_ids: serde_json::from_str(&row.document_ids).unwrap_or_default(),
        counted: row.counted,
        reasons,
        problem_ids,
    })
}
