//! `/v1/accounts` (PF-01).

use std::sync::Arc;

use actix_web::http::Method;
use identity::account::commands::{self, CreateAccount};
use identity::account::{Account, AccountView};
use identity::client::commands::new_secret;
use identity::{check_strength, hash_password};
use kernel::fault::Fault;
use serde::Serialize;
use store::{Answer, Done, Work, parameters, resource};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::call::{Call, Reply, answer};
use crate::router::{Act, Api, Key};

const TAG: &str = "accounts";
const UPDATE: &str = "platform.account:update";

/// A temporary password, shown once; it must be changed at the first sign-in.
#[derive(Serialize, ToSchema)]
pub struct TemporaryPassword {
    pub account_id: Uuid,
    pub password: String,
}

/// Declares accounts.
pub fn routes(api: &mut Api) {
    let act = |action, summary| Act { action, summary, key: Key::Optional };
    api.resource::<Account>(TAG, "accounts")
        .list()
        .get()
        .history()
        .patch::<commands::AccountFields, _>(commands::update)
        .act_with(act("lock", "Locks an account; its sessions end at once."), UPDATE, commands::lock)
        .act_with(act("unlock", "Unlocks an account."), UPDATE, commands::unlock)
        .act_with(act("disable", "Disables an account."), UPDATE, commands::disable);
    api.operation(Method::POST, "/v1/accounts", "create_account", "platform.account:create", create)
        .tag(TAG)
        .summary("Opens an account; its first sign-in must change the password.")
        .dry_run()
        .takes::<CreateAccount>()
        .answers_one::<AccountView>()
        .status(201);
    api.operation(Method::POST, "/v1/accounts/{id}/reset-password", "reset_account_password", UPDATE, reset)
        .tag(TAG)
        .summary("Gives a temporary password, shown once.")
        .key(Key::No)
        .dry_run()
        .takes::<commands::AccountAct>()
        .answers::<TemporaryPassword>();
}

async fn create(call: Call) -> Result<Reply, Fault> {
    let input = Arc::new(call.read::<CreateAccount>()?);
    let min = parameters::integer(&call.reading(), "platform.identity.password_min").await?;
    check_strength(&input.password, &input.login, min, "/password")?;
    let hash = hash_password(&input.password).await?;
    let write = async move |work: &Work| {
        let owner = commands::owner(work, &input).await?;
        let row = commands::open(work, &input.login, &hash, owner, true).await?;
        answer::<Account>(work, row, Done::Created).await
    };
    Ok(Reply::Secret(call.write(write).await?))
}

async fn reset(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    let input = Arc::new(call.read_for::<Account, commands::AccountAct>(id).await?);
    resource::find::<Account>(&call.reading(), id).await?;
    let password = new_secret()?;
    let hash = hash_password(&password).await?;
    let write = async move |work: &Work| {
        commands::set_password(work, id, &hash, true, &input).await?;
        Answer::json(Done::Ok, &TemporaryPassword { account_id: id, password: password.clone() })
    };
    Ok(Reply::Secret(call.write(write).await?))
}
