//! Letters (信函): texts a domain writes for one customer each, on top of the notifications.
//!
//! A domain writes the letter and records a fact that names it (`letter_id`) in one transaction; the sealed
//! fact becomes one notification, sent under the ladder, the quiet hours and the consent of every other. The
//! text is sealed with the customer's key and forgotten once it was sent.

pub mod entity;
mod outcome;

use kernel::fault::Fault;
use kernel::ids;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Query, SelectStatement};
use store::{Reading, Work, protected};

use crate::notification::entity::Channel;
use crate::template::text::Text;
use entity::{ActiveModel, Column, Entity, State};
pub use outcome::{Attempt, Outcome, failed, of, read, settled, taken_back, with_reason};

/// A letter to be written.
pub struct NewLetter<'a> {
    pub customer_id: Uuid,
    pub channel: Channel,
    /// For the inbox and mail; nothing personal.
    pub subject: Option<&'a str>,
    pub body: &'a str,
    pub due_at: DateTimeUtc,
    /// What it is written for: letters of one batch are held back and withdrawn together.
    pub batch_id: Uuid,
}

fn place(id: Uuid) -> String {
    format!("letter|{id}|body")
}

/// Writes a letter under the customer's key; the caller records a fact with its `letter_id`, for which
/// there is a notification rule.
pub async fn write(work: &Work, new: &NewLetter<'_>, key: &protected::PersonKey) -> Result<Uuid, Fault> {
    let id = ids::new_id(work.now);
    let row = ActiveModel {
        id: Set(id),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
        customer_id: Set(new.customer_id),
        channel: Set(new.channel),
        subject: Set(new.subject.map(str::to_owned)),
        body_sealed: Set(Some(key.seal(&place(id), new.body)?)),
        due_at: Set(new.due_at),
        batch_id: Set(new.batch_id),
        state: Set(State::Ready),
    };
    Entity::insert(row).exec_without_returning(&work.db()).await?;
    Ok(id)
}

/// The text of a letter; none once it was sent or the customer erased.
pub(crate) async fn text(at: &Reading, row: &entity::Model) -> Result<Option<Text>, Fault> {
    let Some(sealed) = &row.body_sealed else { return Ok(None) };
    let Some(key) = protected::person_key(at, row.customer_id).await? else { return Ok(None) };
    Ok(Some(Text { subject: row.subject.clone(), body: key.open(&place(row.id), sealed)? }))
}

/// Forgets the text of a letter that needs none any more.
pub(crate) async fn forget_text(work: &Work, id: Uuid) -> Result<(), Fault> {
    Entity::update_many()
        .col_expr(Column::BodySealed, Expr::value(None::<String>))
        .filter(Column::Id.eq(id))
        .exec(&work.db())
        .await?;
    Ok(())
}

async fn turn(work: &Work, batch_id: Uuid, from: &[State], to: State) -> Result<(), Fault> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(to))
        .col_expr(Column::UpdatedAt, Expr::value(work.now))
        .filter(Column::BatchId.eq(batch_id))
        .filter(Column::State.is_in(from.iter().copied()))
        .exec(&work.db())
        .await?;
    Ok(())
}

/// Holds the letters of a batch back that were not sent yet.
pub async fn hold_back(work: &Work, batch_id: Uuid) -> Result<(), Fault> {
    turn(work, batch_id, &[State::Ready], State::OnHold).await
}

/// Lets the letters of a batch go again.
pub async fn release(work: &Work, batch_id: Uuid) -> Result<(), Fault> {
    turn(work, batch_id, &[State::OnHold], State::Ready).await
}

/// Withdraws the letters of a batch; what was sent stays sent.
pub async fn withdraw(work: &Work, batch_id: Uuid) -> Result<(), Fault> {
    turn(work, batch_id, &[State::Ready, State::OnHold], State::Withdrawn).await
}

/// The letters in a state, as a subquery.
pub fn in_state(state: State) -> SelectStatement {
    Query::select().column(Column::Id).from(Entity).and_where(Column::State.eq(state)).to_owned()
}
