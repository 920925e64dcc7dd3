//! What many rows of a file name: looked up at once for as many rows as come together.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use kernel::fault::Fault;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use store::{Resource, Work};

use crate::household::{Household, entity as homes};
use crate::instrument::entity as instruments;

/// The households of these numbers, as far as the caller may know of them.
pub(crate) async fn homes_of(work: &Work, numbers: BTreeSet<&str>) -> Result<HashMap<String, homes::Model>, Fault> {
    if numbers.is_empty() {
        return Ok(HashMap::new());
    }
    let seen = homes::Entity::find().filter(Household::visible(work)).filter(homes::Column::Number.is_in(numbers));
    let rows = seen.all(&work.db()).await?;
    Ok(rows.into_iter().map(|home| (home.number.clone(), home)).collect())
}

/// The ids of the instruments of these numbers.
pub(crate) async fn instruments_of(work: &Work, numbers: BTreeSet<&str>) -> Result<HashMap<String, Uuid>, Fault> {
    use instruments::Column::{Id, Number};
    if numbers.is_empty() {
        return Ok(HashMap::new());
    }
    let named = instruments::Entity::find().select_only().columns([Number, Id]).filter(Number.is_in(numbers));
    let rows: Vec<(String, Uuid)> = named.into_tuple().all(&work.db()).await?;
    Ok(rows.into_iter().collect())
}

/// The households some rows name, by their numbers.
#[derive(Default)]
struct Homes(RefCell<HashMap<String, homes::Model>>);

impl Homes {
    fn get(&self, number: &str) -> Option<homes::Model> {
        self.0.borrow().get(number).cloned()
    }
}

/// Looks up the households the rows to come name.
pub(super) async fn homes_ahead(work: &Work, numbers: BTreeSet<&str>) -> Result<(), Fault> {
    let homes = homes_of(work, numbers).await?;
    work.keep(Homes(RefCell::new(homes)));
    Ok(())
}

/// The household of this number, as far as the caller may know of it.
pub(super) async fn known_household(work: &Work, number: &str) -> Result<homes::Model, Fault> {
    if let Some(home) = work.kept::<Homes>().and_then(|homes| homes.get(number)) {
        return Ok(home);
    }
    let found = homes::Entity::find().filter(homes::Column::Number.eq(number)).filter(Household::visible(work));
    found.one(&work.db()).await?.ok_or_else(|| Fault::field("/household_number", "not_found"))
}

/// A row may have changed this household: whoever names it next looks it up again.
pub(super) fn home_changed(work: &Work, number: &str) {
    if let Some(homes) = work.kept::<Homes>() {
        homes.0.borrow_mut().remove(number);
    }
}
