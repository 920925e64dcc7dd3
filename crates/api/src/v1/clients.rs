//! `/v1/clients` (PF-01): machines and their secrets.

use std::sync::Arc;

use actix_web::http::Method;
use identity::account::commands::AccountAct;
use identity::client::commands::{self, CreateClient};
use identity::client::{Client, ClientView};
use kernel::fault::Fault;
use serde::Serialize;
use store::{Answer, Done, Work, resource};
use utoipa::ToSchema;

use crate::call::{Call, Reply};
use crate::router::{Act, Api, Key};

const TAG: &str = "clients";
const MANAGE: &str = "platform.client:manage";

/// A client with its secret, shown once.
#[derive(Serialize, ToSchema)]
pub struct ClientSecret {
    #[serde(flatten)]
    pub client: ClientView,
    pub client_secret: String,
}

/// Declares clients.
pub fn routes(api: &mut Api) {
    api.resource::<Client>(TAG, "clients")
        .read_with(MANAGE)
        .list()
        .get()
        .history()
        .patch_with::<commands::ClientFields, _>(MANAGE, commands::update)
        .act_with(
            Act { action: "disable", summary: "Disables a client at once.", key: Key::Optional },
            MANAGE,
            commands::disable,
        );
    api.operation(Method::POST, "/v1/clients", "create_client", MANAGE, create)
        .tag(TAG)
        .summary("Opens a client; the secret is shown once.")
        .key(Key::No)
        .dry_run()
        .takes::<CreateClient>()
        .answers::<ClientSecret>()
        .versioned()
        .status(201);
    api.operation(Method::POST, "/v1/clients/{id}/rotate-secret", "rotate_client_secret", MANAGE, rotate)
        .tag(TAG)
        .summary("Replaces the secret; the old one stops at once.")
        .key(Key::No)
        .dry_run()
        .takes::<AccountAct>()
        .answers::<ClientSecret>();
}

async fn create(call: Call) -> Result<Reply, Fault> {
    let input = Arc::new(call.read::<CreateClient>()?);
    let secret = commands::new_secret()?;
    let write = async move |work: &Work| {
        let row = commands::open(work, &input, &secret).await?;
        shown(work, row, &secret, Done::Created).await
    };
    Ok(Reply::Secret(call.write(write).await?))
}

async fn rotate(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    let input = Arc::new(call.read_for::<Client, AccountAct>(id).await?);
    let secret = commands::new_secret()?;
    let write = async move |work: &Work| {
        let row = commands::rotate_secret(work, id, &secret, &input).await?;
        shown(work, row, &secret, Done::Ok).await
    };
    Ok(Reply::Secret(call.write(write).await?))
}

async fn shown(work: &Work, row: identity::client::entity::Model, secret: &str, done: Done) -> Result<Answer, Fault> {
    let (id, version) = (row.id, row.version);
    let client = resource::view::<Client>(work, row).await?;
    let answer = Answer::json(done, &ClientSecret { client, client_secret: secret.to_owned() })?.version(version);
    Ok(if done == Done::Created { answer.location(format!("/v1/clients/{id}")) } else { answer })
}
