//! Giving out what a request for parts was granted, and taking an issue back (TK-R33).

use kernel::fault::{Fault, FieldErrors};
use kernel::fixed::{Quantity, Stock};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{IntoActiveModel, QuerySelect, Set};
use serde::Deserialize;
use store::Work;
use utoipa::ToSchema;
use validator::Validate;

use super::location::{Location, LocationKind};
use super::movement::{self, Kind};
use super::posting::{Posting, post_all};
use super::request::{Entity, Model, PartRequest, RequestLine, Status, begin_judged};
use crate::problems::ISSUE_ABOVE_APPROVED;
use crate::repair_order::json;
use crate::ticket::entity::json_list;

/// What is given; without lines all that is granted and not given yet.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct IssuePartRequest {
    #[schema(min_items = 1, max_items = 200)]
    pub lines: Option<Vec<IssuedLine>>,
}

/// How much of a part is given.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IssuedPartRequestLine)]
pub struct IssuedLine {
    pub part_id: Uuid,
    pub quantity: Quantity,
}

/// Refuses parts that are not of the request.
fn asked_for(row: &Model, input: &IssuePartRequest) -> Result<(), Fault> {
    let lines: Vec<RequestLine> = json_list(&row.lines);
    let mut errors = FieldErrors::default();
    for (n, given) in input.lines.iter().flatten().enumerate() {
        let known = lines.iter().any(|line| line.part_id == given.part_id);
        errors.add_if(!known, &format!("/lines/{n}/part_id"), "not_found");
    }
    errors.finish()
}

/// Gives parts out of the warehouse; an outlet is charged.
///
/// # Errors
/// 409 `issue_above_approved`, `insufficient_stock`.
pub async fn issue(work: &Work, id: Uuid, input: &IssuePartRequest) -> Result<Model, Fault> {
    let (row, mut change, mut lines) = begin_judged(work, id, "issue", |row| asked_for(row, input)).await?;
    let open = |line: &RequestLine| line.approved.map_or(0, Stock::units) - line.issued.units();
    let given: Vec<IssuedLine> = match &input.lines {
        Some(given) => given.clone(),
        None => lines
            .iter()
            .filter_map(|line| {
                Some(IssuedLine { part_id: line.part_id, quantity: Quantity::from_units(open(line)).ok()? })
            })
            .collect(),
    };
    let mut postings = Vec::new();
    for (n, given) in given.iter().enumerate() {
        let line = lines.iter_mut().find(|line| line.part_id == given.part_id);
        let line = line.ok_or_else(|| Fault::field(format!("/lines/{n}/part_id"), "not_found"))?;
        if given.quantity.units() > open(line) {
            return Err(Fault::new(&ISSUE_ABOVE_APPROVED).rule("TK-R33").with("part_id", given.part_id.to_string()));
        }
        line.issued = Stock::from_units(line.issued.units() + given.quantity.units()).map_err(Fault::internal)?;
        let warehouse = Location::of(LocationKind::Warehouse);
        let posting = Posting::new(Kind::Issue, given.part_id, warehouse, row.location(), given.quantity);
        postings.push(posting.caused_by("part_request", row.id));
    }
    let all = lines.iter().all(|line| open(line) == 0);
    post_all(work, postings).await?;
    change.status = Set(if all { Status::Issued } else { Status::PartlyIssued });
    change.lines = Set(json(&lines)?);
    work.change::<PartRequest>(&row, change, "issued", |fact| fact.with("all", all)).await
}

/// Lowers what the request behind an issue was given, so that the right thing can be given; a receipt of the wrong one
/// no longer stands. An issue by hand has no request.
pub(super) async fn take_back(work: &Work, issue: &movement::Model) -> Result<(), Fault> {
    let asked = issue.ref_id.filter(|_| issue.ref_resource.as_deref() == Some("part_request"));
    let Some(id) = asked else { return Ok(()) };
    let row = Entity::find_by_id(id).lock(LockType::Update).one(&work.db()).await?;
    let row = row.ok_or_else(|| Fault::internal("an issue of no request"))?;
    let mut lines: Vec<RequestLine> = json_list(&row.lines);
    let line = lines.iter_mut().find(|line| line.part_id == issue.part_id);
    let line = line.ok_or_else(|| Fault::internal("an issue of no line"))?;
    line.issued = Stock::from_units(line.issued.units() - issue.quantity_milli).map_err(Fault::internal)?;
    let given = lines.iter().any(|line| line.issued.units() > 0);
    let mut change = row.clone().into_active_model();
    change.status = Set(if given { Status::PartlyIssued } else { Status::Approved });
    change.lines = Set(json(&lines)?);
    change.received_at = Set(None);
    let part_id = issue.part_id.to_string();
    work.change::<PartRequest>(&row, change, "issue_reversed", |fact| fact.with("part_id", part_id)).await?;
    Ok(())
}
