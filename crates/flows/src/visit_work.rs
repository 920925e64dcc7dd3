//! Real work that stands for a line of a visit (HS-R32): that of the heating service, and the desk's repairs on the spot.

use std::collections::HashMap;

use heating_service::household::entity as homes;
use heating_service::visit::work::{self, Contact, Sought, WorkKind, WorkRef};
use kernel::fault::Fault;
use kernel::time::{business_day, end_of_day, start_of_day};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::{Reading, Resource};
use tickets::repair_order::RepairOrder;
use tickets::repair_order::entity::{Column, Entity, Model, Visit, VisitResult};
use tickets::ticket::entity::json_list;
use uuid::Uuid;

/// Jobs of the desk in a home.
const REPAIRS: WorkKind = WorkKind { resource: RepairOrder::NAME, find: |at, sought| Box::pin(repairs(at, sought)) };

/// Every kind of work a line of a visit may name.
pub fn kinds() -> Vec<&'static WorkKind> {
    work::KINDS.iter().chain(std::iter::once(&REPAIRS)).collect()
}

/// Who came to a home for a repair order, and when.
async fn repairs(at: &Reading, sought: Sought) -> Result<Vec<Contact>, Fault> {
    let select = Entity::find().filter(Column::UnitId.is_not_null());
    let orders = match sought {
        Sought::Of(id) => select.filter(Column::Id.eq(id)),
        Sought::By(_, day) => {
            select.filter(Column::ArrivedAt.gte(start_of_day(day))).filter(Column::ArrivedAt.lt(end_of_day(day)))
        }
    };
    let orders: Vec<Model> = orders.all(&at.db()).await?;
    let units: Vec<Uuid> = orders.iter().filter_map(|order| order.unit_id).collect();
    let homes = homes::Entity::find().filter(homes::Column::UnitId.is_in(units)).all(&at.db()).await?;
    let homes: HashMap<Uuid, Uuid> = homes.into_iter().filter_map(|home| Some((home.unit_id?, home.id))).collect();
    let mut contacts = Vec::new();
    for order in orders {
        let Some(home) = order.unit_id.and_then(|unit| homes.get(&unit)) else { continue };
        let visits: Vec<Visit> = json_list(&order.visits);
        let came = visits.into_iter().filter(|visit| visit.result == VisitResult::Arrived);
        let wanted = came.filter(|visit| match sought {
            Sought::Of(_) => true,
            Sought::By(officer, day) => visit.by == officer && business_day(visit.at.0) == day,
        });
        contacts.extend(wanted.map(|visit| Contact {
            work: WorkRef { resource: RepairOrder::NAME.to_owned(), id: order.id },
            household_id: *home,
            officer_id: visit.by,
            at: visit.at,
        }));
    }
    Ok(contacts)
}
