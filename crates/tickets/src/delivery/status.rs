//! How a delivery stands: from what the desk knows, the clock, and the outbox – once in the view, once in the
//! query.

use kernel::fault::{Fault, INVALID_PARAMETER};
use outbound::letter::entity::State as Letter;
use outbound::letter::{self, Outcome};
use outbound::notification::entity::Status as Told;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Query, SelectStatement};
use store::Reading;

use super::entity::{Column, Model, State};
use crate::reach::Channel;

/// Where a delivery stands.
#[codes::code(name = "OutreachDeliveryStatus", stored = false)]
pub enum DeliveryStatus {
    /// 待办: a call to be made, or a message of a campaign that is paused.
    Queued,
    /// 等待时段: waits for the morning or the planned instant.
    Held,
    /// 已发送: handed to the outbox; `attempts` shows how far it got.
    Sent,
    /// 已读: read in the inbox.
    Delivered,
    /// 失败: given up.
    Failed,
    /// 未发送: nothing is sent; `reason` says why.
    Suppressed,
    /// 已通话: the customer was spoken to.
    Answered,
}

impl DeliveryStatus {
    /// The status at an instant.
    pub fn of(row: &Model, outcome: Option<&Outcome>, now: DateTimeUtc) -> Self {
        match (row.state, outcome) {
            (State::Suppressed, _) => return Self::Suppressed,
            (State::Answered, _) => return Self::Answered,
            (State::Open, Some(outcome)) => match outcome.status {
                Some(Told::Failed) => return Self::Failed,
                Some(Told::Suppressed) => return Self::Suppressed,
                Some(Told::Sent) if outcome.read_at.is_some() => return Self::Delivered,
                Some(Told::Sent) => return Self::Sent,
                _ if outcome.state == Letter::Withdrawn => return Self::Suppressed,
                _ => {}
            },
            (State::Open, None) => {}
        }
        let waits = row.channel == Channel::Phone || outcome.is_some_and(|outcome| outcome.state == Letter::OnHold);
        match (row.due_at > now, waits) {
            (true, _) => Self::Held,
            (false, true) => Self::Queued,
            (false, false) => Self::Sent,
        }
    }
}

/// Why nothing went, or nothing arrived.
pub(super) fn reason(row: &Model, outcome: Option<&Outcome>, status: DeliveryStatus) -> Option<String> {
    let withdrawn = || (status == DeliveryStatus::Suppressed).then(|| "cancelled".to_owned());
    row.reason.clone().or_else(|| outcome.and_then(|outcome| outcome.reason.clone())).or_else(withdrawn)
}

/// The letters that need nothing any more, as a subquery.
pub(super) fn over() -> SelectStatement {
    let withdrawn = letter::in_state(Letter::Withdrawn);
    let settled = letter::settled(&[Told::Sent, Told::Failed, Told::Suppressed]);
    Query::select()
        .column(letter::entity::Column::Id)
        .from(letter::entity::Entity)
        .cond_where(
            Condition::any()
                .add(letter::entity::Column::Id.in_subquery(withdrawn))
                .add(letter::entity::Column::Id.in_subquery(settled)),
        )
        .to_owned()
}

/// As [`DeliveryStatus::of`], in the query.
pub(super) fn in_status(at: &Reading, text: &str) -> Result<Condition, Fault> {
    let mut any = Condition::any();
    let open = || Condition::all().add(Column::State.eq(State::Open));
    let ended = |statuses: &[Told]| Column::LetterId.in_subquery(letter::settled(statuses));
    let waiting = || {
        let left = Column::LetterId.not_in_subquery(over());
        open().add(Condition::any().add(Column::LetterId.is_null()).add(left))
    };
    let on_hold = || Column::LetterId.in_subquery(letter::in_state(Letter::OnHold));
    let call = || Column::LetterId.is_null();
    for code in text.split(',') {
        any = match code {
            "queued" => {
                any.add(waiting().add(Column::DueAt.lte(at.now)).add(Condition::any().add(call()).add(on_hold())))
            }
            "held" => any.add(waiting().add(Column::DueAt.gt(at.now))),
            "sent" => any.add(open().add(Column::LetterId.in_subquery(letter::read(false)))).add(
                waiting()
                    .add(Column::DueAt.lte(at.now))
                    .add(Column::LetterId.is_not_null())
                    .add(Column::LetterId.not_in_subquery(letter::in_state(Letter::OnHold))),
            ),
            "delivered" => any.add(open().add(Column::LetterId.in_subquery(letter::read(true)))),
            "failed" => any.add(open().add(ended(&[Told::Failed]))),
            "suppressed" => {
                any.add(Column::State.eq(State::Suppressed)).add(open().add(ended(&[Told::Suppressed]))).add(
                    open()
                        .add(Column::LetterId.in_subquery(letter::in_state(Letter::Withdrawn)))
                        .add(Column::LetterId.not_in_subquery(letter::settled(&[Told::Sent, Told::Failed]))),
                )
            }
            "answered" => any.add(Column::State.eq(State::Answered)),
            _ => return Err(Fault::new(&INVALID_PARAMETER).with("parameter", "status")),
        };
    }
    Ok(any)
}

/// Suppressed or given up for one of these reasons.
pub(super) fn with_reason(_: &Reading, text: &str) -> Result<Condition, Fault> {
    let mut any = Condition::any();
    for reason in text.split(',') {
        any = any.add(Column::Reason.eq(reason)).add(Column::LetterId.in_subquery(letter::with_reason(reason)));
        if reason == "cancelled" {
            let withdrawn = Column::LetterId.in_subquery(letter::in_state(Letter::Withdrawn));
            let went = letter::settled(&[Told::Sent, Told::Failed, Told::Suppressed]);
            any = any.add(Condition::all().add(withdrawn).add(Column::LetterId.not_in_subquery(went)));
        }
    }
    Ok(any)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn outcome(status: Option<Told>, state: Letter, read: bool) -> Outcome {
        let read_at = read.then(DateTime::default);
        Outcome { status, state, reason: None, sent_at: None, read_at, attempts: Vec::new() }
    }

    #[test]
    fn a_delivery_is_what_desk_clock_and_outbox_say() {
        use DeliveryStatus::*;
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let row = |state, channel, due: i64| Model {
            id: Uuid::nil(),
            version: 1,
            created_at: now,
            updated_at: now,
            campaign_id: Uuid::nil(),
            customer_id: Uuid::nil(),
            org_unit_id: None,
            project_id: None,
            channel,
            marketing: false,
            state,
            reason: None,
            segments: None,
            due_at: now + chrono::TimeDelta::seconds(due),
            letter_id: None,
            attempts: "[]".to_owned(),
        };
        let sms = |due, outcome: Outcome| DeliveryStatus::of(&row(State::Open, Channel::Sms, due), Some(&outcome), now);
        assert_eq!(sms(1, outcome(None, Letter::Ready, false)), Held);
        assert_eq!(sms(0, outcome(None, Letter::Ready, false)), Sent);
        assert_eq!(sms(0, outcome(Some(Told::Pending), Letter::OnHold, false)), Queued);
        assert_eq!(sms(1, outcome(Some(Told::Pending), Letter::OnHold, false)), Held);
        assert_eq!(sms(0, outcome(Some(Told::Pending), Letter::Withdrawn, false)), Suppressed);
        assert_eq!(sms(0, outcome(Some(Told::Sent), Letter::Withdrawn, false)), Sent);
        assert_eq!(sms(0, outcome(Some(Told::Sent), Letter::Ready, true)), Delivered);
        assert_eq!(sms(0, outcome(Some(Told::Failed), Letter::Ready, false)), Failed);
        assert_eq!(sms(0, outcome(Some(Told::Suppressed), Letter::Ready, false)), Suppressed);
        let call = |state, due| DeliveryStatus::of(&row(state, Channel::Phone, due), None, now);
        assert_eq!((call(State::Open, 1), call(State::Open, 0)), (Held, Queued));
        assert_eq!((call(State::Answered, 0), call(State::Suppressed, 0)), (Answered, Suppressed));
    }
}
