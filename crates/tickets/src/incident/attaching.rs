//! Which incident explains a ticket, and taking tickets in and out (TK-R06).

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{Condition, IntoActiveModel, QueryOrder, QuerySelect, QueryTrait, Set};
use store::acts::ReasonedAct;
use store::{Reading, Work};

use super::entity::{Column, Entity, Model, Status, category, place};
use super::reach::Reach;
use crate::catalogue;
use crate::ticket::entity::{Column as TicketColumn, Entity as Tickets, Model as TicketRow, Status as TicketStatus};
use crate::ticket::{self, begin, finish};

/// What decides whether an incident explains a ticket.
pub(crate) struct Report<'a> {
    pub category_code: &'a str,
    /// Project, building and station, as far as known.
    pub places: [Option<Uuid>; 3],
    pub received_at: DateTimeUtc,
}

/// The incident that explains a ticket received then: of several the latest begun, then the first number.
pub(crate) async fn explaining(at: &Reading, report: &Report<'_>) -> Result<Option<Model>, Fault> {
    let places: Vec<Uuid> = report.places.into_iter().flatten().collect();
    if places.is_empty() {
        return Ok(None);
    }
    let of_category = category::Entity::find()
        .select_only()
        .column(category::Column::IncidentId)
        .filter(category::Column::CategoryCode.is_in(catalogue::ancestors(report.category_code)));
    let there = place::Entity::find()
        .select_only()
        .column(place::Column::IncidentId)
        .filter(place::Column::PlaceId.is_in(places));
    let not_over = Condition::any().add(Column::RestoredAt.is_null()).add(Column::RestoredAt.gt(report.received_at));
    let found = Entity::find()
        .filter(Column::Status.is_in([Status::Open, Status::Restored]))
        .filter(Column::StartedAt.lte(report.received_at))
        .filter(not_over)
        .filter(Column::Id.in_subquery(of_category.into_query()))
        .filter(Column::Id.in_subquery(there.into_query()))
        .order_by_desc(Column::StartedAt)
        .order_by_asc(Column::Number)
        .one(&at.db())
        .await?;
    Ok(found)
}

/// Attaches a ticket that is attached nowhere to the incident that explains it, if there is one.
pub(crate) async fn attach(work: &Work, row: TicketRow) -> Result<TicketRow, Fault> {
    if row.incident_id.is_some() || row.status.is_terminal() {
        return Ok(row);
    }
    let report = Report {
        category_code: &row.category_code,
        places: [row.project_id, row.building_id, row.station_org_unit_id],
        received_at: row.received_at,
    };
    match explaining(work, &report).await? {
        Some(incident) => attach_to(work, row, &incident).await,
        None => Ok(row),
    }
}

async fn attach_to(work: &Work, row: TicketRow, incident: &Model) -> Result<TicketRow, Fault> {
    let mut change = row.clone().into_active_model();
    change.incident_id = Set(Some(incident.id));
    let fact = |fact: store::journal::Fact| fact.with("incident_number", incident.number.as_str());
    finish(work, &row, change, "incident_attached", fact, None).await
}

/// Attaches the open tickets an incident explains, unless `before` explained them too; of several open ones the latest
/// begun has them, whichever was told of first.
pub(super) async fn attach_waiting(
    work: &Work,
    incident: &Model,
    reach: &Reach,
    before: Option<(&Model, &Reach)>,
) -> Result<usize, Fault> {
    let begun_before = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Status.eq(Status::Open))
        .filter(Column::StartedAt.lt(incident.started_at));
    let free = Condition::any()
        .add(TicketColumn::IncidentId.is_null())
        .add(TicketColumn::IncidentId.in_subquery(begun_before.into_query()));
    let waiting = Tickets::find()
        .filter(TicketColumn::Status.is_in(TicketStatus::OPEN.iter().copied()))
        .filter(free)
        .filter(TicketColumn::ReceivedAt.gte(incident.started_at))
        .filter(reach.tickets())
        .order_by_asc(TicketColumn::Id)
        .lock(LockType::Update)
        .all(&work.db())
        .await?;
    let known = |row: &TicketRow| {
        before.is_some_and(|(before, reach)| before.started_at <= row.received_at && reach.covers(row))
    };
    let mut attached = 0;
    for row in waiting.into_iter().filter(|row| !known(row)) {
        attach_to(work, row, incident).await?;
        attached += 1;
    }
    Ok(attached)
}

/// The tickets attached to an incident, held.
pub(super) async fn attached(work: &Work, incident: Uuid) -> Result<Vec<TicketRow>, Fault> {
    let rows = Tickets::find()
        .filter(TicketColumn::IncidentId.eq(incident))
        .order_by_asc(TicketColumn::Id)
        .lock(LockType::Update);
    Ok(rows.all(&work.db()).await?)
}

/// Takes a ticket out of its incident.
pub(super) async fn detached(work: &Work, row: &TicketRow, reason: &str) -> Result<TicketRow, Fault> {
    let mut change = row.clone().into_active_model();
    change.incident_id = Set(None);
    finish(work, row, change, "incident_detached", |fact| fact.reason(reason), None).await
}

/// Takes a ticket out of the incident it was attached to.
pub async fn detach(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<ticket::entity::Model, Fault> {
    let (case, _) = begin(work, id, "detach-incident").await?;
    detached(work, &case.row, &input.reason).await
}
