//! Who is reminded of what waits (spec tickets §10): a declaration a kind.

use access::JobRole;
use access::groups::{HEAD, LEAD};
use store::work_list::{Reminder, Told};

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
        before: &[Told::Roles(SHIFT_LEADERS)],
        at_due: &[Told::Roles(SHIFT_HEADS)],
        daily: &[],
    },
    Reminder {
        kind: "roster_gap",
        lead: (REMIND, "rota"),
        before: &[Told::Roles(SHIFT_LEADERS)],
        at_due: &[Told::Roles(SHIFT_HEADS)],
        daily: &[],
    },
    Reminder {
        kind: "muster",
        lead: AT_ONCE,
        before: &[],
        at_due: &[Told::Roles(SHIFT_LEADERS), Told::Roles(SHIFT_HEADS)],
        daily: &[],
    },
    Reminder {
        kind: "duty_log",
        lead: AT_ONCE,
        before: &[],
        at_due: &[Told::Roles(SHIFT_LEADERS)],
        daily: &[Told::Roles(SHIFT_HEADS)],
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

/// Who leads the shifts of a unit, and who answers for them; those of heat and of sales by whom TK-R28 says. Of these
/// roles those above the unit are told.
const SHIFT_LEADERS: &[JobRole] = &[JobRole::TeamLeader, JobRole::HeatingServiceManager, JobRole::SalesSupervisor];
const SHIFT_HEADS: &[JobRole] = &[JobRole::CsDirector, JobRole::HeatingServiceManager, JobRole::SalesSupervisor];
const REMIND: &str = "tickets.remind.lead";
/// Nobody is told before it is due.
const AT_ONCE: (&str, &str) = (REMIND, "at_once");
