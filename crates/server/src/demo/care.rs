//! What the desk does of its own accord: customers given to agents, promises, surveys, greetings.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::fault::Fault;
use kernel::time::{business_day, start_of_day};
use outbound::channel::Channels;
use outbound::client::Caller;
use registers::staff;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use store::Work;
use tickets::portfolio::PortfolioAllocation;
use tickets::survey_invitation::entity as invitation;
use tickets::{campaign, contact_log, follow_up, message_template, portfolio, survey};
use uuid::Uuid;

use super::places::Home;
use super::{Stage, body};

/// Who looks after customers.
const AGENTS: [&str; 3] = ["cs_agent", "cs_agent2", "service_rep"];
/// Customers who have an agent.
const CARED_FOR: usize = 27;

/// A morning some days ago.
fn morning(stage: &Stage, days: i64) -> DateTime<Utc> {
    start_of_day(business_day(stage.now - TimeDelta::days(days))) + TimeDelta::minutes(570)
}

/// Loads portfolio, surveys and a campaign, and lets what they write go out.
pub(crate) async fn load(stage: &Stage, homes: &[Home]) -> anyhow::Result<()> {
    let customers: Vec<Uuid> = homes.iter().map(|home| home.customer).collect();
    let cared_for = &customers[..CARED_FOR.min(customers.len())];
    let given = give(stage, cared_for).await?;
    speak(stage, &given).await?;
    let first = ask(stage, cared_for, "交付满意度调查", false, (34, Some(15))).await?;
    answer(stage, first, 33, 17).await?;
    greet(stage, &customers).await?;
    let second = ask(stage, cared_for, "年度满意度调查(匿名)", true, (3, None)).await?;
    answer(stage, second, 2, 9).await?;
    stage.clock.set(stage.now);
    stage.store.seal_now().await?;
    let caller = Arc::new(Caller::new(Default::default(), true)?);
    // Nothing leaves: a sandbox without a gateway takes every message.
    let nowhere = Channels { mail: None, gateway: None, sandbox: true, caller };
    outbound::notifications::deliver_due(&stage.store, &nowhere).await?;
    Ok(())
}

/// Gives the customers to the agents; answers whose each is.
async fn give(stage: &Stage, customers: &[Uuid]) -> anyhow::Result<Vec<(Uuid, &'static str)>> {
    let customers = customers.to_vec();
    let plan = async move |work: &Work| {
        let people = staff::Entity::find().filter(staff::Column::Number.is_in(AGENTS)).all(&work.db()).await?;
        let agents: Vec<Uuid> = people.iter().map(|row| row.id).collect();
        let plan = portfolio::create(work, &body(json!({ "customer_ids": customers, "agent_ids": agents }))?).await?;
        let plan = portfolio::apply(work, plan.id, &body(json!({}))?).await?;
        let given: Vec<PortfolioAllocation> = serde_json::from_str(&plan.allocations).map_err(Fault::internal)?;
        let login = |agent: Uuid| {
            let number = people.iter().find(|row| row.id == agent).map(|row| row.number.as_str());
            AGENTS.into_iter().find(|login| Some(*login) == number).unwrap_or(AGENTS[0])
        };
        Ok(given.into_iter().map(|row| (row.customer_id, login(row.agent_id))).collect())
    };
    stage.act(morning(stage, 50), "cs_supervisor", plan).await
}

async fn contact(
    stage: &Stage,
    at: DateTime<Utc>,
    agent: &str,
    customer: Uuid,
    promise: Option<i64>,
) -> anyhow::Result<()> {
    let promise = promise.map(|hours| kernel::time::Timestamp::from(at + TimeDelta::hours(hours)));
    let log = async move |work: &Work| {
        let input = json!({ "customer_id": customer, "method": "phone", "direction": "out", "reached": true,
            "content": "问候客户,了解入住后的使用情况和需求", "opinions": ["希望加强小区保洁"], "next_promise_at": promise });
        contact_log::add(work, &body(input)?).await.map(drop)
    };
    stage.act(at, agent, log).await
}

/// First contacts in time, late and none; promises kept, missed and put off.
async fn speak(stage: &Stage, given: &[(Uuid, &'static str)]) -> anyhow::Result<()> {
    for (n, (customer, agent)) in given.iter().enumerate() {
        let day = match n % 7 {
            6 => continue,
            5 => 41,
            early => 49 - early as i64,
        };
        let promised = n.is_multiple_of(3);
        contact(stage, morning(stage, day), agent, *customer, promised.then_some(40)).await?;
        match (promised, n % 2) {
            (true, 0) => contact(stage, morning(stage, day - 1), agent, *customer, None).await?,
            (true, _) if n.is_multiple_of(9) => put_off(stage, morning(stage, day - 2), agent, *customer).await?,
            _ => {}
        }
    }
    // A promise that waits now.
    if let Some((customer, agent)) = given.first() {
        contact(stage, stage.now - TimeDelta::hours(5), agent, *customer, Some(30)).await?;
    }
    Ok(())
}

async fn put_off(stage: &Stage, at: DateTime<Utc>, agent: &str, customer: Uuid) -> anyhow::Result<()> {
    let promise = kernel::time::Timestamp::from(at + TimeDelta::hours(47));
    let postpone = async move |work: &Work| {
        use follow_up::entity::{Column, Entity};
        let row = Entity::find().filter(Column::CustomerId.eq(customer)).one(&work.db()).await?;
        let row = row.ok_or_else(|| Fault::internal("no promise"))?;
        let input = json!({ "notice_text": "施工方尚未回复,非常抱歉,请再给我们一点时间", "apology": true,
            "new_promise_at": promise });
        follow_up::postpone(work, row.id, &body(input)?).await.map(drop)
    };
    stage.act(at, agent, postpone).await
}

/// Opens a survey some days ago; it closes some days ago, or in three weeks.
async fn ask(
    stage: &Stage,
    customers: &[Uuid],
    name: &'static str,
    anonymous: bool,
    (opened, closed): (i64, Option<i64>),
) -> anyhow::Result<Uuid> {
    let customers = customers.to_vec();
    let closes = closed.map_or(stage.now + TimeDelta::days(21), |days| morning(stage, days));
    let draft = async move |work: &Work| {
        let questions = json!([
            { "code": "service", "type": "scale5", "required": true, "text": "您对客户服务的总体满意程度" },
            { "code": "recommend", "type": "nps", "required": true, "text": "您愿意向亲友推荐我们的小区吗" },
            { "code": "concern", "type": "single", "text": "您最关心什么", "options": ["供热", "维修", "保洁", "产证"] },
            { "code": "remark", "type": "text", "text": "其他建议" },
        ]);
        let input = json!({ "name": name, "questions": questions, "audience": { "customer_ids": customers },
            "channel": "sms", "closes_at": kernel::time::Timestamp::from(closes), "anonymous": anonymous });
        survey::create(work, &body(input)?).await.map(|row| row.id)
    };
    let id = stage.act(morning(stage, opened + 1), "cs_specialist", draft).await?;
    let open = async move |work: &Work| survey::open(work, id, &body(json!({}))?).await.map(drop);
    stage.act(morning(stage, opened), "cs_manager", open).await?;
    Ok(id)
}

/// Lets some of the invited answer, one of them through an agent where that is possible.
async fn answer(stage: &Stage, survey_id: Uuid, day: i64, count: u64) -> anyhow::Result<()> {
    let find = async move |work: &Work| {
        work.unchanged();
        use sea_orm::QuerySelect;
        let rows = invitation::Entity::find()
            .filter(invitation::Column::SurveyId.eq(survey_id))
            .filter(invitation::Column::Status.ne(invitation::Status::Skipped))
            .order_by_asc(invitation::Column::CreatedAt)
            .order_by_asc(invitation::Column::Id)
            .limit(count);
        Ok(rows.all(&work.db()).await?)
    };
    let invited = stage.act(morning(stage, day), "system", find).await?;
    let anonymous = async move |work: &Work| {
        work.unchanged();
        let row = survey::entity::Entity::find_by_id(survey_id).one(&work.db()).await?;
        Ok(row.is_some_and(|row| row.anonymous))
    };
    let anonymous = stage.act(morning(stage, day), "system", anonymous).await?;
    for (n, row) in invited.into_iter().enumerate() {
        let (service, recommend) = ([5, 4, 5, 3, 4, 5, 2, 5, 4][n % 9], [10, 9, 8, 6, 9, 10, 3, 9, 7][n % 9]);
        let concern = ["供热", "维修", "保洁", "产证"][n % 4];
        let answers = json!({ "answers": { "service": service, "recommend": recommend, "concern": concern } });
        let proxy = n == 4 && !anonymous;
        let give = async move |work: &Work| {
            let input = body(answers.clone())?;
            match proxy {
                true => survey::answering::answer_by_proxy(work, row.id, &input).await.map(drop),
                false => survey::answering::answer(work, row.id, &input).await.map(drop),
            }
        };
        let at = morning(stage, day) + TimeDelta::minutes(n as i64 * 17);
        stage.act(at, if proxy { "cs_agent" } else { "system" }, give).await?;
    }
    Ok(())
}

/// Greetings for the Spring Festival; some get none, and it is said why.
async fn greet(stage: &Stage, customers: &[Uuid]) -> anyhow::Result<()> {
    let customers = customers.to_vec();
    let write = async move |work: &Work| {
        let text = "{{customer_name}}您好,河川置业祝您新春快乐、阖家安康!您的专属客服{{agent_name}}(工号{{agent_number}})\
            随时为您服务。拒收请回复R";
        let input = json!({ "code": "spring_festival", "channel": "sms", "text": text });
        message_template::create(work, &body(input)?).await.map(|row| row.id)
    };
    let template = stage.act(morning(stage, 22), "cs_agent", write).await?;
    let approve = async move |work: &Work| message_template::approve(work, template, &body(json!({}))?).await.map(drop);
    stage.act(morning(stage, 21), "cs_manager", approve).await?;
    let draft = async move |work: &Work| {
        let input = json!({ "kind": "festival", "name": "春节问候", "template_code": "spring_festival",
            "audience": { "customer_ids": customers } });
        campaign::create(work, &body(input)?).await.map(|row| row.id)
    };
    let id = stage.act(morning(stage, 21), "cs_agent", draft).await?;
    let approve = async move |work: &Work| campaign::approve(work, id, &body(json!({}))?).await.map(drop);
    stage.act(morning(stage, 20), "cs_manager", approve).await?;
    let start = async move |work: &Work| campaign::start(work, id, &body(json!({}))?).await.map(drop);
    stage.act(morning(stage, 19), "cs_agent", start).await
}
