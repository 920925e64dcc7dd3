//! What waits for people about people: accounts to give, swaps, leaves, musters, duty logs, rosters (spec tickets §10).

use access::JobRole;
use chrono::{Days, TimeDelta};
use kernel::fault::Fault;
use kernel::time::{business_day, end_of_day};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use store::work_list::{Asked, Due, Item, Waiting};
use store::{Reading, Resource, parameters};

use super::place::tickets;
use crate::duty_log::DutyLog;
use crate::duty_log::entity as duty_log;
use crate::leave::Leave;
use crate::leave::entity as leave;
use crate::roster::entity as roster;
use crate::roster::{Roster, covering};
use crate::shift::Shift;
use crate::shift::entity as shift;
use crate::shift_swap::ShiftSwap;
use crate::shift_swap::entity as swap;
use crate::supervision::Supervision;
use crate::supervision::entity as supervision;
use crate::ticket::entity::Model as TicketRow;
use crate::ticket::life_cycle::is_head;

/// Minutes a reminder comes before (or after) what it is about.
pub(super) async fn lead(at: &Reading, what: &str) -> Result<TimeDelta, Fault> {
    let minutes = parameters::value(at, "tickets.remind.lead").await?;
    Ok(TimeDelta::minutes(minutes[what].as_i64().unwrap_or_default()))
}

/// Accounts asked for and not given: of the person named, else of anybody of the unit.
pub async fn supervisions(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use supervision::Column;
    let named = asked.held(at.actor(), Column::ToStaffId, Column::OrgUnitId);
    let mut whose = Condition::any().add(named);
    if let Some(unit) = asked.open_to(at.actor(), "tickets.supervision:answer", Column::ToOrgUnitId) {
        whose = whose.add(unit.add(Column::ToOrgUnitId.is_not_null()));
    }
    let waits = Condition::all().add(whose).add(Column::Status.eq(supervision::Status::Issued));
    supervision_items(at, asked, waits, Column::AnswerDueAt, "answer").await
}

/// Answers to accept or send back: whoever asked; of what came by itself a head.
pub async fn answers(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use supervision::Column;
    let actor = at.actor();
    let named = asked.held(actor, Column::CreatedBy, Column::OrgUnitId);
    let whose = match asked.waiting {
        // Whoever brought about what came by itself did not ask.
        Waiting::Me => {
            let mut whose = Condition::any().add(named.add(Column::ClockId.is_null()));
            if let Some(unit) = asked.open_to(actor, "tickets.supervision:close", Column::OrgUnitId)
                && is_head(actor)
            {
                whose = whose.add(unit.add(Column::ClockId.is_not_null()));
            }
            whose
        }
        Waiting::Units(_) | Waiting::Anybody => named,
    };
    let waits = Condition::all().add(whose).add(Column::Status.eq(supervision::Status::Answered));
    supervision_items(at, asked, waits, Column::AnswerDueAt, "close").await
}

async fn supervision_items(
    at: &Reading,
    asked: &Asked,
    waits: Condition,
    due: supervision::Column,
    act: &str,
) -> Result<Vec<Item>, Fault> {
    let rows = asked.rows::<Supervision>(at, waits, Due::by(due)).await?;
    let tickets = tickets(at, rows.iter().map(|(row, _)| row.ticket_id)).await?;
    let item = |(row, due): (supervision::Model, Option<DateTimeUtc>)| {
        let ticket = tickets.get(&row.ticket_id);
        Item::of::<Supervision>(&row, due, ticket.map(|ticket| ticket.title.clone()).unwrap_or_default())
            .held_by(row.to_staff_id)
            .urgent(ticket.is_some_and(TicketRow::is_pressing))
            .in_unit(row.org_unit_id)
            .settled_by::<Supervision>(act)
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Swaps the other has to consent to.
pub async fn consents(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use swap::Column;
    let waits =
        asked.held(at.actor(), Column::OtherStaffId, Column::OrgUnitId).add(Column::Status.eq(swap::Status::Requested));
    swap_items(at, asked, waits, "consent").await
}

/// Swaps both agree on that somebody leading decides.
pub async fn swaps(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use swap::Column;
    let Some(unit) = asked.open_to(at.actor(), "tickets.shift_swap:approve", Column::OrgUnitId) else {
        return Ok(Vec::new());
    };
    let mut waits = unit.add(Column::Status.eq(swap::Status::Consented));
    if asked.waiting == Waiting::Me {
        waits = waits.add(Column::RequesterId.is_not_in(at.actor().persons()));
        waits = waits.add(Column::OtherStaffId.is_not_in(at.actor().persons()));
    }
    swap_items(at, asked, waits, "approve").await
}

async fn swap_items(at: &Reading, asked: &Asked, waits: Condition, act: &str) -> Result<Vec<Item>, Fault> {
    let rows = asked.rows::<ShiftSwap>(at, waits, Due::Never).await?;
    let item = |(row, due): (swap::Model, Option<DateTimeUtc>)| {
        Item::of::<ShiftSwap>(&row, due, "")
            .held_by(Some(row.other_staff_id).filter(|_| act == "consent"))
            .in_unit(Some(row.org_unit_id))
            .settled_by::<ShiftSwap>(act)
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Leaves whose substitute has to take over; due when they begin.
pub async fn handovers(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use leave::Column;
    let waits = asked
        .held(at.actor(), Column::SubstituteId, Column::OrgUnitId)
        .add(Column::Status.eq(leave::Status::Requested));
    leave_items(at, asked, waits, "accept-handover").await
}

/// Leaves handed over that somebody leading decides; due when they begin.
pub async fn leaves(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use leave::Column;
    let Some(unit) = asked.open_to(at.actor(), "tickets.leave_request:approve", Column::OrgUnitId) else {
        return Ok(Vec::new());
    };
    let mut waits = unit.add(Column::Status.eq(leave::Status::HandedOver));
    if asked.waiting == Waiting::Me {
        waits = waits.add(Column::StaffId.is_not_in(at.actor().persons()));
    }
    leave_items(at, asked, waits, "approve").await
}

async fn leave_items(at: &Reading, asked: &Asked, waits: Condition, act: &str) -> Result<Vec<Item>, Fault> {
    let rows = asked.rows::<Leave>(at, waits, Due::by(leave::Column::FromAt)).await?;
    let item = |(row, due): (leave::Model, Option<DateTimeUtc>)| {
        Item::of::<Leave>(&row, due, "")
            .held_by(Some(row.substitute_id).filter(|_| act != "approve"))
            .in_unit(Some(row.org_unit_id))
            .settled_by::<Leave>(act)
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Drafts to publish before their first day.
pub async fn rosters(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use roster::Column;
    let Some(unit) = asked.open_to(at.actor(), "tickets.roster:publish", Column::OrgUnitId) else {
        return Ok(Vec::new());
    };
    let waits = unit
        .add(Column::Status.eq(roster::Status::Draft))
        .add(Column::StartsAt.lte(at.now + lead(at, "rota").await? * 2))
        .add(Column::EndsAt.gt(at.now));
    let rows = asked.rows::<Roster>(at, waits, Due::by(Column::StartsAt)).await?;
    let item = |(row, due): (roster::Model, Option<DateTimeUtc>)| {
        let title = format!("{} +{}", row.from_on, row.days);
        Item::of::<Roster>(&row, due, title).in_unit(Some(row.org_unit_id)).settled_by::<Roster>("publish")
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Drafts whose gaps nobody answers for yet, so that they cannot be published; due as the roster is.
pub async fn gaps(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use roster::{Column, Trade};
    let actor = at.actor();
    let Some(unit) = asked.open_to(actor, "tickets.roster:accept_gap", Column::OrgUnitId) else {
        return Ok(Vec::new());
    };
    let mut waits = unit
        .add(Column::Status.eq(roster::Status::Draft))
        .add(Column::StartsAt.lte(at.now + lead(at, "rota").await? * 2))
        .add(Column::EndsAt.gt(at.now));
    if asked.waiting == Waiting::Me {
        waits = waits.add(Column::Trade.eq(match actor.role {
            JobRole::HeatingServiceManager => Trade::Heating,
            JobRole::SalesSupervisor => Trade::Sales,
            _ => Trade::Service,
        }));
    }
    let drafts = roster::Entity::find().filter(Roster::visible(at)).filter(waits).all(&at.db()).await?;
    let mut items = Vec::new();
    for row in drafts {
        let gaps = covering::of_roster(at, &row, None).await?.gaps;
        if gaps.is_empty() || row.answers_for(&gaps) {
            continue;
        }
        let title = format!("{} +{}", row.from_on, row.days);
        let item = Item::of::<Roster>(&row, Some(row.starts_at), title).in_unit(Some(row.org_unit_id));
        items.push(item.settled_by::<Roster>("accept-gap"));
    }
    Ok(asked.chosen(at.now, items))
}

/// What one shift of a unit, day and code stands for, in the query: it is the first of them, and no row of `table`
/// is kept of them yet.
fn first_without(table: &str) -> Condition {
    let same = "o.org_unit_id = \"shift\".\"org_unit_id\" AND o.on_date = \"shift\".\"on_date\" \
                AND o.definition_code = \"shift\".\"definition_code\"";
    Condition::all().add(Expr::cust(format!("NOT EXISTS (SELECT 1 FROM {table} o WHERE {same})"))).add(Expr::cust(
        format!("NOT EXISTS (SELECT 1 FROM shift o WHERE {same} AND o.published AND o.id < \"shift\".\"id\")"),
    ))
}

/// Shifts whose muster is not held, from the day on which it has to be; one of each shift stands for it. Due when a
/// muster is punctual at the latest (TK-R29).
pub async fn musters(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use shift::Column;
    let Some(unit) = asked.open_to(at.actor(), "tickets.muster:create", Column::OrgUnitId) else {
        return Ok(Vec::new());
    };
    let early = TimeDelta::minutes(parameters::integer(at, "tickets.roster.muster_lead_minutes").await?);
    let today = business_day(at.now);
    // Who begins at midnight is mustered the evening before; a shift may have begun yesterday.
    let waits = unit
        .add(Column::Published.eq(true))
        .add(Column::OnDate.between(today - Days::new(1), today + Days::new(1)))
        .add(Column::StartAt.lt(end_of_day(today) + early))
        .add(Column::EndAt.gt(at.now))
        .add(first_without("muster"));
    let rows = asked.rows::<Shift>(at, waits, Due::after_column(Column::StartAt, -early)).await?;
    let item = |(row, due): (shift::Model, Option<DateTimeUtc>)| {
        let title = format!("{} {}", row.on_date, row.definition_code);
        Item::of::<Shift>(&row, due, title).in_unit(Some(row.org_unit_id)).settled_at("/v1/musters")
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Shifts that ended within so long are asked for a log nobody kept.
const UNLOGGED: TimeDelta = TimeDelta::days(2);

/// Duty logs to hand over after the shift, those nobody kept, and those the next leader has to take; due a while
/// after the end of the shift.
pub async fn duty_logs(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let after = lead(at, "duty_log").await?;
    let mut items = kept_logs(at, asked, after).await?;
    items.extend(unkept_logs(at, asked, after).await?);
    Ok(asked.chosen(at.now, items))
}

async fn unkept_logs(at: &Reading, asked: &Asked, after: TimeDelta) -> Result<Vec<Item>, Fault> {
    use shift::Column;
    let Some(unit) = asked.open_to(at.actor(), "tickets.duty_log:create", Column::OrgUnitId) else {
        return Ok(Vec::new());
    };
    let waits = unit
        .add(Column::Published.eq(true))
        .add(Column::EndAt.lte(at.now))
        .add(Column::EndAt.gt(at.now - UNLOGGED))
        .add(first_without("duty_log"));
    let rows = asked.rows::<Shift>(at, waits, Due::after_column(Column::EndAt, after)).await?;
    let item = |(row, due): (shift::Model, Option<DateTimeUtc>)| {
        let title = format!("{} {}", row.on_date, row.definition_code);
        Item::of::<Shift>(&row, due, title).in_unit(Some(row.org_unit_id)).settled_at("/v1/duty-logs")
    };
    Ok(rows.into_iter().map(item).collect())
}

async fn kept_logs(at: &Reading, asked: &Asked, after: TimeDelta) -> Result<Vec<Item>, Fault> {
    use duty_log::Column;
    let Some(unit) = asked.open_to(at.actor(), "tickets.duty_log:accept", Column::OrgUnitId) else {
        return Ok(Vec::new());
    };
    // Who only takes logs over has nothing to do with one that is still written.
    let closes = asked.waiting != Waiting::Me || at.actor().holds("tickets.duty_log:close");
    let over = Condition::all().add(Column::Status.eq(duty_log::Status::Open)).add(Column::EndsAt.lte(at.now));
    let mut closed = Condition::all().add(Column::Status.eq(duty_log::Status::Closed));
    if asked.waiting == Waiting::Me {
        closed = closed.add(Column::ClosedBy.is_not_in(at.actor().persons()));
    }
    let waits = unit.add(Condition::any().add_option(closes.then_some(over)).add(closed));
    let rows = asked.rows::<DutyLog>(at, waits, Due::after_column(Column::EndsAt, after)).await?;
    let item = |(row, due): (duty_log::Model, Option<DateTimeUtc>)| {
        let act = if row.status == duty_log::Status::Open { "close" } else { "accept" };
        let title = format!("{} {}", row.on_date, row.definition_code);
        Item::of::<DutyLog>(&row, due, title).in_unit(Some(row.org_unit_id)).settled_by::<DutyLog>(act)
    };
    Ok(rows.into_iter().map(item).collect())
}
