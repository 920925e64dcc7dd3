//! Monitored calls (监听, TK-10): scored by an inspector, published to the agent, who may appeal once.

pub mod commands;
pub mod entity;
pub mod progress;

use access::Actor;
use chrono::{DateTime, TimeDelta, Utc};
use kernel::fault::{ABOVE_AUTHORITY, Fault, SEPARATION_OF_DUTIES};
use kernel::fixed::Fixed;
use kernel::time::{Month, Timestamp, business_day, end_of_day};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource, parameters};
use utoipa::ToSchema;

use crate::people_record;
use crate::problems::ALREADY_APPEALED;
use crate::scorecard::Scores;
use entity::{Column, Entity, Model, Status};

/// The monitored calls resource.
pub struct MonitoredCall;

/// Acts on a monitored call. Whether the appeal comes in time is asked by the command, for it needs the
/// parameter.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.monitored_call",
    state: |it| it.row.status,
    moves: &[
        Move { action: "publish", from: &[Status::Draft], to: Some(Status::Published), guards: &[its_inspector] },
        Move { action: "appeal", from: Status::PUBLISHED, to: Some(Status::Appealed), guards: &[its_agent, only_once] },
        Move { action: "decide-appeal", from: &[Status::Appealed], to: None, guards: &[uninvolved] },
    ],
};

fn separated(first: &str, second: &str) -> Fault {
    Fault::new(&SEPARATION_OF_DUTIES).rule("TK-R30").with("first", first).with("second", second)
}

fn is(it: &Subject<'_, Model>, person: Uuid) -> bool {
    it.actor.persons().any(|each| each == person)
}

fn its_inspector(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match is(it, it.row.agent_id) {
        true => Err(separated("talk", "publish")),
        false if !is(it, it.row.inspector_id) => Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "not_inspector")),
        false => Ok(()),
    }
}

fn its_agent(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if is(it, it.row.agent_id) { Ok(()) } else { Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "not_the_agent")) }
}

fn only_once(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if it.row.appealed_at.is_none() { Ok(()) } else { Err(Fault::new(&ALREADY_APPEALED).rule("TK-R30")) }
}

fn uninvolved(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match (is(it, it.row.inspector_id), is(it, it.row.agent_id)) {
        (true, _) => Err(separated("inspect", "decide_appeal")),
        (_, true) => Err(separated("appeal", "decide_appeal")),
        _ => Ok(()),
    }
}

/// A monitored call as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MonitoredCallView {
    pub id: Uuid,
    pub version: i32,
    pub number: String,
    pub call_id: Uuid,
    pub agent_id: Uuid,
    pub inspector_id: Uuid,
    pub org_unit_id: Option<Uuid>,
    pub scorecard_id: Uuid,
    pub monitored_at: Timestamp,
    /// Points by criterion of the scorecard, 0–100.
    #[schema(value_type = std::collections::BTreeMap<String, i64>)]
    pub scores: Scores,
    pub fatal: Vec<String>,
    /// As the inspector scored it; an upheld appeal leaves it visible.
    pub total: Fixed<2>,
    /// The total that counts.
    pub total_in_force: Fixed<2>,
    pub notes: Option<String>,
    pub status: Status,
    pub published_at: Option<Timestamp>,
    pub appeal: Option<AppealView>,
    pub created_at: Timestamp,
    pub created_by: Uuid,
}

/// The agent's appeal and what became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AppealView {
    pub text: String,
    pub at: Timestamp,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<Timestamp>,
    /// upheld or rejected.
    pub result: Option<&'static str>,
    pub comment: Option<String>,
    pub new_total: Option<Fixed<2>>,
}

impl Resource for MonitoredCall {
    type Entity = Entity;
    type Row = Model;
    type View = MonitoredCallView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "monitored_call";
    const PATH: &'static str = "/v1/monitored-calls";

    /// Those of the caller's units, his own once published, and those he inspected himself.
    fn visible_to(actor: &Actor) -> Condition {
        let ready =
            Condition::any().add(Column::Status.ne(Status::Draft)).add(Column::AgentId.is_not_in(actor.persons()));
        let known = people_record::visible(actor, Column::OrgUnitId, Column::AgentId);
        Condition::any().add(Condition::all().add(known).add(ready)).add(Column::InspectorId.is_in(actor.persons()))
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-monitored_at")
            .by("agent_id", Column::AgentId)
            .by("inspector_id", Column::InspectorId)
            .by("call_id", Column::CallId)
            .code("status", Column::Status, Status::CODES)
            .custom("month", "string", |_, value| Ok(in_month(list::month("month", value)?)))
            .range("monitored_at", Column::MonitoredAt)
            .custom("fatal", "boolean", |_, value| {
                let fatal = list::truth("fatal", value)?;
                Ok(Condition::all().add(if fatal { Column::Fatal.ne("[]") } else { Column::Fatal.eq("[]") }))
            })
            .sort("monitored_at", Column::MonitoredAt)
            .by("number", Column::Number)
            .sort("number", Column::Number)
            .sort("created_at", Column::CreatedAt)
    }

    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: row.org_unit_id, ..Placement::default() }
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<MonitoredCallView>, Fault> {
        rows.into_iter().map(view).collect()
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

/// Monitored in a month.
pub fn in_month(month: Month) -> Condition {
    Condition::all().add(Column::MonitoredAt.gte(month.starts_at())).add(Column::MonitoredAt.lt(month.ends_at()))
}

/// The days to appeal against a call published then, as they were that day, and the first instant that is too late
/// (TK-R30).
pub async fn appeal_window(at: &Reading, published_at: DateTime<Utc>) -> Result<(i64, DateTime<Utc>), Fault> {
    let day = business_day(published_at);
    let days = parameters::value_on(at, "tickets.qa.appeal_days", day, None).await?.as_i64().unwrap_or_default();
    Ok((days, end_of_day(day + TimeDelta::days(days))))
}

fn hundredths(units: i32) -> Result<Fixed<2>, Fault> {
    Fixed::from_units(units.into()).map_err(Fault::internal)
}

fn view(row: Model) -> Result<MonitoredCallView, Fault> {
    let result = match row.status {
        Status::Upheld => Some("upheld"),
        Status::Rejected => Some("rejected"),
        _ => None,
    };
    let appeal = match (&row.appeal_text, row.appealed_at) {
        (Some(text), Some(at)) => Some(AppealView {
            text: text.clone(),
            at: at.into(),
            decided_by: row.decided_by,
            decided_at: row.decided_at.map(Timestamp::from),
            result,
            comment: row.decision_comment.clone(),
            new_total: row.new_total_hundredths.map(hundredths).transpose()?,
        }),
        _ => None,
    };
    Ok(MonitoredCallView {
        scores: row.scores(),
        fatal: row.fatal(),
        total: hundredths(row.total_hundredths)?,
        total_in_force: hundredths(row.in_force())?,
        appeal,
        id: row.id,
        version: row.version,
        number: row.number,
        call_id: row.call_id,
        agent_id: row.agent_id,
        inspector_id: row.inspector_id,
        org_unit_id: row.org_unit_id,
        scorecard_id: row.scorecard_id,
        monitored_at: row.monitored_at.into(),
        notes: row.notes,
        status: row.status,
        published_at: row.published_at.map(Timestamp::from),
        created_at: row.created_at.into(),
        created_by: row.created_by,
    })
}
