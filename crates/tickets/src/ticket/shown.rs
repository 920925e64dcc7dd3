//! What of a ticket is shown to whom: an outlet sees of the tickets of its orders where, whom and what.

use std::collections::HashMap;

use access::JobRole;
use kernel::fault::{self, Fault};
use registers::customer::{self, masked_contact};
use registers::property::{building, project, unit};
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::Reading;
use utoipa::ToSchema;

use super::entity::Model;
use super::view::{self, RequesterView, TicketView};

/// A ticket, as much of it as the caller may see.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Ticket)]
pub enum TicketShown {
    Whole(Box<TicketView>),
    Given(GivenTicketView),
}

/// A ticket as the outlet that repairs for it sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GivenTicketView {
    pub id: Uuid,
    pub version: i32,
    pub number: String,
    /// Project, building and room.
    pub address: String,
    /// Name and phone, masked; in clear by `POST /v1/contacts/reveal`.
    pub contact: RequesterView,
    pub description: String,
}

/// Whether the caller sees only what a provider needs.
pub fn is_narrow(at: &Reading) -> bool {
    at.actor().is(JobRole::ServiceOutlet)
}

/// Refuses, as if there were nothing, what an outlet does not see of a ticket.
pub fn whole_only(at: &Reading) -> Result<(), Fault> {
    if is_narrow(at) { Err(Fault::new(&fault::NOT_FOUND)) } else { Ok(()) }
}

/// Rows as the caller sees them.
pub async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<TicketShown>, Fault> {
    if is_narrow(at) {
        return given(at, rows).await;
    }
    let views = view::views(at, rows).await?;
    Ok(views.into_iter().map(|view| TicketShown::Whole(Box::new(view))).collect())
}

async fn given(at: &Reading, rows: Vec<Model>) -> Result<Vec<TicketShown>, Fault> {
    let places = Places::of(at, &rows).await?;
    let customers = rows.iter().filter_map(|row| row.customer_id);
    let customers =
        customer::Entity::find().filter(customer::entity::Column::Id.is_in(customers)).all(&at.db()).await?;
    let customers: HashMap<Uuid, _> = customers.iter().map(|row| (row.id, masked_contact(row))).collect();
    let view = |row: Model| {
        let contact = match row.customer_id.and_then(|id| customers.get(&id)) {
            Some(known) => RequesterView { name: Some(known.name.clone()), phone: known.phone.clone() },
            None => {
                RequesterView { name: row.requester_name_masked.clone(), phone: row.requester_phone_masked.clone() }
            }
        };
        TicketShown::Given(GivenTicketView {
            address: places.address(&row),
            id: row.id,
            version: row.version,
            number: row.number,
            contact,
            description: row.description,
        })
    };
    Ok(rows.into_iter().map(view).collect())
}

struct Places {
    projects: HashMap<Uuid, String>,
    buildings: HashMap<Uuid, String>,
    rooms: HashMap<Uuid, String>,
}

impl Places {
    async fn of(at: &Reading, rows: &[Model]) -> Result<Self, Fault> {
        let projects = project::Entity::find()
            .filter(project::entity::Column::Id.is_in(rows.iter().filter_map(|row| row.project_id)));
        let buildings = building::Entity::find()
            .filter(building::entity::Column::Id.is_in(rows.iter().filter_map(|row| row.building_id)));
        let rooms =
            unit::Entity::find().filter(unit::entity::Column::Id.is_in(rows.iter().filter_map(|row| row.unit_id)));
        Ok(Self {
            projects: projects.all(&at.db()).await?.into_iter().map(|row| (row.id, row.name)).collect(),
            buildings: buildings.all(&at.db()).await?.into_iter().map(|row| (row.id, row.name)).collect(),
            rooms: rooms.all(&at.db()).await?.into_iter().map(|row| (row.id, row.room_no)).collect(),
        })
    }

    fn address(&self, row: &Model) -> String {
        let part = |names: &HashMap<Uuid, String>, id: Option<Uuid>| id.and_then(|id| names.get(&id).cloned());
        let parts = [
            part(&self.projects, row.project_id),
            part(&self.buildings, row.building_id),
            part(&self.rooms, row.unit_id),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}
