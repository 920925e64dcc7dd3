//! Invitations to surveys (TK-07). Of an anonymous survey they look the same whether they were answered or not.

pub mod entity;
pub mod token;

use std::collections::HashMap;

use access::Actor;
use kernel::fault::{Fault, INVALID_PARAMETER};
use kernel::time::Timestamp;
use outbound::letter;
use outbound::notification::entity::Status as Told;
use registers::customer::merge::files_of;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{self, Query, SelectStatement};
use serde::Serialize;
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::survey::{Survey, entity as survey};
use entity::{Column, Entity, Model, Status};

/// The invitations resource.
pub struct SurveyInvitation;

/// An invitation as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SurveyInvitationView {
    pub id: Uuid,
    pub version: i32,
    pub survey_id: Uuid,
    pub customer_id: Uuid,
    pub status: Status,
    /// opted_out, no_address, cooldown.
    pub skip_reason: Option<String>,
    pub sent_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
    /// By the question's code; null in anonymous surveys.
    #[schema(value_type = Option<Object>)]
    pub answers: Option<serde_json::Value>,
    /// An agent wrote down what the customer said.
    pub proxy: bool,
    pub recorded_by: Option<Uuid>,
    /// Only in sandbox mode; elsewhere it is in the message and nowhere else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    pub created_at: Timestamp,
}

/// Those of any file of this customer.
pub(crate) fn his(actor: &Actor) -> Expr {
    let of = |customer: Uuid| Column::CustomerId.in_subquery(files_of(customer));
    actor.customer_id.map_or_else(|| Expr::value(false), of)
}

fn anonymous() -> SelectStatement {
    Query::select()
        .column(survey::Column::Id)
        .from(survey::Entity)
        .and_where(survey::Column::Anonymous.eq(true))
        .to_owned()
}

impl Resource for SurveyInvitation {
    type Entity = Entity;
    type Row = Model;
    type View = SurveyInvitationView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "survey_invitation";
    const PATH: &'static str = "/v1/survey-invitations";

    /// Those of the surveys the caller may know of; to a customer his own.
    fn visible_to(actor: &Actor) -> Condition {
        if actor.is_customer() {
            return Condition::all().add(his(actor)).add(Column::Status.ne(Status::Skipped));
        }
        if actor.scope.all {
            return Condition::all();
        }
        let surveys = Query::select()
            .column((survey::Entity, survey::Column::Id))
            .from(survey::Entity)
            .cond_where(Survey::visible_to(actor))
            .to_owned();
        Condition::all().add(Column::SurveyId.in_subquery(surveys))
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("created_at")
            .sort("created_at", Column::CreatedAt)
            .by("survey_id", Column::SurveyId)
            .by("customer_id", Column::CustomerId)
            .by("skip_reason", Column::SkipReason)
            .custom("status", "string", in_status)
    }

    fn placement(row: &Model) -> Placement {
        Placement {
            project_id: row.project_id,
            org_unit_id: row.org_unit_id,
            customer_id: Some(row.customer_id),
            ..Placement::default()
        }
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<SurveyInvitationView>, Fault> {
        let surveys = rows.iter().map(|row| row.survey_id);
        let surveys = survey::Entity::find().filter(survey::Column::Id.is_in(surveys)).all(&at.db()).await?;
        let surveys: HashMap<Uuid, survey::Model> = surveys.into_iter().map(|row| (row.id, row)).collect();
        let letters: Vec<Uuid> = rows.iter().filter_map(|row| row.letter_id).collect();
        let outcomes = letter::of(at, &letters).await?;
        let view = |row: Model| {
            let open = surveys.get(&row.survey_id).is_some_and(|survey| !survey.anonymous);
            let outcome = row.letter_id.and_then(|letter| outcomes.get(&letter));
            let lost = outcome.is_some_and(|it| matches!(it.status, Some(Told::Failed | Told::Suppressed)));
            let until = row.expires_at.map_or(at.now, |over| over.min(at.now));
            SurveyInvitationView {
                status: status(&row, lost, at.now),
                id: row.id,
                version: row.version,
                survey_id: row.survey_id,
                customer_id: row.customer_id,
                skip_reason: row.skip_reason,
                sent_at: row.sent_at.filter(|sent| *sent <= until).map(Timestamp::from),
                expires_at: row.expires_at.map(Timestamp::from),
                answered_at: row.answered_at.map(Timestamp::from),
                answers: row.answers.as_deref().filter(|_| open).and_then(|text| serde_json::from_str(text).ok()),
                proxy: row.proxy,
                recorded_by: row.recorded_by,
                token: (at.ctx.sandbox && row.token_sha256.is_some()).then(|| token::of(at, row.id)),
                created_at: row.created_at.into(),
            }
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

/// Invitations that go out, in the query: those of a survey closed before it began expired before they were due.
pub(crate) fn went_out() -> Condition {
    let in_time = sea_query::ExprTrait::lte(Expr::col(Column::SentAt), Expr::col(Column::ExpiresAt));
    Condition::all().add(in_time)
}

/// The status at an instant; `lost`: the outbox gave it up.
fn status(row: &Model, lost: bool, now: DateTimeUtc) -> Status {
    match row.status {
        Status::Skipped | Status::Answered => row.status,
        _ if lost => Status::Undeliverable,
        _ if row.expires_at.is_some_and(|expires| now >= expires) => Status::Expired,
        Status::Queued if row.sent_at.is_some_and(|sent| sent <= now) => Status::Sent,
        other => other,
    }
}

/// As [`status`], in the query.
fn in_status(at: &Reading, text: &str) -> Result<Condition, Fault> {
    let mut any = Condition::any();
    let written = |status: Status| Condition::all().add(Column::Status.eq(status));
    let unanswered = || Condition::all().add(Column::Status.is_in([Status::Queued, Status::Opened]));
    let kept =
        || Condition::any().add(Column::LetterId.is_null()).add(Column::LetterId.not_in_subquery(letter::failed()));
    let running = || Condition::all().add(kept()).add(Column::ExpiresAt.gt(at.now));
    for code in text.split(',') {
        any = any.add(match code {
            "queued" => written(Status::Queued).add(running()).add(Column::SentAt.gt(at.now)),
            "sent" => written(Status::Queued).add(running()).add(Column::SentAt.lte(at.now)),
            "opened" => written(Status::Opened).add(running()),
            "undeliverable" => unanswered().add(Column::LetterId.in_subquery(letter::failed())),
            "expired" => unanswered().add(kept()).add(Column::ExpiresAt.lte(at.now)),
            "answered" => written(Status::Answered).add(Column::SurveyId.not_in_subquery(anonymous())),
            "skipped" => written(Status::Skipped),
            _ => return Err(Fault::new(&INVALID_PARAMETER).with("parameter", "status")),
        });
    }
    Ok(any)
}
