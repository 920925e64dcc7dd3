//! What waits beside the case itself: callbacks, pauses, opinions.

use access::groups;
use approvals::approval::{self, Approval};
use chrono::TimeDelta;
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query};
use sea_orm::{Condition, QuerySelect, QueryTrait};
use store::Reading;
use store::work_list::{Asked, Due, Item, Waiting};

use super::cases;
use super::place::{in_units, of_tickets, tickets};
use crate::callback::Callback;
use crate::callback::entity as callback;
use crate::catalogue::{Severity, list};
use crate::pause::{TicketPause, entity as pause};
use crate::ticket::entity::{
    Column as TicketColumn, Entity as TicketEntity, Model as TicketRow, Status as TicketStatus,
};
use crate::ticket::{Ticket, person};

/// Callbacks to make; for the caller those of his unit in whose case he took no part (TK-R24).
pub async fn callbacks(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let Some(units) = in_units(at, asked, "tickets.callback:complete") else { return Ok(Vec::new()) };
    let mut tickets = Condition::all().add(units);
    let mut waits = Condition::all().add(callback::Column::Status.eq(callback::Status::Pending));
    if asked.waiting == Waiting::Me {
        let me: Vec<Uuid> = at.actor().persons().collect();
        let complained = TicketColumn::ComplainedStaffId;
        tickets = tickets.add(Condition::any().add(complained.is_null()).add(complained.is_not_in(me.clone())));
        let part = || Expr::col((person::Entity, person::Column::Part));
        let this_cycle = Expr::col((person::Entity, person::Column::Cycle)).eq(own(callback::Column::Cycle));
        let took_part = Query::select()
            .expr(Expr::value(1))
            .from(person::Entity)
            .and_where(Expr::col((person::Entity, person::Column::TicketId)).eq(own(callback::Column::TicketId)))
            .and_where(this_cycle.or(part().eq("order")))
            .and_where(Expr::col((person::Entity, person::Column::PersonId)).is_in(me))
            .and_where(part().ne("reclassifier"))
            .to_owned();
        waits = waits.add(Expr::exists(took_part).not());
    }
    let waits = waits.add(of_tickets(callback::Column::TicketId, tickets));
    items(at, asked, waits, "complete").await
}

fn own(column: callback::Column) -> Expr {
    Expr::col((callback::Entity, column))
}

/// Callbacks that could not be made, or were somebody else's word where the case became too grave for it, and keep
/// their case open until somebody leading waives them.
pub async fn waivers(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use callback::{Column, Outcome};
    let Some(units) = in_units(at, asked, "tickets.callback:waive") else { return Ok(Vec::new()) };
    let word = Condition::all().add(Column::Outcome.eq(Outcome::Satisfied)).add(Column::Proxy.eq(true));
    // Of the present cycle; somebody else's word is enough of a case that is not grave.
    let asks = Query::select()
        .expr(Expr::value(1))
        .from(TicketEntity)
        .and_where(Expr::col((TicketEntity, TicketColumn::Id)).eq(own(Column::TicketId)))
        .and_where(Expr::col((TicketEntity, TicketColumn::Cycle)).eq(own(Column::Cycle)))
        .cond_where(
            Condition::any()
                .add(Column::Outcome.ne(Outcome::Satisfied))
                .add(TicketColumn::SeverityRank.gt(Severity::Normal.rank())),
        )
        .to_owned();
    let open = Condition::all().add(units).add(TicketColumn::Status.eq(TicketStatus::Replied));
    let mut waits = Condition::all()
        .add(Column::Status.eq(callback::Status::Done))
        .add(Condition::any().add(Column::Outcome.is_in([Outcome::Unreachable, Outcome::Declined])).add(word))
        .add(Expr::exists(asks));
    if asked.waiting == Waiting::Me {
        let me = at.actor().persons();
        waits = waits.add(Condition::any().add(Column::CallerId.is_null()).add(Column::CallerId.is_not_in(me)));
    }
    items(at, asked, waits.add(of_tickets(Column::TicketId, open)), "waive").await
}

async fn items(at: &Reading, asked: &Asked, waits: Condition, act: &str) -> Result<Vec<Item>, Fault> {
    let rows = asked.rows::<Callback>(at, waits, Due::by(callback::Column::DueAt)).await?;
    let tickets = tickets(at, rows.iter().map(|(row, _)| row.ticket_id)).await?;
    let item = |(row, due): (callback::Model, Option<DateTimeUtc>)| {
        let ticket = tickets.get(&row.ticket_id);
        Item::of::<Callback>(&row, due, ticket.map(|ticket| ticket.title.clone()).unwrap_or_default())
            .in_unit(ticket.and_then(|ticket| ticket.responsible_org_unit_id))
            .settled_by::<Callback>(act)
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Pauses somebody asked for; due at their `until`, after which nobody can approve them (TK-R14).
pub async fn pause_requests(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use pause::Column;
    let actor = at.actor();
    let Some(unit) = asked.open_to(actor, "tickets.ticket_pause:approve", Column::OrgUnitId) else {
        return Ok(Vec::new());
    };
    let mut waits = Condition::all().add(Column::Status.eq(pause::Status::Requested)).add(unit);
    if asked.waiting == Waiting::Me {
        waits = waits.add(Column::RequestedBy.is_not_in(actor.persons()));
        if !groups::HEAD.contains(&actor.role) {
            let heads = list::Entity::find()
                .select_only()
                .column(list::Column::Code)
                .filter(list::Column::List.eq(list::List::PauseReason))
                .filter(list::Column::ApproverGroup.eq("HEAD"));
            waits = waits.add(Column::ReasonCode.not_in_subquery(heads.into_query()));
        }
    }
    Ok(pauses(at, asked, waits).await?.into_iter().map(|item| item.settled_by::<TicketPause>("approve")).collect())
}

/// Running pauses; due when they end.
pub async fn pauses_ending(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use pause::Column;
    let held = asked.held(at.actor(), TicketColumn::AssigneeId, TicketColumn::ResponsibleOrgUnitId);
    let mut runs = Condition::any().add(Column::Status.eq(pause::Status::Active));
    let mut since = at.now;
    if asked.waiting == Waiting::Anybody {
        // Whoever reminds also hears of those that have just ended by themselves, written down or not.
        runs = runs.add(Column::EndCause.eq("until"));
        since -= TimeDelta::days(2);
    }
    pauses(at, asked, of_tickets(Column::TicketId, held).add(runs).add(Column::Until.gt(since))).await
}

async fn pauses(at: &Reading, asked: &Asked, waits: Condition) -> Result<Vec<Item>, Fault> {
    let rows = asked.rows::<TicketPause>(at, waits, Due::by(pause::Column::Until)).await?;
    let tickets = tickets(at, rows.iter().map(|(row, _)| row.ticket_id)).await?;
    let item = |(row, due): (pause::Model, Option<DateTimeUtc>)| {
        let ticket = tickets.get(&row.ticket_id);
        Item::of::<TicketPause>(&row, due, ticket.map(|ticket| ticket.title.clone()).unwrap_or_default())
            .about::<TicketPause>(row.id, ticket.map(|ticket| ticket.number.clone()))
            .since(row.started_at.unwrap_or(row.created_at))
            .held_by(ticket.and_then(|ticket| ticket.assignee_id).filter(|_| row.started_at.is_some()))
            .urgent(ticket.is_some_and(TicketRow::is_pressing))
            .in_unit(row.org_unit_id)
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Opinions whose open step is the caller's, also in a role lent to him; due as the stage is.
pub async fn opinions(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use approval::Column;
    let whose = match &asked.waiting {
        Waiting::Me => approval::waits_for(at),
        Waiting::Units(units) => Condition::all().add(Column::OrgUnitId.is_in(units.iter().copied())),
        Waiting::Anybody => Condition::all(),
    };
    let waits = whose
        .add(Column::Status.eq(approval::Status::Open))
        .add(Column::NextRoles.ne(""))
        .add(Column::Resource.eq("ticket"));
    let due = cases::limit_of("stage", Expr::col((approval::Entity, Column::ResourceId)));
    let rows = asked.rows::<Approval>(at, waits, Due::at(due)).await?;
    let tickets = tickets(at, rows.iter().map(|(row, _)| row.resource_id)).await?;
    let item = |(row, due): (approval::Model, Option<DateTimeUtc>)| {
        let ticket = tickets.get(&row.resource_id);
        Item::of::<Approval>(&row, due, ticket.map(|ticket| ticket.title.clone()).unwrap_or_default())
            .about::<Ticket>(row.resource_id, ticket.map(|ticket| ticket.number.clone()))
            .since(row.updated_at)
            .decided_by(row.next_roles.split(',').filter_map(|role| role.parse().ok()).collect())
            .urgent(ticket.is_some_and(TicketRow::is_pressing))
            .in_unit(row.org_unit_id)
            .settled_at(row.decide_path.as_str())
    };
    Ok(rows.into_iter().map(item).collect())
}
