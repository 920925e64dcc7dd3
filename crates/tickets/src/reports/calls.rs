//! Incoming calls by hour of the day (TK-R04).

use std::collections::HashSet;

use chrono::{DateTime, Timelike, Utc};
use kernel::fault::Fault;
use kernel::report::{Cell, Value, quotient, share};
use kernel::time::in_shanghai;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Figures};

use super::slice::{Slice, own};
use super::{count, percent, seconds, text};
use crate::call::Call;
use crate::call::entity::{Column, Entity, Outcome};

#[derive(Clone, Copy, Default)]
struct Hour {
    incoming: i64,
    answered: i64,
    within: i64,
    lost: i64,
    rings: i64,
    talked: i64,
    unstaffed: i64,
}

type Row = (Uuid, DateTime<Utc>, Option<DateTime<Utc>>, Option<DateTime<Utc>>, Outcome, Option<i32>, bool);

/// Counts the calls of each hour; hours without a call are left out.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let mut slice = Slice::default().with("direction", "in").during("ring_started_at", ask.period);
    if let Some(me) = own(at) {
        slice = slice.with("agent_id", me);
    }
    let rows: Vec<Row> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::RingStartedAt, Column::AnsweredAt, Column::EndedAt])
        .columns([Column::Result, Column::Rings, Column::WithinLimit])
        .filter(slice.condition::<Call>(at)?)
        .into_tuple()
        .all(&at.db())
        .await?;
    // Empty posts: it rang, and nobody of the channel's unit was on duty.
    let unstaffed: HashSet<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(slice.with("staffed", false).condition::<Call>(at)?)
        .into_tuple()
        .all(&at.db())
        .await?
        .into_iter()
        .collect();
    let mut hours = [Hour::default(); 24];
    let mut all = Hour::default();
    for row in &rows {
        let hour = in_shanghai(row.1).hour() as usize;
        let empty = unstaffed.contains(&row.0);
        if let Some(hour) = hours.get_mut(hour) {
            hour.add(row, empty);
        }
        all.add(row, empty);
    }
    let rows = (0..).zip(&hours).filter(|(_, hour)| hour.incoming > 0);
    let rows = rows
        .map(|(n, hour): (u32, _)| cells(Value::Text(format!("{n:02}:00")), hour, &slice.with("hour", n)))
        .collect();
    let columns = vec![
        text("hour", "时段", "Hour"),
        count("incoming", "来电", "Incoming"),
        count("answered", "接听", "Answered"),
        count("within_rings", "及时接听", "Within the rings"),
        count("later", "超时接听", "Later"),
        count("lost", "未接", "Lost"),
        percent("answer_in_3_rate", "及时接听率%", "Answered in time %"),
        count("unstaffed", "空岗来电", "Unstaffed"),
        kernel::report::Column::new("mean_rings", "平均振铃", "Mean rings", kernel::report::ColumnKind::Number),
        seconds("talk_seconds", "通话秒数", "Talk seconds"),
    ];
    Ok(Figures { columns, rows, totals: Some(cells(Value::Nothing, &all, &slice)), ..Figures::default() })
}

impl Hour {
    fn add(&mut self, (_, _, answered_at, ended_at, result, rings, within): &Row, empty: bool) {
        self.incoming += 1;
        self.unstaffed += i64::from(empty);
        match result {
            Outcome::Answered => self.answered += 1,
            _ => self.lost += 1,
        }
        self.within += i64::from(*within);
        if let (Outcome::Answered, Some(rings)) = (result, rings) {
            self.rings += i64::from(*rings);
        }
        if let (Some(answered), Some(ended)) = (answered_at, ended_at) {
            self.talked += (*ended - *answered).num_seconds().max(0);
        }
    }
}

fn cells(label: Value, hour: &Hour, slice: &Slice) -> Vec<Cell> {
    let open = |value: i64, name: &str, code: &str| slice.with(name, code).cell::<Call>(value);
    vec![
        label.into(),
        slice.cell::<Call>(hour.incoming),
        open(hour.answered, "result", "answered"),
        open(hour.within, "within_limit", "true"),
        slice.with("result", "answered").with("within_limit", false).cell::<Call>(hour.answered - hour.within),
        open(hour.lost, "result", "lost,busy,voicemail"),
        share(hour.within, hour.incoming).into(),
        open(hour.unstaffed, "staffed", "false"),
        quotient(hour.rings, hour.answered).into(),
        Value::Seconds(hour.talked).into(),
    ]
}
