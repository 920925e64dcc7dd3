//! A ticket that follows from a fact of heating (links 32–34, 38): the one place that fills it in.

use heating_service::household::entity::Model as Home;
use heating_service::ownership::queries::holder;
use kernel::fault::Fault;
use registers::external_ids::ExternalId;
use store::Work;
use tickets::catalogue::{Kind, PlaceKind};
use tickets::ticket::entity::Model as Ticket;
use tickets::ticket::register::{self, RegisterTicket, Requester};
use uuid::Uuid;

/// What a ticket is opened with.
pub(crate) struct Opening<'a> {
    /// `system` for what the house found itself.
    pub channel: &'a str,
    pub kind: Kind,
    pub category: &'a str,
    /// The register's unit of the home; a home without one, and the station itself, is in the station's area.
    pub unit_id: Option<Uuid>,
    /// The station's org unit, unless others than the station answer for it.
    pub station: Option<Uuid>,
    pub asks: Asks,
    /// Without one the text begins the ticket.
    pub title: Option<String>,
    pub text: String,
    /// By which the desk finds what it is about.
    pub tags: Vec<String>,
    /// The key of what it follows from: one ticket for each.
    pub key: Option<ExternalId>,
}

/// Who asks for it to be solved.
pub(crate) enum Asks {
    /// A customer, who is called back.
    Customer(Uuid),
    /// The station with this org unit itself, which is not.
    Station(Uuid),
    /// Somebody who said his name and phone.
    Person(Requester),
}

impl Asks {
    /// Whoever holds the home; where nobody does, its station.
    pub async fn of(work: &Work, home: &Home) -> Result<Self, Fault> {
        Ok(holder(work, home).await?.map_or(Self::Station(home.org_unit_id), Self::Customer))
    }
}

/// Opens the ticket. What follows from it in turn is for the caller to say: `ticket::registered`.
///
/// # Errors
/// As registering a ticket tells.
pub(crate) async fn open(work: &Work, opening: Opening<'_>) -> Result<Ticket, Fault> {
    let (customer_id, requester, finder) = match opening.asks {
        Asks::Customer(customer) => (Some(customer), None, None),
        Asks::Person(person) => (None, Some(person), None),
        Asks::Station(unit) => (None, None, Some(unit)),
    };
    let input = RegisterTicket {
        channel_code: opening.channel.to_owned(),
        kind: opening.kind,
        category_code: opening.category.to_owned(),
        place_kind: if opening.unit_id.is_some() { PlaceKind::Unit } else { PlaceKind::StationArea },
        severity: None,
        title: opening.title,
        description: opening.text,
        cause: None,
        customer_id,
        requester,
        project_id: None,
        building_id: None,
        unit_id: opening.unit_id,
        station_org_unit_id: opening.station,
        received_at: None,
        complained_staff_id: None,
        call_ids: Vec::new(),
        tags: opening.tags,
        document_ids: Vec::new(),
        external_ids: opening.key.into_iter().collect(),
        authority_number: None,
        authority_due_at: None,
    };
    register::follow(work, &input, finder).await
}
