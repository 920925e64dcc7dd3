//! The token in the code of an asset (HS-R78): a keyed hash of its id, 192 bits nobody can guess. It is never
//! stored; the row keeps a keyed hash of it.

use kernel::fault::{self, Fault};
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::Reading;

use super::entity::{Column, Entity, Model};

/// Bytes of a token.
const LENGTH: usize = 24;

/// The token of an asset.
pub fn of(at: &Reading, asset: Uuid) -> String {
    let hash = at.store.keys().mac("service_asset.token", asset.as_bytes());
    hash[..LENGTH].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is kept of a token.
pub(super) fn key(at: &Reading, token: &str) -> String {
    at.store.keys().blind("service_asset.token", token)
}

/// The asset a token opens.
///
/// # Errors
/// 404 for a token nobody has, and for that of an asset that was removed.
pub async fn find(at: &Reading, token: &str) -> Result<Model, Fault> {
    let row = Entity::find().filter(Column::TokenKey.eq(key(at, token))).one(&at.db()).await?;
    row.filter(|row| row.removed_on.is_none()).ok_or_else(|| Fault::new(&fault::NOT_FOUND))
}
