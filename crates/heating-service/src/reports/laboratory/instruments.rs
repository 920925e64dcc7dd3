//! Instruments whose calibration is watched, with what is left of it.

use std::collections::HashMap;

use kernel::fault::Fault;
use kernel::report::column::{count, date, text};
use kernel::report::{Cell, Value};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, QuerySelect};
use store::Reading;
use store::reports::{Ask, Figures, Slice};

use crate::determination::Determination;
use crate::determination::entity::{self as determinations, instruments as links};
use crate::instrument::entity::calibration::{self, Outcome};
use crate::instrument::entity::{Column, Entity, Model};

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
    let mut rows = Entity::find().filter(watched).all(&at.db()).await?;
    rows.sort_by_cached_key(|row| (row.expires_on(), row.number.clone()));
    let row = |row: &Model| -> Vec<Cell> {
        let until = row.expires_on();
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
