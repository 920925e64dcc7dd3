//! Who owns a unit (业主).

pub mod commands;
pub mod entity;

use std::collections::HashMap;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Serialize;
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Unit, unit};
use crate::customer;
use crate::customer::merge::files_of;
use entity::Column;
pub use entity::OwnerSource;
pub use entity::{Entity, Model};

/// An ownership of a unit (产权归属, PF-05).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitOwnerView {
    pub id: Uuid,
    pub unit_id: Uuid,
    pub customer_id: Uuid,
    pub customer_number: String,
    /// Masked.
    pub customer_name: String,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
    pub source: OwnerSource,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Whether a customer owns a unit on a day.
pub async fn owns(at: &Reading, unit: Uuid, customer: Uuid, day: NaiveDate) -> Result<bool, Fault> {
    let lasts = Condition::any().add(Column::ToOn.is_null()).add(Column::ToOn.gte(day));
    let of_day = Entity::find()
        .filter(Column::UnitId.eq(unit))
        .filter(Column::CustomerId.in_subquery(files_of(customer)))
        .filter(Column::FromOn.lte(day))
        .filter(lasts);
    Ok(of_day.count(&at.db()).await? > 0)
}

/// The ownerships of units (PF-05).
pub struct UnitOwner;

impl Resource for UnitOwner {
    type Entity = Entity;
    type Row = Model;
    type View = UnitOwnerView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "unit_owner";
    const PATH: &'static str = "/v1/unit-owners";

    fn visible_to(actor: &Actor) -> Condition {
        match actor.customer_id {
            Some(customer) if actor.is_customer() => {
                Condition::all().add(Column::CustomerId.in_subquery(files_of(customer)))
            }
            _ => {
                let units = Query::select()
                    .column(unit::entity::Column::Id)
                    .from(unit::entity::Entity)
                    .cond_where(Unit::visible_to(actor))
                    .to_owned();
                Condition::all().add(Column::UnitId.in_subquery(units))
            }
        }
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("from")
            .by("unit_id", Column::UnitId)
            .by("customer_id", Column::CustomerId)
            .sort("from", Column::FromOn)
    }
    fn placement(row: &Model) -> Placement {
        Placement { customer_id: Some(row.customer_id), ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<UnitOwnerView>, Fault> {
        let customers = rows.iter().map(|row| row.customer_id);
        let found = customer::entity::Entity::find()
            .filter(customer::entity::Column::Id.is_in(customers))
            .all(&at.db())
            .await?;
        let names: HashMap<Uuid, (String, String)> =
            found.into_iter().map(|row| (row.id, (row.number, row.name_masked))).collect();
        let view = |row: Model| {
            let (customer_number, customer_name) = names.get(&row.customer_id).cloned().unwrap_or_default();
            UnitOwnerView {
                id: row.id,
                unit_id: row.unit_id,
                customer_id: row.customer_id,
                customer_number,
                customer_name,
                from: row.from_on,
                to: row.to_on,
                source: row.source,
                version: row.version,
                created_at: row.created_at.into(),
                updated_at: row.updated_at.into(),
            }
        };
        Ok(rows.into_iter().map(view).collect())
    }
}
