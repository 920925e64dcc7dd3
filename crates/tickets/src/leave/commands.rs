//! Asking for leave, taking over, deciding, cancelling (TK-R18).

use access::{JobRole, groups};
use chrono::TimeDelta;
use kernel::fault::{ABOVE_AUTHORITY, Fault, FieldErrors};
use kernel::ids;
use kernel::time::{Timestamp, business_day};
use registers::delegation::{self, Delegation};
use registers::staff;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect, Set};
use serde::Deserialize;
use store::acts::BareAct;
use store::journal::Fact;
use store::{Work, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Model, Status};
use super::handover::{self, HandoverKind};
use super::{Leave, MOVES, approved, parts};
use crate::problems::HANDOVER_INCOMPLETE;
use crate::roster::commands::trade;
use crate::roster::entity::Trade;
use crate::shift::entity::{self as shift, Status as ShiftStatus};
use crate::shift::{self as shifts};
use crate::ticket::entity::json_list;

/// When one is away, why, and who stands in.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RequestLeave {
    pub from_at: Timestamp,
    pub to_at: Timestamp,
    #[schema(min_length = 2, max_length = 500)]
    pub reason: String,
    pub substitute_id: Uuid,
}

/// What the substitute takes on.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AcceptHandover {
    /// Ids of the hand-over list; left out: all there is now.
    #[schema(max_items = 1000)]
    pub item_ids: Option<Vec<Uuid>>,
}

/// A decision, and the shifts nobody stands in for.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ApproveLeave {
    /// Named by cs_supervisor and HEAD, in sales units by sales_supervisor.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub uncovered_shift_ids: Vec<Uuid>,
    #[schema(max_length = 500)]
    pub comment: Option<String>,
}

/// Why not.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RefuseLeave {
    #[schema(min_length = 2, max_length = 500)]
    pub comment: String,
}

/// Asks for leave for oneself.
///
/// # Errors
/// 422 `date_order` unless it ends after it begins and in the future; `not_found` for the substitute.
pub async fn request(work: &Work, input: &RequestLeave) -> Result<Model, Fault> {
    let me = work.actor().staff_id.ok_or_else(|| Fault::new(&ABOVE_AUTHORITY).with("reason", "not_staff"))?;
    let person = staff::Entity::find_by_id(me).one(&work.db()).await?;
    let person = person.ok_or_else(|| Fault::internal("a caller without his row"))?;
    let substitute = staff::Entity::find_by_id(input.substitute_id).one(&work.db()).await?;
    let mut errors = FieldErrors::default();
    errors
        .add_if(input.to_at <= input.from_at || input.to_at.0 <= work.now, "/to_at", "date_order")
        .add_if(!substitute.is_some_and(|row| row.is_active()), "/substitute_id", "not_found")
        .add_if(input.substitute_id == me, "/substitute_id", "own");
    errors.finish()?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        org_unit_id: Set(person.org_unit_id),
        staff_id: Set(me),
        substitute_id: Set(input.substitute_id),
        from_at: Set(input.from_at.0),
        to_at: Set(input.to_at.0),
        reason: Set(input.reason.trim().to_owned()),
        status: Set(Status::Requested),
        accepted_items: Set("[]".to_owned()),
        accepted_at: Set(None),
        uncovered_shift_ids: Set("[]".to_owned()),
        decided_by: Set(None),
        decided_at: Set(None),
        comment: Set(None),
        passed_on_at: Set(None),
        delegation_ids: Set("[]".to_owned()),
        handover_items: Set(None),
    };
    work.create::<Leave>(row, |fact| fact, "requested").await
}

/// The substitute takes on what is handed over, all of it or item by item.
pub async fn accept_handover(work: &Work, id: Uuid, input: &AcceptHandover) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<Leave>(work, id, "accept-handover").await?;
    let open = handover::items(work, &row).await?;
    let open: Vec<Uuid> =
        open.into_iter().filter(|item| item.kind != HandoverKind::Shift).map(|item| item.id).collect();
    let mut accepted: Vec<Uuid> = json_list(&row.accepted_items);
    match &input.item_ids {
        None => accepted.extend(open),
        Some(named) => {
            if let Some(n) = named.iter().position(|item| !open.contains(item)) {
                return Err(Fault::field(format!("/item_ids/{n}"), "not_found"));
            }
            accepted.extend(named);
        }
    }
    accepted.sort_unstable();
    accepted.dedup();
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.accepted_items = Set(serde_json::to_string(&accepted).map_err(Fault::internal)?);
    change.accepted_at = Set(Some(work.now));
    work.change::<Leave>(&row, change, "handed_over", |fact| fact.with("items", accepted.len())).await
}

/// Whether this caller may approve so long a leave and leave shifts uncovered.
async fn authority(work: &Work, row: &Model, uncovered: bool) -> Result<(), Fault> {
    let above = |why: &'static str| Fault::new(&ABOVE_AUTHORITY).rule("TK-R18").with("reason", why);
    let role = work.actor().role;
    let hours = parameters::integer(work, "tickets.leave.lead_max_hours").await?;
    if role == JobRole::TeamLeader && row.to_at - row.from_at > TimeDelta::hours(hours) {
        return Err(above("leave_too_long").with("limit_hours", hours));
    }
    if role == JobRole::SalesSupervisor
        && trade(work, &[row.staff_id], business_day(row.from_at)).await? != Trade::Sales
    {
        return Err(above("trade"));
    }
    let may_leave_uncovered =
        groups::HEAD.contains(&role) || matches!(role, JobRole::CsSupervisor | JobRole::SalesSupervisor);
    if uncovered && !may_leave_uncovered { Err(above("uncovered_shifts")) } else { Ok(()) }
}

/// Approves a leave whose every item is handed over; his roles are lent to the substitute (PF-E05).
///
/// # Errors
/// 409 `handover_incomplete` naming the items, `above_authority`.
pub async fn approve(work: &Work, id: Uuid, input: &ApproveLeave) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<Leave>(work, id, "approve").await?;
    authority(work, &row, !input.uncovered_shift_ids.is_empty()).await?;
    let inside = handover::shifts(work, &row).await?;
    for (n, named) in input.uncovered_shift_ids.iter().enumerate() {
        if !inside.iter().any(|shift| shift.id == *named) {
            return Err(Fault::field(format!("/uncovered_shift_ids/{n}"), "not_found"));
        }
    }
    let settled = |item: &handover::HandoverItem| item.accepted || input.uncovered_shift_ids.contains(&item.id);
    let items = handover::items(work, &row).await?;
    let open: Vec<String> = items.iter().filter(|item| !settled(item)).map(|item| item.name.clone()).collect();
    if !open.is_empty() {
        return Err(Fault::new(&HANDOVER_INCOMPLETE).rule("TK-R18").with("items", open));
    }
    // Nobody can swap a shift of a draft: the draft shows its slot uncovered (TK-R27).
    let drafted = inside.iter().filter(|shift| !shift.published).map(|shift| shift.id);
    let named = &input.uncovered_shift_ids;
    let uncovered: Vec<Uuid> = named.iter().copied().chain(drafted.filter(|id| !named.contains(id))).collect();
    for shift in inside {
        // Of a shift he works in part, only the part is left: the leave itself says which.
        if parts_with(work, &row, &shift).await?.is_empty() {
            shifts::changed(work, &shift, ShiftStatus::OnLeave, "left", |fact| fact).await?;
        }
    }
    let lent = lend(work, &row).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.uncovered_shift_ids = Set(serde_json::to_string(&uncovered).map_err(Fault::internal)?);
    change.delegation_ids = Set(serde_json::to_string(&lent).map_err(Fault::internal)?);
    change.handover_items = Set(Some(handover::kept(items)?));
    decided(work, &mut change, input.comment.clone());
    let row = work.change::<Leave>(&row, change, "approved", commented(input.comment.as_deref())).await?;
    handover::begin(work, row).await
}

/// What he works of a shift once this leave is approved beside the others.
async fn parts_with(work: &Work, row: &Model, shift: &shift::Model) -> Result<Vec<parts::Stretch>, Fault> {
    let others = approved(work, &[row.staff_id], shift.start_at, shift.end_at).await?;
    Ok(parts::left_over((shift.start_at, shift.end_at), others.iter().chain([row])))
}

fn decided(work: &Work, change: &mut ActiveModel, comment: Option<String>) {
    change.decided_by = Set(Some(work.actor().sub));
    change.decided_at = Set(Some(work.now));
    change.comment = Set(comment);
}

fn commented(comment: Option<&str>) -> impl FnOnce(Fact) -> Fact + '_ {
    move |fact| match comment {
        Some(comment) => fact.reason(comment),
        None => fact,
    }
}

/// Lends each role he holds to the substitute for the days of the leave, once, however many posts he holds it in.
async fn lend(work: &Work, row: &Model) -> Result<Vec<Uuid>, Fault> {
    let from = business_day(row.from_at).max(business_day(work.now));
    let to = business_day(row.to_at - TimeDelta::seconds(1)).max(from);
    let posts = staff::post::held(work, row.staff_id, from).await?;
    let mut roles = Vec::new();
    for role in posts.iter().filter_map(staff::post::Model::job_role) {
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    let mut lent = Vec::new();
    for role in roles {
        let input = delegation::commands::CreateDelegation {
            from_staff_id: Some(row.staff_id),
            to_staff_id: row.substitute_id,
            role,
            from,
            to,
            reason: row.reason.clone(),
        };
        lent.push(delegation::commands::lend(work, row.staff_id, &input).await?.id);
    }
    Ok(lent)
}

/// Does not approve a leave.
pub async fn refuse(work: &Work, id: Uuid, input: &RefuseLeave) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<Leave>(work, id, "refuse").await?;
    authority(work, &row, false).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.handover_items = Set(Some(handover::kept(handover::items(work, &row).await?)?));
    decided(work, &mut change, Some(input.comment.clone()));
    work.change::<Leave>(&row, change, "refused", commented(Some(&input.comment))).await
}

/// Takes one's own request back, or an approved leave that has not begun: shifts and roles are his again.
pub async fn cancel(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<Leave>(work, id, "cancel").await?;
    if row.status == Status::Approved {
        for lent in json_list::<Uuid>(&row.delegation_ids) {
            let found = delegation::Entity::find_by_id(lent).lock(LockType::Update).one(&work.db()).await?;
            if let Some(found) = found.filter(|found| found.revoked_at.is_none()) {
                let mut change = found.clone().into_active_model();
                change.revoked_at = Set(Some(work.now));
                work.forget();
                work.change::<Delegation>(&found, change, "revoked", |fact| fact).await?;
            }
        }
        give_back(work, &row).await?;
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    if row.status != Status::Approved {
        change.handover_items = Set(Some(handover::kept(handover::items(work, &row).await?)?));
    }
    work.change::<Leave>(&row, change, "cancelled", |fact| fact).await
}

/// The shifts he was to be away from are his again – those planned since among them – unless other leaves have the
/// whole of them.
async fn give_back(work: &Work, row: &Model) -> Result<(), Fault> {
    let kept = shift::Entity::find()
        .filter(shift::Column::ResponsibleStaffId.eq(row.staff_id))
        .filter(shift::Column::Status.eq(ShiftStatus::OnLeave))
        .filter(shift::Column::StartAt.lt(row.to_at))
        .filter(shift::Column::EndAt.gt(row.from_at))
        .order_by_asc(shift::Column::Id)
        .lock(LockType::Update);
    for found in kept.all(&work.db()).await? {
        let leaves = approved(work, &[row.staff_id], found.start_at, found.end_at).await?;
        let others = leaves.iter().filter(|leave| leave.id != row.id);
        if !parts::left_over((found.start_at, found.end_at), others).is_empty() {
            shifts::changed(work, &found, ShiftStatus::Planned, "returned", |fact| fact).await?;
        }
    }
    Ok(())
}
