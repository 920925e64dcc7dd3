//! Starting, holding back and ending a campaign. The start writes one delivery a customer, and with it one
//! letter, which becomes one notification of the platform's outbox.

use kernel::fault::Fault;
use kernel::ids;
use outbound::letter::{self, NewLetter};
use outbound::notification::quiet;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use store::acts::BareAct;
use store::journal::Fact;
use store::{Answer, Store, Work, jobs};

use super::commands::take;
use super::entity::{ActiveModel, Column, Entity, Model, Status};
use super::recipients::{Recipient, Verdict, judge};
use super::{OutreachCampaign, status};
use crate::delivery::entity as delivery;
use crate::delivery::{Delivery, give_up_calls};
use crate::message_template::entity as message_template;

/// Starts a campaign: its recipients are frozen, what must wait for the morning is held.
pub async fn start(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = take(work, id, "start").await?;
    let template = match row.template_id {
        Some(template) => message_template::Entity::find_by_id(template).one(&work.db()).await?,
        None => None,
    };
    let template = template.ok_or_else(|| Fault::internal("an approved campaign without a text"))?;
    let recipients = judge(work, &row, &template).await?;
    let begins = row.planned_at.map_or(work.now, |planned| planned.max(work.now));
    let due_at = quiet::after(work, begins).await?;
    for recipient in &recipients {
        deliver(work, &row, template.channel, due_at, recipient).await?;
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.started_at = Set(Some(work.now));
    let told = |fact: Fact| fact.with("recipients", recipients.len());
    work.change::<OutreachCampaign>(&row, change, "started", told).await
}

async fn deliver(
    work: &Work,
    campaign: &Model,
    channel: crate::reach::Channel,
    due_at: DateTimeUtc,
    recipient: &Recipient,
) -> Result<(), Fault> {
    let person = &recipient.person;
    let (state, reason, segments, letter_id) = match (&recipient.verdict, channel.outbox(), &person.key) {
        (Verdict::Suppressed(reason), ..) => (delivery::State::Suppressed, Some((*reason).to_owned()), None, None),
        (Verdict::Told { text, segments }, Some(outbox), Some(key)) => {
            let subject = Some(campaign.name.as_str());
            let (customer_id, batch_id) = (person.row.id, campaign.id);
            let new = NewLetter { customer_id, channel: outbox, subject, body: text, due_at, batch_id };
            (delivery::State::Open, None, *segments, Some(letter::write(work, &new, key).await?))
        }
        (Verdict::Told { segments, .. }, ..) => (delivery::State::Open, None, *segments, None),
    };
    let open = state == delivery::State::Open;
    let new = delivery::ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
        campaign_id: Set(campaign.id),
        customer_id: Set(person.row.id),
        org_unit_id: Set(campaign.org_unit_id),
        project_id: Set(person.row.project_id),
        channel: Set(channel),
        marketing: Set(campaign.kind.is_marketing()),
        state: Set(state),
        reason: Set(reason),
        segments: Set(segments),
        due_at: Set(due_at),
        letter_id: Set(letter_id),
        attempts: Set("[]".to_owned()),
    };
    let named = |fact: Fact| match letter_id {
        Some(letter) => fact.with("letter_id", letter.to_string()),
        None => fact,
    };
    work.create::<Delivery>(new, named, if open { "queued" } else { "suppressed" }).await?;
    Ok(())
}

async fn turn(work: &Work, id: Uuid, action: &str, verb: &str) -> Result<Model, Fault> {
    let (row, to) = take(work, id, action).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    if to == Status::Cancelled {
        change.ended_at = Set(Some(work.now));
    }
    work.change::<OutreachCampaign>(&row, change, verb, |fact| fact).await
}

/// Holds back what was not sent yet.
pub async fn pause(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let row = turn(work, id, "pause", "paused").await?;
    letter::hold_back(work, row.id).await?;
    Ok(row)
}

/// Lets it go on.
pub async fn resume(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let row = turn(work, id, "resume", "resumed").await?;
    letter::release(work, row.id).await?;
    Ok(row)
}

/// Ends a campaign; what was sent stays sent, the rest is not sent any more.
pub async fn cancel(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let row = turn(work, id, "cancel", "cancelled").await?;
    letter::withdraw(work, row.id).await?;
    give_up_calls(work, row.id).await?;
    Ok(row)
}

/// Records `outreach_campaign.finished` once for each campaign with nothing left to do.
pub async fn tell_finished(store: Store) -> Result<(), Fault> {
    let tell = async |work: &Work| {
        work.unchanged();
        let running = Entity::find()
            .filter(Column::Status.eq(Status::Running))
            .filter(Column::FinishTold.eq(false))
            .all(&work.db())
            .await?;
        for row in running {
            if status(work, &row).await? != Status::Finished {
                continue;
            }
            let mark = ActiveModel { id: Set(row.id), finish_told: Set(true), ..Default::default() };
            match Entity::update(mark).validate()?.filter(Column::FinishTold.eq(false)).exec(&work.db()).await {
                Ok(row) => work.record(Fact::of::<OutreachCampaign>("finished", &row)),
                // Another process was faster.
                Err(DbErr::RecordNotUpdated) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok::<_, Fault>(Answer::no_content())
    };
    jobs::tidy(&store, "tell_finished_campaigns", tell).await
}
