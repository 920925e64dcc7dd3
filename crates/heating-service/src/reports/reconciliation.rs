//! What the reconciliations of a period came to, by official line (HS-R19).

use kernel::fault::Fault;
use kernel::report::column::{count, percent, text};
use kernel::report::{Cell, Chart, Column, Period, Shape, Value, share};
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Definition, Figures, Slice, Span};

use super::READ;
use crate::official_line::entity::Channel;
use crate::reconciliation::entity::Entity;
use crate::reconciliation::entity::line::Class;
use crate::reconciliation::{ComplaintReconciliation, LinesByClass, ReconciliationLine, by_class, replies};

pub(super) const REPORTS: &[Definition] = &[Definition {
    name: "heating/reconciliation",
    title_zh: "投诉对账",
    title_en: "Reconciliation of complaints",
    summary: "Adds up the reconciliations that lie in the period by official line: lines, the four classes, what is only \
              proposed, and the share of replies in time.",
    permission: READ,
    span: Span::Period,
    by: &[],
    chart: Chart {
        shape: Shape::Stacked,
        label: "channel",
        series: &["matched_equal", "matched_different", "only_official", "only_ours"],
    },
    run: |at, ask| Box::pin(figures(at, ask)),
}];

async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let after = ask.period.to.succ_opt().unwrap_or(ask.period.to);
    let slice = Slice::default().with("from_gte", ask.period.from).with("to_lt", after);
    let found = Entity::find().filter(slice.condition::<ComplaintReconciliation>(at)?).all(&at.db()).await?;
    let ids: Vec<Uuid> = found.iter().map(|row| row.id).collect();
    let counts = by_class(at, &ids).await?;
    let lists = Slice::default().with("within", format!("{},{}", ask.period.from, ask.period.to));
    let (mut rows, mut all, mut answered) = (Vec::new(), LinesByClass::default(), (0, 0));
    for channel in Channel::ALL {
        let of_channel = found.iter().filter(|row| row.channel == channel.code());
        let mut lines = LinesByClass::default();
        for known in of_channel.filter_map(|row| counts.get(&row.id)) {
            lines.plus(known);
        }
        let Period { from, to } = ask.period;
        let (met, due) = replies(at, channel.code(), (from, to)).await?;
        all.plus(&lines);
        answered = (answered.0 + met, answered.1 + due);
        rows.push(cells(channel.code().into(), &lines, (met, due), &lists.with("channel", channel.code())));
    }
    let totals = cells(Value::Nothing, &all, answered, &lists);
    Ok(Figures { columns: columns(), rows, totals: Some(totals), ..Figures::default() })
}

fn columns() -> Vec<Column> {
    vec![
        text("channel", "渠道", "Line"),
        count("lines", "官方条数", "Lines"),
        count("matched_equal", "一致", "Matched, equal"),
        count("matched_different", "有差异", "Matched, different"),
        count("only_official", "仅官方有", "Only official"),
        count("only_ours", "仅我方有", "Only ours"),
        count("proposed", "待确认", "Proposed"),
        count("replies_due", "应答复", "Replies due"),
        percent("official_reply_rate", "答复及时率%", "Timely replies %"),
    ]
}

fn cells(label: Value, lines: &LinesByClass, (met, due): (i64, i64), slice: &Slice) -> Vec<Cell> {
    let of = |class: Class, n: i64| slice.with("class", class.code()).cell::<ReconciliationLine>(n);
    vec![
        label.into(),
        slice.with("official", true).cell::<ReconciliationLine>(lines.official()),
        of(Class::MatchedEqual, lines.matched_equal),
        of(Class::MatchedDifferent, lines.matched_different),
        of(Class::OnlyOfficial, lines.only_official),
        of(Class::OnlyOurs, lines.only_ours),
        slice.with("proposed", true).cell::<ReconciliationLine>(lines.proposed),
        due.into(),
        share(met, due).into(),
    ]
}
