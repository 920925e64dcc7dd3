//! The sandbox clock (PF-09): business time is the injected clock plus an offset kept in the database.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use kernel::fault::Fault;
use kernel::time;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QuerySelect};

use crate::journal::entity::{Column, Entity};
use crate::journal::{Audience, Fact};
use crate::problems::CLOCK_BACKWARDS;
use crate::{Store, Work, settings};

const SETTING: &str = "clock_offset";

/// Facts of setting the service up; every other one is a business fact.
const SETTING_UP: &[&str] = &[
    "sign_in.",
    "account.",
    "session.",
    "token.",
    "client.",
    "key.",
    "staff.",
    "org_unit.",
    "delegation.",
    "parameter.",
    "calendar.",
    "clock.",
    "operation.",
    "signing_key.",
    "webhook.",
    "notification.",
    "notification_template.",
    "approval_route.",
    "sla_policy_set.",
    "ticket_catalogue.",
    "ticket_category.",
    "ticket_classification.",
    "ticket_procedure.",
    "channel.",
];

/// Where the clock was moved to.
#[derive(Clone, Copy, Debug)]
pub struct Moved {
    pub offset: TimeDelta,
    /// Sessions began later than now; the caller ends them.
    pub backwards: bool,
}

/// Moves the clock. The caller sets the offset of the store after the commit.
///
/// # Errors
/// 409 `clock_backwards` once a business fact exists; 422 before 2010-01-01.
pub async fn move_clock(work: &Work, now: DateTime<Utc>) -> Result<Moved, Fault> {
    let earliest = NaiveDate::from_ymd_opt(2010, 1, 1).map(time::start_of_day);
    if earliest.is_some_and(|earliest| now < earliest) {
        return Err(Fault::field("/now", "out_of_range"));
    }
    let backwards = now < work.now;
    if backwards && has_business_facts(work).await? {
        return Err(Fault::new(&CLOCK_BACKWARDS));
    }
    let offset = now - work.store.wall_clock();
    let micros = offset.num_microseconds().ok_or_else(|| Fault::field("/now", "out_of_range"))?;
    settings::put(work, SETTING, &micros.to_string()).await?;
    let told = |at: DateTime<Utc>| time::in_shanghai(at).to_rfc3339();
    let fact = Fact::new("clock.moved", "clock", None).with("from", told(work.now)).with("to", told(now));
    work.record(fact.audience(Audience::Staff));
    Ok(Moved { offset, backwards })
}

async fn has_business_facts(work: &Work) -> Result<bool, Fault> {
    let setting_up = SETTING_UP.iter().fold(Condition::any(), |any, kind| any.add(Column::Kind.starts_with(*kind)));
    let fact = Entity::find().filter(setting_up.not()).limit(1).one(&work.db()).await?;
    Ok(fact.is_some())
}

impl Store {
    /// Takes up the offset kept in the database. Run once at start in sandbox mode.
    pub async fn restore_clock(&self) -> Result<(), Fault> {
        if let Some(micros) = settings::get(self.reader(), SETTING).await?.and_then(|text| text.parse().ok()) {
            self.set_clock_offset(TimeDelta::microseconds(micros));
        }
        Ok(())
    }
}
