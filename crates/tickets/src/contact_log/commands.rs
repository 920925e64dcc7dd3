//! Writing a contact down: it may be the first one, keep promises, and make the next (TK-R26).

use chrono::TimeDelta;
use kernel::fault::{Fault, FieldError, FieldErrors};
use kernel::ids;
use kernel::time::{Timestamp, business_day};
use registers::{customer, locks, referenced};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use store::{Work, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::ContactLog;
use super::entity::{ActiveModel, Direction, Entity, Method, Model};
use crate::ticket::Ticket;
use crate::{delivery, follow_up, portfolio};

/// A contact with a customer.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AddContactLog {
    pub customer_id: Uuid,
    pub ticket_id: Option<Uuid>,
    pub method: Method,
    pub direction: Direction,
    /// Now when left out.
    pub at: Option<Timestamp>,
    /// Whether the customer was spoken to.
    pub reached: bool,
    #[schema(min_length = 1, max_length = 4000)]
    pub content: String,
    /// What he wants or thinks.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub opinions: Vec<String>,
    /// The call task of a campaign it is the result of; left out: the oldest that waits for this customer.
    pub delivery_id: Option<Uuid>,
    /// When he will hear from us again, at most 48 hours later.
    pub next_promise_at: Option<Timestamp>,
}

/// Writes a contact down.
///
/// # Errors
/// 422 `promise_too_far`, `date_order`, `date_in_future`; `not_found` at a customer or ticket out of scope.
pub async fn add(work: &Work, input: &AddContactLog) -> Result<Model, Fault> {
    let skew = TimeDelta::minutes(parameters::integer(work, "platform.clock.skew_minutes").await?);
    let said_at = input.at.map_or(work.now, |at| at.0);
    // A clock somewhat ahead counts as now.
    let at = said_at.min(work.now);
    let mut errors = FieldErrors::default();
    errors.add_if(said_at > work.now + skew, "/at", "date_in_future");
    errors.add_if(input.content.trim().is_empty(), "/content", "required");
    for (n, opinion) in input.opinions.iter().enumerate() {
        errors.add_if(opinion.trim().is_empty(), &format!("/opinions/{n}"), "required");
        errors.add_if(opinion.chars().count() > 500, &format!("/opinions/{n}"), "too_long");
    }
    errors.finish()?;
    if let Some(promise) = input.next_promise_at {
        check_promise(promise.0, at, promise_hours(work, at).await?, "/next_promise_at")?;
    }
    let customer = customer::living(work, input.customer_id, "/customer_id").await?;
    if let Some(ticket) = input.ticket_id {
        referenced::known::<Ticket>(work, ticket, "/ticket_id").await?;
    }
    // Of two contacts at once the earlier is the first, and each promise is kept once.
    locks::hold(work, vec![format!("contact|{}", customer.id)]).await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        customer_id: Set(customer.id),
        ticket_id: Set(input.ticket_id),
        delivery_id: Set(None),
        org_unit_id: Set(work.actor().scope.org_unit_id),
        project_id: Set(customer.project_id),
        method: Set(input.method),
        direction: Set(input.direction),
        at: Set(at),
        reached: Set(input.reached),
        content: Set(input.content.trim().to_owned()),
        opinions: Set(serde_json::to_string(&input.opinions).map_err(Fault::internal)?),
        next_promise_at: Set(input.next_promise_at.map(|promise| promise.0)),
    };
    let row = work.create::<ContactLog>(row, |fact| fact.with("reached", input.reached), "added").await?;
    // What was promised to a file merged into his was promised to him.
    let files = customer::merge::family(work, customer.id).await?;
    let row = match delivery::result_of_call(work, &row, &files, input.delivery_id).await? {
        Some(task) => {
            let named = ActiveModel { id: Set(row.id), delivery_id: Set(Some(task)), ..Default::default() };
            Entity::update(named).validate()?.exec(&work.db()).await?
        }
        None => row,
    };
    let entries = portfolio::live(work, &files).await?;
    if row.reached {
        follow_up::keep(work, &row, &files).await?;
        let least = limit_of(work, "tickets.portfolio.min_contact_chars", row.at).await?;
        let said = i64::try_from(row.content.chars().count()).unwrap_or(i64::MAX);
        for entry in entries.iter().filter(|_| said >= least) {
            portfolio::contacted(work, entry, row.at).await?;
        }
    }
    if row.next_promise_at.is_some() {
        follow_up::open(work, &row, entries.first(), &files).await?;
    }
    Ok(row)
}

/// How many hours a promise made at an instant may lie ahead.
pub(crate) async fn promise_hours(work: &Work, made: DateTimeUtc) -> Result<i64, Fault> {
    limit_of(work, "tickets.portfolio.promise_max_hours", made).await
}

/// A limit as it was on the day of a contact, also of one told late.
async fn limit_of(work: &Work, key: &str, contact: DateTimeUtc) -> Result<i64, Fault> {
    let value = parameters::value_on(work, key, business_day(contact), None).await?;
    value.as_i64().ok_or_else(|| Fault::internal(format!("{key} is no number")))
}

/// A promise lies after the contact it was made in and at most `limit` hours later.
pub(crate) fn check_promise(promise: DateTimeUtc, made: DateTimeUtc, limit: i64, pointer: &str) -> Result<(), Fault> {
    if promise <= made {
        return Err(Fault::field(pointer, "date_order").rule("TK-R26"));
    }
    if promise > made + TimeDelta::hours(limit) {
        let error = FieldError::new(pointer, "promise_too_far").with("limit_hours", limit);
        return Err(Fault::fields(vec![error]).rule("TK-R26"));
    }
    Ok(())
}
