//! The holder behind one's own open work, in clear (heating §3, PF-04): for whoever measures a home or calls it back,
//! visited it, inspects it, or has its valve to see to.

use kernel::fault::{Fault, NOT_FOUND};
use kernel::time::Month;
use registers::customer::clear_contact;
use sea_orm::entity::prelude::*;
use store::journal::{Audience, Fact};
use store::{Reading, Work, resource};

use crate::household::{address, entity as homes};
use crate::inspection::InspectionCase;
use crate::inspection::entity::Status as InspectionStatus;
use crate::temperature::TemperatureCase;
use crate::temperature::entity::Status as TemperatureStatus;
use crate::valve_check::ValveCheck;
use crate::valve_check::entity::Status as ValveStatus;
use crate::visit::Visit;
use crate::visit::entity::{Model as VisitRow, line};
use crate::visit_problem::entity as problems;
use crate::visit_summary::entity as summaries;

/// Name and phone of the holder, and where the home is.
#[derive(Clone, Debug, Default)]
pub struct Contact {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub address: Option<String>,
}

/// What the holder stands behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    TemperatureCase(Uuid),
    /// A visit of one home, or a line of a visit.
    Visit(Uuid),
    InspectionCase(Uuid),
    ValveCheck(Uuid),
}

/// A household, and the fact that its holder was shown.
type Shown = (Uuid, Fact);

const VERB: &str = "contact_revealed";

fn ensure(own_and_open: bool) -> Result<(), Fault> {
    if own_and_open { Ok(()) } else { Err(Fault::new(&NOT_FOUND)) }
}

async fn of_case(work: &Work, id: Uuid) -> Result<Shown, Fault> {
    let row = resource::find::<TemperatureCase>(work, id).await?;
    let actor = work.actor();
    let own = ["heating.temperature:measure", "heating.temperature:call_back"].iter().any(|act| actor.holds(act));
    ensure(own && !actor.is_customer() && TemperatureStatus::OPEN.contains(&row.status))?;
    Ok((row.household_id, Fact::of::<TemperatureCase>(VERB, &row)))
}

async fn of_inspection(work: &Work, id: Uuid) -> Result<Shown, Fault> {
    let row = resource::find::<InspectionCase>(work, id).await?;
    let own = work.actor().persons().any(|person| person == row.inspector_id);
    ensure(own && row.status != InspectionStatus::Closed)?;
    Ok((row.household_id, Fact::of::<InspectionCase>(VERB, &row)))
}

/// A check belongs to whoever has the next act on it.
async fn of_check(work: &Work, id: Uuid) -> Result<Shown, Fault> {
    let row = resource::find::<ValveCheck>(work, id).await?;
    let next = match row.status {
        ValveStatus::Listed | ValveStatus::NoAccess | ValveStatus::Rectified => Some("heating.valve:check"),
        ValveStatus::NotClosed => Some("heating.valve:notify"),
        ValveStatus::Notified => Some("heating.valve:rectify"),
        ValveStatus::Closed | ValveStatus::Cut | ValveStatus::Excused => None,
    };
    ensure(next.is_some_and(|act| work.actor().holds(act)))?;
    Ok((row.household_id, Fact::of::<ValveCheck>(VERB, &row)))
}

/// The one home that is meant: of the line, or of the visit with a single line, else with a single open problem.
async fn home_of(at: &Reading, id: Uuid) -> Result<Option<line::Model>, Fault> {
    if let Some(line) = line::Entity::find_by_id(id).one(&at.db()).await? {
        return Ok(Some(line));
    }
    let mut lines = line::Entity::find().filter(line::Column::VisitId.eq(id)).all(&at.db()).await?;
    if lines.len() > 1 {
        let open = problems::Entity::find()
            .filter(problems::Column::VisitId.eq(id))
            .filter(problems::Column::SolvedAt.is_null())
            .all(&at.db())
            .await?;
        lines.retain(|line| open.iter().any(|problem| problem.household_id == line.household_id));
    }
    Ok(lines.pop().filter(|_| lines.is_empty()))
}

/// Whether the month of a visit is summed up: then the visit is closed.
async fn is_summed_up(at: &Reading, row: &VisitRow) -> Result<bool, Fault> {
    use summaries::Column;
    let of_month = summaries::Entity::find()
        .filter(Column::StationId.eq(row.station_id))
        .filter(Column::Month.eq(Month::of(row.visited_on).to_string()))
        .filter(Column::Status.ne(summaries::Status::Draft));
    Ok(of_month.one(&at.db()).await?.is_some())
}

async fn of_visit(work: &Work, id: Uuid) -> Result<Shown, Fault> {
    let line = home_of(work, id).await?.ok_or_else(|| Fault::new(&NOT_FOUND))?;
    let row = resource::find::<Visit>(work, line.visit_id).await?;
    let own = work.actor().persons().any(|person| person == row.officer_id);
    ensure(own && !is_summed_up(work, &row).await?)?;
    Ok((line.household_id, Fact::of::<Visit>(VERB, &row)))
}

/// Answers the contact behind a piece of work and journals the reading; all that is not the caller's own, or has
/// ended, is 404.
pub async fn reveal(work: &Work, behind: Behind, reason: &str) -> Result<Contact, Fault> {
    let (household_id, mut fact) = match behind {
        Behind::TemperatureCase(id) => of_case(work, id).await?,
        Behind::Visit(id) => of_visit(work, id).await?,
        Behind::InspectionCase(id) => of_inspection(work, id).await?,
        Behind::ValveCheck(id) => of_check(work, id).await?,
    };
    let home = homes::Entity::find_by_id(household_id).one(&work.db()).await?;
    let home = home.ok_or_else(|| Fault::internal("work without a household"))?;
    let (name, phone, _) = match home.customer_id {
        Some(customer) => clear_contact(work, customer).await?,
        None => (None, None, None),
    };
    fact.kind = "contact.revealed".to_owned();
    work.record(fact.reason(reason).audience(Audience::Audit));
    Ok(Contact { name, phone, address: Some(address(work, &home)?) })
}
