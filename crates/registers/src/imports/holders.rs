//! The people many rows of a file name as holders: looked up at once.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};

use kernel::fault::Fault;
use kernel::validation::{Phone, clean_text};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use store::{Resource, Work, protected};
use uuid::Uuid;

use super::customers::{enter, holder};
use crate::customer::entity::Column;
use crate::customer::key::{self, KeyKind};
use crate::customer::personal::Personal;
use crate::customer::{self, Customer, CustomerStatus};

/// Who answers for a phone.
#[derive(Default)]
struct OfPhone {
    /// Those the caller may know of with their names, the oldest file first.
    seen: Vec<(Uuid, Option<String>)>,
    /// Whether anybody does, seen or not.
    taken: bool,
}

/// People by their phones and numbers, as they were looked up; compared and never shown.
#[derive(Default)]
pub struct Holders {
    /// By the blind value of each phone asked for.
    by_phone: RefCell<HashMap<String, OfPhone>>,
    by_number: HashMap<String, Uuid>,
}

impl Holders {
    /// What has to be held while people with these phones may be entered; it is held before they are looked up.
    pub fn locks(work: &Work, phones: &[&Phone]) -> BTreeSet<String> {
        phones.iter().map(|phone| key::blind(work.store.keys(), KeyKind::Phone, phone.as_str())).collect()
    }

    /// Looks up the people behind these phones and numbers.
    pub async fn of(work: &Work, phones: &[&Phone], numbers: &BTreeSet<&str>) -> Result<Self, Fault> {
        let values = Self::locks(work, phones);
        let keys = key::of_values(work, &values).await?;
        let by_phone = values.into_iter().map(|value| (value, OfPhone::default())).collect();
        let mut holders = Self { by_phone: RefCell::new(by_phone), by_number: of_numbers(work, numbers).await? };
        if !keys.is_empty() {
            holders.fill(work, keys).await?;
        }
        Ok(holders)
    }

    async fn fill(&mut self, work: &Work, keys: Vec<(String, Uuid)>) -> Result<(), Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|(_, id)| *id).collect();
        let living = || {
            let rows = customer::Entity::find().filter(Column::Id.is_in(ids.iter().copied()));
            rows.filter(Column::Status.eq(CustomerStatus::Active))
        };
        let seen = living().select_only().column(Column::Id).filter(Customer::visible_to(work.actor()));
        let seen: HashSet<Uuid> = seen.into_tuple::<Uuid>().all(&work.db()).await?.into_iter().collect();
        let rows = living().order_by_asc(Column::CreatedAt).all(&work.db()).await?;
        let mut opened = protected::person_keys(work, &ids).await?;
        let by_phone = self.by_phone.get_mut();
        for row in rows {
            let name = match opened.remove(&row.id) {
                Some(key) if seen.contains(&row.id) => Personal::open(&key, &row)?.name,
                _ => None,
            };
            for (value, _) in keys.iter().filter(|(_, id)| *id == row.id) {
                let of = by_phone.entry(value.clone()).or_default();
                of.taken = true;
                if seen.contains(&row.id) {
                    of.seen.push((row.id, name.clone()));
                }
            }
        }
        Ok(())
    }

    /// The customer with this number, if he was looked up and found.
    pub fn numbered(&self, number: &str) -> Option<Uuid> {
        self.by_number.get(number).copied()
    }

    /// The person of this name and phone: the one on file, else entered now.
    ///
    /// # Errors
    /// As [`holder`] tells.
    pub async fn find_or_enter(&self, work: &Work, name: &str, phone: Option<&Phone>) -> Result<Uuid, Fault> {
        let Some(asked) = phone else { return holder(work, name, None).await };
        let value = key::blind(work.store.keys(), KeyKind::Phone, asked.as_str());
        let cleaned = clean_text(name, false).unwrap_or_default();
        let named = |of: &OfPhone| {
            let same = |(_, known): &&(Uuid, Option<String>)| known.as_deref() == Some(cleaned.as_str());
            of.seen.iter().find(same).map(|(id, _)| *id)
        };
        let looked_up = self.by_phone.borrow().get(&value).map(|of| (named(of), of.taken));
        match looked_up {
            None => holder(work, name, phone).await,
            Some((Some(id), _)) => Ok(id),
            Some((None, taken)) => enter(work, name, phone, taken).await,
        }
    }

    /// Knows from now on who answers for a phone: a row that names him was taken over.
    pub fn taken_over(&self, work: &Work, name: &str, phone: &Phone, id: Uuid) {
        let value = key::blind(work.store.keys(), KeyKind::Phone, phone.as_str());
        if let Some(of) = self.by_phone.borrow_mut().get_mut(&value) {
            of.taken = true;
            if of.seen.iter().all(|(known, _)| *known != id) {
                of.seen.push((id, clean_text(name, false).ok()));
            }
        }
    }
}

async fn of_numbers(work: &Work, numbers: &BTreeSet<&str>) -> Result<HashMap<String, Uuid>, Fault> {
    if numbers.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(String, Uuid)> = customer::Entity::find()
        .select_only()
        .columns([Column::Number, Column::Id])
        .filter(Column::Number.is_in(numbers.iter().copied()))
        .filter(Customer::visible_to(work.actor()))
        .into_tuple()
        .all(&work.db())
        .await?;
    Ok(rows.into_iter().collect())
}
