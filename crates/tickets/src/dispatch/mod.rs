//! Dispatch (自动派单, TK-04): a ticket goes to who is there, able and least loaded, and says why (TK-R16).

pub mod entity;
mod hands;
pub mod pool;
pub mod ranking;
pub mod waiting;

use std::collections::HashMap;

use kernel::fault::Fault;
use kernel::ids;
use kernel::time::Timestamp;
use registers::locks;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, Set};
use serde::Serialize;
use store::acts::BareAct;
use store::{Reading, Work, parameters};
use utoipa::ToSchema;

use crate::catalogue::classification;
use crate::portfolio;
use crate::ticket::entity::{Model as TicketRow, Status};
use crate::ticket::queries::class_of;
use crate::ticket::{begin, finish, handling, person};
use pool::{Handlers, Pool};
use ranking::{Judged, chosen};

/// Why a ticket went to whom (派单说明).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AssignmentExplanation {
    pub ticket_id: Uuid,
    /// When it was decided; null when nothing was: then it is what would be decided now.
    pub decided_at: Option<Timestamp>,
    pub chosen_staff_id: Option<Uuid>,
    /// What the ticket weighs by its severity.
    pub weight: i64,
    /// Best first, then those who may not get it.
    pub candidates: Vec<Judged>,
}

/// Who handles tickets like this one; nobody by himself when its combination is valid no more.
async fn handlers_of(at: &Reading, row: &TicketRow) -> Result<Option<Handlers>, Fault> {
    let class = class_of(at, row).await?;
    Ok(class.map(|class| Handlers::of(&class, &row.category_code)))
}

/// Who looks after the customers of some tickets, by customer; nobody while the house does not prefer him.
struct Owners(HashMap<Uuid, Uuid>);

impl Owners {
    async fn of(at: &Reading, rows: &[TicketRow]) -> Result<Self, Fault> {
        if !parameters::boolean(at, "tickets.dispatch.prefer_owner").await? {
            return Ok(Self(HashMap::new()));
        }
        Ok(Self(portfolio::owners_of(at, rows.iter().filter_map(|row| row.customer_id)).await?))
    }

    fn owner(&self, row: &TicketRow) -> Option<Uuid> {
        row.customer_id.and_then(|customer| self.0.get(&customer)).copied()
    }
}

/// Kept by a work that takes many tickets over: they wait for the next look at what waits. Decided one by one they would
/// hold their units until its end, and nobody else's ticket could be received meanwhile.
pub(crate) struct LeftWaiting;

/// Dispatches a ticket just received, when that is switched on.
pub(crate) async fn on_receipt(work: &Work, row: TicketRow, class: &classification::Model) -> Result<TicketRow, Fault> {
    let Some(unit) = row.responsible_org_unit_id.filter(|_| row.status == Status::Registered) else { return Ok(row) };
    if work.kept::<LeftWaiting>().is_some() {
        return Ok(row);
    }
    if !parameters::boolean(work, "tickets.dispatch.enabled").await? {
        return Ok(row);
    }
    let handlers = Handlers::of(class, &row.category_code);
    if !hands::could_take(work, unit, &handlers).await? {
        return Ok(row);
    }
    let pool = Pool::of_unit(work, unit).await?;
    dispatch(work, row, unit, pool, &handlers).await
}

/// Decides one ticket: one decision of a unit at a time, so that loads are as they are.
async fn dispatch(
    work: &Work,
    row: TicketRow,
    unit: Uuid,
    pool: Pool,
    handlers: &Handlers,
) -> Result<TicketRow, Fault> {
    hold(work, unit).await?;
    let pool = pool.weigh(work).await?;
    let owners = Owners::of(work, std::slice::from_ref(&row)).await?;
    let judged = pool.judge(&row, handlers, owners.owner(&row));
    match chosen(&judged) {
        Some(staff) => {
            let weight = pool.weight(row.severity);
            assigned(work, row, staff, weight, &judged).await
        }
        None => Ok(row),
    }
}

async fn hold(work: &Work, unit: Uuid) -> Result<(), Fault> {
    locks::hold(work, vec![format!("dispatch|{unit}")]).await
}

/// Hands a ticket to the chosen one and keeps why.
async fn assigned(
    work: &Work,
    row: TicketRow,
    staff: Uuid,
    weight: i64,
    judged: &[Judged],
) -> Result<TicketRow, Fault> {
    let kept = entity::Model {
        id: ids::new_id(work.now),
        ticket_id: row.id,
        decided_at: work.now,
        chosen_staff_id: staff,
        weight: i32::try_from(weight).unwrap_or(i32::MAX),
        candidates: serde_json::to_string(judged).map_err(Fault::internal)?,
        decided_by: work.actor().sub,
    };
    work.insert_later(&kept).await;
    let mut change = row.clone().into_active_model();
    change.status = Set(Status::Assigned);
    change.assignee_id = Set(Some(staff));
    handling::first_asked(&row, Some(staff), &mut change);
    person::remember(work, row.id, row.cycle, "holder", [staff]).await;
    finish(work, &row, change, "assigned", |fact| fact.with("auto", true), Some("assigned")).await
}

/// Gives a registered ticket to the best candidate; without one it stays registered and is tried again.
pub async fn auto_assign(work: &Work, id: Uuid, _input: &BareAct) -> Result<TicketRow, Fault> {
    let (case, _) = begin(work, id, "auto-assign").await?;
    let row = case.row;
    let before = row.version;
    let after = match (row.responsible_org_unit_id, handlers_of(work, &row).await?) {
        (Some(unit), Some(handlers)) => {
            let pool = Pool::of_unit(work, unit).await?;
            dispatch(work, row, unit, pool, &handlers).await?
        }
        _ => row,
    };
    if after.version == before {
        work.unchanged();
    }
    Ok(after)
}

/// Why the dispatch gave a ticket to whom; when it decided nothing, what it would decide now.
pub async fn explain(at: &Reading, row: &TicketRow) -> Result<AssignmentExplanation, Fault> {
    let kept = entity::Entity::find()
        .filter(entity::Column::TicketId.eq(row.id))
        .order_by_desc(entity::Column::DecidedAt)
        .one(&at.db())
        .await?;
    if let Some(kept) = kept {
        return Ok(AssignmentExplanation {
            ticket_id: row.id,
            decided_at: Some(kept.decided_at.into()),
            chosen_staff_id: Some(kept.chosen_staff_id),
            weight: kept.weight.into(),
            candidates: serde_json::from_str(&kept.candidates).map_err(Fault::internal)?,
        });
    }
    let mut explanation = AssignmentExplanation {
        ticket_id: row.id,
        decided_at: None,
        chosen_staff_id: None,
        weight: 0,
        candidates: Vec::new(),
    };
    if let (Some(unit), Some(handlers)) = (row.responsible_org_unit_id, handlers_of(at, row).await?) {
        let pool = Pool::of_unit(at, unit).await?.weigh(at).await?;
        explanation.weight = pool.weight(row.severity);
        let owners = Owners::of(at, std::slice::from_ref(row)).await?;
        explanation.candidates = pool.judge(row, &handlers, owners.owner(row));
    }
    Ok(explanation)
}
