//! The day by shifts: what came in, what was done, what is carried over, and whether somebody was there.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use kernel::fault::Fault;
use kernel::report::{Cell, Value};
use kernel::time::Timestamp;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use store::reports::{Ask, Figures};
use store::{Reading, Resource};

use super::slice::{OfTickets, Slice, own};
use super::{count, text};
use crate::call::Call;
use crate::duty_log::entity::{self as duty_log, Kind, entry};
use crate::muster::Muster;
use crate::muster::entity as muster;
use crate::roster::definition;
use crate::shift::Shift;
use crate::shift::entity as shift;
use crate::ticket::Ticket;

type Instant = DateTime<Utc>;

/// A shift of a day: where it stands in the order of the report, and when it is worked.
struct Turn {
    date: NaiveDate,
    code: String,
    from: Instant,
    to: Instant,
    planned: usize,
    missing: usize,
}

/// Counts each shift that is planned in the period.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let turns = turns(at, ask).await?;
    let mut rows = Vec::new();
    for turn in &turns {
        rows.push(row(at, turn).await?);
    }
    let columns = vec![
        text("shift", "班次", "Shift"),
        count("calls", "来电", "Calls"),
        count("within_rings", "及时接听", "Within the rings"),
        count("lost", "未接", "Lost"),
        count("unstaffed", "空岗来电", "Unstaffed"),
        count("received", "受理", "Received"),
        count("answered_at_intake", "当场答复", "Answered at intake"),
        count("resolved", "解决", "Resolved"),
        count("replied", "答复", "Replied"),
        count("closed", "关闭", "Closed"),
        count("carried_over", "结转", "Carried over"),
        count("system_problems", "系统故障", "System problems"),
        count("difficult_cases", "疑难问题", "Difficult cases"),
        text("muster", "点名", "Muster"),
        count("planned", "排班人数", "Planned"),
        count("gaps", "缺岗人数", "Not there"),
    ];
    Ok(Figures { columns, rows, totals: None, ..Figures::default() })
}

/// The shifts of the period in order; those of one day and code count as one.
async fn turns(at: &Reading, ask: &Ask) -> Result<Vec<Turn>, Fault> {
    let shifts = shift::Entity::find()
        .filter(Shift::visible_to(at.actor()))
        .filter(shift::Column::Published.eq(true))
        .filter(shift::Column::OnDate.gte(ask.period.from))
        .filter(shift::Column::OnDate.lte(ask.period.to))
        .filter(shift::Column::StartAt.lte(at.now))
        .all(&at.db())
        .await?;
    let mut turns: BTreeMap<(Instant, String), Turn> = BTreeMap::new();
    for shift in shifts {
        let key = (shift.start_at, shift.definition_code.clone());
        let turn = turns.entry(key).or_insert_with(|| Turn {
            date: shift.on_date,
            code: shift.definition_code.clone(),
            from: shift.start_at,
            to: shift.end_at,
            planned: 0,
            missing: 0,
        });
        turn.planned += 1;
        turn.missing += usize::from(matches!(shift.status, shift::Status::Absent | shift::Status::OnLeave));
    }
    Ok(turns.into_values().collect())
}

async fn row(at: &Reading, turn: &Turn) -> Result<Vec<Cell>, Fault> {
    let during = |slice: Slice, name: &str| {
        let slice = slice.with(&format!("{name}_gte"), Timestamp::from(turn.from));
        slice.with(&format!("{name}_lt"), Timestamp::from(turn.to))
    };
    let calls = match own(at) {
        Some(me) => Slice::default().with("agent_id", me),
        None => Slice::default(),
    };
    let calls = during(calls.with("direction", "in"), "ring_started_at");
    let tickets = |name: &str| during(Slice::tickets(at), name);
    let carried_over = Slice::tickets(at).with("open_at", Timestamp::from(std::cmp::min(turn.to, at.now))).net();
    let written = async |kind: Kind| written(at, turn, kind).await;
    Ok(vec![
        Value::Text(format!("{} {}", turn.date, name(at, &turn.code).await?)).into(),
        calls.count::<Call>(at).await?,
        calls.with("within_limit", true).count::<Call>(at).await?,
        calls.with("result", "lost,busy,voicemail").count::<Call>(at).await?,
        calls.with("staffed", false).count::<Call>(at).await?,
        tickets("received_at").net().count::<Ticket>(at).await?,
        tickets("replied_at").net().with("answered_at_intake", true).count::<Ticket>(at).await?,
        tickets("resolved_at").net().count::<Ticket>(at).await?,
        tickets("replied_at").net().count::<Ticket>(at).await?,
        tickets("closed_at").with("status", "closed").count::<Ticket>(at).await?,
        carried_over.count::<Ticket>(at).await?,
        written(Kind::SystemProblem).await?,
        written(Kind::DifficultCase).await?,
        mustered(at, turn).await?,
        turn.planned.into(),
        turn.missing.into(),
    ])
}

async fn name(at: &Reading, code: &str) -> Result<String, Fault> {
    let row = definition::Entity::find().filter(definition::Column::Code.eq(code)).one(&at.db()).await?;
    Ok(row.map_or_else(|| code.to_owned(), |row| row.name))
}

async fn written(at: &Reading, turn: &Turn, kind: Kind) -> Result<Cell, Fault> {
    let logs = duty_log::Entity::find()
        .select_only()
        .column(duty_log::Column::Id)
        .filter(crate::duty_log::DutyLog::visible_to(at.actor()))
        .filter(duty_log::Column::OnDate.eq(turn.date))
        .filter(duty_log::Column::DefinitionCode.eq(turn.code.as_str()))
        .into_tuple::<Uuid>()
        .all(&at.db())
        .await?;
    let n = entry::Entity::find()
        .filter(entry::Column::DutyLogId.is_in(logs))
        .filter(entry::Column::Kind.eq(kind))
        .count(&at.db())
        .await?;
    Ok(i64::try_from(n).unwrap_or(i64::MAX).into())
}

/// When the muster was held; nothing when it was not.
async fn mustered(at: &Reading, turn: &Turn) -> Result<Cell, Fault> {
    let held = muster::Entity::find()
        .filter(Muster::visible_to(at.actor()))
        .filter(muster::Column::OnDate.eq(turn.date))
        .filter(muster::Column::DefinitionCode.eq(turn.code.as_str()))
        .one(&at.db())
        .await?;
    Ok(match held {
        Some(held) => Value::Text(kernel::time::in_shanghai(held.mustered_at).format("%H:%M").to_string()).into(),
        None => Value::Nothing.into(),
    })
}
