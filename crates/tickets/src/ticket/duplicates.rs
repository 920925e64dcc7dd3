//! Possible duplicates (疑似重复, TK-R05): points for same customer, unit, phone and category.

use chrono::TimeDelta;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::customer;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::{Reading, Resource, parameters, rows};
use utoipa::ToSchema;

use super::Ticket;
use super::entity::{Column, Model, Status};
use super::queries::clear_requester;
use super::register::requester_phone_key;

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

/// Whom the phones behind a ticket lead to: requesters by the key of theirs, customers by the phones on file.
struct Reached {
    keys: Vec<String>,
    customers: Vec<Uuid>,
}

impl Reached {
    async fn by(at: &Reading, row: &Model) -> Result<Self, Fault> {
        let mut phones = match row.customer_id {
            Some(customer) => customer::clear_phones(at, customer).await?,
            None => Vec::new(),
        };
        let requester = clear_requester(at, row).await?;
        phones.extend(requester.as_ref().and_then(|clear| clear["phone"].as_str()).map(str::to_owned));
        if phones.is_empty() {
            return Ok(Self { keys: Vec::new(), customers: Vec::new() });
        }
        let keys = phones.iter().map(|phone| requester_phone_key(at, phone)).collect();
        Ok(Self { keys, customers: customer::with_phones(at, &phones).await? })
    }

    fn leads_to(&self, other: &Model) -> bool {
        let requester = other.requester_phone_key.as_ref().is_some_and(|key| self.keys.contains(key));
        requester || other.customer_id.is_some_and(|customer| self.customers.contains(&customer))
    }
}

/// What one ticket has in common with another; `phone`: somebody else behind it is reached at the same number.
pub fn score(a: &Model, b: &Model, phone: bool) -> i64 {
    let same = |x: Option<Uuid>, y: Option<Uuid>| x.is_some() && x == y;
    let customer = same(a.customer_id, b.customer_id);
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
    let reached = Reached::by(at, row).await?;
    if !reached.keys.is_empty() {
        alike = alike.add(Column::RequesterPhoneKey.is_in(reached.keys.iter().map(String::as_str)));
    }
    if !reached.customers.is_empty() {
        alike = alike.add(Column::CustomerId.is_in(reached.customers.iter().copied()));
    }
    let mut found = match alike.is_empty() {
        true => Vec::new(),
        false => open_ones(at, row, window, alike).await?,
    };
    if let Some(alike) = by_category(row, least) {
        let more = open_ones(at, row, window, alike).await?;
        found.extend(more);
        found.sort_by_key(|other| other.id);
        found.dedup_by_key(|other| other.id);
    }
    let mut list: Vec<PossibleDuplicate> = found
        .iter()
        .map(|other| PossibleDuplicate {
            id: other.id,
            number: other.number.clone(),
            title: other.title.clone(),
            status: other.status,
            received_at: other.received_at.into(),
            score: score(row, other, reached.leads_to(other)),
        })
        .filter(|candidate| candidate.score >= least)
        .collect();
    list.sort_by(|a, b| {
        b.score.cmp(&a.score).then(b.received_at.0.cmp(&a.received_at.0)).then(a.number.cmp(&b.number))
    });
    Ok(list)
}

/// Where so few points suffice that the category alone brings them, what is of the same.
fn by_category(row: &Model, least: i64) -> Option<Condition> {
    let code = row.category_code.as_str();
    let top = code.split('.').next().unwrap_or_default();
    match least {
        ..=2 => {
            let below = Column::CategoryCode.starts_with(format!("{top}."));
            Some(Condition::any().add(Column::CategoryCode.eq(top)).add(below))
        }
        3 => Some(Condition::all().add(Column::CategoryCode.eq(code))),
        _ => None,
    }
}

/// Tickets in scope, received within the window and not ended, the newest of them.
async fn open_ones(at: &Reading, row: &Model, window: TimeDelta, alike: Condition) -> Result<Vec<Model>, Fault> {
    let ended = [Status::Closed, Status::OutOfScope, Status::Withdrawn, Status::Merged];
    let wanted = Condition::all()
        .add(Ticket::visible_to(at.actor()))
        .add(alike)
        .add(Column::Id.ne(row.id))
        .add(Column::Status.is_not_in(ended))
        .add(Column::ReceivedAt.between(row.received_at - window, row.received_at + window));
    rows::newest::<Ticket>(&at.db().ahead(), wanted, Column::ReceivedAt, MOST).await
}
