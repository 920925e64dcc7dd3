//! `POST /v1/contacts/reveal`: the contact behind one's own open case (PF-04), whatever domain the case is of.

use std::sync::Arc;

use actix_web::http::Method;
use heating_service::temperature::contact as temperature;
use kernel::fault::Fault;
use serde::Deserialize;
use store::{Answer, Done, Work};
use tickets::ticket::contact::{self, Case, RevealedContact};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::call::{Call, Reply};
use crate::router::{Api, Key};

/// Which case, and why.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RevealContact {
    pub resource: ContactSource,
    pub id: Uuid,
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// What a contact may stand behind.
#[codes::code(stored = false)]
pub enum ContactSource {
    /// 工单
    Ticket,
    /// 回访
    Callback,
    /// 维修单
    RepairOrder,
    /// 测温单
    TemperatureCase,
}

/// Declares the revealing of contacts.
pub fn routes(api: &mut Api) {
    api.operation(
        Method::POST,
        "/v1/contacts/reveal",
        "reveal_contact",
        "platform.contact:reveal",
        async |call: Call| {
            let input = Arc::new(call.read::<RevealContact>()?);
            let write = async move |work: &Work| Answer::json(Done::Ok, &reveal(work, &input).await?);
            Ok(Reply::Secret(call.write(write).await?))
        },
    )
    .tag("customers")
    .summary(
        "Shows the contact behind one's own open ticket, callback, repair order or temperature case; the reading is \
         journaled.",
    )
    .key(Key::No)
    .takes::<RevealContact>()
    .answers::<RevealedContact>();
}

async fn reveal(work: &Work, input: &RevealContact) -> Result<RevealedContact, Fault> {
    let (id, reason) = (input.id, input.reason.as_str());
    let case = match input.resource {
        ContactSource::Ticket => Case::Ticket(id),
        ContactSource::Callback => Case::Callback(id),
        ContactSource::RepairOrder => Case::RepairOrder(id),
        ContactSource::TemperatureCase => {
            let temperature::Holder { name, phone, address } = temperature::reveal(work, id, reason).await?;
            return Ok(RevealedContact { name, phone, address });
        }
    };
    contact::reveal(work, case, reason).await
}
