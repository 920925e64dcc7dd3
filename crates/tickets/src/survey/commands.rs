//! Drafting, changing and closing a survey. Its questions are frozen once it is open.

use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{IntoActiveModel, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use store::acts::BareAct;
use store::life_cycle::Subject;
use store::{Answer, Store, Work, jobs, numbers, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Model, Status};
use super::questions::{Question, check_questions};
use super::{MOVES, Survey};
use crate::audience::Audience;
use crate::reach::Channel;
use crate::survey_invitation::entity as invitation;

/// A new draft.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateSurvey {
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    #[schema(min_items = 1, max_items = 50)]
    pub questions: Vec<Question>,
    /// Every active customer in scope when left out.
    #[serde(default)]
    pub audience: Audience,
    pub channel: Channel,
    /// Invitations go out from then on; at the opening when left out.
    pub opens_at: Option<Timestamp>,
    /// Nobody answers from then on.
    pub closes_at: Timestamp,
    #[serde(default)]
    pub anonymous: bool,
}

/// What may change of a draft.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SurveyFields {
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    #[schema(min_items = 1, max_items = 50)]
    pub questions: Vec<Question>,
    pub audience: Audience,
    pub channel: Channel,
    pub opens_at: Option<Timestamp>,
    pub closes_at: Timestamp,
    pub anonymous: bool,
}

impl From<&Model> for SurveyFields {
    fn from(row: &Model) -> Self {
        Self {
            name: row.name.clone(),
            questions: row.asked(),
            audience: serde_json::from_str(&row.audience).unwrap_or_default(),
            channel: row.channel,
            opens_at: row.opens_at.map(Timestamp::from),
            closes_at: row.closes_at.into(),
            anonymous: row.anonymous,
        }
    }
}

fn check(work: &Work, questions: &[Question], opens: Option<Timestamp>, closes: Timestamp) -> Result<(), Fault> {
    check_questions(questions)?;
    let mut errors = FieldErrors::default();
    let begins = opens.map_or(work.now, |opens| opens.0);
    errors.add_if(closes.0 <= begins, "/closes_at", "date_order");
    errors.finish()
}

fn written(value: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(Fault::internal)
}

/// Drafts a survey.
pub async fn create(work: &Work, input: &CreateSurvey) -> Result<Model, Fault> {
    check(work, &input.questions, input.opens_at, input.closes_at)?;
    input.audience.check_named(work, "/audience").await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
        created_by: Set(work.actor().sub),
        edited_by: Set(None),
        number: Set(numbers::next(work, "SU").await?),
        org_unit_id: Set(work.actor().scope.org_unit_id),
        name: Set(input.name.trim().to_owned()),
        questions: Set(written(&input.questions)?),
        audience: Set(written(&input.audience)?),
        channel: Set(input.channel),
        opens_at: Set(input.opens_at.map(|at| at.0)),
        closes_at: Set(input.closes_at.0),
        anonymous: Set(input.anonymous),
        status: Set(Status::Draft),
        opened_at: Set(None),
        opened_by: Set(None),
        closed_at: Set(None),
        closed_by: Set(None),
    };
    work.create::<Survey>(row, |fact| fact, "created").await
}

fn judged(work: &Work, row: &Model, action: &str) -> Result<Status, Fault> {
    MOVES.take(action, &Subject::of(work, row))
}

/// Changes a draft.
pub async fn update(work: &Work, row: &Model, fields: SurveyFields) -> Result<Model, Fault> {
    check(work, &fields.questions, fields.opens_at, fields.closes_at)?;
    if written(&fields.audience)? != row.audience {
        fields.audience.check_named(work, "/audience").await?;
    }
    judged(work, row, "update")?;
    let mut change = row.clone().into_active_model();
    change.name = Set(fields.name.trim().to_owned());
    change.questions = Set(written(&fields.questions)?);
    change.audience = Set(written(&fields.audience)?);
    change.channel = Set(fields.channel);
    change.opens_at = Set(fields.opens_at.map(|at| at.0));
    change.closes_at = Set(fields.closes_at.0);
    change.anonymous = Set(fields.anonymous);
    change.edited_by = Set(Some(work.actor().sub));
    work.change::<Survey>(row, change, "updated", |fact| fact).await
}

/// Takes a survey for an act: in scope, locked, the act allowed.
pub(super) async fn take(work: &Work, id: Uuid, action: &str) -> Result<(Model, Status), Fault> {
    let row = resource::take::<Survey>(work, id).await?;
    let to = judged(work, &row, action)?;
    Ok((row, to))
}

/// Closes a survey early; invitations that nobody answered expire with it.
pub async fn close(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = take(work, id, "close").await?;
    invitation::Entity::update_many()
        .col_expr(invitation::Column::ExpiresAt, Expr::value(Some(work.now)))
        .filter(invitation::Column::SurveyId.eq(row.id))
        .filter(invitation::Column::ExpiresAt.gt(work.now))
        .exec(&work.db())
        .await?;
    outbound::letter::withdraw(work, row.id).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.closed_at = Set(Some(work.now));
    change.closed_by = Set(Some(work.actor().sub));
    work.change::<Survey>(&row, change, "closed", |fact| fact).await
}

/// Closes the surveys whose `closes_at` has passed: they read so since then, here it is written down and told. Safe to
/// run late and twice.
pub async fn close_due(store: Store) -> Result<(), Fault> {
    let close = async |work: &Work| {
        work.unchanged();
        let over = Entity::find()
            .filter(Column::Status.eq(Status::Open))
            .filter(Column::ClosesAt.lte(work.now))
            .lock(LockType::Update)
            .all(&work.db())
            .await?;
        for row in over {
            outbound::letter::withdraw(work, row.id).await?;
            let mut change = row.clone().into_active_model();
            change.status = Set(Status::Closed);
            change.closed_at = Set(Some(row.closes_at));
            work.change::<Survey>(&row, change, "closed", |fact| fact).await?;
        }
        Ok::<_, Fault>(Answer::no_content())
    };
    jobs::tidy(&store, "close_surveys", close).await
}
