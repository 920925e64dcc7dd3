//! What waits at the desk (PF-16, spec tickets §10): a declaration a kind, derived from the rows themselves.
//!
//! To add a kind, write one [`Source`] here and a function that answers its rows.

mod care;
mod cases;
mod checks;
mod filing;
mod money;
mod network;
mod people;
mod quality;
mod repairs;
mod requests;

use std::collections::HashMap;

use access::JobRole;
use access::groups::{HEAD, LEAD};
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QuerySelect, QueryTrait};
use store::Reading;
use store::work_list::{Asked, Reminder, Source, Told, Waiting};

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
    Source {
        domain: "tickets",
        kind: "roster_gap",
        title_zh: "待确认排班空档",
        title_en: "Gaps of a roster to answer for",
        permission: "tickets.roster:read",
        items: |at, asked| Box::pin(people::gaps(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "repair_dispatch",
        title_zh: "待派维修单",
        title_en: "Repair order to give to a provider",
        permission: "tickets.repair_order:read",
        items: |at, asked| Box::pin(repairs::to_dispatch(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "repair_acceptance",
        title_zh: "待维修方接单",
        title_en: "Repair order to accept",
        permission: "tickets.repair_order:read",
        items: |at, asked| Box::pin(repairs::to_accept(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "repair_appointment",
        title_zh: "预约上门",
        title_en: "Appointment of a repair",
        permission: "tickets.repair_order:read",
        items: |at, asked| Box::pin(repairs::appointments(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "repair_work",
        title_zh: "维修进行中",
        title_en: "Repair under way",
        permission: "tickets.repair_order:read",
        items: |at, asked| Box::pin(repairs::at_work(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "quote_answer",
        title_zh: "报价待客户确认",
        title_en: "Quote to be answered",
        permission: "tickets.repair_order:read",
        items: |at, asked| Box::pin(repairs::quotes(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "repair_evaluation",
        title_zh: "待评价维修",
        title_en: "Repair to judge",
        permission: "tickets.repair_order:read",
        items: |at, asked| Box::pin(repairs::to_evaluate(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "repair_close",
        title_zh: "待关闭维修单",
        title_en: "Repair order to close",
        permission: "tickets.repair_order:read",
        items: |at, asked| Box::pin(repairs::to_close(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "claim_notice",
        title_zh: "待通知施工方索赔",
        title_en: "Claim to notify",
        permission: "tickets.defect_claim:read",
        items: |at, asked| Box::pin(money::claim_notices(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "claim_reply",
        title_zh: "索赔答复期限",
        title_en: "Reply to a claim",
        permission: "tickets.defect_claim:read",
        items: |at, asked| Box::pin(money::claim_replies(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "claim_confirmation",
        title_zh: "待确认索赔",
        title_en: "Claim to confirm",
        permission: "tickets.defect_claim:read",
        items: |at, asked| Box::pin(money::claim_decisions(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "receipt_hand_in",
        title_zh: "现场收款待上交",
        title_en: "Cash to hand in",
        permission: "tickets.site_receipt:read",
        items: |at, asked| Box::pin(money::hand_ins(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "receipt_confirmation",
        title_zh: "现场收款待确认",
        title_en: "Cash to confirm",
        permission: "tickets.site_receipt:read",
        items: |at, asked| Box::pin(money::confirmations(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "part_request_approval",
        title_zh: "待批配件申请",
        title_en: "Request for parts to grant",
        permission: "tickets.part_request:read",
        items: |at, asked| Box::pin(network::request_approvals(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "part_request_issue",
        title_zh: "待发放配件",
        title_en: "Parts to give out",
        permission: "tickets.part_request:read",
        items: |at, asked| Box::pin(network::request_issues(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "part_request_receipt",
        title_zh: "配件待签收",
        title_en: "Parts to receive",
        permission: "tickets.part_request:read",
        items: |at, asked| Box::pin(network::request_receipts(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "write_off_approval",
        title_zh: "待批配件核销",
        title_en: "Write-off to decide on",
        permission: "tickets.write_off:read",
        items: |at, asked| Box::pin(network::write_offs(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "stock_count_approval",
        title_zh: "待批盘点",
        title_en: "Stock count to decide on",
        permission: "tickets.stock_count:read",
        items: |at, asked| Box::pin(network::counts(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "part_reconciliation",
        title_zh: "配件对账",
        title_en: "Parts to reconcile",
        permission: "tickets.part_reconciliation:read",
        items: |at, asked| Box::pin(network::reconciliations(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "fee_claim_submission",
        title_zh: "待提交维修费结算",
        title_en: "Fee claim to hand in",
        permission: "tickets.repair_fee_claim:read",
        items: |at, asked| Box::pin(network::fee_drafts(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "fee_claim_review",
        title_zh: "待初审维修费",
        title_en: "Fee claim to review",
        permission: "tickets.repair_fee_claim:read",
        items: |at, asked| Box::pin(network::fee_reviews(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "fee_claim_audit",
        title_zh: "待审核维修费",
        title_en: "Fee claim to audit",
        permission: "tickets.repair_fee_claim:read",
        items: |at, asked| Box::pin(network::fee_audits(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "fee_claim_approval",
        title_zh: "待批维修费",
        title_en: "Fee claim to approve",
        permission: "tickets.repair_fee_claim:read",
        items: |at, asked| Box::pin(network::fee_approvals(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "fee_claim_settlement",
        title_zh: "待结算维修费",
        title_en: "Fee claim to settle",
        permission: "tickets.repair_fee_claim:read",
        items: |at, asked| Box::pin(network::fee_settlements(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "fee_notice",
        title_zh: "维修费结算待通知",
        title_en: "Notice of a settlement",
        permission: "tickets.repair_fee_claim:read",
        items: |at, asked| Box::pin(network::fee_notices(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "monitored_calls",
        title_zh: "待监听评分",
        title_en: "Calls to monitor",
        permission: "tickets.monitored_call:read",
        items: |at, asked| Box::pin(quality::to_monitor(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "monitored_call_publication",
        title_zh: "待发布监听结果",
        title_en: "Monitored call to publish",
        permission: "tickets.monitored_call:read",
        items: |at, asked| Box::pin(quality::to_publish(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "quality_appeal",
        title_zh: "待裁决申诉",
        title_en: "Appeal to decide on",
        permission: "tickets.monitored_call:read",
        items: |at, asked| Box::pin(quality::appeals(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "retraining",
        title_zh: "需再培训",
        title_en: "Somebody to train again",
        permission: "tickets.training:read",
        items: |at, asked| Box::pin(quality::retraining(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "training_results",
        title_zh: "待录入培训结果",
        title_en: "Results of a training to record",
        permission: "tickets.training:read",
        items: |at, asked| Box::pin(quality::training_results(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "training_closing",
        title_zh: "待结束培训",
        title_en: "Training to close",
        permission: "tickets.training:read",
        items: |at, asked| Box::pin(quality::training_closings(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "quality_summary",
        title_zh: "待提交质检周小结",
        title_en: "Summary of a week to hand in",
        permission: "tickets.quality_summary:read",
        items: |at, asked| Box::pin(quality::summaries(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "service_request",
        title_zh: "待办业务申请",
        title_en: "Step of a request",
        permission: "tickets.service_request:read",
        items: |at, asked| Box::pin(requests::steps(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "violation_decision",
        title_zh: "待核实违规",
        title_en: "Violation to decide on",
        permission: "tickets.violation:read",
        items: |at, asked| Box::pin(requests::violations(at, asked)),
    },
    Source {
        domain: "tickets",
        kind: "assessment_publication",
        title_zh: "待发布月度考核",
        title_en: "Assessment to publish",
        permission: "tickets.monthly_assessment:read",
        items: |at, asked| Box::pin(requests::assessments(at, asked)),
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
        kind: "roster_gap",
        lead: (REMIND, "rota"),
        before: &[Told::Roles(&[JobRole::TeamLeader])],
        at_due: &[Told::Roles(&[JobRole::CsDirector])],
        daily: &[],
    },
    Reminder {
        kind: "muster",
        lead: AT_ONCE,
        before: &[],
        at_due: &[Told::Roles(&[JobRole::TeamLeader]), Told::Roles(&[JobRole::CsDirector])],
        daily: &[],
    },
    Reminder {
        kind: "duty_log",
        lead: AT_ONCE,
        before: &[],
        at_due: &[Told::Roles(&[JobRole::TeamLeader])],
        daily: &[Told::Roles(&[JobRole::CsDirector])],
    },
    Reminder {
        kind: "first_contact",
        lead: (REMIND, "first_contact"),
        before: &[Told::Holder],
        // The day is over a second later: then it is missed.
        at_due: &[Told::Holder, Told::Roles(&[JobRole::CsSupervisor])],
        daily: &[],
    },
    // That it was missed is a fact of its own, which tells cs_supervisor.
    Reminder {
        kind: "promise",
        lead: (REMIND, "promise"),
        before: &[Told::Holder],
        at_due: &[Told::Holder],
        daily: &[],
    },
    Reminder {
        kind: "repair_acceptance",
        lead: AT_ONCE,
        before: &[],
        at_due: &[Told::Watcher, Told::Roles(LEAD)],
        daily: &[],
    },
    Reminder {
        kind: "repair_appointment",
        lead: AT_ONCE,
        before: &[],
        at_due: &[Told::Watcher, Told::Roles(LEAD)],
        daily: &[],
    },
    Reminder {
        kind: "receipt_hand_in",
        lead: AT_ONCE,
        before: &[],
        at_due: &[Told::Holder, Told::Watcher, Told::Roles(LEAD)],
        daily: &[],
    },
    Reminder {
        kind: "monitored_calls",
        lead: (REMIND, "monitoring"),
        before: &[Told::Roles(&[JobRole::QualityInspector])],
        at_due: &[Told::Roles(&[JobRole::CsDirector])],
        daily: &[],
    },
    Reminder {
        kind: "quality_appeal",
        lead: AT_ONCE,
        before: &[],
        at_due: &[Told::Watcher, Told::Roles(&[JobRole::CsDirector])],
        daily: &[],
    },
    Reminder {
        kind: "retraining",
        lead: (REMIND, "monitoring"),
        before: &[Told::Roles(&[JobRole::QualityInspector])],
        at_due: &[Told::Roles(&[JobRole::CsDirector])],
        daily: &[],
    },
    Reminder {
        kind: "claim_reply",
        lead: (REMIND, "claim"),
        before: &[Told::Watcher],
        at_due: &[Told::Watcher],
        daily: &[Told::Roles(&[JobRole::CsManager])],
    },
    Reminder {
        kind: "fee_notice",
        lead: (REMIND, "fee_notice"),
        before: &[Told::Roles(&[JobRole::FeeSettlementClerk])],
        at_due: &[Told::Roles(&[JobRole::FeeSettlementClerk])],
        daily: &[Told::Roles(&[JobRole::CsManager])],
    },
    Reminder {
        kind: "part_reconciliation",
        lead: (REMIND, "reconciliation"),
        before: &[Told::Roles(&[JobRole::ServiceOutlet])],
        at_due: &[Told::Roles(&[JobRole::ServiceOutlet])],
        daily: &[Told::Roles(&[JobRole::CsManager])],
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
/// Nobody is told before it is due.
const AT_ONCE: (&str, &str) = (REMIND, "at_once");

/// Rows that belong to no unit of the desk, for whoever holds the permission and may know of them; of units those
/// `of_units` says.
fn anywhere(
    at: &Reading,
    asked: &Asked,
    permission: &str,
    of_units: impl FnOnce(&[Uuid]) -> Condition,
) -> Option<Condition> {
    match &asked.waiting {
        Waiting::Me if !at.actor().holds(permission) => None,
        Waiting::Me | Waiting::Anybody => Some(Condition::all()),
        Waiting::Units(units) => Some(of_units(units)),
    }
}

/// Tickets whose unit, or the desk that took them in, is one where this permission lets act for whom was asked.
fn in_units(at: &Reading, asked: &Asked, permission: &str) -> Option<Condition> {
    let responsible = asked.open_to(at.actor(), permission, Column::ResponsibleOrgUnitId)?;
    let received = asked.open_to(at.actor(), permission, Column::ReceivedOrgUnitId)?;
    match asked.waiting {
        Waiting::Anybody => Some(Condition::all()),
        _ => Some(Condition::any().add(responsible).add(received)),
    }
}

/// Parts of these tickets, by the column that names the ticket.
fn of_tickets(column: impl ColumnTrait, tickets: Condition) -> Condition {
    let ids = Entity::find().select_only().column(Column::Id).filter(tickets);
    Condition::all().add(column.in_subquery(ids.into_query()))
}

/// Parts of tickets that lie where this permission lets act for whom was asked.
fn parts_in_units(at: &Reading, asked: &Asked, permission: &str, ticket: impl ColumnTrait) -> Option<Condition> {
    let units = in_units(at, asked, permission)?;
    Some(if asked.waiting == Waiting::Anybody { units } else { of_tickets(ticket, units) })
}

/// The tickets behind the parts of a page.
async fn tickets(at: &Reading, ids: impl IntoIterator<Item = Uuid>) -> Result<HashMap<Uuid, TicketRow>, Fault> {
    let rows = Entity::find().filter(Column::Id.is_in(ids)).all(&at.db()).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
