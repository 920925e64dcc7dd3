//! A cold home is a case of the desk as well (links 32, 33): what a customer asks for is an application, what was
//! measured below the standard a repair; one ticket a case, each naming the other.

use heating_service::household::entity::{self as households, Model as Home};
use heating_service::temperature::commands::{self, RequestTemperature};
use heating_service::temperature::entity::{Entity as Cases, Model as Case, Verdict};
use heating_service::temperature::measuring::{self, MeasureTemperature, SurveyTemperature};
use kernel::fault::Fault;
use registers::external_ids::{self, ExternalId};
use registers::referenced;
use sea_orm::EntityTrait;
use store::Work;
use tickets::catalogue::Kind;
use tickets::ticket::Ticket as TicketResource;
use uuid::Uuid;

use crate::opening::{Asks, Opening, open};
use crate::ticket;

/// The system whose ids such tickets carry.
const SYSTEM: &str = "heating_temperature_case";
const CATEGORY: &str = "heating.room_temperature";

async fn home_of(work: &Work, id: Uuid) -> Result<Home, Fault> {
    let found = households::Entity::find_by_id(id).one(&work.db()).await?;
    found.ok_or_else(|| Fault::internal("a case without a household"))
}

/// Opens the ticket of a case and names each in the other.
async fn linked(work: &Work, case: Case, channel: &str, kind: Kind, text: String) -> Result<Case, Fault> {
    let home = home_of(work, case.household_id).await?;
    let key = ExternalId { system: SYSTEM.to_owned(), id: case.id.to_string() };
    if external_ids::lookup(work, "ticket", &key).await?.is_some() {
        return Ok(case);
    }
    let opening = Opening {
        channel,
        kind,
        category: CATEGORY,
        unit_id: home.unit_id,
        station: Some(home.org_unit_id),
        asks: Asks::of(work, &home).await?,
        title: None,
        text,
        tags: Vec::new(),
        key: Some(key),
    };
    let row = open(work, opening).await?;
    let case = commands::link(work, &case, row.id).await?;
    ticket::registered(work, &row).await?;
    Ok(case)
}

/// Asks for a measurement; what a customer asks for himself is a ticket too.
///
/// # Errors
/// As [`commands::request`] tells; 422 `not_found` for a ticket the caller may not know of.
pub async fn request(work: &Work, input: &RequestTemperature) -> Result<Case, Fault> {
    if let Some(ticket) = input.ticket_id {
        referenced::known::<TicketResource>(work, ticket, "/ticket_id").await?;
    }
    let case = commands::request(work, input).await?;
    if !work.actor().is_customer() || case.ticket_id.is_some() {
        return Ok(case);
    }
    let text = format!("用户申请入户测温({})", case.number);
    let channel = input.channel_code.as_deref().unwrap_or("app");
    linked(work, case, channel, Kind::Application, text).await
}

async fn measured(work: &Work, case: Case) -> Result<Case, Fault> {
    if case.verdict != Some(Verdict::Unqualified) || case.ticket_id.is_some() {
        return Ok(case);
    }
    let text = format!("入户测温不达标({})", case.number);
    linked(work, case, "system", Kind::Repair, text).await
}

/// Writes a visit; a home found cold is a ticket, if it is none yet.
pub async fn measure(work: &Work, id: Uuid, input: &MeasureTemperature) -> Result<Case, Fault> {
    measured(work, measuring::measure(work, id, input).await?).await
}

/// Measures a household on a routine round.
pub async fn survey(work: &Work, input: &SurveyTemperature) -> Result<Case, Fault> {
    measured(work, measuring::survey(work, input).await?).await
}

/// What follows from a case that a file brought.
pub(crate) async fn imported(work: &Work, id: Uuid) -> Result<(), Fault> {
    match Cases::find_by_id(id).one(&work.db()).await? {
        Some(case) => measured(work, case).await.map(drop),
        None => Ok(()),
    }
}
