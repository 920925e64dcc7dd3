//! How the desk leads a case: hand it over, solve it, answer, call back.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::fault::Fault;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::Work;
use tickets::callback::{self, commands as calling};
use tickets::ticket::{answering, handling};
use uuid::Uuid;

use super::scene::Scene;

/// Who plays in scenes.
pub(crate) const PEOPLE: [&str; 10] = [
    "cs_agent",
    "cs_agent2",
    "cs_agent3",
    "service_rep",
    "cs_specialist",
    "team_leader",
    "cs_supervisor",
    "cs_manager",
    "heating_hotline_agent",
    "heating_station_head",
];

/// What was done about a case, and the code of what had caused it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Solved {
    pub text: &'static str,
    pub cause: &'static str,
    /// Why it came late, if it did.
    pub delay: Option<&'static str>,
}

impl Scene<'_> {
    /// Gives a case to somebody of a unit, who starts eight minutes later.
    pub async fn hand_over(
        &self,
        at: DateTime<Utc>,
        ticket: Uuid,
        by: &str,
        (unit, agent, login): (Uuid, Uuid, &str),
    ) -> Result<(), Fault> {
        let to = json!({ "org_unit_id": unit, "staff_id": agent });
        self.on(at, by, ticket, to, handling::assign).await?;
        self.on(at + TimeDelta::minutes(8), login, ticket, json!({}), handling::start).await.map(drop)
    }

    /// The holder solves a case.
    pub async fn solve(&self, at: DateTime<Utc>, ticket: Uuid, agent: &str, solved: Solved) -> Result<(), Fault> {
        let analysis = format!("经现场核查和系统记录比对,{};已列入同类问题排查清单", solved.text);
        let said = json!({ "solution": solved.text, "root_cause_code": solved.cause, "cause_analysis": analysis,
            "delay_reason_code": solved.delay });
        self.on(at, agent, ticket, said, answering::resolve).await.map(drop)
    }

    /// The customer is told.
    pub async fn answer(&self, at: DateTime<Utc>, ticket: Uuid, agent: &str) -> Result<(), Fault> {
        self.on(at, agent, ticket, told(), answering::reply).await.map(drop)
    }

    /// Somebody else asks the customer whether he is content.
    pub async fn ask(&self, at: DateTime<Utc>, ticket: Uuid, caller: &str, said: Value) -> Result<(), Fault> {
        for waiting in self.waiting(at, ticket, caller).await? {
            self.on(at, caller, waiting, said.clone(), calling::complete).await?;
        }
        Ok(())
    }

    /// The callbacks of a case that wait.
    pub async fn waiting(&self, at: DateTime<Utc>, ticket: Uuid, caller: &str) -> Result<Vec<Uuid>, Fault> {
        use callback::entity::{Column, Entity, Status};
        self.act(at, caller, async move |work: &Work| {
            let rows = Entity::find().filter(Column::TicketId.eq(ticket)).filter(Column::Status.eq(Status::Pending));
            Ok(rows.all(&work.db()).await?.into_iter().map(|row| row.id).collect())
        })
        .await
    }
}

/// How a customer was told.
pub(crate) fn told() -> Value {
    json!({ "method": "phone", "spoke_to": "业主本人", "identity_check": { "method": "核对房号与电话后四位", "passed": true },
        "introduced": true, "content": "已说明处理情况和结果,业主无异议", "response": "accepted" })
}

/// He is content; a member of the family may speak for him.
pub(crate) fn content(relation: &str) -> Value {
    json!({ "outcome": "satisfied", "answered_by": { "relation": relation },
        "identity_check": { "method": "核对电话", "passed": true }, "introduced": true, "convenient": true,
        "score": if relation == "self" { 5 } else { 4 } })
}

/// He is not.
pub(crate) fn not_content() -> Value {
    json!({ "outcome": "not_satisfied", "answered_by": { "relation": "self" },
        "identity_check": { "method": "核对电话", "passed": true }, "introduced": true, "convenient": true,
        "score": 2, "opinion": "问题没有彻底解决,请再来看" })
}
