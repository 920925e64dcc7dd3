//! `/v1/visits`, their plans, problems and monthly summaries (spec heating §7, HS-06).

use actix_web::http::Method;
use flows::{finding_to_ticket, visit_work};
use heating_service::visit::Visit;
use heating_service::visit::work::{self, Contact};
use heating_service::visit_plan::{self, VisitPlan};
use heating_service::visit_problem::{self, VisitProblem};
use heating_service::visit_summary::{self, VisitSummary};
use kernel::fault::{Fault, INVALID_PARAMETER};
use kernel::time::business_day;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::Serialize;
use store::{Answer, Done, Reading, Resource, list};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::call::{Call, Reply};
use crate::router::{Act, Api, Key};

const TAG: &str = "visits";
const READ: &str = "heating.visit:read";
const CREATE: &str = "heating.visit:create";

/// Declares the visits.
pub fn routes(api: &mut Api) {
    let act = |action, summary| Act { action, summary, key: Key::Optional };
    api.operation(Method::GET, "/v1/visits/work-candidates", "list_visit_work_candidates", CREATE, candidates)
        .tag(TAG)
        .summary("Proposes real work of an officer's day that stands for lines of a visit.")
        .query("officer_id", "uuid", "Who was there; the caller when absent.")
        .query("date", "date", "The local day; today when absent.")
        .query("station_id", "uuid", "Only households of this station.")
        .answers::<VisitWorkCandidates>();
    api.resource::<Visit>(TAG, "visits").list().get().history().create_with(CREATE, finding_to_ticket::record_visit);
    api.resource::<VisitPlan>(TAG, "visit_plans")
        .read_with(READ)
        .list()
        .get()
        .history()
        .create_with("heating.visit:plan", visit_plan::commands::create);
    api.resource::<VisitProblem>(TAG, "visit_problems")
        .read_with(READ)
        .list()
        .get()
        .history()
        .create_with(CREATE, finding_to_ticket::tell_problem)
        .act("solve", "Says how a problem was solved.", visit_problem::commands::solve);
    api.resource::<VisitSummary>(TAG, "visit_summaries")
        .read_with(READ)
        .list()
        .get()
        .history()
        .create_with(CREATE, visit_summary::commands::create)
        .act_with(
            act("submit", "Submits a month's summary; every problem has a cause by then."),
            "heating.visit_summary:submit",
            visit_summary::commands::submit,
        )
        .act_with(act("accept", "Accepts a summary."), "heating.visit_summary:accept", visit_summary::commands::accept);
}

/// What an officer did in households on a day.
#[derive(Serialize, ToSchema)]
pub struct VisitWorkCandidates {
    pub items: Vec<Contact>,
}

async fn candidates(call: Call) -> Result<Reply, Fault> {
    let at = call.reading();
    let day = call.query_value("date").map(|text| list::day("date", text)).transpose()?;
    let station = call.query_value("station_id").map(|text| list::uuid("station_id", text)).transpose()?;
    let officer = call.query_value("officer_id").map(|text| list::uuid("officer_id", text)).transpose()?;
    let own = at.actor().staff_id.unwrap_or(at.actor().sub);
    let officer = officer.unwrap_or(own);
    // A visit officer asks for himself.
    if officer != own && at.actor().is(access::JobRole::VisitOfficer) {
        return Err(Fault::new(&INVALID_PARAMETER).with("parameter", "officer_id"));
    }
    let day = day.unwrap_or_else(|| business_day(at.now));
    let mut items = work::candidates(&at, &visit_work::kinds(), officer, day).await?;
    let known = known_homes(&at, &items, station).await?;
    items.retain(|it| known.contains(&it.household_id));
    Ok(Reply::Answer(Answer::json(Done::Ok, &VisitWorkCandidates { items })?))
}

/// Of the households of these contacts those the caller may know of.
async fn known_homes(at: &Reading, contacts: &[Contact], station: Option<Uuid>) -> Result<Vec<Uuid>, Fault> {
    use heating_service::household::Household;
    use heating_service::household::entity::{Column, Entity};
    let mut select = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Household::visible(at))
        .filter(Column::Id.is_in(contacts.iter().map(|it| it.household_id)));
    if let Some(station) = station {
        select = select.filter(Column::StationId.eq(station));
    }
    Ok(select.into_tuple().all(&at.db()).await?)
}
