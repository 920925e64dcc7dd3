//! All about a home or a station in one call (HS-R16): what the heating company knows, and the desk's tickets.

use chrono::NaiveDate;
use heating_service::household::{Household, context as homes};
use heating_service::station::context as stations;
use heating_service::station::entity as places;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use store::{Reading, Resource, resource};
use tickets::catalogue::Kind;
use tickets::ticket::Ticket;
use tickets::ticket::entity::{Column, Entity as Tickets, Model, Status};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::homes::tickets_of;

/// How many tickets of the past a call needs.
const LAST: u64 = 5;
/// How many open ones are shown.
const OPEN: u64 = 50;

/// A home with its tickets.
#[derive(Serialize, ToSchema)]
pub struct HouseholdContextWithTickets {
    #[serde(flatten)]
    pub home: homes::HouseholdContext,
    /// The latest first.
    pub open_tickets: Vec<HomeTicket>,
    /// The last five, open or not.
    pub last_tickets: Vec<HomeTicket>,
}

/// A ticket about a home.
#[derive(Serialize, ToSchema)]
pub struct HomeTicket {
    pub id: Uuid,
    pub number: String,
    pub kind: Kind,
    pub category_code: String,
    pub title: String,
    pub status: Status,
    pub received_at: Timestamp,
    /// Null once it is solved or ended.
    pub due_at: Option<Timestamp>,
}

/// A station with how many tickets are open in its area.
#[derive(Serialize, ToSchema)]
pub struct StationContextWithTickets {
    #[serde(flatten)]
    pub station: stations::HeatingStationContext,
    pub open_tickets: u64,
    /// Of those, past their limit.
    pub overdue_tickets: u64,
}

fn shown(row: Model) -> HomeTicket {
    let open = Status::OPEN.contains(&row.status);
    HomeTicket {
        id: row.id,
        number: row.number,
        kind: row.kind,
        category_code: row.category_code,
        title: row.title,
        status: row.status,
        received_at: row.received_at.into(),
        due_at: row.due_at.filter(|_| open).map(Timestamp::from),
    }
}

fn open() -> Condition {
    Condition::all().add(Column::Status.is_in(Status::OPEN.iter().copied()))
}

async fn tickets(at: &Reading, which: Condition, limit: u64) -> Result<Vec<HomeTicket>, Fault> {
    let rows = Tickets::find().filter(which).order_by_desc(Column::ReceivedAt).order_by_desc(Column::Id).limit(limit);
    Ok(rows.all(&at.db()).await?.into_iter().map(shown).collect())
}

/// A home on a day. Who may know of the home may know of its tickets; a customer only of his own.
pub async fn household(at: &Reading, id: Uuid, day: Option<NaiveDate>) -> Result<HouseholdContextWithTickets, Fault> {
    let row = resource::find::<Household>(at, id).await?;
    let mut about = Condition::all().add(tickets_of(&row));
    if at.actor().is_customer() {
        about = about.add(Ticket::visible(at));
    }
    Ok(HouseholdContextWithTickets {
        home: homes::of(at, id, day).await?,
        open_tickets: tickets(at, about.clone().add(open()), OPEN).await?,
        last_tickets: tickets(at, about, LAST).await?,
    })
}

/// A station on a day.
pub async fn station(at: &Reading, id: Uuid, day: NaiveDate) -> Result<StationContextWithTickets, Fault> {
    let station = stations::of(at, id, day).await?;
    let row = places::Entity::find_by_id(id).one(&at.db()).await?;
    let unit = row.map(|row| row.org_unit_id).unwrap_or_default();
    let waiting = Tickets::find().filter(open()).filter(Column::StationOrgUnitId.eq(unit));
    Ok(StationContextWithTickets {
        station,
        overdue_tickets: waiting.clone().filter(Column::DueSort.lt(at.now)).count(&at.db()).await?,
        open_tickets: waiting.count(&at.db()).await?,
    })
}
