//! `/v1/customers` (PF-04).

use std::sync::Arc;

use actix_web::http::Method;
use heating_service::ownership;
use identity::account;
use kernel::fault::Fault;
use registers::customer::reveal::{CustomerExport, Reveal, RevealMany, RevealedCustomer, RevealedCustomers};
use registers::customer::{self, Customer, CustomerFields, erase, merge, reveal};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use store::acts::ReasonedAct;
use store::{Answer, Done, Work};
use tickets::service_request::entity as service_request;
use tickets::ticket::entity as ticket;
use uuid::Uuid;

use crate::call::{Call, Reply};
use crate::router::{Act, Api, Key};

const TAG: &str = "customers";
const PII: &str = "platform.customer_pii:read";

/// Declares the customers.
pub fn routes(api: &mut Api) {
    let act = |action, summary| Act { action, summary, key: Key::Optional };
    api.resource::<Customer>(TAG, "customers")
        .list()
        .get()
        .history()
        .create(customer::create)
        .upsert(
            "Enters or changes the customer another system knows by this id.",
            "platform.customer:update",
            customer::put,
        )
        .bulk("Enters up to 200 customers; one result a row.", "platform.customer:create", customer::create)
        .patch::<CustomerFields, _>(customer::update)
        .act_with(
            act("merge", "Merges a file into another; reversible for some days."),
            "platform.customer:merge",
            merge::merge,
        )
        .act_with(act("unmerge", "Takes a merged file out again."), "platform.customer:merge", merge::unmerge)
        .act_with(act("erase", "Erases a person's data for good."), "platform.customer:erase", erase_customer);
    reveals(api);
}

fn reveals(api: &mut Api) {
    api.operation(Method::POST, "/v1/customers/{id}/reveal", "reveal_customer", PII, reveal_one)
        .tag(TAG)
        .summary("Shows personal fields in clear; the reading is journaled.")
        .key(Key::No)
        .takes::<Reveal>()
        .answers::<RevealedCustomer>();
    api.operation(Method::POST, "/v1/customers/reveal", "reveal_customers", PII, reveal_many)
        .tag(TAG)
        .summary("Shows personal fields of up to 50 customers in clear; each reading is journaled.")
        .key(Key::No)
        .takes::<RevealMany>()
        .answers::<RevealedCustomers>();
    api.operation(Method::POST, "/v1/customers/{id}/export", "export_customer", PII, export)
        .tag(TAG)
        .summary("Hands out everything kept about a person; journaled.")
        .key(Key::No)
        .takes::<ReasonedAct>()
        .answers::<CustomerExport>();
}

async fn reveal_one(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    let input = Arc::new(call.read_for::<Customer, Reveal>(id).await?);
    let write = async move |work: &Work| Answer::json(Done::Ok, &reveal::one(work, id, &input).await?);
    Ok(Reply::Secret(call.write(write).await?))
}

async fn reveal_many(call: Call) -> Result<Reply, Fault> {
    let input = Arc::new(call.read::<RevealMany>()?);
    let write = async move |work: &Work| Answer::json(Done::Ok, &reveal::many(work, &input).await?);
    Ok(Reply::Secret(call.write(write).await?))
}

async fn export(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    let input = Arc::new(call.read_for::<Customer, ReasonedAct>(id).await?);
    let write = async move |work: &Work| Answer::json(Done::Ok, &reveal::export(work, id, &input).await?);
    Ok(Reply::Secret(call.write(write).await?))
}

async fn erase_customer(work: &Work, id: Uuid, cmd: &ReasonedAct) -> Result<customer::Model, Fault> {
    let in_use = async |work: &Work, id: Uuid| {
        Ok(has_open_tickets(work, id).await?
            || has_open_requests(work, id).await?
            || ownership::queries::runs_with(work, id).await?)
    };
    let row = erase::erase(work, id, cmd, in_use).await?;
    account::commands::close_of_customer(work, id).await?;
    Ok(row)
}

/// Whether a ticket of the customer still waits for something.
async fn has_open_tickets(work: &Work, id: Uuid) -> Result<bool, Fault> {
    let open = ticket::Entity::find()
        .filter(ticket::Column::CustomerId.eq(id))
        .filter(ticket::Column::Status.is_in(ticket::Status::OPEN.iter().copied()));
    Ok(open.count(&work.db()).await? > 0)
}

/// Whether something he asked for is not done: goods or money may still be due to him.
async fn has_open_requests(work: &Work, id: Uuid) -> Result<bool, Fault> {
    let open = service_request::Entity::find()
        .filter(service_request::Column::CustomerId.eq(id))
        .filter(service_request::Column::Status.is_not_in(service_request::Status::ENDED.iter().copied()));
    Ok(open.count(&work.db()).await? > 0)
}
