//! The table of timeliness: what is counted for a group, its columns and figures.

use kernel::report::{Cell, Column, ColumnKind, Value, quotient, share};
use kernel::time::Timestamp;
use store::reports::Ask;

use super::slice::{OfTickets, Slice};
use super::{count, percent, text};
use crate::ticket::Ticket;

const HOUR_SECONDS: i64 = 3_600;

/// What is counted for a group.
#[derive(Clone, Default)]
pub struct Row {
    pub received: i64,
    pub resolved: i64,
    pub closed: i64,
    pub met: i64,
    pub missed: i64,
    /// Received until the period's end, open and overdue now.
    pub overdue_open: i64,
    /// Counted seconds of each handling clock stopped in the period.
    pub handled: Vec<i64>,
    pub replies: i64,
    pub replies_met: i64,
    pub stages_missed: i64,
    pub paused_seconds: i64,
    /// Counted seconds of the handling clocks stopped in the period, where they were spent.
    pub dwell_seconds: i64,
    pub breaches: i64,
}

/// The columns of the table.
pub fn columns() -> Vec<Column> {
    vec![
        text("group", "分组", "Group"),
        count("received", "受理", "Received"),
        count("resolved", "解决", "Resolved"),
        count("closed", "关闭", "Closed"),
        percent("closing_rate", "关闭率%", "Closed %"),
        count("met", "达标", "Met"),
        count("missed", "超时", "Missed"),
        percent("sla_rate", "及时率%", "Met %"),
        count("overdue_open", "在办超时", "Open and overdue"),
        hours("handling_p50_hours", "处理时长中位数(小时)", "Handling p50, h"),
        hours("handling_p90_hours", "处理时长P90(小时)", "Handling p90, h"),
        count("replies_due", "应答复", "Replies due"),
        count("replies_met", "按时答复", "Replies on time"),
        percent("timely_reply_rate", "答复及时率%", "Timely replies %"),
        count("stages_missed", "环节超时", "Stages missed"),
        hours("paused_hours", "暂停时长(小时)", "Paused, h"),
        hours("dwell_hours", "停留时长(小时)", "Dwell, h"),
        count("breaches", "归责超时", "Breaches charged"),
    ]
}

impl Row {
    /// The row, each figure with its list where there is one.
    pub fn cells(&self, label: Value, slice: Option<&Slice>, ask: &Ask) -> Vec<Cell> {
        let mut handled = self.handled.clone();
        handled.sort_unstable();
        // A case with two such clocks is two figures and one row.
        let period = [ask.period.starts_at(), ask.period.ends_at()].map(|at| Timestamp::from(at).to_string()).join(",");
        let clocks = |which: &str, value: i64| {
            Slice::open::<Ticket>(slice, value, |slice| slice.net().with("clock", format!("{which},{period}")))
        };
        vec![
            label.into(),
            Slice::open::<Ticket>(slice, self.received, |slice| slice.during("received_at", ask.period).net()),
            Slice::open::<Ticket>(slice, self.resolved, |slice| slice.during("resolved_at", ask.period).net()),
            Slice::open::<Ticket>(slice, self.closed, |slice| {
                slice.during("closed_at", ask.period).with("status", "closed")
            }),
            share(self.closed, self.received).into(),
            clocks("handle,met", self.met),
            clocks("handle,missed", self.missed),
            share(self.met, self.met + self.missed).into(),
            Slice::open::<Ticket>(slice, self.overdue_open, |slice| {
                slice.with("overdue", "true").with("received_at_lt", Timestamp::from(ask.period.ends_at()))
            }),
            percentile(&handled, 50).into(),
            percentile(&handled, 90).into(),
            clocks("reply,any", self.replies),
            clocks("reply,met", self.replies_met),
            share(self.replies_met, self.replies).into(),
            clocks("stage,missed", self.stages_missed),
            quotient(self.paused_seconds, HOUR_SECONDS).into(),
            quotient(self.dwell_seconds, HOUR_SECONDS).into(),
            self.breaches.into(),
        ]
    }
}

const fn hours(key: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column::new(key, zh, en, ColumnKind::Number)
}

/// The smallest figure that at least so many percent do not exceed, in hours.
fn percentile(sorted: &[i64], percent: usize) -> Value {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).map_or(Value::Nothing, |seconds| quotient(*seconds, HOUR_SECONDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_figures_that_occurred() {
        let ten: Vec<i64> = (1..=10).map(|hours| hours * HOUR_SECONDS).collect();
        assert_eq!(percentile(&ten, 50), quotient(5, 1));
        assert_eq!(percentile(&ten, 90), quotient(9, 1));
        assert_eq!(percentile(&[5_400], 90), quotient(3, 2));
        assert_eq!(percentile(&[], 50), Value::Nothing);
    }
}
