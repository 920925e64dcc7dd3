//! Telling who holds a home an outage reaches (停缓供通知, HS-R24): one letter a channel, sent like every other. Calls,
//! postings and the media are people's own way.

use kernel::fault::Fault;
use kernel::time::business_day;
use outbound::letter::{self, NewLetter};
use outbound::notification::entity::Channel;
use outbound::notification::quiet;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use store::journal::Fact;
use store::{Work, protected};

use super::area::homes_of;
use super::commands::NoticeChannel;
use super::entity::Model;
use crate::household::entity as homes;
use crate::ownership::queries::held_since;

/// Holders written to in one go.
const PART: usize = 500;

impl NoticeChannel {
    /// The way a letter takes; none where people tell people.
    fn outbox(self) -> Option<Channel> {
        match self {
            Self::Sms => Some(Channel::Sms),
            Self::App => Some(Channel::InApp),
            Self::Wecom => Some(Channel::Wecom),
            Self::Phone | Self::Notice | Self::Media => None,
        }
    }
}

fn queued(outage: &Model, customer: Uuid, letter: Uuid) -> Fact {
    let mut fact = Fact::new("outage_notice.queued", "outage_notice", Some(letter));
    fact.placement.customer_id = Some(customer);
    fact.placement.org_unit_id = Some(outage.org_unit_id);
    fact.with("letter_id", letter.to_string()).with("outage_id", outage.id.to_string())
}

/// Who holds a home the outage reaches, each once.
async fn holders(work: &Work, outage: &Model) -> Result<Vec<Uuid>, Fault> {
    let reached = homes::Entity::find()
        .select_only()
        .column(homes::Column::CustomerId)
        .distinct()
        .filter(homes_of(work, outage).await?)
        .filter(homes::Column::CustomerId.is_not_null())
        .filter(homes::Column::Id.in_subquery(held_since(business_day(work.now))));
    Ok(reached.into_tuple().all(&work.db()).await?)
}

/// Writes to everybody who holds a home the outage reaches; answers how many letters it took. What is planned does
/// not ring at night.
pub(super) async fn write(work: &Work, outage: &Model, text: &str, channels: &[NoticeChannel]) -> Result<usize, Fault> {
    let mut ways: Vec<Channel> = channels.iter().filter_map(|channel| channel.outbox()).collect();
    ways.sort_unstable();
    ways.dedup();
    if ways.is_empty() {
        return Ok(0);
    }
    let due_at = if outage.planned { quiet::after(work, work.now).await? } else { work.now };
    let subject = format!("停缓供通知 {}", outage.number);
    let mut written = 0;
    for part in holders(work, outage).await?.chunks(PART) {
        let keys = protected::person_keys(work, part).await?;
        for (customer_id, key) in &keys {
            for channel in ways.iter().copied() {
                let new = NewLetter {
                    customer_id: *customer_id,
                    channel,
                    subject: Some(subject.as_str()),
                    body: text,
                    due_at,
                    batch_id: outage.id,
                };
                let letter = letter::write(work, &new, key).await?;
                work.record(queued(outage, *customer_id, letter));
                written += 1;
            }
        }
        work.spill().await?;
    }
    Ok(written)
}

/// Withdraws what was not sent yet: there is no outage.
pub(super) async fn withdraw(work: &Work, outage: &Model) -> Result<(), Fault> {
    letter::withdraw(work, outage.id).await
}
