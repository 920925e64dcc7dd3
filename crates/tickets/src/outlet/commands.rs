//! Taking an outlet into the network.

use std::collections::HashMap;

use kernel::fault::Fault;
use kernel::ids;
use registers::{locks, referenced, supplier};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use store::{Reading, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Model};
use super::{ServiceOutlet, is_central};

/// A supplier who repairs for us in a region.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateServiceOutlet {
    pub supplier_id: Uuid,
    pub region_org_unit_id: Uuid,
    /// The unit whose people act for it; default: the region's.
    pub org_unit_id: Option<Uuid>,
    /// What it repairs, e.g. codes of parts under warranty.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub categories: Vec<String>,
}

/// Takes an outlet into the network; a supplier is one outlet at most.
///
/// # Errors
/// 422 `not_found` for a region outside the caller's; 409 `already_exists`, `supplier_not_active`.
pub async fn create(work: &Work, input: &CreateServiceOutlet) -> Result<Model, Fault> {
    referenced::known::<supplier::Supplier>(work, input.supplier_id, "/supplier_id").await?;
    referenced::org_unit_known(work, input.region_org_unit_id, "/region_org_unit_id").await?;
    // Another region's outlets are its own representative's.
    if !is_central(work.actor()) && !work.actor().scope.org_unit_ids.contains(&input.region_org_unit_id) {
        return Err(Fault::field("/region_org_unit_id", "not_found"));
    }
    if let Some(unit) = input.org_unit_id {
        referenced::org_unit_known(work, unit, "/org_unit_id").await?;
    }
    supplier::ensure_active(work, input.supplier_id).await?;
    locks::hold(work, vec![format!("service_outlet|{}", input.supplier_id)]).await?;
    if of_supplier(work, input.supplier_id).await?.is_some() {
        return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "supplier_id"));
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        supplier_id: Set(input.supplier_id),
        region_org_unit_id: Set(input.region_org_unit_id),
        org_unit_id: Set(input.org_unit_id.unwrap_or(input.region_org_unit_id)),
        categories: Set(serde_json::to_string(&input.categories).map_err(Fault::internal)?),
        status: Set("active".to_owned()),
    };
    work.create::<ServiceOutlet>(row, |fact| fact, "created").await
}

/// The outlet a supplier is.
pub async fn of_supplier(at: &Reading, supplier_id: Uuid) -> Result<Option<Model>, Fault> {
    Ok(Entity::find().filter(Column::SupplierId.eq(supplier_id)).one(&at.db()).await?)
}

/// The suppliers' names of these outlets, by supplier.
pub async fn names(at: &Reading, rows: &[Model]) -> Result<HashMap<Uuid, String>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.supplier_id).collect();
    let rows = supplier::Entity::find().filter(supplier::entity::Column::Id.is_in(ids)).all(&at.db()).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}
