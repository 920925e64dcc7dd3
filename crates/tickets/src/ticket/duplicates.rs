//! Possible duplicates (疑似重复, TK-R05): points for same customer, unit, phone and category.

use chrono::TimeDelta;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect};
use serde::Serialize;
use store::{Reading, Resource, parameters};
use utoipa::ToSchema;

use super::Ticket;
use super::entity::{Column, Entity, Model, Status};

/// A ticket that may report the same thing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PossibleDuplicate {
    pub id: Uuid,
    pub number: String,
    pub title: String,
    pub status: Status,
    pub received_at: Timestamp,
    /// Points of TK-R05.
    pub score: i64,
}

/// What one ticket has in common with another.
pub fn score(a: &Model, b: &Model) -> i64 {
    let same = |x: Option<Uuid>, y: Option<Uuid>| x.is_some() && x == y;
    let customer = same(a.customer_id, b.customer_id);
    let phone = a.requester_phone_key.is_some() && a.requester_phone_key == b.requester_phone_key;
    let top = |code: &str| code.split('.').next().unwrap_or_default().to_owned();
    let mut points = 0;
    points += if customer { 3 } else { 0 };
    points += if same(a.unit_id, b.unit_id) { 3 } else { 0 };
    points += if !customer && phone { 2 } else { 0 };
    points += if top(&a.category_code) == top(&b.category_code) { 2 } else { 0 };
    points += if a.category_code == b.category_code { 1 } else { 0 };
    points
}

/// Alike tickets that are looked at: the newest.
const MOST: u64 = 200;

/// Candidates in scope, received within the window and not ended: highest first, then newest.
pub async fn of(at: &Reading, row: &Model) -> Result<Vec<PossibleDuplicate>, Fault> {
    let hours = parameters::integer(at, "tickets.intake.duplicate_window_hours").await?;
    let least = parameters::integer(at, "tickets.intake.duplicate_min_score").await?;
    let window = TimeDelta::hours(hours);
    let mut alike = Condition::any();
    if let Some(customer) = row.customer_id {
        alike = alike.add(Column::CustomerId.eq(customer));
    }
    if let Some(unit) = row.unit_id {
        alike = alike.add(Column::UnitId.eq(unit));
    }
    if let Some(phone) = &row.requester_phone_key {
        alike = alike.add(Column::RequesterPhoneKey.eq(phone.as_str()));
    }
    if alike.is_empty() {
        return Ok(Vec::new());
    }
    let ended = [Status::Closed, Status::OutOfScope, Status::Withdrawn, Status::Merged];
    let found = Entity::find()
        .filter(Ticket::visible_to(at.actor()))
        .filter(alike)
        .filter(Column::Id.ne(row.id))
        .filter(Column::Status.is_not_in(ended))
        .filter(Column::ReceivedAt.between(row.received_at - window, row.received_at + window))
        .order_by_desc(Column::ReceivedAt)
        .limit(MOST)
        .all(&at.db().ahead())
        .await?;
    let mut list: Vec<PossibleDuplicate> = found
        .iter()
        .map(|other| PossibleDuplicate {
            id: other.id,
            number: other.number.clone(),
            title: other.title.clone(),
            status: other.status,
            received_at: other.received_at.into(),
            score: score(row, other),
        })
        .filter(|candidate| candidate.score >= least)
        .collect();
    list.sort_by(|a, b| {
        b.score.cmp(&a.score).then(b.received_at.0.cmp(&a.received_at.0)).then(a.number.cmp(&b.number))
    });
    Ok(list)
}
