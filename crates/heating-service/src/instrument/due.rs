//! Instruments whose last day comes near: told once for each last day (heating §9 `instrument.due`). What is due
//! follows from the instruments themselves; nothing becomes true here.

use chrono::{Days, NaiveDate};
use kernel::fault::Fault;
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use store::jobs::tidy;
use store::{Answer, Context, Reading, Store, Work, parameters};

use super::entity::{Entity, Model};
use super::{Instrument, due_before};

/// The first day after those an instrument is due on or before, as of a day: people hear of it the greatest number of
/// `heating.instrument.remind_days` ahead.
///
/// # Errors
/// Those of the database.
pub async fn until(at: &Reading, day: NaiveDate) -> Result<NaiveDate, Fault> {
    let days = parameters::value_on(at, "heating.instrument.remind_days", day, None).await?;
    let first = days.as_array().into_iter().flatten().filter_map(serde_json::Value::as_u64).max().unwrap_or_default();
    Ok(day.checked_add_days(Days::new(first + 1)).unwrap_or(day))
}

/// Tells what came to be due since the last time; answers how many instruments. Safe to run late and twice.
pub async fn tell(store: &Store) -> Result<usize, Fault> {
    let found = untold(&store.reading(Context::system("tell_due_instruments"))).await?.len();
    if found == 0 {
        return Ok(0);
    }
    let write = async |work: &Work| {
        for (row, last_day) in untold(work).await? {
            let mut change = row.clone().into_active_model();
            change.due_told = Set(Some(last_day));
            let told = last_day.to_string();
            work.change::<Instrument>(&row, change, "due", |fact| fact.with("valid_until", told)).await?;
        }
        // Another process may have been here before.
        work.unchanged();
        Ok::<_, Fault>(Answer::no_content())
    };
    tidy(store, "tell_due_instruments", write).await?;
    Ok(found)
}

/// Instruments that are due, each with its last day, as far as that was not told.
async fn untold(at: &Reading) -> Result<Vec<(Model, NaiveDate)>, Fault> {
    let until = until(at, business_day(at.now)).await?;
    let rows = Entity::find().filter(due_before(until)).all(&at.db()).await?;
    let waiting = |row: Model| row.expires_on().filter(|day| row.due_told != Some(*day)).map(|day| (row, day));
    Ok(rows.into_iter().filter_map(waiting).collect())
}
