//! An issue taken back: the request behind it was given less (TK-R33).

use kernel::fault::Fault;
use kernel::fixed::Stock;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{IntoActiveModel, QuerySelect, Set};
use store::Work;

use super::movement;
use super::request::{Entity, PartRequest, RequestLine, Status};
use crate::repair_order::json;
use crate::ticket::entity::json_list;

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
