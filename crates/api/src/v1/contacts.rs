//! `POST /v1/contacts/reveal`: the contact behind one's own open case (PF-04).

use std::sync::Arc;

use actix_web::http::Method;
use flows::contact::{self, RevealContact};
use store::{Answer, Done, Work};
use tickets::ticket::contact::RevealedContact;

use crate::call::{Call, Reply};
use crate::router::{Api, Key};

/// Declares the revealing of contacts.
pub fn routes(api: &mut Api) {
    api.operation(
        Method::POST,
        "/v1/contacts/reveal",
        "reveal_contact",
        "platform.contact:reveal",
        async |call: Call| {
            let input = Arc::new(call.read::<RevealContact>()?);
            let write = async move |work: &Work| Answer::json(Done::Ok, &contact::reveal(work, &input).await?);
            Ok(Reply::Secret(call.write(write).await?))
        },
    )
    .tag("customers")
    .summary(
        "Shows the contact behind one's own open ticket, callback, repair order, temperature case, visit, inspection case \
         or valve check; the reading is journaled.",
    )
    .key(Key::No)
    .takes::<RevealContact>()
    .answers::<RevealedContact>();
}
