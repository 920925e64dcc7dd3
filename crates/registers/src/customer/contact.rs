//! How other domains reach a customer.

use kernel::fault::Fault;
use kernel::validation::clean_text;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use store::{Reading, Resource};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Customer;
use super::entity::{Column, CustomerStatus, Entity, Model};
use super::key::{self, KeyKind};
use super::personal::{Personal, texts};
use crate::referenced;

/// Name and first phone as everybody may see them.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct MaskedContact {
    pub customer_id: Option<Uuid>,
    pub name: String,
    pub phone: Option<String>,
}

/// The active customers a phone number leads to, whatever the caller's scope: whoever answers a call has
/// to know who calls. The oldest file first.
pub async fn by_phone(at: &Reading, phone: &str) -> Result<Vec<Model>, Fault> {
    let value = key::blind(at.store.keys(), KeyKind::Phone, phone);
    let rows = Entity::find()
        .filter(Column::Id.in_subquery(key::holders(vec![value])))
        .filter(Column::Status.eq(CustomerStatus::Active))
        .order_by_asc(Column::CreatedAt)
        .all(&at.db())
        .await?;
    Ok(rows)
}

/// The customer a body names, whose file is kept: who was merged away or erased is nobody to begin something with.
///
/// # Errors
/// 422 `not_found` at `pointer`.
pub async fn living(at: &Reading, id: Uuid, pointer: &str) -> Result<Model, Fault> {
    let row = referenced::known::<Customer>(at, id, pointer).await?;
    match row.status {
        CustomerStatus::Active => Ok(row),
        CustomerStatus::Merged | CustomerStatus::Erased => Err(Fault::field(pointer, "not_found")),
    }
}

/// The customer a ticket is for: the one named, or the only one the phone number leads to among those
/// the caller may know of.
pub async fn find_for_ticket(at: &Reading, named: Option<Uuid>, phone: Option<&str>) -> Result<Option<Model>, Fault> {
    if let Some(id) = named {
        return store::resource::find::<Customer>(at, id).await.map(Some);
    }
    let Some(phone) = phone else { return Ok(None) };
    let value = key::blind(at.store.keys(), KeyKind::Phone, phone);
    let mut rows = Entity::find()
        .filter(Column::Id.in_subquery(key::holders(vec![value])))
        .filter(Column::Status.eq(CustomerStatus::Active))
        .filter(Customer::visible_to(at.actor()))
        .all(&at.db())
        .await?;
    Ok(if rows.len() == 1 { rows.pop() } else { None })
}

/// What of a customer everybody may see.
pub fn masked_contact(row: &Model) -> MaskedContact {
    MaskedContact {
        customer_id: Some(row.id),
        name: row.name_masked.clone(),
        phone: texts(&row.phones_masked).into_iter().next(),
    }
}

/// Name, first phone and first address in clear, for a caller whose right was checked; he records the fact.
pub async fn clear_contact(
    at: &Reading,
    customer_id: Uuid,
) -> Result<(Option<String>, Option<String>, Option<String>), Fault> {
    let row = Entity::find_by_id(customer_id).one(&at.db()).await?;
    let row = row.ok_or_else(|| Fault::new(&kernel::fault::NOT_FOUND))?;
    let personal = Personal::of(at, &row).await?;
    Ok((personal.name, personal.phones.into_iter().next(), personal.addresses.into_iter().next()))
}

/// Every phone of a living file in clear, to be compared and never shown.
pub async fn clear_phones(at: &Reading, customer_id: Uuid) -> Result<Vec<String>, Fault> {
    let row = Entity::find_by_id(customer_id).one(&at.db()).await?;
    match row.filter(|row| row.status == CustomerStatus::Active) {
        Some(row) => Ok(Personal::of(at, &row).await?.phones),
        None => Ok(Vec::new()),
    }
}

/// Whether a living file is of this name; compared and never shown.
pub async fn is_named(at: &Reading, customer_id: Uuid, name: &str) -> Result<bool, Fault> {
    let row = Entity::find_by_id(customer_id).one(&at.db()).await?;
    let Some(row) = row.filter(|row| row.status == CustomerStatus::Active) else { return Ok(false) };
    let name = clean_text(name, false).unwrap_or_default();
    Ok(Personal::of(at, &row).await?.name.as_deref() == Some(name.as_str()))
}

/// The customers whose files hold one of these phones, whatever the caller's scope.
pub async fn with_phones(at: &Reading, phones: &[String]) -> Result<Vec<Uuid>, Fault> {
    let values = phones.iter().map(|phone| key::blind(at.store.keys(), KeyKind::Phone, phone)).collect();
    let rows = Entity::find().filter(Column::Id.in_subquery(key::holders(values))).all(&at.db()).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
