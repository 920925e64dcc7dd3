//! A customer's way to his own account: a code sent to his phone, then login and password (PF-01).

use std::time::Duration;

use actix_web::http::Method;
use identity::account::AccountView;
use identity::customer_code::{self, CodeSent, NewCode, RegisterCustomer};
use kernel::fault::Fault;
use outbound::letter::{self, NewLetter};
use outbound::notification::entity::Channel;
use serde::Deserialize;
use store::{Work, protected};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::call::{Call, Reply};
use crate::router::{Api, Key};

const TAG: &str = "auth";
const PUBLIC: &str = "platform.auth:sign_in";
/// How long every question for a code takes: writing a letter or none must not tell whose number is on a file.
const EVEN: Duration = Duration::from_millis(250);

/// A phone on the customer's file.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AskCustomerCode {
    #[schema(format = "phone")]
    pub phone: String,
}

/// Declares the one-time code and the account opened with it.
pub fn routes(api: &mut Api) {
    api.operation(Method::POST, "/v1/auth/customer-code", "send_customer_code", PUBLIC, async |call: Call| {
        let input = call.read::<AskCustomerCode>()?;
        let even = tokio::time::sleep(EVEN);
        let state = &call.state;
        let sent = customer_code::send(&state.store, call.ctx.clone(), &input.phone, state.sandbox, post).await;
        even.await;
        Ok(Reply::Secret(sent?))
    })
    .tag(TAG)
    .summary("Sends a one-time code to a phone on a customer's file; answers every number alike.")
    .key(Key::No)
    .takes::<AskCustomerCode>()
    .answers::<CodeSent>();
    api.operation(
        Method::POST,
        "/v1/auth/customer-register",
        "register_customer_account",
        PUBLIC,
        async |call: Call| {
            let input = call.read::<RegisterCustomer>()?;
            Ok(Reply::Secret(customer_code::register(&call.state.store, call.ctx.clone(), input).await?))
        },
    )
    .tag(TAG)
    .summary("Opens a customer's own account against the code.")
    .key(Key::No)
    .takes::<RegisterCustomer>()
    .answers::<AccountView>()
    .status(201);
}

/// Writes the letter a code goes to the customer with.
async fn post(work: &Work, new: &NewCode) -> Result<Uuid, Fault> {
    let key = protected::person_key(work, new.customer_id).await?;
    let key = key.ok_or_else(|| Fault::internal("a customer without a key"))?;
    let minutes = (new.expires_at - work.now).num_minutes();
    let body = format!("您的验证码是 {}，{minutes} 分钟内有效。请勿告诉他人；如非本人操作，请忽略。", new.code);
    let letter = NewLetter {
        customer_id: new.customer_id,
        channel: Channel::Sms,
        subject: None,
        body: &body,
        due_at: work.now,
        batch_id: new.id,
    };
    letter::write(work, &letter, &key).await
}
