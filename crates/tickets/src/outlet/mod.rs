//! Service outlets (维修网点, TK-12): who repairs for us in which region, how they are judged, what they owe.

pub mod account;
pub mod commands;
pub mod entity;
pub mod review;
pub mod tariff;

use access::{Actor, JobRole, groups};
use kernel::fault::Fault;
use kernel::money::Money;
use kernel::time::Timestamp;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{QuerySelect, QueryTrait};
use serde::Serialize;
use store::list::Columns;
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::ticket::entity::json_list;
use entity::{Column, Entity, Model};

/// The outlets (TK-12).
pub struct ServiceOutlet;

/// An outlet with what was last said of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceOutletView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub created_by: Uuid,
    pub supplier_id: Uuid,
    pub name: String,
    pub region_org_unit_id: Uuid,
    /// The unit whose people act for it.
    pub org_unit_id: Uuid,
    /// What it repairs.
    pub categories: Vec<String>,
    /// active, inactive.
    pub status: String,
    /// What it owes: charges less credits.
    pub account_balance: Money,
    /// Its reviews, newest first, twenty at most.
    pub reviews: Vec<review::OutletReviewView>,
}

/// Whom the network is the work of, wherever an outlet lies.
const CENTRAL: &[JobRole] = &[
    JobRole::PartsClerk,
    JobRole::WarehouseKeeper,
    JobRole::FeeSettlementClerk,
    JobRole::TechnicalSupport,
    JobRole::FinanceOfficer,
];

/// Whether the network as a whole is his business.
pub fn is_central(actor: &Actor) -> bool {
    let lead = groups::LEAD.contains(&actor.role) || groups::HEAD.contains(&actor.role);
    actor.is_system() || actor.scope.all || lead || CENTRAL.contains(&actor.role)
}

/// Whether he supplies, settles or is part of the network; nobody else knows of it.
pub fn is_part(actor: &Actor) -> bool {
    is_central(actor) || groups::NETWORK.contains(&actor.role)
}

/// The outlets of which this holds, by id.
pub(crate) fn ids_of(which: Condition) -> SelectStatement {
    Entity::find().select_only().column(Column::Id).filter(which).into_query()
}

/// The outlets this caller may know of, by id.
pub fn known_to(actor: &Actor) -> SelectStatement {
    Entity::find().select_only().column(Column::Id).filter(ServiceOutlet::visible_to(actor)).into_query()
}

impl Resource for ServiceOutlet {
    type Entity = Entity;
    type Row = Model;
    type View = ServiceOutletView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "service_outlet";
    const PATH: &'static str = "/v1/service-outlets";

    /// The outlet itself, its region, and those who settle and supply all of them.
    fn visible_to(actor: &Actor) -> Condition {
        if is_central(actor) {
            return Condition::all();
        }
        if !is_part(actor) {
            return Condition::all().add(Expr::value(false));
        }
        let units = actor.scope.org_unit_ids.clone();
        let own = Column::OrgUnitId.is_in(units.clone());
        match actor.role {
            JobRole::ServiceOutlet => Condition::all().add(own),
            _ => {
                Condition::any().add(own).add(Column::RegionOrgUnitId.is_in(units)).add(Column::CreatedBy.eq(actor.sub))
            }
        }
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("created_at")
            .by("supplier_id", Column::SupplierId)
            .by("region", Column::RegionOrgUnitId)
            .code("status", Column::Status, &["active", "inactive"])
            .custom("outlet_id", "uuid", |_, value| {
                Ok(Condition::all().add(Column::Id.eq(store::list::uuid("outlet_id", value)?)))
            })
            .sort("created_at", Column::CreatedAt)
    }

    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.region_org_unit_id), ..Placement::default() }
    }

    fn expansions() -> Vec<Expansion> {
        vec![
            Expansion::one::<registers::supplier::Supplier>("supplier", "supplier_id"),
            Expansion::one::<registers::org_unit::OrgUnit>("region", "region_org_unit_id"),
        ]
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<ServiceOutletView>, Fault> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let names = commands::names(at, &rows).await?;
        let balances = account::balances(at, &ids).await?;
        let mut reviews = review::latest(at, &ids).await?;
        let view = |row: Model| {
            let balance = balances.get(&row.id).copied().unwrap_or_default();
            Ok(ServiceOutletView {
                name: names.get(&row.supplier_id).cloned().unwrap_or_default(),
                account_balance: Money::from_fen(balance).map_err(Fault::internal)?,
                reviews: reviews.remove(&row.id).unwrap_or_default(),
                categories: json_list(&row.categories),
                id: row.id,
                version: row.version,
                created_at: row.created_at.into(),
                updated_at: row.updated_at.into(),
                created_by: row.created_by,
                supplier_id: row.supplier_id,
                region_org_unit_id: row.region_org_unit_id,
                org_unit_id: row.org_unit_id,
                status: row.status,
            })
        };
        rows.into_iter().map(view).collect()
    }
}
