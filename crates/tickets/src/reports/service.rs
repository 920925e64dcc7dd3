//! How the desk served, as other domains print it: promises kept, replies on time, customers content (links 35, 37).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::fault::Fault;
use kernel::report::Period;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use store::Reading;
use store::reports::Ask;

use super::callbacks::ALIVE;
use super::slice::{OfTickets, Slice};
use super::timeliness;
use super::timeliness_table::Row;
use crate::callback::Callback;
use crate::callback::entity::{Column as CallbackColumn, Entity as Callbacks, Outcome};
use crate::catalogue::{Kind, Severity};
use crate::policy::{Case, best, in_force};
use crate::ticket::Ticket;
use crate::ticket::entity::{Column, Entity};

/// How promises were kept for some tickets in a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Handling clocks that stopped in the period, and those of them in time.
    pub handled: (i64, i64),
    /// Replies due in the period, and those of them in time.
    pub replies: (i64, i64),
}

impl Kept {
    fn of(row: &Row) -> Self {
        Self { handled: (row.met + row.missed, row.met), replies: (row.replies, row.replies_met) }
    }

    /// Together with those of other tickets or another period.
    pub fn and(self, other: Self) -> Self {
        let sum = |one: (i64, i64), two: (i64, i64)| (one.0 + two.0, one.1 + two.1);
        Self { handled: sum(self.handled, other.handled), replies: sum(self.replies, other.replies) }
    }
}

/// Whether a ticket of this kind and category is one of a part.
pub type OfPart = fn(&str, &str) -> bool;

/// How promises were kept for parts of the tickets of a slice that a caller may know of, each told by kind and
/// category, from one look at the ledgers.
pub async fn kept_of<const N: usize>(
    at: &Reading,
    period: Period,
    tickets: &Slice,
    parts: [OfPart; N],
) -> Result<[Kept; N], Fault> {
    let groups = timeliness::groups_of(at, &Ask::of(period, timeliness::SUBJECT), tickets).await?;
    let mut kept = [Kept::default(); N];
    for (key, row) in &groups {
        let (kind, category) = key.split_once(' ').unwrap_or((key.as_str(), ""));
        for (part, sum) in parts.iter().zip(&mut kept) {
            if part(kind, category) {
                *sum = sum.and(Kept::of(row));
            }
        }
    }
    Ok(kept)
}

/// How promises were kept for the tickets of a slice by `station` – its org unit – or `person`; what belongs to none
/// is left out.
pub async fn kept_by(
    at: &Reading,
    period: Period,
    tickets: &Slice,
    by: &'static str,
) -> Result<BTreeMap<Uuid, Kept>, Fault> {
    let groups = timeliness::groups_of(at, &Ask::of(period, by), tickets).await?;
    let known = |(key, row): (String, Row)| Some((key.parse().ok()?, Kept::of(&row)));
    Ok(groups.into_iter().filter_map(known).collect())
}

/// How many of the customers asked about the tickets of a slice, by callbacks due in a period, were asked, and how
/// many content.
pub async fn content(at: &Reading, period: Period, tickets: &Slice) -> Result<(i64, i64), Fault> {
    let said = Slice::default().during("due_at", period).with("net", true).with("status", ALIVE);
    let said = said.with("outcome", "satisfied,not_satisfied");
    let of = Query::select().column(Column::Id).from(Entity).cond_where(tickets.condition::<Ticket>(at)?).to_owned();
    let asked = || {
        let said = said.condition::<Callback>(at)?;
        Ok::<_, Fault>(Callbacks::find().filter(said).filter(CallbackColumn::TicketId.in_subquery(of.clone())))
    };
    let all = asked()?.count(&at.db()).await?;
    let content = asked()?.filter(CallbackColumn::Outcome.eq(Outcome::Satisfied)).count(&at.db()).await?;
    Ok((i64::try_from(all).map_err(Fault::internal)?, i64::try_from(content).map_err(Fault::internal)?))
}

/// Within how many seconds a case of this kind and category is handled by the policy set in force at an instant;
/// none where no policy is for it.
pub async fn handling_limit(
    at: &Reading,
    instant: DateTime<Utc>,
    kind: Kind,
    category_code: &str,
) -> Result<Option<i64>, Fault> {
    let set = in_force(at, instant).await?;
    let case = Case {
        kind,
        category_code: category_code.to_owned(),
        severity: Severity::Normal,
        channel_code: "hotline".to_owned(),
        org_unit_id: None,
        project_id: None,
    };
    Ok(best(&set.policies, &case, &[]).0.map(|policy| policy.handle_target_seconds))
}

/// The tickets that count in rates: without merged, withdrawn and out-of-scope ones (TK-R05).
pub fn counted() -> Slice {
    Slice::default().net()
}
