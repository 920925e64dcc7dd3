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
mod place;
mod quality;
mod reminders;
mod repairs;
mod requests;

pub use reminders::REMINDERS;
use store::work_list::Source;

const READ: &str = "tickets.ticket:read";

/// Every kind of this domain.
pub const SOURCES: &[Source] = &[
    Source::new("ticket_handle", ("办理工单", "Ticket to solve"), READ, |at, asked| {
        Box::pin(cases::handle(at, asked))
    }),
    Source::new("ticket_unassigned", ("待派工单", "Ticket nobody holds"), READ, |at, asked| {
        Box::pin(cases::unassigned(at, asked))
    }),
    Source::new("ticket_stage", ("环节时限", "Stage of a ticket"), READ, |at, asked| {
        Box::pin(cases::stage(at, asked))
    }),
    Source::new("ticket_reply", ("待答复客户", "Answer to give"), READ, |at, asked| {
        Box::pin(cases::reply(at, asked))
    }),
    Source::new("callback", ("待回访", "Callback to make"), "tickets.callback:read", |at, asked| {
        Box::pin(checks::callbacks(at, asked))
    }),
    Source::new("callback_waiver", ("待免回访", "Callback to waive"), "tickets.callback:read", |at, asked| {
        Box::pin(checks::waivers(at, asked))
    }),
    Source::new("pause_approval", ("待批暂停", "Pause to decide on"), "tickets.ticket_pause:read", |at, asked| {
        Box::pin(checks::pause_requests(at, asked))
    }),
    Source::new("pause_ending", ("暂停将满", "Pause that ends"), "tickets.ticket_pause:read", |at, asked| {
        Box::pin(checks::pauses_ending(at, asked))
    }),
    Source::new("opinion_approval", ("待审批处理意见", "Opinion to decide on"), READ, |at, asked| {
        Box::pin(checks::opinions(at, asked))
    }),
    Source::new("report_due", ("待报送报表", "Report to submit"), "tickets.report:read", |at, asked| {
        Box::pin(submissions::work::to_submit(at, asked, "tickets"))
    }),
    Source::new("report_acceptance", ("待接收报表", "Report to receive"), "tickets.report:read", |at, asked| {
        Box::pin(submissions::work::to_receive(at, asked, "tickets"))
    }),
    Source::new(
        "supervision_answer",
        ("待回复督办", "Account to give"),
        "tickets.supervision:read",
        |at, asked| Box::pin(people::supervisions(at, asked)),
    ),
    Source::new(
        "supervision_review",
        ("待审督办回复", "Account to judge"),
        "tickets.supervision:read",
        |at, asked| Box::pin(people::answers(at, asked)),
    ),
    Source::new(
        "shift_swap_consent",
        ("待同意调班", "Swap to consent to"),
        "tickets.shift_swap:read",
        |at, asked| Box::pin(people::consents(at, asked)),
    ),
    Source::new(
        "shift_swap_approval",
        ("待批调班", "Swap to decide on"),
        "tickets.shift_swap:read",
        |at, asked| Box::pin(people::swaps(at, asked)),
    ),
    Source::new(
        "leave_handover",
        ("待接收交接", "Hand-over to take"),
        "tickets.leave_request:read",
        |at, asked| Box::pin(people::handovers(at, asked)),
    ),
    Source::new("leave_approval", ("待批请假", "Leave to decide on"), "tickets.leave_request:read", |at, asked| {
        Box::pin(people::leaves(at, asked))
    }),
    Source::new("roster_publish", ("待发布班表", "Roster to publish"), "tickets.roster:read", |at, asked| {
        Box::pin(people::rosters(at, asked))
    }),
    Source::new("muster", ("待点名", "Muster to hold"), "tickets.roster:read", |at, asked| {
        Box::pin(people::musters(at, asked))
    }),
    Source::new(
        "duty_log",
        ("待交接值班日志", "Duty log to hand over"),
        "tickets.duty_log:read",
        |at, asked| Box::pin(people::duty_logs(at, asked)),
    ),
    Source::new(
        "case_cause",
        ("待补充投诉原因分析", "Complaint to analyse before it is filed"),
        READ,
        |at, asked| Box::pin(filing::causes(at, asked)),
    ),
    Source::new(
        "article_review",
        ("待审核知识条目", "Article to review"),
        "tickets.knowledge_article:read",
        |at, asked| Box::pin(filing::reviews(at, asked)),
    ),
    Source::new(
        "article_ending",
        ("知识条目将到期", "Article about to end"),
        "tickets.knowledge_article:read",
        |at, asked| Box::pin(filing::endings(at, asked)),
    ),
    Source::new(
        "first_contact",
        ("首次联系客户", "First contact"),
        "tickets.portfolio_entry:read",
        |at, asked| Box::pin(care::first_contacts(at, asked)),
    ),
    Source::new("promise", ("约定答复", "Promise to keep"), "tickets.follow_up:read", |at, asked| {
        Box::pin(care::promises(at, asked))
    }),
    Source::new("outreach_call", ("待致电客户", "Customer to call"), "tickets.delivery:read", |at, asked| {
        Box::pin(care::calls(at, asked))
    }),
    Source::new(
        "roster_gap",
        ("待确认排班空档", "Gaps of a roster to answer for"),
        "tickets.roster:read",
        |at, asked| Box::pin(people::gaps(at, asked)),
    ),
    Source::new(
        "repair_dispatch",
        ("待派维修单", "Repair order to give to a provider"),
        "tickets.repair_order:read",
        |at, asked| Box::pin(repairs::to_dispatch(at, asked)),
    ),
    Source::new(
        "repair_acceptance",
        ("待维修方接单", "Repair order to accept"),
        "tickets.repair_order:read",
        |at, asked| Box::pin(repairs::to_accept(at, asked)),
    ),
    Source::new(
        "repair_appointment",
        ("预约上门", "Appointment of a repair"),
        "tickets.repair_order:read",
        |at, asked| Box::pin(repairs::appointments(at, asked)),
    ),
    Source::new("repair_work", ("维修进行中", "Repair under way"), "tickets.repair_order:read", |at, asked| {
        Box::pin(repairs::at_work(at, asked))
    }),
    Source::new(
        "quote_answer",
        ("报价待客户确认", "Quote to be answered"),
        "tickets.repair_order:read",
        |at, asked| Box::pin(repairs::quotes(at, asked)),
    ),
    Source::new(
        "repair_evaluation",
        ("待评价维修", "Repair to judge"),
        "tickets.repair_order:read",
        |at, asked| Box::pin(repairs::to_evaluate(at, asked)),
    ),
    Source::new(
        "repair_close",
        ("待关闭维修单", "Repair order to close"),
        "tickets.repair_order:read",
        |at, asked| Box::pin(repairs::to_close(at, asked)),
    ),
    Source::new(
        "claim_notice",
        ("待通知施工方索赔", "Claim to notify"),
        "tickets.defect_claim:read",
        |at, asked| Box::pin(money::claim_notices(at, asked)),
    ),
    Source::new("claim_reply", ("索赔答复期限", "Reply to a claim"), "tickets.defect_claim:read", |at, asked| {
        Box::pin(money::claim_replies(at, asked))
    }),
    Source::new(
        "claim_confirmation",
        ("待确认索赔", "Claim to confirm"),
        "tickets.defect_claim:read",
        |at, asked| Box::pin(money::claim_decisions(at, asked)),
    ),
    Source::new(
        "receipt_hand_in",
        ("现场收款待上交", "Cash to hand in"),
        "tickets.site_receipt:read",
        |at, asked| Box::pin(money::hand_ins(at, asked)),
    ),
    Source::new(
        "receipt_confirmation",
        ("现场收款待确认", "Cash to confirm"),
        "tickets.site_receipt:read",
        |at, asked| Box::pin(money::confirmations(at, asked)),
    ),
    Source::new(
        "part_request_approval",
        ("待批配件申请", "Request for parts to grant"),
        "tickets.part_request:read",
        |at, asked| Box::pin(network::request_approvals(at, asked)),
    ),
    Source::new(
        "part_request_issue",
        ("待发放配件", "Parts to give out"),
        "tickets.part_request:read",
        |at, asked| Box::pin(network::request_issues(at, asked)),
    ),
    Source::new(
        "part_request_receipt",
        ("配件待签收", "Parts to receive"),
        "tickets.part_request:read",
        |at, asked| Box::pin(network::request_receipts(at, asked)),
    ),
    Source::new(
        "write_off_approval",
        ("待批配件核销", "Write-off to decide on"),
        "tickets.write_off:read",
        |at, asked| Box::pin(network::write_offs(at, asked)),
    ),
    Source::new(
        "stock_count_approval",
        ("待批盘点", "Stock count to decide on"),
        "tickets.stock_count:read",
        |at, asked| Box::pin(network::counts(at, asked)),
    ),
    Source::new(
        "part_reconciliation",
        ("配件对账", "Parts to reconcile"),
        "tickets.part_reconciliation:read",
        |at, asked| Box::pin(network::reconciliations(at, asked)),
    ),
    Source::new(
        "fee_claim_submission",
        ("待提交维修费结算", "Fee claim to hand in"),
        "tickets.repair_fee_claim:read",
        |at, asked| Box::pin(network::fee_drafts(at, asked)),
    ),
    Source::new(
        "fee_claim_review",
        ("待初审维修费", "Fee claim to review"),
        "tickets.repair_fee_claim:read",
        |at, asked| Box::pin(network::fee_reviews(at, asked)),
    ),
    Source::new(
        "fee_claim_audit",
        ("待审核维修费", "Fee claim to audit"),
        "tickets.repair_fee_claim:read",
        |at, asked| Box::pin(network::fee_audits(at, asked)),
    ),
    Source::new(
        "fee_claim_approval",
        ("待批维修费", "Fee claim to approve"),
        "tickets.repair_fee_claim:read",
        |at, asked| Box::pin(network::fee_approvals(at, asked)),
    ),
    Source::new(
        "fee_claim_settlement",
        ("待结算维修费", "Fee claim to settle"),
        "tickets.repair_fee_claim:read",
        |at, asked| Box::pin(network::fee_settlements(at, asked)),
    ),
    Source::new(
        "fee_notice",
        ("维修费结算待通知", "Notice of a settlement"),
        "tickets.repair_fee_claim:read",
        |at, asked| Box::pin(network::fee_notices(at, asked)),
    ),
    Source::new(
        "monitored_calls",
        ("待监听评分", "Calls to monitor"),
        "tickets.monitored_call:read",
        |at, asked| Box::pin(quality::to_monitor(at, asked)),
    ),
    Source::new(
        "monitored_call_publication",
        ("待发布监听结果", "Monitored call to publish"),
        "tickets.monitored_call:read",
        |at, asked| Box::pin(quality::to_publish(at, asked)),
    ),
    Source::new(
        "quality_appeal",
        ("待裁决申诉", "Appeal to decide on"),
        "tickets.monitored_call:read",
        |at, asked| Box::pin(quality::appeals(at, asked)),
    ),
    Source::new("retraining", ("需再培训", "Somebody to train again"), "tickets.training:read", |at, asked| {
        Box::pin(quality::retraining(at, asked))
    }),
    Source::new(
        "training_results",
        ("待录入培训结果", "Results of a training to record"),
        "tickets.training:read",
        |at, asked| Box::pin(quality::training_results(at, asked)),
    ),
    Source::new("training_closing", ("待结束培训", "Training to close"), "tickets.training:read", |at, asked| {
        Box::pin(quality::training_closings(at, asked))
    }),
    Source::new(
        "quality_summary",
        ("待提交质检周小结", "Summary of a week to hand in"),
        "tickets.quality_summary:read",
        |at, asked| Box::pin(quality::summaries(at, asked)),
    ),
    Source::new(
        "service_request",
        ("待办业务申请", "Step of a request"),
        "tickets.service_request:read",
        |at, asked| Box::pin(requests::steps(at, asked)),
    ),
    Source::new(
        "violation_decision",
        ("待核实违规", "Violation to decide on"),
        "tickets.violation:read",
        |at, asked| Box::pin(requests::violations(at, asked)),
    ),
    Source::new(
        "assessment_publication",
        ("待发布月度考核", "Assessment to publish"),
        "tickets.monthly_assessment:read",
        |at, asked| Box::pin(requests::assessments(at, asked)),
    ),
];
