//! The one table of who is told of what: event type → recipients → kind → channels → urgency.

use access::{JobRole, groups};

use super::entity::Channel::{self, Email, InApp, Sms};
use super::kinds::{
    APPROVAL_DECIDED, APPROVAL_WAITING, DEADLINE_BREACHED, DEADLINE_NEAR, DEADLINE_PASSED, Kind, LETTER,
    PROMISE_MISSED, REPAIR_DISPATCHED, REPAIR_QUOTED, REPAIR_REWORKED, SHIFT_STOPPED, SUPERVISION_ISSUED,
    TICKET_ASSIGNED, TICKET_CHASED, TICKET_CONTESTED, TICKET_ESCALATED, TICKET_GRAVE, TICKET_RATED_LOW, TICKET_REPLIED,
    VALVE_TOLD, WEBHOOK_DISABLED, WORK_DUE, WORK_NEAR_DUE,
};

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// The member of staff a field of the resource names from now on.
    Named(&'static str),
    /// The leaders of the level a case climbed to.
    Level,
    /// Those whose turn it is to decide, and who stands in for them.
    NextRoles,
    /// Who asked for the decision.
    Applicant,
    /// The customer of the case.
    Customer,
    /// Those the fact names in `told`, and those near its unit in the roles it names in `told_roles`.
    Told,
    /// Whom the letter of the fact is for, on the letter's channel.
    Addressee,
    /// Everybody in a job role.
    Role(JobRole),
    /// Those of these roles above the fact's unit, else nearest beside it.
    Near(&'static [JobRole]),
}

/// Whether the quiet hours hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    Normal,
    Urgent,
    /// Urgent when the fact says so; until the quiet hours end, what is not waits out of the inbox too.
    Said,
    /// Urgent when the case is of this severity.
    Severity(&'static str),
}

/// One row: when this happens, these are told.
pub struct Rule {
    pub event: &'static str,
    pub to: To,
    pub kind: &'static Kind,
    pub channels: &'static [Channel],
    pub urgency: Urgency,
}

const fn rule(
    event: &'static str,
    to: To,
    kind: &'static Kind,
    channels: &'static [Channel],
    urgency: Urgency,
) -> Rule {
    Rule { event, to, kind, channels, urgency }
}

/// Every rule.
pub static RULES: &[Rule] = &[
    rule("ticket.assigned", To::Named("assignee_id"), &TICKET_ASSIGNED, &[InApp], Urgency::Normal),
    rule("ticket.transferred", To::Named("assignee_id"), &TICKET_ASSIGNED, &[InApp], Urgency::Normal),
    rule("ticket.registered", To::Told, &TICKET_GRAVE, &[InApp], Urgency::Urgent),
    rule("ticket.classified", To::Told, &TICKET_GRAVE, &[InApp], Urgency::Urgent),
    rule("ticket.reopened", To::Told, &TICKET_GRAVE, &[InApp], Urgency::Urgent),
    rule("ticket.chased", To::Told, &TICKET_CHASED, &[InApp], Urgency::Normal),
    rule("ticket.rated", To::Told, &TICKET_RATED_LOW, &[InApp], Urgency::Normal),
    rule("ticket.replied", To::Told, &TICKET_CONTESTED, &[InApp], Urgency::Normal),
    rule("repair_order.dispatched", To::Told, &REPAIR_DISPATCHED, &[InApp], Urgency::Normal),
    rule("repair_order.quoted", To::Customer, &REPAIR_QUOTED, &[Sms], Urgency::Normal),
    rule("repair_order.evaluated", To::Told, &REPAIR_REWORKED, &[InApp], Urgency::Normal),
    rule("follow_up.missed", To::Near(&[JobRole::CsSupervisor]), &PROMISE_MISSED, &[InApp], Urgency::Said),
    rule("ticket.escalated", To::Level, &TICKET_ESCALATED, &[InApp], Urgency::Urgent),
    rule("ticket.replied", To::Customer, &TICKET_REPLIED, &[Sms], Urgency::Severity("major")),
    rule("supervision.issued", To::Named("to_staff_id"), &SUPERVISION_ISSUED, &[InApp], Urgency::Urgent),
    rule("supervision.issued", To::Near(groups::LEAD), &SUPERVISION_ISSUED, &[InApp], Urgency::Urgent),
    rule("shift.stopped", To::Near(groups::HEAD), &SHIFT_STOPPED, &[InApp], Urgency::Urgent),
    rule("valve_check.branch_notified", To::Told, &VALVE_TOLD, &[InApp], Urgency::Normal),
    rule("approval.started", To::NextRoles, &APPROVAL_WAITING, &[InApp], Urgency::Normal),
    rule("approval.decided", To::NextRoles, &APPROVAL_WAITING, &[InApp], Urgency::Normal),
    rule("approval.decided", To::Applicant, &APPROVAL_DECIDED, &[InApp], Urgency::Normal),
    rule("ticket.deadline_near", To::Told, &DEADLINE_NEAR, &[InApp], Urgency::Said),
    rule("ticket.breached", To::Told, &DEADLINE_BREACHED, &[InApp], Urgency::Said),
    rule("ticket.deadline_passed", To::Told, &DEADLINE_PASSED, &[InApp], Urgency::Said),
    rule("work_item.near_due", To::Told, &WORK_NEAR_DUE, &[InApp], Urgency::Said),
    rule("work_item.due", To::Told, &WORK_DUE, &[InApp], Urgency::Said),
    rule("work_item.overdue", To::Told, &WORK_DUE, &[InApp], Urgency::Said),
    rule("delivery.queued", To::Addressee, &LETTER, &[], Urgency::Normal),
    rule("survey_invitation.queued", To::Addressee, &LETTER, &[], Urgency::Normal),
    rule("survey_invitation.reminded", To::Addressee, &LETTER, &[], Urgency::Normal),
    rule("outage_notice.queued", To::Addressee, &LETTER, &[], Urgency::Urgent),
    rule("customer_code.issued", To::Addressee, &LETTER, &[], Urgency::Urgent),
    rule("webhook.disabled", To::Role(JobRole::SystemAdmin), &WEBHOOK_DISABLED, &[InApp, Email], Urgency::Normal),
];

/// The event types that tell anybody anything.
pub fn events() -> Vec<String> {
    let mut events: Vec<String> = RULES.iter().map(|rule| rule.event.to_owned()).collect();
    events.sort();
    events.dedup();
    events
}

#[cfg(test)]
mod tests {
    use super::super::kinds::KINDS;
    use super::*;
    use crate::template::defaults::{DEFAULTS, built_in};

    #[test]
    fn every_rule_has_a_template_for_each_channel_and_every_kind_a_rule() {
        for rule in RULES {
            for channel in rule.channels {
                for lang in ["zh", "en"] {
                    assert!(built_in(rule.kind.code, *channel, lang).is_some(), "{} {channel:?}", rule.kind.code);
                }
            }
        }
        for kind in KINDS {
            assert!(RULES.iter().any(|rule| rule.kind == *kind), "{}", kind.code);
        }
        for text in DEFAULTS {
            let kind = super::super::kinds::kind(text.kind).unwrap();
            crate::template::text::check(kind, text.subject, text.body).unwrap();
        }
    }
}
