//! Who was on duty: rosters with an accepted gap, without one and round the clock; musters, logs, a swap, leaves.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use kernel::time::{Timestamp, business_day, start_of_day};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tickets::roster::{commands as rosters, definition};
use tickets::{duty_log, leave, muster, shift, shift_swap};
use uuid::Uuid;

use super::Stage;

/// Days of a rota.
const DAYS: i64 = 21;
/// Rotas that are over or running; the last one ends in a week or two.
const ROTAS: i64 = 4;
const AGENTS: &[&str] = &["cs_agent", "cs_agent2", "service_rep", "cs_specialist"];
const PATTERN: &[&str] = &["a", "b", "c", "off"];

/// Plans the weeks, then plays what happened in them. Comes after the cases: they know of no roster.
pub(crate) async fn load(stage: &Stage) -> anyhow::Result<()> {
    let first = business_day(stage.now) - TimeDelta::days(DAYS * (ROTAS - 1) + 7);
    let mut desk = Vec::new();
    for n in 0..ROTAS {
        desk.push(desk_rota(stage, first + TimeDelta::days(n * DAYS)).await?);
    }
    second(stage, first + TimeDelta::days((ROTAS - 1) * DAYS)).await?;
    hotline(stage, first + TimeDelta::days((ROTAS - 1) * DAYS)).await?;
    // The next weeks are still a draft: its gap waits for an answer.
    let next = first + TimeDelta::days(ROTAS * DAYS);
    rota(stage, stage.now - TimeDelta::hours(20), ("DESK", AGENTS, PATTERN), next, "team_leader").await?;
    for day in (1..=6).rev() {
        keep(stage, business_day(stage.now) - TimeDelta::days(day), day).await?;
    }
    swaps(stage, desk[desk.len() - 1]).await?;
    stop(stage).await?;
    leaves(stage).await
}

/// The morning some days before.
fn before(day: NaiveDate, days: i64) -> DateTime<Utc> {
    start_of_day(day) - TimeDelta::days(days) + TimeDelta::hours(9)
}

async fn rota(
    stage: &Stage,
    at: DateTime<Utc>,
    (unit, numbers, pattern): (&str, &[&str], &[&str]),
    from: NaiveDate,
    who: &str,
) -> anyhow::Result<Uuid> {
    let mut people = Vec::new();
    for number in numbers {
        people.push(stage.person(number).await?);
    }
    let unit = stage.unit(unit).await?;
    let said = json!({ "org_unit_id": unit, "from": from, "days": DAYS, "staff_ids": people, "pattern": pattern });
    Ok(stage.make(at, who, said, rosters::create).await?.id)
}

async fn publish(stage: &Stage, at: DateTime<Utc>, roster: Uuid, who: &str) -> anyhow::Result<()> {
    stage.on(at, who, roster, json!({}), rosters::publish).await.map(drop)
}

/// The desk's rota: nobody from 22:00 to 24:00, and it is said why.
async fn desk_rota(stage: &Stage, from: NaiveDate) -> anyhow::Result<Uuid> {
    let roster = rota(stage, before(from, 4), ("DESK", AGENTS, PATTERN), from, "team_leader").await?;
    let why = json!({ "gap_reason": "22:00 至 24:00 来电转公司总值班室,次日 09:00 前回复" });
    stage.on(before(from, 3), "cs_director", roster, why, rosters::accept_gap).await?;
    publish(stage, before(from, 2), roster, "team_leader").await?;
    Ok(roster)
}

/// A rota of four without a gap, running now.
async fn second(stage: &Stage, from: NaiveDate) -> anyhow::Result<()> {
    for (code, title, begins, ends) in [("d", "专线早班", "08:30", "16:30"), ("e", "专线晚班", "16:00", "24:00")]
    {
        let said = json!({ "code": code, "name": title, "from": begins, "to": ends, "place": "office" });
        stage.make(before(from, 6), "team_leader", said, definition::define).await?;
    }
    let line: &[&str] = &["cs_agent4", "cs_agent5", "cs_agent6", "cs_agent7"];
    let roster =
        rota(stage, before(from, 5), ("SHIFT-LINE", line, &["d", "off", "e", "off"]), from, "team_leader").await?;
    publish(stage, before(from, 4), roster, "team_leader").await
}

/// The heating hotline in three shifts round the clock, running now.
async fn hotline(stage: &Stage, from: NaiveDate) -> anyhow::Result<()> {
    let numbers: &[&str] = &[
        "heating_hotline_agent2",
        "heating_hotline_agent3",
        "heating_hotline_agent4",
        "heating_hotline_agent5",
        "heating_hotline_agent6",
        "heating_hotline_agent7",
    ];
    let pattern: &[&str] = &["h2", "h2", "h3", "h3", "off", "h1"];
    let who = "heating_service_manager";
    let roster = rota(stage, before(from, 5), ("SHIFT-HEAT", numbers, pattern), from, who).await?;
    publish(stage, before(from, 4), roster, who).await
}

async fn shifts(stage: &Stage, date: NaiveDate, code: &str) -> anyhow::Result<Vec<shift::entity::Model>> {
    let found = shift::entity::Entity::find()
        .filter(shift::entity::Column::OnDate.eq(date))
        .filter(shift::entity::Column::OrgUnitId.eq(stage.unit("DESK").await?))
        .filter(shift::entity::Column::DefinitionCode.eq(code));
    Ok(found.all(stage.store.reader()).await?)
}

/// Muster and duty log of the morning shift of a day.
async fn keep(stage: &Stage, date: NaiveDate, n: i64) -> anyhow::Result<()> {
    let morning = start_of_day(date) + TimeDelta::hours(9);
    let unit = stage.unit("DESK").await?;
    let result = ["present", "late", "present", "present", "absent"][n as usize % 5];
    let rows: Vec<Value> = shifts(stage, date, "a")
        .await?
        .iter()
        .map(|row| json!({ "staff_id": row.responsible_staff_id, "result": result }))
        .collect();
    let said = json!({ "org_unit_id": unit, "date": date, "definition_code": "a", "rows": rows,
        "talk_points": "首问负责,来电三声内接听,回访逐件落实" });
    let minutes = if n == 3 { 4 } else { 15 };
    stage.make(morning - TimeDelta::minutes(minutes), "team_leader", said, muster::hold).await?;
    let said = json!({ "org_unit_id": unit, "date": date, "definition_code": "a",
        "entries": [{ "kind": "event", "text": "接班,设备和录音系统正常" }] });
    let log = stage.make(morning, "team_leader", said, duty_log::commands::open).await?.id;
    let (kind, text) = match n % 3 {
        0 => ("system_problem", "录音系统中断十分钟,已报修恢复"),
        1 => ("difficult_case", "业主要求当日赔付,已转客服经理处理"),
        _ => ("instruction", "供热投诉增多,晚班增加一名备勤"),
    };
    let said = json!({ "kind": kind, "text": text });
    stage.on(morning + TimeDelta::hours(4), "team_leader", log, said, duty_log::commands::add_entry).await?;
    // The latest is not handed over yet.
    if n > 1 {
        let (ends, taken) = (morning + TimeDelta::hours(8), morning + TimeDelta::hours(9));
        stage.on(ends, "team_leader", log, json!({}), duty_log::commands::close).await?;
        stage.on(taken, "cs_supervisor", log, json!({}), duty_log::commands::accept).await?;
    }
    Ok(())
}

/// One evening changed hands, another is asked for.
async fn swaps(stage: &Stage, roster: Uuid) -> anyhow::Result<()> {
    let (me, other) = (stage.person("cs_agent").await?, stage.person("cs_agent2").await?);
    let mine = shift::entity::Entity::find()
        .filter(shift::entity::Column::RosterId.eq(roster))
        .filter(shift::entity::Column::ResponsibleStaffId.eq(me))
        .filter(shift::entity::Column::DefinitionCode.eq("c"))
        .filter(shift::entity::Column::OnDate.gt(business_day(stage.now) + TimeDelta::days(2)))
        .all(stage.store.reader())
        .await?;
    for (n, shift) in mine.iter().take(2).enumerate() {
        let at = stage.now - TimeDelta::hours(9 - 2 * n as i64);
        let said = json!({ "own_shift_id": shift.id, "other_staff_id": other });
        let swap = stage.make(at, "cs_agent", said, shift_swap::commands::request).await?.id;
        if n == 0 {
            let later = at + TimeDelta::hours(1);
            stage.on(later, "cs_agent2", swap, json!({}), shift_swap::commands::consent).await?;
            let said = json!({ "comment": "双方已协调" });
            stage.on(later + TimeDelta::hours(1), "team_leader", swap, said, shift_swap::commands::approve).await?;
        }
    }
    Ok(())
}

/// Somebody unfit was sent home for an hour.
async fn stop(stage: &Stage) -> anyhow::Result<()> {
    let date = business_day(stage.now) - TimeDelta::days(2);
    let Some(shift) = shifts(stage, date, "a").await?.into_iter().next() else { return Ok(()) };
    let at = start_of_day(date) + TimeDelta::hours(11);
    stage.on(at, "team_leader", shift.id, json!({ "reason": "身体不适,暂停接听" }), shift::stop_work).await?;
    stage.on(at + TimeDelta::hours(1), "team_leader", shift.id, json!({}), shift::lift).await.map(drop)
}

/// A leave that runs and is delegated, one that is asked for, one refused.
async fn leaves(stage: &Stage) -> anyhow::Result<()> {
    let taken = asked(stage, stage.now - TimeDelta::days(3), (-2, 2), "家中有事").await?;
    let accepted = stage.now - TimeDelta::days(3) + TimeDelta::hours(1);
    stage.on(accepted, "cs_agent3", taken, json!({}), leave::commands::accept_handover).await?;
    stage.on(accepted + TimeDelta::hours(1), "cs_supervisor", taken, json!({}), leave::commands::approve).await?;
    let refused = asked(stage, stage.now - TimeDelta::hours(30), (3, 4), "朋友来访").await?;
    stage
        .on(stage.now - TimeDelta::hours(28), "cs_agent3", refused, json!({}), leave::commands::accept_handover)
        .await?;
    let why = json!({ "comment": "当日人手不足,请改期" });
    stage.on(stage.now - TimeDelta::hours(26), "cs_supervisor", refused, why, leave::commands::refuse).await?;
    asked(stage, stage.now - TimeDelta::hours(2), (5, 7), "探亲").await.map(drop)
}

/// cs_clerk asks for leave, in days from today; cs_agent3, who has no account, stands in: a second role would make
/// the sign-in of a demo account ask which one.
async fn asked(stage: &Stage, when: DateTime<Utc>, days: (i64, i64), reason: &'static str) -> anyhow::Result<Uuid> {
    let today = start_of_day(business_day(stage.now));
    let at = |days: i64| Timestamp::from(today + TimeDelta::days(days));
    let substitute = stage.person("cs_agent3").await?;
    let said = json!({ "from_at": at(days.0), "to_at": at(days.1), "reason": reason, "substitute_id": substitute });
    Ok(stage.make(when, "cs_clerk", said, leave::commands::request).await?.id)
}
