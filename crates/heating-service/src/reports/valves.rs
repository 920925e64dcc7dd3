//! Valve checks of a season by station (HS-R64): distinct households, by what was seen last.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::report::column::{count, percent, text};
use kernel::report::{Cell, Chart, Column, Shape, Value, share};
use kernel::time::{business_day, end_of_day};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, QueryOrder, QuerySelect};
use store::Reading;
use store::reports::{Ask, Definition, Figures, Slice, Span};

use super::{READ_INSPECTION, season};
use crate::household::entity as homes;
use crate::station::entity as stations;
use crate::valve_check::ValveCheck;
use crate::valve_check::entity::{Column as Of, Entity, Outcome, Status};

pub(super) const REPORTS: &[Definition] = &[Definition {
    name: "heating/valve-check",
    title_zh: "关栓核查统计",
    title_en: "Valve checks",
    summary: "Counts the households whose valves were listed, excused and checked in a season by station, how many were \
              not closed when they were first seen, and how many of those were rectified and checked again.",
    permission: READ_INSPECTION,
    span: Span::Season,
    by: &[],
    chart: Chart { shape: Shape::Bars, label: "station", series: &["checked", "not_closed"] },
    run: |at, ask| Box::pin(figures(at, ask)),
}];

fn columns() -> Vec<Column> {
    vec![
        text("station", "供热站", "Station"),
        count("listed", "列入户数", "Listed"),
        count("excused", "免查", "Excused"),
        count("checked", "已核查", "Checked"),
        count("closed", "已关栓", "Closed"),
        count("cut", "已断管", "Cut"),
        count("not_closed", "未关栓", "Not closed"),
        count("not_closed_first", "首轮未关栓", "Not closed in round 1"),
        count("no_access", "无人在家", "No access"),
        percent("rate", "未关栓率%", "Not closed %"),
        percent("coverage", "核查覆盖率%", "Coverage %"),
        count("rectified", "已整改", "Rectified"),
        count("rechecked", "已复查", "Rechecked"),
    ]
}

/// A line of a household, as far as it counts.
#[derive(Clone, Copy, Debug)]
struct Line {
    status: Status,
    result: Option<Outcome>,
    first_result: Option<Outcome>,
    rectified: bool,
    rechecked: bool,
}

/// What became of a household in a season: of its lines, each adding to what the ones before say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Standing {
    seen: Option<Outcome>,
    not_closed_first: bool,
    no_access: bool,
    excused: bool,
    rectified: bool,
    rechecked: bool,
}

impl Standing {
    fn add(&mut self, line: Line) {
        let last = line.result.filter(|result| result.seen()).or(line.first_result);
        self.seen = last.or(self.seen);
        self.not_closed_first |= line.first_result == Some(Outcome::NotClosed);
        self.no_access = line.result == Some(Outcome::NoAccess);
        self.excused = line.status == Status::Excused;
        self.rectified |= line.rectified;
        self.rechecked |= line.rechecked;
    }
}

/// The counts of a station.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    listed: i64,
    excused: i64,
    checked: i64,
    closed: i64,
    cut: i64,
    not_closed: i64,
    not_closed_first: i64,
    no_access: i64,
    rectified: i64,
    rechecked: i64,
}

impl Sum {
    fn add(&mut self, home: Standing) {
        let unseen = home.seen.is_none();
        self.listed += 1;
        self.checked += i64::from(!unseen);
        self.closed += i64::from(home.seen == Some(Outcome::Closed));
        self.cut += i64::from(home.seen == Some(Outcome::Cut));
        self.not_closed += i64::from(home.seen == Some(Outcome::NotClosed));
        self.not_closed_first += i64::from(home.not_closed_first);
        self.excused += i64::from(unseen && home.excused);
        self.no_access += i64::from(unseen && !home.excused && home.no_access);
        self.rectified += i64::from(home.rectified);
        self.rechecked += i64::from(home.rechecked);
    }

    fn join(&mut self, other: Self) {
        self.listed += other.listed;
        self.excused += other.excused;
        self.checked += other.checked;
        self.closed += other.closed;
        self.cut += other.cut;
        self.not_closed += other.not_closed;
        self.not_closed_first += other.not_closed_first;
        self.no_access += other.no_access;
        self.rectified += other.rectified;
        self.rechecked += other.rechecked;
    }

    fn cells(&self, label: Value, list: Option<&Slice>) -> Vec<Cell> {
        let open =
            |count: i64, name: &str, code: &str| Slice::open::<ValveCheck>(list, count, |list| list.with(name, code));
        let seen = |count: i64, outcome: Outcome| open(count, "result", outcome.code());
        vec![
            label.into(),
            Slice::open::<ValveCheck>(list, self.listed, Slice::clone),
            open(self.excused, "status", Status::Excused.code()),
            open(self.checked, "first_result", "closed,cut,not_closed"),
            seen(self.closed, Outcome::Closed),
            seen(self.cut, Outcome::Cut),
            seen(self.not_closed, Outcome::NotClosed),
            open(self.not_closed_first, "first_result", Outcome::NotClosed.code()),
            seen(self.no_access, Outcome::NoAccess),
            share(self.not_closed_first, self.checked).into(),
            share(self.checked, self.listed - self.excused).into(),
            open(self.rectified, "rectified", "true"),
            open(self.rechecked, "rechecked", "true"),
        ]
    }
}

/// Household, status, last and first result; when it was checked last and first, rectified, checked again.
type Tuple = (Uuid, Status, Option<Outcome>, Option<Outcome>, Instant, Instant, Instant, Instant);
type Instant = Option<DateTimeUtc>;

/// What a line said at the end of a day; a visit made later does not count yet, what was seen before it does.
fn line_on(day: NaiveDate, (_, status, result, first_result, checked, first, rectified, rechecked): Tuple) -> Line {
    let by_then = |at: Instant| at.is_some_and(|at| at < end_of_day(day));
    let visited = by_then(checked);
    let first_result = first_result.filter(|_| by_then(first));
    Line {
        status: if visited || checked.is_none() { status } else { Status::Listed },
        result: if visited { result } else { first_result },
        first_result,
        rectified: by_then(rectified),
        rechecked: by_then(rechecked),
    }
}

async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let season = season(at, ask).await?;
    let slice = Slice::default().with("season", season.id);
    // What was seen by then counts, also where it was entered later.
    let end = end_of_day(ask.as_of);
    let known_by = Condition::any().add(Of::CreatedAt.lt(end)).add(Of::FirstCheckedAt.lt(end));
    let lines = Entity::find()
        .select_only()
        .columns([
            Of::HouseholdId,
            Of::Status,
            Of::Result,
            Of::FirstResult,
            Of::CheckedAt,
            Of::FirstCheckedAt,
            Of::RectifiedAt,
            Of::RecheckedAt,
        ])
        .filter(slice.condition::<ValveCheck>(at)?)
        .filter(known_by)
        .order_by_asc(Of::Number);
    let mut standings: HashMap<Uuid, Standing> = HashMap::new();
    for line in lines.into_tuple::<Tuple>().all(&at.db()).await? {
        standings.entry(line.0).or_default().add(line_on(ask.as_of, line));
    }
    let listed =
        Query::select().column(Of::HouseholdId).from(Entity).cond_where(slice.condition::<ValveCheck>(at)?).to_owned();
    let places = homes::Entity::find()
        .select_only()
        .columns([homes::Column::Id, homes::Column::StationId])
        .filter(homes::Column::Id.in_subquery(listed))
        .into_tuple::<(Uuid, Uuid)>()
        .all(&at.db())
        .await?;
    let names = stations::Entity::find()
        .select_only()
        .columns([stations::Column::Id, stations::Column::Name, stations::Column::Code])
        .into_tuple::<(Uuid, String, String)>()
        .all(&at.db())
        .await?;
    let names: HashMap<Uuid, (String, String)> = names.into_iter().map(|(id, name, code)| (id, (code, name))).collect();
    let mut groups: BTreeMap<(String, Uuid), Sum> = BTreeMap::new();
    let mut all = Sum::default();
    for (home, station) in places {
        let Some(standing) = standings.get(&home) else { continue };
        let code = names.get(&station).map(|(code, _)| code.clone()).unwrap_or_default();
        groups.entry((code, station)).or_default().add(*standing);
    }
    // The list shows lines as they are now, not as they were on an earlier day.
    let today = (ask.as_of >= business_day(at.now)).then_some(&slice);
    let mut rows = Vec::new();
    for ((_, station), sum) in &groups {
        all.join(*sum);
        let label = names.get(station).map_or(Value::Nothing, |(_, name)| name.as_str().into());
        let list = today.map(|list| list.with("station_id", station));
        rows.push(sum.cells(label, list.as_ref()));
    }
    let totals = Some(all.cells(Value::Nothing, today));
    Ok(Figures { columns: columns(), rows, totals, ..Figures::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(result: Option<Outcome>, first_result: Option<Outcome>) -> Line {
        let status = result.map_or(Status::Listed, Outcome::status);
        Line { status, result, first_result, rectified: false, rechecked: false }
    }

    #[test]
    fn hs_e08_the_rate_is_of_round_one_among_those_checked() {
        let percent = |not_closed, checked| match share(not_closed, checked) {
            Value::Percent(percent) => percent.to_string(),
            _ => String::new(),
        };
        for (not_closed, checked, rate) in
            [(37, 8_953, "0.41"), (0, 8_953, "0.00"), (1, 3, "33.33"), (2, 3, "66.67"), (0, 0, "")]
        {
            assert_eq!(percent(not_closed, checked), rate, "{not_closed} of {checked}");
        }
    }

    #[test]
    fn a_household_counts_once_by_what_was_seen_last() {
        let closed = Some(Outcome::Closed);
        let open = Some(Outcome::NotClosed);
        let mut sum = Sum::default();
        for lines in [
            vec![line(closed, closed)],
            // Found open, closed by the station, closed when seen again.
            vec![Line { rectified: true, rechecked: true, ..line(closed, open) }],
            vec![line(open, open)],
            vec![line(Some(Outcome::NoAccess), None)],
            vec![line(Some(Outcome::Excused), None)],
            vec![line(None, None)],
            // Listed again in the same season.
            vec![line(closed, closed), line(Some(Outcome::Cut), Some(Outcome::Cut))],
        ] {
            let mut home = Standing::default();
            lines.into_iter().for_each(|line| home.add(line));
            sum.add(home);
        }
        let wanted = Sum {
            listed: 7,
            excused: 1,
            checked: 4,
            closed: 2,
            cut: 1,
            not_closed: 1,
            not_closed_first: 2,
            no_access: 1,
            rectified: 1,
            rechecked: 1,
        };
        assert_eq!(sum, wanted);
        assert_eq!(sum.checked, sum.closed + sum.cut + sum.not_closed);
    }
}
