//! What the desk asks of the heating service without knowing it (links row 36): season dates, connected households,
//! and which station heats a home. Whoever composes the two offers a [`HeatingFacts`] with the store; without one the desk has its defaults.

use std::collections::HashMap;
use std::pin::Pin;

use chrono::NaiveDate;
use kernel::fault::Fault;
use store::Reading;
use uuid::Uuid;

/// An answer that is on its way.
pub type Told<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + 'a>>;

/// First and last day of a heating season.
pub type SeasonDays = (NaiveDate, NaiveDate);

/// Where households are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountedBy {
    /// By the org unit of their heating station.
    Station,
    /// By the project their unit lies in.
    Project,
}

/// What a report says of where it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Where {
    pub unit_id: Option<Uuid>,
    pub building_id: Option<Uuid>,
    pub customer_id: Option<Uuid>,
}

/// The look-ups another domain answers.
pub struct HeatingFacts {
    /// The seasons on file, one a heating year.
    pub seasons: for<'a> fn(&'a Reading) -> Told<'a, Vec<SeasonDays>>,
    /// The season of a number.
    pub season: for<'a> fn(&'a Reading, &'a str) -> Told<'a, Option<SeasonDays>>,
    /// The connected households of a day (户数).
    pub households: for<'a> fn(&'a Reading, CountedBy, NaiveDate) -> Told<'a, HashMap<Uuid, i64>>,
    /// The org unit of the station that heats there.
    pub station: for<'a> fn(&'a Reading, Where) -> Told<'a, Option<Uuid>>,
}

/// The seasons on file; none when nobody answers.
pub async fn seasons(at: &Reading) -> Result<Vec<SeasonDays>, Fault> {
    match at.store.offered::<HeatingFacts>() {
        Some(facts) => (facts.seasons)(at).await,
        None => Ok(Vec::new()),
    }
}

/// The season of a number; none when nobody knows it.
pub async fn season(at: &Reading, number: &str) -> Result<Option<SeasonDays>, Fault> {
    match at.store.offered::<HeatingFacts>() {
        Some(facts) => (facts.season)(at, number).await,
        None => Ok(None),
    }
}

/// The connected households of a day; none when nobody answers.
pub async fn households(at: &Reading, by: CountedBy, on: NaiveDate) -> Result<HashMap<Uuid, i64>, Fault> {
    match at.store.offered::<HeatingFacts>() {
        Some(facts) => (facts.households)(at, by, on).await,
        None => Ok(HashMap::new()),
    }
}

/// The org unit of the station that heats where a report is; none when it is not about heat, or nobody knows.
pub async fn station(at: &Reading, category_code: &str, place: Where) -> Result<Option<Uuid>, Fault> {
    let heat = category_code == "heating" || category_code.starts_with("heating.");
    match at.store.offered::<HeatingFacts>().filter(|_| heat) {
        Some(facts) => (facts.station)(at, place).await,
        None => Ok(None),
    }
}
