//! Instruments whose calibration is watched, with what is left of it.

use std::collections::HashMap;

use kernel::fault::Fault;
use kernel::report::column::{count, date, text};
use kernel::report::{Cell, Value};
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, QueryOrder, QuerySelect};
use store::Reading;
use store::reports::{Ask, Figures, Slice};

use crate::determination::Determination;
use crate::determination::entity::{self as determinations, instruments as links};
use crate::instrument::entity::calibration::{self, Outcome};
use crate::instrument::entity::{Column, Entity, Model};
use crate::maintenance::entity as maintenance;

/// The day of the last calibration that passed, by instrument.
async fn last_passed(at: &Reading, ask: &Ask) -> Result<HashMap<Uuid, Date>, Fault> {
    let found: Vec<(Uuid, Date)> = calibration::Entity::find()
        .select_only()
        .column(calibration::Column::InstrumentId)
        .expr(calibration::Column::PerformedOn.max())
        .filter(calibration::Column::Result.eq(Outcome::Pass))
        .filter(calibration::Column::PerformedOn.lte(ask.as_of))
        .group_by(calibration::Column::InstrumentId)
        .into_tuple()
        .all(&at.db())
        .await?;
    Ok(found.into_iter().collect())
}

/// How long instruments hold by what was known on a day: the last verification and heat capacity up to it, and a
/// repair that came after.
#[derive(Clone, Copy, Debug, Default)]
struct Holds {
    verified: Option<Date>,
    heated: Option<Date>,
    heated_at: Option<DateTimeUtc>,
}

impl Holds {
    fn calibrated(&mut self, row: &calibration::Model) {
        // What failed ended the day before.
        let until = match row.result {
            Outcome::Pass => row.valid_until,
            Outcome::Fail => row.performed_on.pred_opt(),
        };
        if row.kind == calibration::Kind::HeatCapacity {
            (self.heated, self.heated_at) = (until, Some(row.created_at));
        } else {
            self.verified = until;
        }
    }

    fn repaired(&mut self, row: &maintenance::Model) {
        if self.heated_at.is_some_and(|found| found <= row.created_at) {
            self.heated = self.heated.min(row.done_on.pred_opt());
        }
    }

    /// The last day of what the instrument needs.
    fn last_day(self, row: &Model) -> Option<Date> {
        self.verified.filter(|_| row.needs_calibration).into_iter().chain(self.heated).min()
    }
}

/// By instrument, as of an earlier day.
async fn known_then(at: &Reading, ask: &Ask) -> Result<HashMap<Uuid, Holds>, Fault> {
    let calibrations = calibration::Entity::find()
        .filter(calibration::Column::PerformedOn.lte(ask.as_of))
        .order_by_asc(calibration::Column::PerformedOn)
        .order_by_asc(calibration::Column::Id)
        .all(&at.db())
        .await?;
    let mut known: HashMap<Uuid, Holds> = HashMap::new();
    for row in &calibrations {
        known.entry(row.instrument_id).or_default().calibrated(row);
    }
    let repairs = maintenance::Entity::find()
        .filter(maintenance::Column::Kind.eq(maintenance::Kind::Repair))
        .filter(maintenance::Column::DoneOn.lte(ask.as_of))
        .all(&at.db())
        .await?;
    for row in &repairs {
        if let Some(holds) = known.get_mut(&row.instrument_id) {
            holds.repaired(row);
        }
    }
    Ok(known)
}

/// How many values are held, by instrument.
async fn held(at: &Reading) -> Result<HashMap<Uuid, i64>, Fault> {
    let of_held = Query::select()
        .column(determinations::Column::Id)
        .from(determinations::Entity)
        .cond_where(determinations::held())
        .to_owned();
    let found: Vec<(Uuid, i64)> = links::Entity::find()
        .select_only()
        .column(links::Column::InstrumentId)
        .expr(links::Column::Id.count())
        .filter(links::Column::DeterminationId.in_subquery(of_held))
        .group_by(links::Column::InstrumentId)
        .into_tuple()
        .all(&at.db())
        .await?;
    Ok(found.into_iter().collect())
}

/// Instruments in the order they fall due; those that never were calibrated first.
pub async fn due(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let columns = vec![
        text("number", "编号", "Number"),
        text("name", "名称", "Name"),
        text("kind", "类别", "Kind"),
        text("status", "状态", "Status"),
        date("last", "最近检定", "Last"),
        date("valid_until", "有效期至", "Valid until"),
        count("days_left", "剩余天数", "Days left"),
        count("holds", "暂扣测定", "Held values"),
    ];
    let (last, held) = (last_passed(at, ask).await?, held(at).await?);
    let watched = Condition::any().add(Column::NeedsCalibration.eq(true)).add(Column::HeatCapacityUntil.is_not_null());
    let there = Condition::any().add(Column::InServiceOn.is_null()).add(Column::InServiceOn.lte(ask.as_of));
    let mut rows = Entity::find().filter(watched).filter(there).all(&at.db()).await?;
    let then = match ask.as_of < business_day(at.now) {
        true => Some(known_then(at, ask).await?),
        false => None,
    };
    let last_day = |row: &Model| match &then {
        Some(known) => known.get(&row.id).and_then(|holds| holds.last_day(row)),
        None => row.expires_on(),
    };
    rows.sort_by_cached_key(|row| (last_day(row), row.number.clone()));
    let row = |row: &Model| -> Vec<Cell> {
        let until = last_day(row);
        let of_row = Slice::default().with("instrument_id", row.id).with("hold", true);
        vec![
            row.number.as_str().into(),
            row.name.as_str().into(),
            at.lang().of(row.kind.labels()).into(),
            at.lang().of(row.status.labels()).into(),
            last.get(&row.id).map_or(Value::Nothing, |day| Value::Date(*day)).into(),
            until.map_or(Value::Nothing, Value::Date).into(),
            until.map_or(Value::Nothing, |until| Value::Count((until - ask.as_of).num_days())).into(),
            of_row.cell::<Determination>(held.get(&row.id).copied().unwrap_or_default()),
        ]
    };
    Ok(Figures { columns, rows: rows.iter().map(row).collect(), ..Figures::default() })
}
