//! Reconciling complaints with the official lines needs what the desk knows: when a ticket was answered, and a ticket
//! for a line nobody registered here (HS-R19).

use std::collections::HashMap;

use heating_service::household::Household;
use heating_service::official_line::commands::clear_phone;
use heating_service::official_line::entity::Model as Line;
use heating_service::ownership::queries::holder;
use heating_service::reconciliation::commands::{
    self, CreateComplaintReconciliation, MatchAction, MatchComplaintReconciliation, Replies,
};
use heating_service::reconciliation::entity::Model;
use heating_service::station::HeatingStation;
use kernel::fault::Fault;
use registers::referenced;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use store::{Reading, Work};
use tickets::catalogue::{Kind, PlaceKind};
use tickets::ticket::entity::{Column, Entity as Tickets};
use tickets::ticket::register::{self, RegisterTicket, Requester};
use uuid::Uuid;

use crate::{complaint_to_heating, ticket};

/// The channel of a case that an authority passed on.
const CHANNEL: &str = "government";

async fn replies(at: &Reading, tickets: Vec<Uuid>) -> Result<Replies, Fault> {
    let rows: Vec<(Uuid, Option<sea_orm::prelude::DateTimeUtc>)> = Tickets::find()
        .select_only()
        .column(Column::Id)
        .column(Column::RepliedAt)
        .filter(Column::Id.is_in(tickets))
        .into_tuple()
        .all(&at.db())
        .await?;
    let answered = |(id, replied_at): (Uuid, Option<_>)| replied_at.map(|at| (id, at));
    Ok(rows.into_iter().filter_map(answered).collect::<HashMap<_, _>>())
}

/// Opens a reconciliation and matches what is there.
pub async fn create(work: &Work, input: &CreateComplaintReconciliation) -> Result<Model, Fault> {
    commands::create(work, input, async |tickets| replies(work, tickets).await).await
}

/// Decides a line, or matches anew; for a line nobody registered here it opens the ticket.
pub async fn matched(work: &Work, id: Uuid, input: &MatchComplaintReconciliation) -> Result<Model, Fault> {
    let known = async |tickets| replies(work, tickets).await;
    let Some(line_id) = input.line_id.filter(|_| input.action == Some(MatchAction::RegisterMissing)) else {
        return commands::matched(work, id, input, known).await;
    };
    let line = commands::missing(work, id, line_id).await?;
    let (report, finder) = report(work, input, &line).await?;
    let row = register::follow(work, &report, finder).await?;
    let ours = complaint_to_heating::received(work, &row, line.received_at).await?;
    ticket::registered(work, &row).await?;
    let ours = ours.ok_or_else(|| Fault::field("/station_id", "required"))?;
    commands::registered(work, id, line_id, &ours, known).await
}

/// The ticket of a line: of the home named, else of the station, which also asks in the name of somebody who left
/// neither.
async fn report(
    work: &Work,
    input: &MatchComplaintReconciliation,
    line: &Line,
) -> Result<(RegisterTicket, Option<Uuid>), Fault> {
    let home = match input.household_id {
        Some(home) => Some(referenced::known::<Household>(work, home, "/household_id").await?),
        None => None,
    };
    let station_org_unit_id = match (&home, input.station_id) {
        (Some(home), _) => home.org_unit_id,
        (None, Some(station)) => referenced::known::<HeatingStation>(work, station, "/station_id").await?.org_unit_id,
        (None, None) => return Err(Fault::field("/station_id", "required")),
    };
    let unit_id = home.as_ref().and_then(|home| home.unit_id);
    let customer_id = match &home {
        Some(home) => holder(work, home).await?,
        None => None,
    };
    let requester = match (customer_id, clear_phone(work, line)?) {
        (None, Some(phone)) => {
            Some(Requester {
                name: "官方转办".to_owned(), phone, company: None, address: line.address_masked.clone()
            })
        }
        _ => None,
    };
    let finder = (customer_id.is_none() && requester.is_none()).then_some(station_org_unit_id);
    let report = RegisterTicket {
        channel_code: CHANNEL.to_owned(),
        kind: Kind::Complaint,
        category_code: input.category_code.clone().unwrap_or_else(|| "heating.other".to_owned()),
        place_kind: if unit_id.is_some() { PlaceKind::Unit } else { PlaceKind::StationArea },
        severity: None,
        title: None,
        description: format!("官方转办:{}", line.content),
        cause: None,
        customer_id,
        requester,
        project_id: None,
        building_id: None,
        unit_id,
        station_org_unit_id: Some(station_org_unit_id),
        received_at: None,
        complained_staff_id: None,
        call_ids: Vec::new(),
        tags: Vec::new(),
        document_ids: Vec::new(),
        external_ids: Vec::new(),
        authority_number: Some(line.external_no.clone()),
        authority_due_at: line.reply_due_at.map(Into::into),
    };
    Ok((report, finder))
}
