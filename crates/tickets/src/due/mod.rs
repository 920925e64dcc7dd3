//! What waits at the desk (PF-16, spec tickets §10): a declaration a kind, derived from the rows themselves.
//!
//! To add a kind, write one [`Source`] here and a function that answers its rows.

mod care;
mod cases;
mod checks;
mod filing;
mod people;

use std::collections::HashMap;

use access::JobRole;
use access::groups::HEAD;
use kernel::fault::Fault;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::work_list::{Asked, Reminder, Source, Told};

use crate::ticket::entity::{Column, Entity, Model as TicketRow};

const READ: &str = "tickets.ticket:read";

/// Every kind of this domain.
pub const SOURCES: &[Source] = &[
    Source {
        domain: "tickets",
        kind: "ticket_handle",
        title_zh: "办理工单",
        title_en: "Ticket to solve",
        permission: READ,
        items: |at, asked| Box::pin(cases::handle(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "ticket_unassigned",
        title_zh: "待派工单",
        title_en: "Ticket nobody holds",
        permission: READ,
        items: |at, asked| Box::pin(cases::unassigned(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "ticket_stage",
        title_zh: "环节时限",
        title_en: "Stage of a ticket",
        permission: READ,
        items: |at, asked| Box::pin(cases::stage(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "ticket_reply",
        title_zh: "待答复客户",
        title_en: "Answer to give",
        permission: READ,
        items: |at, asked| Box::pin(cases::reply(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "callback",
        title_zh: "待回访",
        title_en: "Callback to make",
        permission: "tickets.callback:read",
        items: |at, asked| Box::pin(checks::callbacks(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "callback_waiver",
        title_zh: "待免回访",
        title_en: "Callback to waive",
        permission: "tickets.callback:read",
        items: |at, asked| Box::pin(checks::waivers(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "pause_approval",
        title_zh: "待批暂停",
        title_en: "Pause to decide on",
        permission: "tickets.ticket_pause:read",
        items: |at, asked| Box::pin(checks::pause_requests(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "pause_ending",
        title_zh: "暂停将满",
        title_en: "Pause that ends",
        permission: "tickets.ticket_pause:read",
        items: |at, asked| Box::pin(checks::pauses_ending(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "opinion_approval",
        title_zh: "待审批处理意见",
        title_en: "Opinion to decide on",
        permission: READ,
        items: |at, asked| Box::pin(checks::opinions(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "report_due",
        title_zh: "待报送报表",
        title_en: "Report to submit",
        permission: "tickets.report:read",
        items: |at, asked| Box::pin(submissions::work::to_submit(at, asked, "tickets")),
    },
    Source {
        domain: "tickets",
        kind: "report_acceptance",
        title_zh: "待接收报表",
        title_en: "Report to receive",
        permission: "tickets.report:read",
        items: |at, asked| Box::pin(submissions::work::to_receive(at, asked, "tickets")),
    },
    Source {
        domain: "tickets",
        kind: "supervision_answer",
        title_zh: "待回复督办",
        title_en: "Account to give",
        permission: "tickets.supervision:read",
        items: |at, asked| Box::pin(people::supervisions(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "supervision_review",
        title_zh: "待审督办回复",
        title_en: "Account to judge",
        permission: "tickets.supervision:read",
        items: |at, asked| Box::pin(people::answers(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "shift_swap_consent",
        title_zh: "待同意调班",
        title_en: "Swap to consent to",
        permission: "tickets.shift_swap:read",
        items: |at, asked| Box::pin(people::consents(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "shift_swap_approval",
        title_zh: "待批调班",
        title_en: "Swap to decide on",
        permission: "tickets.shift_swap:read",
        items: |at, asked| Box::pin(people::swaps(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "leave_handover",
        title_zh: "待接收交接",
        title_en: "Hand-over to take",
        permission: "tickets.leave_request:read",
        items: |at, asked| Box::pin(people::handovers(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "leave_approval",
        title_zh: "待批请假",
        title_en: "Leave to decide on",
        permission: "tickets.leave_request:read",
        items: |at, asked| Box::pin(people::leaves(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "roster_publish",
        title_zh: "待发布班表",
        title_en: "Roster to publish",
        permission: "tickets.roster:read",
        items: |at, asked| Box::pin(people::rosters(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "muster",
        title_zh: "待点名",
        title_en: "Muster to hold",
        permission: "tickets.roster:read",
        items: |at, asked| Box::pin(people::musters(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "duty_log",
        title_zh: "待交接值班日志",
        title_en: "Duty log to hand over",
        permission: "tickets.duty_log:read",
        items: |at, asked| Box::pin(people::duty_logs(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "case_cause",
        title_zh: "待补充投诉原因分析",
        title_en: "Complaint to analyse before it is filed",
        permission: READ,
        items: |at, asked| Box::pin(filing::causes(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "article_review",
        title_zh: "待审核知识条目",
        title_en: "Article to review",
        permission: "tickets.knowledge_article:read",
        items: |at, asked| Box::pin(filing::reviews(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "article_ending",
        title_zh: "知识条目将到期",
        title_en: "Article about to end",
        permission: "tickets.knowledge_article:read",
        items: |at, asked| Box::pin(filing::endings(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "first_contact",
        title_zh: "首次联系客户",
        title_en: "First contact",
        permission: "tickets.portfolio_entry:read",
        items: |at, asked| Box::pin(care::first_contacts(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "promise",
        title_zh: "约定答复",
        title_en: "Promise to keep",
        permission: "tickets.follow_up:read",
        items: |at, asked| Box::pin(care::promises(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "outreach_call",
        title_zh: "待致电客户",
        title_en: "Customer to call",
        permission: "tickets.delivery:read",
        items: |at, asked| Box::pin(care::calls(at, asked)),
    },
];

/// Who is reminded of what beside the clocks (spec tickets §10).
pub const REMINDERS: &[Reminder] = &[
    Reminder {
        kind: "pause_ending",
        lead: (REMIND, "pause"),
        before: &[Told::Holder],
        at_due: &[Told::Roles(HEAD)],
        daily: &[],
    },
    Reminder {
        kind: "opinion_approval",
        lead: (REMIND, "opinion"),
        before: &[Told::Deciders],
        at_due: &[Told::Roles(HEAD)],
        daily: &[],
    },
    Reminder {
        kind: "supervision_answer",
        lead: (REMIND, "supervision"),
        before: &[Told::Holder, Told::Roles(&[JobRole::TeamLeader])],
        at_due: &[Told::Roles(HEAD)],
        daily: &[],
    },
    Reminder {
        kind: "roster_publish",
        lead: (REMIND, "rota"),
        before: &[Told::Roles(&[JobRole::TeamLeader])],
        at_due: &[Told::Roles(&[JobRole::CsDirector])],
        daily: &[],
    },
    Reminder {
        kind: "report_due",
        lead: (REMIND, "report"),
        before: &[Told::Deciders],
        at_due: &[Told::Deciders],
        daily: &[Told::Roles(&[JobRole::CsManager])],
    },
];

const REMIND: &str = "tickets.remind.lead";

/// Tickets whose unit, or the desk that took them in, is one where this permission lets act for whom was asked.
fn in_units(at: &Reading, asked: &Asked, permission: &str) -> Option<Condition> {
    let responsible = asked.open_to(at.actor(), permission, Column::ResponsibleOrgUnitId)?;
    let received = asked.open_to(at.actor(), permission, Column::ReceivedOrgUnitId)?;
    Some(Condition::any().add(responsible).add(received))
}

/// The tickets behind the parts of a page.
async fn tickets(at: &Reading, ids: impl IntoIterator<Item = Uuid>) -> Result<HashMap<Uuid, TicketRow>, Fault> {
    let rows = Entity::find().filter(Column::Id.is_in(ids)).all(&at.db()).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
