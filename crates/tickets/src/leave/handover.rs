//! What a leave leaves behind: cases, promises, shifts, approvals (TK-R18), and how it passes to the substitute.

use access::JobRole;
use approvals::approval::{self, Approval};
use chrono::TimeDelta;
use kernel::fault::Fault;
use kernel::time::{Timestamp, business_day, whole_second};
use registers::{customer, org_unit, staff};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, LockType};
use sea_orm::{Condition, IntoActiveModel, QueryOrder, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use store::journal::Fact;
use store::{Answer, Context, Reading, Store, Work};
use utoipa::ToSchema;

use super::Leave;
use super::entity::{Column, Entity, Model, Status};
use crate::clock::writing;
use crate::follow_up::{FollowUp, entity as promise};
use crate::shift::entity::{self as shift, Status as ShiftStatus};
use crate::ticket::entity::json_list;
use crate::ticket::entity::{Column as TicketColumn, Entity as Tickets, Model as TicketRow, Status as TicketStatus};
use crate::ticket::{finish, person, refresh};

/// One thing to hand over.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HandoverItem {
    pub id: Uuid,
    pub kind: HandoverKind,
    /// Number, or day and code of a shift.
    pub name: String,
    pub title: String,
    pub due_at: Option<Timestamp>,
    /// The substitute took it on; a shift is swapped or left uncovered instead.
    pub accepted: bool,
}

/// What it is.
#[codes::code(stored = false)]
pub enum HandoverKind {
    /// 工单
    Ticket,
    /// 约定答复: a promise to a customer.
    Promise,
    /// 班次
    Shift,
    /// 审批
    Approval,
}

/// Promises due until so long after the leave are handed over with it.
const AFTER: TimeDelta = TimeDelta::hours(48);

/// States in which a case still needs its holder.
const HELD: [TicketStatus; 4] =
    [TicketStatus::Assigned, TicketStatus::InProgress, TicketStatus::PendingApproval, TicketStatus::Resolved];

/// Everything to hand over, as it is now.
pub async fn items(at: &Reading, leave: &Model) -> Result<Vec<HandoverItem>, Fault> {
    let accepted: Vec<Uuid> = json_list(&leave.accepted_items);
    let mut items = Vec::new();
    let held = Tickets::find()
        .filter(TicketColumn::AssigneeId.eq(leave.staff_id))
        .filter(TicketColumn::Status.is_in(HELD))
        .order_by_asc(TicketColumn::DueSort);
    for row in held.all(&at.db()).await? {
        items.push(HandoverItem {
            id: row.id,
            kind: HandoverKind::Ticket,
            name: row.number,
            title: row.title,
            due_at: row.due_at.map(Timestamp::from),
            accepted: accepted.contains(&row.id),
        });
    }
    items.extend(promises(at, leave).await?.into_iter().map(|owed| HandoverItem {
        id: owed.promise.id,
        kind: HandoverKind::Promise,
        name: owed.customer_number,
        title: owed.customer_name,
        due_at: Some(owed.promise.promised_at.into()),
        accepted: accepted.contains(&owed.promise.id),
    }));
    for row in shifts(at, leave).await?.into_iter().filter(|shift| shift.published) {
        items.push(HandoverItem {
            id: row.id,
            kind: HandoverKind::Shift,
            name: format!("{} {}", row.on_date, row.definition_code),
            title: row.definition_code,
            due_at: Some(row.start_at.into()),
            accepted: false,
        });
    }
    for row in approvals_of(at, leave).await? {
        items.push(HandoverItem {
            id: row.id,
            kind: HandoverKind::Approval,
            name: row.subject_kind.clone(),
            title: row.decide_path,
            due_at: None,
            accepted: accepted.contains(&row.id),
        });
    }
    Ok(items)
}

/// The shifts he would have to work, those of drafts among them.
pub(super) async fn shifts(at: &Reading, leave: &Model) -> Result<Vec<shift::Model>, Fault> {
    let inside = shift::Entity::find()
        .filter(shift::Column::ResponsibleStaffId.eq(leave.staff_id))
        .filter(shift::Column::Status.eq(ShiftStatus::Planned))
        .filter(shift::Column::StartAt.lt(leave.to_at))
        .filter(shift::Column::EndAt.gt(leave.from_at))
        .order_by_asc(shift::Column::StartAt);
    Ok(inside.all(&at.db()).await?)
}

/// A promise with its customer, as everybody may see him.
struct Promised {
    promise: promise::Model,
    customer_number: String,
    customer_name: String,
}

/// He owes these while he is away or soon after.
fn owed(at: &Reading, leave: &Model) -> Select<promise::Entity> {
    promise::Entity::find()
        .filter(promise::Column::AgentId.eq(leave.staff_id))
        .filter(promise::Column::Status.eq(promise::Status::Open))
        .filter(promise::Column::PromisedAt.gte(at.now))
        .filter(promise::Column::PromisedAt.lte(leave.to_at + AFTER))
        .order_by_asc(promise::Column::PromisedAt)
        .order_by_asc(promise::Column::Id)
}

async fn promises(at: &Reading, leave: &Model) -> Result<Vec<Promised>, Fault> {
    let rows = owed(at, leave).all(&at.db()).await?;
    let ids = rows.iter().map(|row| row.customer_id);
    let known = customer::Entity::find().filter(customer::entity::Column::Id.is_in(ids)).all(&at.db()).await?;
    let of = |promise: promise::Model| {
        let customer = known.iter().find(|customer| customer.id == promise.customer_id);
        let (customer_number, customer_name) =
            customer.map(|row| (row.number.clone(), row.name_masked.clone())).unwrap_or_default();
        Promised { promise, customer_number, customer_name }
    };
    Ok(rows.into_iter().map(of).collect())
}

/// The open approvals whose turn is one of his posts', where he may decide.
async fn approvals_of(at: &Reading, leave: &Model) -> Result<Vec<approval::Model>, Fault> {
    let mut his = Condition::any();
    for post in staff::post::held(at, leave.staff_id, business_day(leave.from_at)).await? {
        let units = org_unit::subtree(at, post.org_unit_id).await?;
        let sees_all = post.job_role().is_some_and(JobRole::sees_all);
        let mut waits = Condition::all().add(approval::Column::NextRoles.contains(format!(",{},", post.role)));
        if !sees_all {
            waits = waits.add(approval::Column::OrgUnitId.is_in(units));
        }
        his = his.add(waits);
    }
    if his.is_empty() {
        return Ok(Vec::new());
    }
    let open = <Approval as store::Resource>::Entity::find()
        .filter(approval::Column::Status.eq(approval::Status::Open))
        .filter(approval::Column::Excluded.contains(leave.staff_id.to_string()).not())
        .filter(his);
    Ok(open.all(&at.db()).await?)
}

/// Lets the leaves that begin now begin; answers how many. Safe to run late and twice.
pub async fn begin_due(store: &Store) -> Result<usize, Fault> {
    let at = store.reading(Context::system("begin_leaves"));
    let due: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Status.eq(Status::Approved))
        .filter(Column::PassedOnAt.is_null())
        .filter(Column::FromAt.lte(at.now))
        .into_tuple()
        .all(&at.db())
        .await?;
    let count = due.len();
    for id in due {
        let write = async move |work: &Work| {
            let row = Entity::find_by_id(id).lock(LockType::Update).one(&work.db()).await?;
            if let Some(row) = row {
                begin(work, row).await?;
            }
            // Another process may have been here before.
            work.unchanged();
            Ok::<_, Fault>(Answer::no_content())
        };
        store.write(Context::system("begin_leaves"), write).await?;
    }
    Ok(count)
}

/// Passes cases, first-asked duty and promises to the substitute once the leave has begun; the clocks do not notice.
pub(super) async fn begin(work: &Work, leave: Model) -> Result<Model, Fault> {
    if leave.status != Status::Approved || leave.passed_on_at.is_some() || leave.from_at > work.now {
        return Ok(leave);
    }
    let his = Condition::any()
        .add(TicketColumn::AssigneeId.eq(leave.staff_id))
        .add(TicketColumn::FirstAskedStaffId.eq(leave.staff_id));
    let ended = [TicketStatus::Closed, TicketStatus::OutOfScope, TicketStatus::Withdrawn, TicketStatus::Merged];
    let rows = Tickets::find()
        .filter(his)
        .filter(TicketColumn::Status.is_not_in(ended))
        .order_by_asc(TicketColumn::Id)
        .lock(LockType::Update)
        .all(&work.db())
        .await?;
    let mut passed = 0;
    for row in rows {
        // Who is complained of cannot hold the case; somebody leading must find another.
        if row.complained_staff_id != Some(leave.substitute_id) {
            pass(work, row, &leave).await?;
            passed += 1;
        }
    }
    let promises = owed(work, &leave).lock(LockType::Update).all(&work.db()).await?;
    let promised = promises.len();
    for row in promises {
        let mut change = row.clone().into_active_model();
        change.agent_id = Set(leave.substitute_id);
        work.change::<FollowUp>(&row, change, "handover", |fact| handed_over(fact, &leave)).await?;
    }
    let mut change = leave.clone().into_active_model();
    change.passed_on_at = Set(Some(work.now));
    let fact = |fact: Fact| fact.with("tickets", passed).with("promises", promised);
    work.change::<Leave>(&leave, change, "begun", fact).await
}

fn handed_over(fact: Fact, leave: &Model) -> Fact {
    fact.reason("handover").with("leave_request_id", leave.id.to_string())
}

async fn pass(work: &Work, row: TicketRow, leave: &Model) -> Result<(), Fault> {
    let mut change = row.clone().into_active_model();
    let held = row.assignee_id == Some(leave.staff_id);
    if held {
        change.assignee_id = Set(Some(leave.substitute_id));
        person::remember(work, row.id, row.cycle, "holder", [leave.substitute_id]).await;
    }
    if row.first_asked_staff_id == Some(leave.staff_id) {
        let mut observers: Vec<Uuid> = json_list(&row.observers);
        if !observers.contains(&leave.substitute_id) {
            observers.push(leave.substitute_id);
        }
        change.first_asked_staff_id = Set(Some(leave.substitute_id));
        change.observers = Set(serde_json::to_string(&observers).map_err(Fault::internal)?);
    }
    let after = finish(work, &row, change, "handover", |fact| handed_over(fact, leave), None).await?;
    if held {
        writing::hand_over(work, &after, whole_second(work.now)).await?;
        refresh(work, after).await?;
    }
    Ok(())
}
