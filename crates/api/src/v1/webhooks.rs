//! `/v1/webhooks` (PF-12): facts sent to other systems.

use std::sync::Arc;

use actix_web::http::Method;
use kernel::fault::Fault;
use outbound::delivery::Delivery;
use outbound::sign::Secret;
use outbound::webhook::commands::{self, CreateWebhook, WebhookFields};
use outbound::webhook::{Model, Webhook, WebhookView};
use serde::Serialize;
use serde_json::Value;
use store::acts::BareAct;
use store::{Answer, Done, Work, resource};
use utoipa::ToSchema;

use crate::call::{Call, Reply};
use crate::router::{Act, Api, Key};

const TAG: &str = "webhooks";
const MANAGE: &str = "platform.webhook:manage";

/// A webhook with its secret, shown once.
#[derive(Serialize, ToSchema)]
pub struct WebhookSecret {
    #[serde(flatten)]
    pub webhook: WebhookView,
    /// `whsec_…`, for verifying `webhook-signature` after Standard Webhooks.
    pub secret: String,
}

/// Declares webhooks.
pub fn routes(api: &mut Api) {
    let act = |action, summary| Act { action, summary, key: Key::Optional };
    api.resource::<Webhook>(TAG, "webhooks")
        .read_with(MANAGE)
        .list()
        .get()
        .history()
        .patch_after::<WebhookFields, _, _>(MANAGE, check_new_address, commands::update)
        .parts::<Delivery>("deliveries", "webhook_id", MANAGE)
        .act_with(act("test", "Sends a message of type `webhook.test`."), MANAGE, commands::test)
        .act_with(act("replay", "Sends everything from a position on once more."), MANAGE, commands::replay);
    api.operation(Method::POST, "/v1/webhooks", "create_webhook", MANAGE, create)
        .tag(TAG)
        .summary("Opens a webhook; the secret is shown once.")
        .key(Key::No)
        .dry_run()
        .takes::<CreateWebhook>()
        .answers::<WebhookSecret>()
        .versioned()
        .status(201);
    api.operation(Method::POST, "/v1/webhooks/{id}/rotate-secret", "rotate_webhook_secret", MANAGE, rotate)
        .tag(TAG)
        .summary("Replaces the secret; for an overlap messages are signed with both.")
        .key(Key::No)
        .dry_run()
        .takes::<BareAct>()
        .answers::<WebhookSecret>();
}

async fn create(call: Call) -> Result<Reply, Fault> {
    let input = Arc::new(call.read::<CreateWebhook>()?);
    call.state.caller.check(&input.url).await?;
    let secret = Secret::new()?;
    let write = async move |work: &Work| {
        let row = commands::create(work, &input, &secret).await?;
        shown(work, row, &secret, Done::Created).await
    };
    Ok(Reply::Secret(call.write(write).await?))
}

async fn rotate(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    call.read_for::<Webhook, BareAct>(id).await?;
    let secret = Secret::new()?;
    let write = async move |work: &Work| {
        let row = commands::rotate_secret(work, id, &secret).await?;
        shown(work, row, &secret, Done::Ok).await
    };
    Ok(Reply::Secret(call.write(write).await?))
}

async fn shown(work: &Work, row: Model, secret: &Secret, done: Done) -> Result<Answer, Fault> {
    let (id, version) = (row.id, row.version);
    let webhook = resource::view::<Webhook>(work, row).await?;
    let answer = Answer::json(done, &WebhookSecret { webhook, secret: secret.show() })?.version(version);
    Ok(if done == Done::Created { answer.location(format!("/v1/webhooks/{id}")) } else { answer })
}

/// A patch that names another address: it is resolved before the transaction begins.
async fn check_new_address(call: &Call) -> Result<(), Fault> {
    let Some(url) = call.body.get("url").and_then(Value::as_str) else { return Ok(()) };
    let row = resource::find::<Webhook>(&call.reading(), call.id()?).await?;
    if url == row.url { Ok(()) } else { call.state.caller.check(url).await }
}
