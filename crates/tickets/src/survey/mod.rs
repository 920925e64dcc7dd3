//! Satisfaction surveys (满意度调查, TK-07): drafted, opened by another person, answered by token.

pub mod answering;
mod commands;
pub mod entity;
pub mod figures;
mod open;
pub mod questions;
mod reminding;
pub mod results;

use access::Actor;
use kernel::fault::{Fault, INVALID_PARAMETER, SEPARATION_OF_DUTIES};
use kernel::time::Timestamp;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::audience::Audience;
use crate::reach::Channel;
use crate::survey_invitation::entity as invitation;
use crate::{scope, survey_invitation};
pub use commands::{CreateSurvey, SurveyFields, close, close_due, create, update};
use entity::{Column, Entity, Model, Status};
pub use open::open;
pub use questions::{Question, QuestionKind};
pub use reminding::remind;

/// The surveys resource.
pub struct Survey;

/// Acts on a survey.
const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.survey",
    state: |it| it.row.status_at(it.now),
    moves: &[
        Move { action: "update", from: &[Status::Draft], to: None, guards: &[] },
        Move { action: "open", from: &[Status::Draft], to: Some(Status::Open), guards: &[not_author] },
        Move { action: "close", from: &[Status::Open], to: Some(Status::Closed), guards: &[not_author] },
    ],
};

fn not_author(it: &Subject<'_, Model>) -> Result<(), Fault> {
    let (author, editor) = (it.row.created_by, it.row.edited_by);
    match it.actor.persons().any(|person| person == author || Some(person) == editor) {
        true => Err(Fault::new(&SEPARATION_OF_DUTIES).rule("TK-R36").with("first", "create").with("second", "open")),
        false => Ok(()),
    }
}

/// A survey as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SurveyView {
    pub id: Uuid,
    pub version: i32,
    pub number: String,
    pub name: String,
    pub questions: Vec<Question>,
    /// Null to customers.
    pub audience: Option<Audience>,
    pub channel: Channel,
    pub opens_at: Option<Timestamp>,
    pub closes_at: Timestamp,
    /// Nobody sees who answered.
    pub anonymous: bool,
    pub status: Status,
    pub opened_at: Option<Timestamp>,
    pub opened_by: Option<Uuid>,
    pub closed_at: Option<Timestamp>,
    pub org_unit_id: Option<Uuid>,
    pub created_at: Timestamp,
    pub created_by: Uuid,
}

impl Resource for Survey {
    type Entity = Entity;
    type Row = Model;
    type View = SurveyView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "survey";
    const PATH: &'static str = "/v1/surveys";

    /// Those of the caller's units; to a customer those he was asked in.
    fn visible_to(actor: &Actor) -> Condition {
        if actor.is_customer() {
            let asked = Query::select()
                .column(invitation::Column::SurveyId)
                .from(invitation::Entity)
                .and_where(survey_invitation::his(actor))
                .and_where(invitation::Column::Status.ne(invitation::Status::Skipped))
                .to_owned();
            return Condition::all().add(Column::Id.in_subquery(asked));
        }
        scope::of_units(actor, Column::OrgUnitId, &[Column::CreatedBy])
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .sort("created_at", Column::CreatedAt)
            .sort("number", Column::Number)
            .sort("closes_at", Column::ClosesAt)
            .by("number", Column::Number)
            .by("anonymous", Column::Anonymous)
            .code("channel", Column::Channel, Channel::CODES)
            .range("opened_at", Column::OpenedAt)
            .range("closes_at", Column::ClosesAt)
            .custom("status", "string", in_status)
    }

    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: row.org_unit_id, ..Placement::default() }
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<SurveyView>, Fault> {
        let house = !at.actor().is_customer();
        let view = |row: Model| SurveyView {
            questions: row.asked(),
            status: row.status_at(at.now),
            closed_at: match row.status_at(at.now) {
                Status::Closed => Some(row.closed_at.unwrap_or(row.closes_at).into()),
                _ => None,
            },
            audience: house.then(|| serde_json::from_str(&row.audience).unwrap_or_default()),
            id: row.id,
            version: row.version,
            number: row.number,
            name: row.name,
            channel: row.channel,
            opens_at: row.opens_at.map(Timestamp::from),
            closes_at: row.closes_at.into(),
            anonymous: row.anonymous,
            opened_at: row.opened_at.map(Timestamp::from),
            opened_by: row.opened_by,
            org_unit_id: row.org_unit_id,
            created_at: row.created_at.into(),
            created_by: row.created_by,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

/// Open and closed are told apart by the clock.
fn in_status(at: &Reading, text: &str) -> Result<Condition, Fault> {
    let mut any = Condition::any();
    for code in text.split(',') {
        let open = Condition::all().add(Column::Status.eq(Status::Open));
        any = match code {
            "draft" => any.add(Column::Status.eq(Status::Draft)),
            "open" => any.add(open.add(Column::ClosesAt.gt(at.now))),
            "closed" => any.add(Column::Status.eq(Status::Closed)).add(open.add(Column::ClosesAt.lte(at.now))),
            _ => return Err(Fault::new(&INVALID_PARAMETER).with("parameter", "status")),
        };
    }
    Ok(any)
}
