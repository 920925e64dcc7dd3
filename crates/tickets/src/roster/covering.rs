//! The coverage of a roster as it stands: required hours, gaps, overlaps, day by day (TK-R27).

use chrono::NaiveDate;
use kernel::fault::{Fault, FieldError};
use kernel::fixed::Percent;
use kernel::time::{DayTime, start_of_day};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Reading;
use store::parameters::{self, Parameter};
use utoipa::ToSchema;

use super::coverage::{self, Window};
use super::entity::{Model, Trade};
use crate::leave::parts::{self, Stretch};
use crate::shift::entity::{Column, Entity, Status};

/// A stretch of a day with too few people, or with more than needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CoverageGap {
    pub date: NaiveDate,
    pub from: DayTime,
    pub to: DayTime,
    pub minutes: i64,
}

/// The coverage of one day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DayCoverage {
    pub date: NaiveDate,
    pub required: Window,
    pub required_minutes: i64,
    pub covered_minutes: i64,
    pub coverage_percent: Option<Percent>,
    pub gaps: Vec<coverage::Stretch>,
    pub overlaps: Vec<coverage::Stretch>,
}

/// The coverage of the days asked for, together and one by one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RosterCoverage {
    pub roster_id: Uuid,
    /// People needed at any time of the required hours; duty at home counts.
    pub min_headcount: i64,
    pub required_minutes: i64,
    pub covered_minutes: i64,
    pub coverage_percent: Option<Percent>,
    pub gaps: Vec<CoverageGap>,
    pub overlaps: Vec<CoverageGap>,
    pub days: Vec<DayCoverage>,
}

const REQUIRED: &str = "tickets.roster.required";

/// The hours somebody of this unit must be there on a day: its own, else those of its trade. An end that is not said
/// is the general one.
pub async fn required(at: &Reading, unit: Uuid, trade: Trade, day: NaiveDate) -> Result<Window, Fault> {
    let value = parameters::value_on(at, REQUIRED, day, None).await?;
    let shipped = at.store.parameter(REQUIRED).map(Parameter::default_value).unwrap_or_default();
    let own = &value["org_units"][unit.to_string()];
    let of_trade = &value["heating_hotline"];
    let chosen = match trade {
        _ if own.is_object() => own,
        Trade::Heating if of_trade.is_object() => of_trade,
        _ => &value,
    };
    let end = |name: &str| {
        let said = |window: &Value| window[name].as_str().and_then(|text| DayTime::parse(text).ok());
        [chosen, &value, &shipped].into_iter().find_map(said).ok_or_else(|| Fault::internal(REQUIRED))
    };
    Ok(Window { from: end("from")?, to: end("to")? })
}

/// What of the required hours nobody could keep: those of what is no unit, an end that is no time, a window that ends
/// before it begins.
pub(crate) fn wrong_windows(shipped: &Value, value: &Value) -> Vec<FieldError> {
    let (mut wrong, mut windows) = (Vec::new(), vec![("/value".to_owned(), value)]);
    if value["heating_hotline"].is_object() {
        windows.push(("/value/heating_hotline".to_owned(), &value["heating_hotline"]));
    }
    for (unit, window) in value["org_units"].as_object().into_iter().flatten() {
        let pointer = format!("/value/org_units/{}", unit.replace('~', "~0").replace('/', "~1"));
        match (unit.parse::<Uuid>(), window.is_object()) {
            (Err(_), _) => wrong.push(FieldError::new(pointer, "invalid_format")),
            (Ok(_), false) => wrong.push(FieldError::new(pointer, "invalid_type")),
            (Ok(_), true) => windows.push((pointer, window)),
        }
    }
    let said = |window: &Value, name: &str| window[name].as_str().and_then(|text| DayTime::parse(text).ok());
    for (pointer, window) in windows {
        let unreadable = |name: &&str| !window[*name].is_null() && said(window, name).is_none();
        for name in ["from", "to"].into_iter().filter(unreadable) {
            wrong.push(FieldError::new(format!("{pointer}/{name}"), "invalid_format"));
        }
        let end = |name: &str| [window, value, shipped].into_iter().find_map(|window| said(window, name));
        if let (Some(from), Some(to)) = (end("from"), end("to"))
            && to.minutes() < from.minutes()
        {
            wrong.push(FieldError::new(format!("{pointer}/to"), "out_of_range"));
        }
    }
    wrong
}

/// The coverage of a roster, of all its days or of one.
pub async fn of_roster(at: &Reading, roster: &Model, only: Option<NaiveDate>) -> Result<RosterCoverage, Fault> {
    let worked = working(at, roster).await?;
    let headcount = parameters::value_on(at, "tickets.roster.min_headcount", roster.from_on, None).await?;
    let headcount = headcount.as_i64().unwrap_or(1);
    let mut all = RosterCoverage {
        roster_id: roster.id,
        min_headcount: headcount,
        required_minutes: 0,
        covered_minutes: 0,
        coverage_percent: None,
        gaps: Vec::new(),
        overlaps: Vec::new(),
        days: Vec::new(),
    };
    for date in roster.dates().filter(|date| only.is_none_or(|only| only == *date)) {
        let window = required(at, roster.org_unit_id, roster.trade, date).await?;
        let midnight = start_of_day(date);
        let minutes = |instant: DateTimeUtc| (instant - midnight).num_minutes();
        let spans: Vec<(i64, i64)> = worked
            .iter()
            .map(|(from, to)| (minutes(*from), minutes(*to)))
            .filter(|(start, end)| *end > 0 && *start < 24 * 60)
            .collect();
        let day = coverage::of_day(window, &spans, headcount);
        let dated = |one: &coverage::Stretch| CoverageGap { date, from: one.from, to: one.to, minutes: one.minutes };
        all.gaps.extend(day.gaps.iter().map(dated));
        all.overlaps.extend(day.overlaps.iter().map(dated));
        all.required_minutes += window.minutes();
        all.covered_minutes += day.minutes;
        all.days.push(DayCoverage {
            date,
            required: window,
            required_minutes: window.minutes(),
            covered_minutes: day.minutes,
            coverage_percent: coverage::percent(day.minutes, window.minutes()),
            gaps: day.gaps,
            overlaps: day.overlaps,
        });
    }
    all.coverage_percent = coverage::percent(all.covered_minutes, all.required_minutes);
    Ok(all)
}

/// When the shifts of a roster are worked, and those of published rosters of the unit that reach into its first day;
/// without the parts that somebody is on leave.
async fn working(at: &Reading, roster: &Model) -> Result<Vec<Stretch>, Fault> {
    let own = Condition::all().add(Column::RosterId.eq(roster.id));
    let before = Condition::all()
        .add(Column::OrgUnitId.eq(roster.org_unit_id))
        .add(Column::Published.eq(true))
        .add(Column::StartAt.lt(roster.starts_at))
        .add(Column::EndAt.gt(roster.starts_at));
    let shifts =
        Entity::find().filter(Column::Status.eq(Status::Planned)).filter(Condition::any().add(own).add(before));
    Ok(parts::worked(at, &shifts.all(&at.db()).await?).await?.concat())
}
