//! `/v1/incidents`: one cause behind many tickets (spec tickets §7).

use std::sync::Arc;

use actix_web::http::Method;
use kernel::fault::Fault;
use serde::Serialize;
use serde_json::Value;
use store::life_cycle::Allowed;
use store::{Answer, Done, Work};
use tickets::incident::restoring::{self, RestoreIncident, Settled};
use tickets::incident::{Incident, IncidentView, commands};
use utoipa::ToSchema;
use uuid::Uuid;

use super::bulk::{self, RowResult};
use crate::call::{Call, Reply, answer};
use crate::router::Api;

const TAG: &str = "incidents";

/// Declares the incidents.
pub fn routes(api: &mut Api) {
    api.resource::<Incident>(TAG, "incidents")
        .list()
        .get()
        .history()
        .create(commands::open)
        .patch::<commands::IncidentFields, _>(commands::update)
        .act("close", "Closes a restored incident whose tickets are all answered.", commands::close)
        .act("cancel", "Ends an incident that was none; its tickets are detached.", commands::cancel);
    api.operation(Method::POST, "/v1/incidents/{id}/restore", "restore_incident", "tickets.incident:restore", restore)
        .tag(TAG)
        .also(207)
        .dry_run()
        .summary("Ends an incident and resolves each of its tickets that can be; one result a ticket.")
        .takes::<RestoreIncident>()
        .answers::<RestoredIncident>()
        .versioned();
}

/// A restored incident and what became of its tickets.
#[derive(Serialize, ToSchema)]
pub struct RestoredIncident {
    #[serde(flatten)]
    pub incident: IncidentView,
    /// One a ticket that was open, in the order they were registered.
    pub results: Vec<RestoredTicket>,
    /// Every act of the life cycle, whether this caller may do it now, and why not.
    pub allowed_actions: Vec<Allowed>,
}

/// What became of one ticket.
#[derive(Serialize, ToSchema)]
pub struct RestoredTicket {
    pub ticket_id: Uuid,
    pub number: String,
    #[serde(flatten)]
    pub result: RowResult,
}

async fn restore(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    let input = Arc::new(call.read_for::<Incident, RestoreIncident>(id).await?);
    let path = call.request.path().to_owned();
    let write = async move |work: &Work| {
        let (row, settled) = restoring::restore(work, id, &input).await?;
        let version = row.version;
        let mixed = settled.iter().any(|one| one.result.is_err());
        let shown = |(n, one): (usize, Settled)| {
            let result = one.result.map(|ticket| (ticket.id, Some(ticket.version)));
            RestoredTicket {
                ticket_id: one.ticket_id,
                number: one.number,
                result: bulk::result(n, result, work, &path),
            }
        };
        let results: Vec<RestoredTicket> = settled.into_iter().enumerate().map(shown).collect();
        let incident = answer::<Incident>(work, row, Done::Ok).await?;
        let mut body: Value = serde_json::from_slice(&incident.body).map_err(Fault::internal)?;
        body["results"] = serde_json::to_value(results).map_err(Fault::internal)?;
        let done = if mixed { Done::Mixed } else { Done::Ok };
        Ok::<_, Fault>(Answer::json(done, &body)?.version(version))
    };
    Ok(Reply::Answer(call.write(write).await?))
}
