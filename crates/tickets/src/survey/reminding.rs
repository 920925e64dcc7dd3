//! Reminding those who have not answered. In an anonymous survey everybody is reminded: to leave somebody
//! out would say that he answered.

use chrono::TimeDelta;
use kernel::fault::Fault;
use outbound::letter::{self, NewLetter};
use outbound::notification::quiet;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{IntoActiveModel, QuerySelect, Set};
use store::{Answer, Context, Store, Work, jobs, parameters, protected};

use super::entity::{Column, Entity, Model, Status};
use super::open::{REMINDER, link_base, text};
use crate::survey_invitation::entity as invitation;
use crate::survey_invitation::{SurveyInvitation, token};

/// Invitations reminded at once.
const BATCH: u64 = 200;

/// Writes the reminders that are due; each once, whatever process runs it.
pub async fn remind(store: Store) -> Result<(), Fault> {
    let at = store.reading(Context::system("remind_surveys"));
    let open = Entity::find()
        .filter(Column::Status.eq(Status::Open))
        .filter(Column::ClosesAt.gt(at.now))
        .all(store.reader())
        .await?;
    for survey in open {
        let write = async move |work: &Work| {
            work.unchanged();
            remind_of(work, &survey).await?;
            Ok::<_, Fault>(Answer::no_content())
        };
        jobs::tidy(&store, "remind_surveys", write).await?;
    }
    Ok(())
}

async fn remind_of(work: &Work, survey: &Model) -> Result<(), Fault> {
    let days: Vec<i64> = serde_json::from_value(parameters::value(work, "tickets.survey.reminder_days").await?)
        .map_err(Fault::internal)?;
    let base = link_base(work).await?;
    for (n, days) in (0_i32..).zip(days) {
        let due = invitation::Entity::find()
            .filter(invitation::Column::SurveyId.eq(survey.id))
            .filter(invitation::Column::Status.is_in([invitation::Status::Queued, invitation::Status::Opened]))
            .filter(invitation::Column::Reminders.eq(n))
            .filter(invitation::Column::SentAt.lte(work.now - TimeDelta::days(days)))
            .filter(invitation::Column::ExpiresAt.gt(work.now))
            .filter(invitation::Column::LetterId.is_not_null())
            .filter(invitation::Column::LetterId.not_in_subquery(letter::failed()))
            .limit(BATCH)
            .lock(LockType::Update);
        for row in due.all(&work.db()).await? {
            again(work, survey, row, &base).await?;
        }
    }
    Ok(())
}

async fn again(work: &Work, survey: &Model, row: invitation::Model, base: &str) -> Result<(), Fault> {
    let key = protected::person_key(work, row.customer_id).await?;
    let (Some(key), Some(channel)) = (key, survey.channel.outbox()) else { return Ok(()) };
    let link = format!("{base}{}", token::of(work, row.id));
    let body = text(REMINDER, survey, &link, row.expires_at.unwrap_or(survey.closes_at));
    let new = NewLetter {
        customer_id: row.customer_id,
        channel,
        subject: Some(&survey.name),
        body: &body,
        due_at: quiet::after(work, work.now).await?,
        batch_id: survey.id,
    };
    let letter = letter::write(work, &new, &key).await?;
    let mut change = row.clone().into_active_model();
    change.reminders = Set(row.reminders + 1);
    let named = |fact: store::journal::Fact| fact.with("letter_id", letter.to_string());
    work.change::<SurveyInvitation>(&row, change, "reminded", named).await?;
    Ok(())
}
