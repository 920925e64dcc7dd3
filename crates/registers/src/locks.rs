//! One at a time on a value: held before a look-up that an insert depends on.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use kernel::fault::Fault;
use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, Set};
use store::Work;
use uuid::Uuid;

use crate::external_ids::{self, ExternalId};

/// Holds these values until the end of the work; whoever wants one of them waits. A SQLite file has one writer, who
/// waits for nobody.
pub async fn hold(work: &Work, mut values: Vec<String>) -> Result<(), Fault> {
    if let Some(held) = work.kept::<Held>() {
        values.retain(|value| !held.0.contains(value));
    }
    // Always in the same order, so that two works never wait for each other.
    values.sort();
    values.dedup();
    if values.is_empty() || work.store.is_sqlite() {
        return Ok(());
    }
    let rows = values.into_iter().map(|value| entity::ActiveModel { value: Set(value) });
    let again = OnConflict::column(entity::Column::Value).update_column(entity::Column::Value).to_owned();
    entity::Entity::insert_many(rows).on_conflict(again).exec_without_returning(&work.db()).await?;
    Ok(())
}

/// Values a work holds for the acts to come.
struct Held(HashSet<String>);

/// As [`hold`], for what many acts to come will ask for: they need not hold it again. Called by the work itself and by
/// no part of it that others outlive: what a part held is given up with it.
pub async fn hold_ahead(work: &Work, values: BTreeSet<String>) -> Result<(), Fault> {
    hold(work, values.iter().cloned().collect()).await?;
    work.keep(Held(values.into_iter().collect()));
    Ok(())
}

/// The row of a resource another system knows by this id, held so that two callers cannot both make it.
pub async fn known_as(work: &Work, resource: &str, key: &ExternalId) -> Result<Option<Uuid>, Fault> {
    hold(work, vec![held_as(resource, key)]).await?;
    external_ids::lookup(work, resource, key).await
}

/// As [`known_as`], for several ids at once; those nobody has are missing.
pub async fn known_as_all<'a>(
    work: &Work,
    resource: &str,
    keys: &'a [ExternalId],
) -> Result<HashMap<(&'a str, String), Uuid>, Fault> {
    hold(work, keys.iter().map(|key| held_as(resource, key)).collect()).await?;
    let mut of_systems: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for key in keys {
        of_systems.entry(&key.system).or_default().push(&key.id);
    }
    let mut known = HashMap::new();
    for (system, ids) in of_systems {
        let found = external_ids::lookup_all(work, resource, system, &ids).await?;
        known.extend(found.into_iter().map(|(id, row)| ((system, id), row)));
    }
    Ok(known)
}

fn held_as(resource: &str, key: &ExternalId) -> String {
    format!("external|{resource}|{}|{}", key.system, key.id)
}

mod entity {
    //! The held values, blind where they are personal.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "contact_lock")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub value: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
