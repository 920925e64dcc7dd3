//! How well the desk talks: calls listened to, appeals, summaries, trainings, violations and the months they count in.

use chrono::{Datelike, Days, Months, NaiveDate, TimeDelta};
use kernel::time::{Month, business_day};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use store::Work;
use tickets::monitored_call::commands as monitoring;
use tickets::monthly_assessment::commands as assessing;
use tickets::violation::commands as violating;
use tickets::{call, quality_summary, training};
use uuid::Uuid;

use super::{Stage, body};

/// Whose calls are listened to.
const AGENTS: [&str; 8] =
    ["cs_agent", "cs_agent2", "service_rep", "cs_specialist", "cs_agent4", "cs_agent5", "cs_agent6", "cs_agent7"];
/// Calls of each agent that are listened to.
const A_PERSON: usize = 3;

/// Loads quality and assessment.
pub(crate) async fn load(stage: &Stage) -> anyhow::Result<()> {
    for (n, number) in AGENTS.iter().enumerate() {
        listen(stage, n, number).await?;
    }
    let summary = summaries(stage).await?;
    train(stage, summary).await?;
    violations(stage).await?;
    assess(stage).await
}

/// Listens to the latest calls of an agent; some appeal.
async fn listen(stage: &Stage, n: usize, number: &'static str) -> anyhow::Result<()> {
    let agent = stage.person(number).await?;
    let calls = call::entity::Entity::find()
        .filter(call::entity::Column::AgentId.eq(agent))
        .filter(call::entity::Column::AnsweredAt.is_not_null())
        .filter(call::entity::Column::RingStartedAt.lt(stage.at(1, 0)))
        .order_by_desc(call::entity::Column::RingStartedAt)
        .all(stage.store.reader())
        .await?;
    for (m, call) in calls.into_iter().step_by(3).take(A_PERSON).enumerate() {
        let score = |base: usize| base + (n * 7 + m * 5 + base) % 16;
        let said = json!({ "call_id": call.id, "scores": { "service_language": score(80), "attitude": score(82),
            "tone": score(76), "need_summary": score(70), "adaptability": score(74) },
            "fatal": if n == 2 && m == 2 { vec!["hang_up"] } else { vec![] }, "notes": "开场白完整,结束语略急" });
        let at = call.ring_started_at + TimeDelta::hours(20);
        let id = stage.make(at.min(stage.now), "quality_inspector", said, monitoring::create).await?.id;
        if n == 4 && m == 2 {
            continue;
        }
        let shown = (at + TimeDelta::hours(2)).min(stage.now);
        stage.on(shown, "quality_inspector", id, json!({}), monitoring::publish).await?;
        if m == 2 && n < 3 {
            appeal(stage, id, shown + TimeDelta::hours(1), number, n).await?;
        }
    }
    Ok(())
}

/// The agent objects; the first is right, the second is not, the third waits.
async fn appeal(
    stage: &Stage,
    id: Uuid,
    at: chrono::DateTime<chrono::Utc>,
    number: &str,
    n: usize,
) -> anyhow::Result<()> {
    let at = at.min(stage.now);
    stage.on(at, number, id, json!({ "text": "录音前半段缺失,评分依据不足,申请复听" }), monitoring::appeal).await?;
    let said = match n {
        0 => json!({ "result": "upheld", "new_total": "88.50", "comment": "补听完整录音后更正" }),
        1 => json!({ "result": "rejected", "comment": "复听后维持原评分" }),
        _ => return Ok(()),
    };
    stage.on((at + TimeDelta::hours(5)).min(stage.now), "cs_director", id, said, monitoring::decide_appeal).await?;
    Ok(())
}

fn iso_week(day: NaiveDate) -> String {
    format!("{}-W{:02}", day.iso_week().year(), day.iso_week().week())
}

/// Two weeks that are summed up and one that is being written; answers the first.
async fn summaries(stage: &Stage) -> anyhow::Result<Uuid> {
    let today = business_day(stage.now);
    let mut first = None;
    for weeks in [3, 2, 1] {
        let week = iso_week(today - Days::new(weeks * 7));
        let said = json!({ "iso_week": week, "findings": "开头语基本规范;个别通话未复述诉求,解释政策时用语生硬",
            "plan": [{ "topic": "诉求归纳与复述", "audience": "all" }] });
        let at = stage.at(weeks as i64 * 7 - 6, 560);
        let id = stage.make(at, "quality_inspector", said, quality_summary::create).await?.id;
        if weeks > 1 {
            let submit = at + TimeDelta::hours(2);
            stage.on(submit, "quality_inspector", id, json!({}), quality_summary::submit).await?;
        }
        first = first.or(Some(id));
    }
    first.ok_or_else(|| anyhow::anyhow!("no summary"))
}

/// One training that is over, one held, one planned.
async fn train(stage: &Stage, summary: Uuid) -> anyhow::Result<()> {
    let mut people = Vec::new();
    for number in AGENTS {
        people.push(stage.person(number).await?);
    }
    let topics = [("诉求归纳与复述", 13), ("采暖季政策与测温流程", 5), ("投诉安抚话术演练", 1)];
    for (n, (topic, days)) in topics.into_iter().enumerate() {
        let planned_on = business_day(stage.now - TimeDelta::days(days - 2));
        let said = json!({ "topic": topic, "audience": "individual", "staff_ids": people, "planned_on": planned_on,
            "source_summary_id": (n == 0).then_some(summary) });
        let id = stage.make(stage.at(days, 600), "quality_inspector", said, training::commands::create).await?.id;
        if n == 2 {
            continue;
        }
        let rows: Vec<_> = people
            .iter()
            .enumerate()
            .map(|(m, person)| json!({ "staff_id": person, "attended": m != 4, "exam_score": (m != 4).then_some(74 + m * 3) }))
            .collect();
        let held = stage.at(days - 2, 1000);
        let said = json!({ "rows": rows });
        stage.on(held, "quality_inspector", id, said, training::commands::record_results).await?;
        if n == 0 {
            stage.on(stage.at(days - 3, 600), "cs_director", id, json!({}), training::commands::close).await?;
        }
    }
    Ok(())
}

/// The 15th of a month some months ago.
fn middle(stage: &Stage, months: u32) -> Option<NaiveDate> {
    (business_day(stage.now) - Months::new(months)).with_day(15)
}

/// Person, rule, months ago, what became of it.
const VIOLATIONS: &[(&str, &str, u32, &str)] = &[
    ("cs_agent", "phone_in_service", 2, "confirmed"),
    ("service_rep", "muster_late", 2, "confirmed"),
    ("cs_agent2", "promise_missed", 1, "dropped"),
    ("cs_agent", "muster_late", 1, "confirmed"),
    ("cs_specialist", "callback_omitted", 1, "confirmed"),
    ("cs_agent3", "empty_post", 0, "disputed"),
    ("cs_agent2", "phone_in_service", 0, "recorded"),
];

async fn violations(stage: &Stage) -> anyhow::Result<()> {
    for (n, (number, rule, months, reach)) in VIOLATIONS.iter().enumerate() {
        let day = match months {
            // A month that is over has nothing undecided.
            0 => business_day(stage.now - TimeDelta::days(2)).max(Month::of(business_day(stage.now)).first_day()),
            months => middle(stage, *months).unwrap_or_default() + Days::new(n as u64),
        };
        let at = (kernel::time::start_of_day(day) + TimeDelta::hours(18)).min(stage.now);
        let said = json!({ "staff_id": stage.person(number).await?, "rule_code": rule, "occurred_on": day,
            "evidence": "当班巡查记录,监控录像 10:15" });
        let id = stage.make(at, "team_leader", said, violating::record).await?.id;
        let later = (at + TimeDelta::hours(15)).min(stage.now);
        match *reach {
            "confirmed" => drop(stage.on(later, "cs_supervisor", id, json!({}), violating::confirm).await?),
            "dropped" => {
                let said = json!({ "reason": "已提前告知客户并改期,不属失约" });
                stage.on(later, "cs_supervisor", id, said, violating::drop).await?;
            }
            "disputed" => {
                let said = json!({ "text": "当时在协助接待来访客户,并非空岗" });
                stage.on(later, number, id, said, violating::dispute).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// The two months before this one, published; this one as it stands.
async fn assess(stage: &Stage) -> anyhow::Result<()> {
    let desk = stage.unit("DESK").await?;
    for months in [2, 1, 0] {
        let month = Month::of(business_day(stage.now) - Months::new(months));
        let built = match months {
            0 => stage.now,
            _ => kernel::time::start_of_day(month.last_day()) + TimeDelta::days(3) + TimeDelta::hours(10),
        }
        .min(stage.now);
        let said = json!({ "month": month.to_string(), "org_unit_id": desk });
        let rows = stage.make(built, "cs_director", said, assessing::build).await?;
        if months == 0 {
            continue;
        }
        let publish = async move |work: &Work| {
            for row in &rows {
                assessing::publish(work, row.id, &body(json!({}))?).await?;
            }
            Ok(())
        };
        stage.act((built + TimeDelta::hours(3)).min(stage.now), "cs_director", publish).await?;
    }
    Ok(())
}
