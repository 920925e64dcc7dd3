//! The service of a period by week or month: tickets by subject, promises kept, outages, measurements, visits.

use chrono::{Datelike, Days, NaiveDate};
use heating_service::outage::Outage;
use heating_service::temperature::TemperatureCase;
use heating_service::temperature::figures::{measured_households, measured_in};
use heating_service::visit::Visit;
use kernel::fault::Fault;
use kernel::report::column::{count, percent, text};
use kernel::report::{Cell, Chart, Note, Period, Shape, Value, share};
use kernel::time::add_months_clamped;
use store::Reading;
use store::reports::{Ask, Definition, Figures, Slice, Span};
use tickets::reports::service;
use tickets::ticket::Ticket;

use super::READ;
use super::promises::Promises;
use crate::service_limits;

pub(super) const REPORTS: &[Definition] = &[Definition {
    name: "heating/service-report",
    title_zh: "供热客服周(月)报",
    title_en: "Heating service by week or month",
    summary: "Shows the heating tickets of each week or month by subject, how far the limits of leaks and complaints \
              were kept, timely replies and content customers, outages, measured households and visits.",
    permission: READ,
    span: Span::Period,
    by: &["week", "month"],
    chart: Chart {
        shape: Shape::Lines,
        label: "period",
        series: &["leak_rate", "complaint_rate", "timely_reply_rate"],
    },
    run: |at, ask| Box::pin(figures(at, ask)),
}];

/// What tickets are about: column, category, headings.
const SUBJECTS: [(&str, &str, &str, &str); 5] = [
    ("leak", "heating.leak", "跑冒漏", "Leaks"),
    ("room_temperature", "heating.room_temperature", "室温", "Room temperature"),
    ("fee", "heating.fee", "热费", "Fees"),
    ("suspension", "heating.suspension", "停供与恢复", "Suspensions"),
    ("other", "heating.other", "其他", "Others"),
];

/// An outage that was not taken back.
pub(super) const COUNTED_OUTAGES: &str = "open,restored,reviewed";

async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let (mut rows, mut kept) = (Vec::new(), Promises::default());
    for part in parts(ask.period, ask.by) {
        let mut row: Vec<Cell> = vec![Value::from(label(part.from, ask.by)).into()];
        let of_part = Promises::of(at, part).await?;
        kept = kept.and(of_part);
        row.extend(of_period(at, part, &of_part).await?);
        rows.push(row);
    }
    let mut totals = vec![Cell::default()];
    totals.extend(of_period(at, ask.period, &kept).await?);
    let mut columns = vec![text("period", "期间", "Period"), count("tickets", "工单", "Tickets")];
    columns.extend(SUBJECTS.iter().map(|(key, _, zh, en)| count(key, zh, en)));
    columns.extend([
        count("complaints", "投诉", "Complaints"),
        percent("leak_rate", "跑冒漏及时率%", "Leaks in time %"),
        percent("complaint_rate", "投诉及时率%", "Complaints in time %"),
        percent("timely_reply_rate", "答复及时率%", "Timely replies %"),
        percent("satisfied_rate", "满意率%", "Content %"),
        count("outages", "停缓供", "Outages"),
        count("measured", "测温用热户", "Measured households"),
        count("visits", "走访", "Visits"),
    ]);
    Ok(Figures { columns, rows, totals: Some(totals), notes: vec![limits(at, ask.period).await?] })
}

/// The weeks or months of a period, the first and last cut to it.
fn parts(period: Period, by: &str) -> Vec<Period> {
    let mut parts = Vec::new();
    let mut from = period.from;
    while from <= period.to {
        let next = match by {
            "month" => from.with_day(1).map(|first| add_months_clamped(first, 1)),
            _ => from.checked_add_days(Days::new(7 - u64::from(from.weekday().num_days_from_monday()))),
        };
        let Some(next) = next else { break };
        parts.push(Period { from, to: next.pred_opt().unwrap_or(next).min(period.to) });
        from = next;
    }
    parts
}

fn label(from: NaiveDate, by: &str) -> String {
    match by {
        "month" => from.format("%Y-%m").to_string(),
        _ => from.format("%G-W%V").to_string(),
    }
}

/// The figures of a period, without its label.
async fn of_period(at: &Reading, period: Period, kept: &Promises) -> Result<Vec<Cell>, Fault> {
    let heating = service::counted().with("category_code", "heating");
    let received = |slice: &Slice| slice.during("received_at", period);
    let mut cells = vec![received(&heating).count::<Ticket>(at).await?];
    for (_, category, ..) in SUBJECTS {
        cells.push(received(&service::counted().with("category_code", category)).count::<Ticket>(at).await?);
    }
    let complaints = heating.with("kind", "complaint");
    cells.push(received(&complaints).count::<Ticket>(at).await?);
    cells.extend(
        [kept.leaks(), kept.complaints(), kept.replies()].map(|(all, in_time)| Cell::from(share(in_time, all))),
    );
    let (asked, content) = service::content(at, period, &heating).await?;
    cells.push(share(content, asked).into());
    let outages = Slice::default().with("status", COUNTED_OUTAGES).during("started_at", period);
    cells.push(outages.count::<Outage>(at).await?);
    let measured = measured_households(at, period, None).await?;
    cells.push(measured_in(period, None).cell::<TemperatureCase>(measured));
    cells.push(Slice::default().on_days("visited_on", period).count::<Visit>(at).await?);
    Ok(cells)
}

/// The limits the rates are measured by, as the policy set in force on the last day says.
async fn limits(at: &Reading, period: Period) -> Result<Note, Fault> {
    let limits = service_limits::at(at, period.ends_at().min(at.now)).await?;
    let hours = |seconds: Option<i64>| seconds.map_or_else(|| "–".to_owned(), |seconds| (seconds / 3600).to_string());
    let (leak, complaint) = (hours(limits.leak), hours(limits.complaint));
    Ok(Note {
        zh: format!("处理时限:跑冒漏{leak}小时,投诉{complaint}小时"),
        en: format!("Limits: leaks {leak} h, complaints {complaint} h"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_and_months_are_cut_to_the_period() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let period = Period { from: day("2011-12-28"), to: day("2012-01-10") };
        let weeks = parts(period, "week");
        let ends: Vec<String> = weeks.iter().map(|part| format!("{}…{}", part.from, part.to)).collect();
        assert_eq!(ends, ["2011-12-28…2012-01-01", "2012-01-02…2012-01-08", "2012-01-09…2012-01-10"]);
        assert_eq!(label(weeks[0].from, "week"), "2011-W52");
        let months = parts(period, "month");
        assert_eq!((months.len(), months[0].to, months[1].from), (2, day("2011-12-31"), day("2012-01-01")));
        assert_eq!(label(months[1].from, "month"), "2012-01");
    }
}
