//! How the required hours were covered, day by day or person by person (TK-R27).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::report::{Cell, Column, ColumnKind, Value, quotient, share};
use sea_orm::entity::prelude::*;
use store::reports::{Ask, Figures};
use store::{Reading, Resource};

use super::slice::Slice;
use super::{count, group, percent, text};
use crate::leave::parts;
use crate::roster::entity as roster;
use crate::roster::{Roster, covering};
use crate::shift::Shift;
use crate::shift::entity::{self as shift, Status};
use crate::shift_swap::entity as swap;

/// Figures of one day.
#[derive(Default)]
struct Day {
    required: i64,
    covered: i64,
    gaps: i64,
    overlaps: i64,
    swaps: i64,
    absences: i64,
    minutes: i64,
    shifts: i64,
    /// Who worked one.
    people: BTreeSet<Uuid>,
}

/// Covers the period by the published rosters the caller may know of.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let shifts = shift::Entity::find()
        .filter(Shift::visible_to(at.actor()))
        .filter(shift::Column::Published.eq(true))
        .filter(shift::Column::OnDate.gte(ask.period.from))
        .filter(shift::Column::OnDate.lte(ask.period.to))
        .all(&at.db())
        .await?;
    let minutes: Vec<i64> = parts::worked(at, &shifts).await?.iter().map(|worked| parts::minutes(worked)).collect();
    let shifts: Vec<Worked> = shifts.into_iter().zip(minutes).collect();
    match ask.by {
        "person" => by_person(at, ask, &shifts).await,
        _ => by_day(at, ask, &shifts).await,
    }
}

/// A shift and the minutes worked of it when it was.
type Worked = (shift::Model, i64);

fn is_absence(shift: &shift::Model) -> bool {
    matches!(shift.status, Status::Absent | Status::OnLeave)
}

/// Minutes as hours with two decimals.
pub(super) fn hours(minutes: i64) -> Value {
    quotient(minutes, 60)
}

async fn by_day(at: &Reading, ask: &Ask, shifts: &[Worked]) -> Result<Figures, Fault> {
    let mut days: BTreeMap<NaiveDate, Day> = BTreeMap::new();
    let rosters = roster::Entity::find()
        .filter(Roster::visible_to(at.actor()))
        .filter(roster::Column::Status.eq(roster::Status::Published))
        .filter(roster::Column::StartsAt.lt(ask.period.ends_at()))
        .filter(roster::Column::EndsAt.gt(ask.period.starts_at()))
        .all(&at.db())
        .await?;
    for roster in &rosters {
        for one in covering::of_roster(at, roster, None).await?.days {
            if (ask.period.from..=ask.period.to).contains(&one.date) {
                let day = days.entry(one.date).or_default();
                day.required += one.required_minutes;
                day.covered += one.covered_minutes;
                day.gaps += one.gaps.iter().map(|gap| gap.minutes).sum::<i64>();
                day.overlaps += one.overlaps.iter().map(|overlap| overlap.minutes).sum::<i64>();
            }
        }
    }
    let swapped = swap::Entity::find().filter(swap::Column::Status.eq(swap::Status::Applied)).all(&at.db()).await?;
    for (shift, minutes) in shifts {
        let day = days.entry(shift.on_date).or_default();
        day.swaps += i64::from(swapped.iter().any(|swap| swap.own_shift_id == shift.id));
        day.absences += i64::from(is_absence(shift));
        if !is_absence(shift) {
            day.minutes += *minutes;
            day.shifts += 1;
            day.people.insert(shift.responsible_staff_id);
        }
    }
    let columns = vec![
        Column::new("day", "日期", "Day", ColumnKind::Date),
        percent("coverage", "覆盖率%", "Coverage %"),
        count("required_minutes", "应值守分钟", "Required minutes"),
        count("covered_minutes", "已覆盖分钟", "Covered minutes"),
        count("gap_minutes", "空档分钟", "Gap minutes"),
        count("overlap_minutes", "重叠分钟", "Overlap minutes"),
        count("swaps", "调班", "Swaps"),
        count("absences", "缺勤请假", "Absences"),
        count("shifts", "班次", "Shifts worked"),
        number("hours_per_person", "人均工时", "Hours per person"),
    ];
    let published = Slice::default().with("published", true);
    let cells = |label: Value, day: &Day, shifts: &Slice| -> Vec<Cell> {
        let people = i64::try_from(day.people.len()).unwrap_or(i64::MAX);
        vec![
            label.into(),
            share(day.covered, day.required).into(),
            day.required.into(),
            day.covered.into(),
            day.gaps.into(),
            day.overlaps.into(),
            day.swaps.into(),
            shifts.with("status", "absent,on_leave").cell::<Shift>(day.absences),
            shifts.with("status", "planned,stopped").cell::<Shift>(day.shifts),
            quotient(day.minutes, people.saturating_mul(60)).into(),
        ]
    };
    let mut total = Day::default();
    for day in days.values() {
        total.required += day.required;
        total.covered += day.covered;
        total.gaps += day.gaps;
        total.overlaps += day.overlaps;
        total.swaps += day.swaps;
        total.absences += day.absences;
        total.minutes += day.minutes;
        total.shifts += day.shifts;
        total.people.extend(&day.people);
    }
    let row = |(date, day): (&NaiveDate, &Day)| cells(Value::Date(*date), day, &published.with("date", date));
    let rows = days.iter().map(row).collect();
    let totals = cells(Value::Nothing, &total, &published.on_days("date", ask.period));
    Ok(Figures { columns, rows, totals: Some(totals), ..Figures::default() })
}

fn number(key: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column::new(key, zh, en, ColumnKind::Number)
}

async fn by_person(at: &Reading, ask: &Ask, shifts: &[Worked]) -> Result<Figures, Fault> {
    let mut people: BTreeMap<Uuid, (i64, i64, i64, i64)> = BTreeMap::new();
    for (shift, minutes) in shifts {
        let of = people.entry(shift.responsible_staff_id).or_default();
        of.2 += i64::from(shift.status == Status::Absent);
        of.3 += i64::from(shift.status == Status::OnLeave);
        if !is_absence(shift) {
            of.0 += 1;
            of.1 += *minutes;
        }
    }
    let names = group::names(at, "person").await?;
    let columns = vec![
        text("person", "人员", "Person"),
        number("hours", "工时", "Hours"),
        count("shifts", "班次", "Shifts worked"),
        count("absences", "缺勤", "Absences"),
        count("leaves", "请假", "On leave"),
    ];
    let worked = Slice::default().with("published", true).on_days("date", ask.period);
    let cells = |name: Value, of: &(i64, i64, i64, i64), shifts: &Slice| -> Vec<Cell> {
        let open = |n: i64, status: &str| shifts.with("status", status).cell::<Shift>(n);
        let counts = [open(of.0, "planned,stopped"), open(of.2, "absent"), open(of.3, "on_leave")];
        [name.into(), hours(of.1).into()].into_iter().chain(counts).collect()
    };
    let row = |(person, of): (&Uuid, &(i64, i64, i64, i64))| {
        let name = names.get(&person.to_string()).cloned().unwrap_or_else(|| person.to_string());
        cells(name.into(), of, &worked.with("responsible_staff_id", person))
    };
    let rows = people.iter().map(row).collect();
    let all = people.values().fold((0, 0, 0, 0), |sum, of| (sum.0 + of.0, sum.1 + of.1, sum.2 + of.2, sum.3 + of.3));
    Ok(Figures { columns, rows, totals: Some(cells(Value::Nothing, &all, &worked)), ..Figures::default() })
}
