//! What became of letters, read from their notifications.

use std::collections::HashMap;

use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Query, SelectStatement};
use serde::{Deserialize, Serialize};
use store::Reading;
use utoipa::ToSchema;

use super::entity::State;
use crate::notification::entity::{Column, Entity, Status, attempt};

/// One try to send a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LetterAttempt)]
pub struct Attempt {
    pub at: Timestamp,
    /// `sent`, or a code.
    pub result: String,
}

/// What became of a letter.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// None while its fact is not sealed yet.
    pub status: Option<Status>,
    pub state: State,
    pub reason: Option<String>,
    pub sent_at: Option<DateTimeUtc>,
    /// In the inbox only.
    pub read_at: Option<DateTimeUtc>,
    pub attempts: Vec<Attempt>,
}

/// The outcomes of letters, by id.
pub async fn of(at: &Reading, letters: &[Uuid]) -> Result<HashMap<Uuid, Outcome>, Fault> {
    let mut outcomes = HashMap::new();
    for part in letters.chunks(500) {
        let written = super::Entity::find().filter(super::Column::Id.is_in(part.iter().copied())).all(&at.db()).await?;
        let told = Entity::find().filter(Column::LetterId.is_in(part.iter().copied())).all(&at.db()).await?;
        let tried = attempt::Entity::find()
            .filter(attempt::Column::NotificationId.is_in(told.iter().map(|row| row.id)))
            .order_by_asc(attempt::Column::N)
            .all(&at.db())
            .await?;
        for letter in written {
            let row = told.iter().find(|row| row.letter_id == Some(letter.id));
            let mine = tried.iter().filter(|tried| row.is_some_and(|row| row.id == tried.notification_id));
            let outcome = Outcome {
                status: row.map(|row| row.status),
                state: letter.state,
                reason: row.and_then(|row| row.reason.clone()),
                sent_at: row.and_then(|row| row.sent_at),
                read_at: row.and_then(|row| row.read_at),
                attempts: mine.map(|tried| Attempt { at: tried.at.into(), result: tried.result.clone() }).collect(),
            };
            outcomes.insert(letter.id, outcome);
        }
    }
    Ok(outcomes)
}

fn letters() -> SelectStatement {
    Query::select().column(Column::LetterId).from(Entity).and_where(Column::LetterId.is_not_null()).to_owned()
}

/// The letters whose notification has one of these ends, as a subquery.
pub fn settled(statuses: &[Status]) -> SelectStatement {
    letters().and_where(Column::Status.is_in(statuses.iter().copied())).to_owned()
}

/// The letters that were sent and read in the inbox, or not read, as a subquery.
pub fn read(yes: bool) -> SelectStatement {
    let read = Column::ReadAt;
    settled(&[Status::Sent]).and_where(if yes { read.is_not_null() } else { read.is_null() }).to_owned()
}

/// The letters that were given up or not to be sent, as a subquery.
pub fn failed() -> SelectStatement {
    settled(&[Status::Failed, Status::Suppressed])
}

/// The letters that were taken back before they went, as a subquery.
pub fn taken_back() -> SelectStatement {
    let went = settled(&[Status::Sent, Status::Failed]);
    super::in_state(State::Withdrawn).and_where(super::Column::Id.not_in_subquery(went)).to_owned()
}

/// The letters that were given up or suppressed for a reason, as a subquery.
pub fn with_reason(reason: &str) -> SelectStatement {
    failed().and_where(Column::Reason.eq(reason)).to_owned()
}
