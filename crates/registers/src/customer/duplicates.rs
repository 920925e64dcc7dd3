//! The same phone or number twice: held first, then looked at, so that parallel creates cannot both pass.

use kernel::fault::{Fault, POSSIBLE_DUPLICATE};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::{Resource, Work};

use super::Customer;
use super::entity::{Column, CustomerStatus, Entity};
use super::key::{self, Key, KeyKind};
use crate::locks;

/// Refuses when another file answers for one of these phones or numbers. Names may repeat.
///
/// # Errors
/// 409 `possible_duplicate`, with the other customer's id only when the caller may know of him.
pub(super) async fn refuse(work: &Work, keys: &[Key]) -> Result<(), Fault> {
    let unique = keys.iter().filter(|(kind, _)| *kind != KeyKind::Name);
    let values: Vec<String> = unique.map(|(_, value)| value.clone()).collect();
    if values.is_empty() {
        return Ok(());
    }
    let found = Entity::find()
        .filter(Column::Id.in_subquery(key::holders(values)))
        .filter(Column::Status.eq(CustomerStatus::Active))
        .order_by_asc(Column::CreatedAt);
    if found.clone().one(&work.db()).await?.is_none() {
        return Ok(());
    }
    let fault = Fault::new(&POSSIBLE_DUPLICATE).rule("PF-E08");
    let known = found.filter(Customer::visible_to(work.actor())).one(&work.db()).await?;
    Err(match known {
        Some(row) => fault.with("resource", "customer").with("resource_id", row.id.to_string()),
        None => fault,
    })
}

/// Holds the phones and numbers until the end of the work.
pub(super) async fn hold(work: &Work, keys: &[Key]) -> Result<(), Fault> {
    let unique = keys.iter().filter(|(kind, _)| *kind != KeyKind::Name);
    locks::hold(work, unique.map(|(_, value)| value.clone()).collect()).await
}
