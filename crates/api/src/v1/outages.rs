//! `/v1/outages` (spec heating §7, HS-04): each is an incident of the desk as well.

use std::sync::Arc;

use actix_web::http::Method;
use flows::outage_to_incident as flow;
use heating_service::household::{Household, HouseholdView};
use heating_service::outage::commands::{self, RestoreOutage};
use heating_service::outage::{Outage, OutageView, area};
use kernel::fault::Fault;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use serde::Serialize;
use serde_json::Value;
use store::life_cycle::Allowed;
use store::list::{self, Page};
use store::{Answer, Done, Reading, Resource, Work, resource};
use tickets::callback::{Callback, CallbackView, entity as callbacks};
use tickets::ticket::{Ticket, entity as cases};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::call::{Call, Reply, answer};
use crate::problem;
use crate::router::{Act, Api, Key};

const TAG: &str = "outages";
const READ: &str = "heating.outage:read";

/// Declares the outages.
pub fn routes(api: &mut Api) {
    let act = |action, summary| Act { action, summary, key: Key::Optional };
    api.resource::<Outage>(TAG, "outages")
        .list()
        .get()
        .history()
        .create_with("heating.outage:open", flow::open)
        .act("report-branch", "The station tells its branch.", commands::report_branch)
        .act("report-company", "The branch tells the company.", commands::report_company)
        .act("acknowledge", "The company says that it knows.", commands::acknowledge)
        .act("notify", "Tells the users, and promises the same to the tickets.", flow::notify)
        .act_with(act("start-repair", "Begins the repair."), "heating.outage:repair", commands::start_repair)
        .act("forecast", "Says when heat is expected back, to the tickets as well.", flow::forecast)
        .act("review", "Reviews a restored outage: cause, liability, measures.", commands::review)
        .act_with(act("cancel", "Takes back an outage that was none."), "heating.outage:review", flow::cancel);
    api.operation(Method::POST, "/v1/outages/{id}/restore", "restore_outage", "heating.outage:restore", restore)
        .tag(TAG)
        .also(207)
        .dry_run()
        .summary("Ends an outage and resolves each ticket it explains that can be; one result a ticket.")
        .takes::<RestoreOutage>()
        .answers::<RestoredOutage>()
        .versioned();
    parts(api);
}

/// A restored outage and what became of its tickets.
#[derive(Serialize, ToSchema)]
pub struct RestoredOutage {
    #[serde(flatten)]
    pub outage: OutageView,
    /// One a ticket that was open, in the order they were registered.
    pub tickets: Vec<OutageTicket>,
    /// Every act of the life cycle, whether this caller may do it now, and why not.
    pub allowed_actions: Vec<Allowed>,
}

/// What became of one ticket.
#[derive(Serialize, ToSchema)]
pub struct OutageTicket {
    pub id: Uuid,
    pub number: String,
    /// What it answered: 200 when it is resolved.
    pub status: u16,
    /// Why it stays open; null when it is resolved.
    pub code: Option<String>,
}

async fn restore(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    let input = Arc::new(call.read_for::<Outage, RestoreOutage>(id).await?);
    let write = async move |work: &Work| {
        let (row, settled) = flow::restore(work, id, &input).await?;
        let version = row.version;
        let mixed = settled.iter().any(|one| one.result.is_err());
        let told = |one: tickets::incident::restoring::Settled| {
            let refused = one.result.err();
            OutageTicket {
                id: one.ticket_id,
                number: one.number,
                status: refused.as_ref().map_or(200, |fault| problem::status(fault.kind()).as_u16()),
                code: refused.map(|fault| fault.code().to_owned()),
            }
        };
        let tickets: Vec<OutageTicket> = settled.into_iter().map(told).collect();
        let outage = answer::<Outage>(work, row, Done::Ok).await?;
        let mut body: Value = serde_json::from_slice(&outage.body).map_err(Fault::internal)?;
        body["tickets"] = serde_json::to_value(tickets).map_err(Fault::internal)?;
        Ok::<_, Fault>(Answer::json(if mixed { Done::Mixed } else { Done::Ok }, &body)?.version(version))
    };
    Ok(Reply::Answer(call.write(write).await?))
}

/// A page of the rows of `R` that a condition lets through, of those the caller may know of.
async fn page<R: Resource>(call: &Call, at: &Reading, only: Condition) -> Result<Reply, Fault> {
    let query = list::Query::read(call.query.clone())?;
    let rows = list::rows::<R>(at, &query, Condition::all().add(R::visible(at)).add(only)).await?;
    let page = Page { items: R::views(at, rows.items).await?, next_cursor: rows.next_cursor, total: rows.total };
    Ok(Reply::Answer(Answer::json(Done::Ok, &page)?))
}

fn parts(api: &mut Api) {
    api.operation(Method::GET, "/v1/outages/{id}/households", "list_households_of_outage", READ, async |call: Call| {
        let at = call.reading();
        let row = resource::find::<Outage>(&at, call.id()?).await?;
        let only = area::homes_of(&at, &row).await?;
        page::<Household>(&call, &at, only).await
    })
    .tag(TAG)
    .summary("Lists the households an outage reaches.")
    .query("limit", "integer", "Rows a page, 1–200.")
    .query("cursor", "string", "`next_cursor` of the page before.")
    .query("sort", "string", "As in the list of its own.")
    .query("include_total", "boolean", "Counts the rows as well.")
    .answers_page_of::<HouseholdView>();
    api.operation(Method::GET, "/v1/outages/{id}/tickets", "list_tickets_of_outage", READ, async |call: Call| {
        let at = call.reading();
        Outage::arise(&at).await?;
        let only = explained(&at, call.id()?).await?;
        page::<Ticket>(&call, &at, only).await
    })
    .tag(TAG)
    .summary("Lists the tickets an outage explains.")
    .query("limit", "integer", "Rows a page, 1–200.")
    .query("cursor", "string", "`next_cursor` of the page before.")
    .query("sort", "string", "As in the list of its own.")
    .query("include_total", "boolean", "Counts the rows as well.")
    .answers_page_of::<<Ticket as Resource>::View>();
    api.operation(
        Method::GET,
        "/v1/outages/{id}/call-back-list",
        "list_callbacks_of_outage",
        READ,
        async |call: Call| {
            let at = call.reading();
            Outage::arise(&at).await?;
            let tickets =
                cases::Entity::find().select_only().column(cases::Column::Id).filter(explained(&at, call.id()?).await?);
            let only = Condition::all().add(callbacks::Column::TicketId.in_subquery(tickets.into_query()));
            page::<Callback>(&call, &at, only).await
        },
    )
    .tag(TAG)
    .summary("Lists the callbacks of the tickets an outage explains.")
    .query("limit", "integer", "Rows a page, 1–200.")
    .query("cursor", "string", "`next_cursor` of the page before.")
    .query("sort", "string", "As in the list of its own.")
    .query("include_total", "boolean", "Counts the rows as well.")
    .answers_page_of::<CallbackView>();
}

/// The tickets of an outage's incident.
async fn explained(at: &Reading, id: Uuid) -> Result<Condition, Fault> {
    let row = resource::find::<Outage>(at, id).await?;
    let incident = flow::incident_of(at, row.id).await?.unwrap_or_default();
    Ok(Condition::all().add(cases::Column::IncidentId.eq(incident)))
}
