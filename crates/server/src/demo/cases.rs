//! Cases of the last weeks, in every state: what people report, and how far the desk has got.

use chrono::{DateTime, TimeDelta, Utc};
use documents::Files;
use kernel::fault::Fault;
use registers::{org_unit, staff};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::Work;
use tickets::callback::{self, commands as calling};
use tickets::ticket::entity::Model;
use tickets::ticket::{answering, classifying, ending, handling, merging, notes, register};
use tickets::{call, comment, opinion, pause};
use uuid::Uuid;

use super::places::Home;
use super::{Stage, body};

/// How far a case has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Registered,
    Assigned,
    Started,
    Paused,
    Waiting,
    Resolved,
    Replied,
    Reopened,
    Closed,
    Dismissed,
    Withdrawn,
    Merged,
    AtOnce,
}

use Reach::*;

/// Kind, category, place, severity, what is reported.
const REPORTS: &[(&str, &str, &str, &str, &str)] = &[
    ("repair", "heating.leak", "unit", "normal", "客厅暖气片接头喷水,地板已经泡了,请马上来人"),
    ("repair", "house_quality.water_leak", "unit", "normal", "卫生间顶板渗水,楼上说没有用水"),
    ("complaint", "property_service", "project_common", "normal", "小区北门保安夜间无人值守,外来车辆随意进出"),
    ("consultation", "heating.fee", "unit", "normal", "咨询今年采暖费缴费截止日期和优惠办法"),
    ("repair", "house_quality.door_window", "unit", "normal", "主卧窗户关不严,夜里漏风"),
    ("complaint", "heating.room_temperature", "unit", "normal", "室内温度只有十六度,家里有老人孩子"),
    ("suggestion", "planning_design", "project_common", "normal", "建议在儿童乐园旁增设座椅和遮阳棚"),
    ("application", "title", "unit", "normal", "申请查询不动产权证办理进度"),
    ("repair", "house_quality.electrical", "unit", "normal", "厨房插座没有电,空气开关反复跳闸"),
    ("complaint", "house_quality.waterproofing", "unit", "serious", "地下室外墙大面积渗漏,装修已经毁损,要求赔偿"),
    ("consultation", "payment", "none", "normal", "咨询公积金贷款放款后尾款怎样开票"),
    ("repair", "house_quality.plumbing", "unit", "normal", "厨房下水管堵塞返水"),
    ("complaint", "staff_conduct", "none", "normal", "反映售楼处工作人员态度生硬,多次推诿"),
    ("application", "heating.suspension", "unit", "normal", "房屋长期空置,申请办理停止供热"),
];

const STEPS: &[Reach] = &[
    Closed, Replied, Closed, AtOnce, Started, Assigned, Registered, Closed, Resolved, Waiting, Dismissed, Reopened,
    Paused, Closed, Withdrawn, Merged, Closed, Closed,
];

const CASES: usize = 80;

/// Ids the cases refer to.
struct Desk {
    unit: Uuid,
    agent: Uuid,
    proof: Uuid,
}

/// Loads the cases, oldest first.
pub(crate) async fn load(stage: &Stage, files: &Files, homes: &[Home]) -> anyhow::Result<()> {
    let first = stage.now - TimeDelta::days(super::DAYS - 1);
    let desk = furnish(stage, files, first).await?;
    let gap = TimeDelta::seconds((super::DAYS - 2) * 86_400 / CASES as i64);
    let mut last: Option<Uuid> = None;
    for n in 0..CASES {
        // The last ones are so young that they are still open.
        let at = match CASES - n {
            left @ 1..=8 => stage.now - TimeDelta::hours(left as i64 * 5),
            _ => first + gap * n as i32,
        };
        let reach = STEPS[n % STEPS.len()];
        last = Some(play(stage, &desk, homes, n, at, reach, last).await?);
    }
    Ok(())
}

/// The desk's own facts: its channels, and a proof for pauses.
async fn furnish(stage: &Stage, files: &Files, at: DateTime<Utc>) -> anyhow::Result<Desk> {
    let said = json!({ "kind": "proof", "name": "业主来电说明:本周出差,请周末上门" });
    let proof = stage.paper(files, at, "cs_agent", said).await?;
    let look = async |work: &Work| {
        let unit = org_unit::Entity::find().filter(org_unit::Column::Code.eq("DESK")).one(&work.db()).await?;
        let agent = staff::Entity::find().filter(staff::Column::Number.eq("cs_agent")).one(&work.db()).await?;
        let unit = unit.ok_or_else(|| Fault::internal("no desk"))?.id;
        channels(work, unit).await?;
        Ok((unit, agent.ok_or_else(|| Fault::internal("no agent"))?.id))
    };
    let (unit, agent) = stage.act(at, "system", look).await?;
    Ok(Desk { unit, agent, proof })
}

/// The hotline, the app and the web page lead to the desk.
async fn channels(work: &Work, desk: Uuid) -> Result<(), Fault> {
    use tickets::catalogue::channel::{ChannelFields, Column, Entity, update};
    for code in ["hotline", "app", "web", "government", "email", "sms", "im"] {
        if let Some(row) = Entity::find().filter(Column::Code.eq(code)).one(&work.db()).await? {
            let fields = ChannelFields { default_org_unit_id: Some(desk), ..ChannelFields::from(&row) };
            update(work, &row, fields).await?;
        }
    }
    work.unchanged();
    Ok(())
}

/// Plays one case from the report to where it has got.
async fn play(
    stage: &Stage,
    desk: &Desk,
    homes: &[Home],
    n: usize,
    at: DateTime<Utc>,
    reach: Reach,
    last: Option<Uuid>,
) -> anyhow::Result<Uuid> {
    let report = REPORTS[n % REPORTS.len()];
    let home = homes[n * 3 % homes.len()];
    let id = take_down(stage, at, n, report, home).await?;
    let later = |minutes: i64| (at + TimeDelta::minutes(minutes)).min(stage.now);
    match reach {
        Registered => return Ok(id),
        AtOnce if report.0 == "consultation" => return at_once(stage, later(4), id).await,
        Dismissed if report.0 != "complaint" => return dismiss(stage, later(30), id).await,
        Withdrawn => return withdraw(stage, later(50), id, desk.proof).await,
        Merged => return merge(stage, later(45), id, last).await,
        _ => {}
    }
    let (unit, agent) = (desk.unit, desk.agent);
    let assign = async move |work: &Work| {
        handling::assign(work, id, &body(json!({ "org_unit_id": unit, "staff_id": agent }))?).await
    };
    stage.act(later(10), "team_leader", assign).await?;
    if reach == Assigned {
        return Ok(id);
    }
    let start = async move |work: &Work| handling::start(work, id, &body(json!({}))?).await;
    stage.act(later(25), "cs_agent", start).await?;
    let note = async move |work: &Work| {
        comment::commands::add(work, id, &body(json!({ "visibility": "internal", "text": "已联系现场人员核实情况" }))?)
            .await
    };
    stage.act(later(35), "cs_agent", note).await?;
    match reach {
        Started => return Ok(id),
        Paused => return rest(stage, later(60), id, desk.proof).await,
        _ => {}
    }
    if report.3 != "normal" || reach == Waiting {
        judge(stage, later(90), id, report.3 != "normal" && reach != Waiting).await?;
        if reach == Waiting {
            return Ok(id);
        }
    }
    finish(stage, at, id, n, reach).await
}

async fn take_down(
    stage: &Stage,
    at: DateTime<Utc>,
    n: usize,
    report: (&'static str, &'static str, &'static str, &'static str, &'static str),
    home: Home,
) -> anyhow::Result<Uuid> {
    let (kind, category, place, severity, text) = report;
    let by_phone = !n.is_multiple_of(3);
    let registered = async move |work: &Work| {
        let mut input = json!({
            "channel_code": if by_phone { "hotline" } else { "walk_in" }, "kind": kind, "category_code": category,
            "place_kind": place, "severity": severity, "description": text, "customer_id": home.customer,
        });
        if place == "unit" {
            input["unit_id"] = json!(home.unit);
        }
        if place == "project_common" {
            let unit = registers::property::unit::Entity::find_by_id(home.unit).one(&work.db()).await?;
            input["project_id"] = json!(unit.map(|unit| unit.project_id));
        }
        if by_phone {
            let seconds = |n: i64| kernel::time::Timestamp::from(work.now - TimeDelta::seconds(n));
            let heard = json!({ "direction": "in", "channel_code": "hotline", "external_number": "13912345678",
                "ring_started_at": seconds(190), "answered_at": seconds(180), "ended_at": seconds(1), "result": "answered" });
            let heard = call::commands::create(work, &body(heard)?).await?;
            input["call_ids"] = json!([heard.id]);
        }
        Ok(register::register(work, &body(input)?).await?.id)
    };
    stage.act(at, "cs_agent", registered).await
}

fn told() -> Value {
    json!({ "method": "phone", "spoke_to": "业主本人", "identity_check": { "method": "核对房号与电话后四位", "passed": true },
        "introduced": true, "content": "已说明处理情况和结果,业主无异议", "response": "accepted" })
}

fn said(outcome: &str) -> Value {
    json!({ "outcome": outcome, "answered_by": { "relation": "self" }, "identity_check": { "method": "核对电话", "passed": true },
        "introduced": true, "convenient": true, "score": if outcome == "satisfied" { 5 } else { 2 },
        "opinion": if outcome == "satisfied" { Value::Null } else { json!("问题没有彻底解决,请再来看") } })
}

async fn at_once(stage: &Stage, at: DateTime<Utc>, id: Uuid) -> anyhow::Result<Uuid> {
    let answer = async move |work: &Work| {
        let input = json!({ "solution": "已告知缴费时间、方式和优惠办法", "reply": told() });
        answering::answer_at_intake(work, id, &body(input)?).await
    };
    stage.act(at, "cs_agent", answer).await?;
    Ok(id)
}

async fn dismiss(stage: &Stage, at: DateTime<Utc>, id: Uuid) -> anyhow::Result<Uuid> {
    let act = async move |work: &Work| {
        let reasons = tickets::catalogue::list::Entity::find();
        let reason =
            reasons.filter(tickets::catalogue::list::Column::List.eq("dismiss_reason")).one(&work.db()).await?;
        let code = reason.map(|reason| reason.code).unwrap_or_default();
        let input = json!({ "reason_code": code, "explanation": "属于业主自行改造部分,已说明并提供维修渠道", "told_to": "业主本人" });
        ending::dismiss(work, id, &body(input)?).await
    };
    stage.act(at, "team_leader", act).await?;
    Ok(id)
}

async fn withdraw(stage: &Stage, at: DateTime<Utc>, id: Uuid, proof: Uuid) -> anyhow::Result<Uuid> {
    let act = async move |work: &Work| {
        ending::withdraw(work, id, &body(json!({ "reason": "业主来电称已自行解决", "proof_document_id": proof }))?)
            .await
    };
    stage.act(at, "cs_agent", act).await?;
    Ok(id)
}

/// Merged into the case before it, when that one is still open.
async fn merge(stage: &Stage, at: DateTime<Utc>, id: Uuid, into: Option<Uuid>) -> anyhow::Result<Uuid> {
    let Some(into) = into else { return Ok(id) };
    let open = async move |work: &Work| {
        let target = tickets::ticket::entity::Entity::find_by_id(into).one(&work.db()).await?;
        work.unchanged();
        Ok(target.is_some_and(|target| !target.status.is_terminal()))
    };
    if stage.act(at, "system", open).await? {
        let act = async move |work: &Work| {
            merging::merge(work, id, &body(json!({ "target_ticket_id": into, "reason": "同一事项重复反映" }))?).await
        };
        stage.act(at, "cs_supervisor", act).await?;
    }
    Ok(id)
}

/// A pause until the customer is back, approved by the lead.
async fn rest(stage: &Stage, at: DateTime<Utc>, id: Uuid, proof: Uuid) -> anyhow::Result<Uuid> {
    let ask = async move |work: &Work| {
        let until = kernel::time::Timestamp::from(work.now + TimeDelta::hours(100));
        let input = json!({ "reason_code": "customer_appointment", "until": until, "note": "业主周末在家", "proof_document_id": proof });
        Ok(pause::commands::request(work, id, &body(input)?).await?.id)
    };
    let pause = stage.act(at, "cs_agent", ask).await?;
    let approve = async move |work: &Work| pause::commands::approve(work, pause, &body(json!({}))?).await;
    stage.act(at + TimeDelta::minutes(5), "team_leader", approve).await?;
    Ok(id)
}

/// The agent's opinion; approved by the manager when the case goes on.
async fn judge(stage: &Stage, at: DateTime<Utc>, id: Uuid, approve: bool) -> anyhow::Result<()> {
    let submit = async move |work: &Work| {
        let input = json!({ "text": "经现场勘查,属于施工质量问题,建议先行维修并适当补偿", "proposed_reply": "公司安排维修并协商补偿",
            "compensation_amount": "1500.00" });
        opinion::commands::submit(work, id, &body(input)?).await
    };
    stage.act(at, "cs_agent", submit).await?;
    if approve {
        let sign =
            async move |work: &Work| opinion::commands::approve(work, id, &body(json!({ "comment": "同意" }))?).await;
        stage.act(at + TimeDelta::minutes(40), "cs_manager", sign).await?;
    }
    Ok(())
}

async fn finish(stage: &Stage, at: DateTime<Utc>, id: Uuid, n: usize, reach: Reach) -> anyhow::Result<Uuid> {
    // Every fifth takes too long: the breach is in the record.
    let hours = if n % 5 == 4 { 60 } else { 3 };
    let later = |minutes: i64| (at + TimeDelta::hours(hours) + TimeDelta::minutes(minutes)).min(stage.now);
    let solve = async move |work: &Work| {
        let mut input = json!({ "solution": "已更换损坏部件并现场试用正常", "root_cause_code": "wear", "cause_analysis": "部件老化,密封失效,已更换同规格配件并复查" });
        let row = tickets::ticket::entity::Entity::find_by_id(id).one(&work.db()).await?;
        if row.and_then(|row: Model| row.due_at).is_some_and(|due| due < work.now) {
            let reasons = tickets::catalogue::list::Entity::find();
            let reason =
                reasons.filter(tickets::catalogue::list::Column::List.eq("delay_reason")).one(&work.db()).await?;
            input["delay_reason_code"] = json!(reason.map(|reason| reason.code));
        }
        answering::resolve(work, id, &body(input)?).await
    };
    stage.act(later(0), "cs_agent", solve).await?;
    if reach == Resolved {
        return Ok(id);
    }
    let tell = async move |work: &Work| answering::reply(work, id, &body(told())?).await;
    stage.act(later(30), "cs_agent", tell).await?;
    if reach == Replied {
        return Ok(id);
    }
    let outcome = if reach == Reopened { "not_satisfied" } else { "satisfied" };
    let ask = async move |work: &Work| {
        let waiting = callback::entity::Entity::find()
            .filter(callback::entity::Column::TicketId.eq(id))
            .filter(callback::entity::Column::Status.eq(callback::entity::Status::Pending))
            .one(&work.db())
            .await?;
        let waiting = waiting.ok_or_else(|| Fault::internal("no callback"))?;
        calling::complete(work, waiting.id, &body(said(outcome))?).await
    };
    stage.act(later(26 * 60), "cs_agent2", ask).await?;
    if n.is_multiple_of(7) && reach == Reopened {
        let chase =
            async move |work: &Work| notes::chase(work, id, &body(json!({ "text": "业主再次来电催促" }))?).await;
        stage.act(later(30 * 60), "cs_agent2", chase).await?;
        let raise =
            async move |work: &Work| classifying::classify(work, id, &body(json!({ "severity": "serious" }))?).await;
        stage.act(later(31 * 60), "cs_supervisor", raise).await?;
    }
    Ok(id)
}
