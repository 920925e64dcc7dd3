//! `/v1/service-assets`, `/v1/service-card-movements` and the public `/v1/asset-intake/{token}` (spec heating §7,
//! HS-13).

use std::sync::Arc;

use access::Actor;
use actix_web::http::Method;
use flows::asset_intake_to_ticket::{self as flow, AssetIntake, AssetIntakeForm, CreateAssetIntake};
use heating_service::service_asset::commands::{self, ServiceAssetFields};
use heating_service::service_asset::{ServiceAsset, token};
use heating_service::service_card::{self, ServiceCards};
use kernel::fault::Fault;
use store::{Answer, Context, Done, Work};

use crate::call::{Call, Reply};
use crate::router::{Act, Api, Key};

const TAG: &str = "service assets";
const READ: &str = "heating.asset:read";
const CREATE: &str = "heating.asset:create";
const UPDATE: &str = "heating.asset:update";
const INTAKE: &str = "heating.asset_intake:create";

/// Declares assets, cards and the form their codes open.
pub fn routes(api: &mut Api) {
    let remove = Act {
        action: "remove",
        summary: "Takes an asset down; its code opens nothing from then on.",
        key: Key::Optional,
    };
    api.resource::<ServiceAsset>(TAG, "service_assets")
        .read_with(READ)
        .list()
        .get()
        .history()
        .create_with(CREATE, commands::create)
        .patch_with::<ServiceAssetFields, _>(UPDATE, commands::update)
        .act_with(remove, UPDATE, commands::remove);
    api.resource::<ServiceCards>(TAG, "service_card_movements")
        .read_with(READ)
        .list()
        .get()
        .history()
        .create_with(CREATE, service_card::commands::create);
    api.operation(Method::GET, "/v1/asset-intake/{token}", "get_asset_intake", INTAKE, show)
        .tag(TAG)
        .summary("Shows whose asset a code is on: the station's name; no sign-in.")
        .answers::<AssetIntakeForm>();
    api.operation(Method::POST, "/v1/asset-intake/{token}", "create_asset_intake", INTAKE, report)
        .tag(TAG)
        .summary("Registers what somebody reports by the code of an asset as a ticket of its station; no sign-in.")
        .status(201)
        .dry_run()
        .takes::<CreateAssetIntake>()
        .answers::<AssetIntake>();
}

async fn show(call: Call) -> Result<Reply, Fault> {
    let shown = flow::form(&call.reading(), call.param(0)).await?;
    Ok(Reply::Answer(Answer::json(Done::Ok, &shown)?))
}

async fn report(call: Call) -> Result<Reply, Fault> {
    token::find(&call.reading(), call.param(0)).await?;
    let input = Arc::new(call.read::<CreateAssetIntake>()?);
    // Nobody signed in; the house registers it.
    let ctx = Context { actor: Actor::system(), ..(*call.ctx).clone() };
    let token = call.param(0).to_owned();
    let write = async move |work: &Work| Answer::json(Done::Created, &flow::report(work, &token, &input).await?);
    Ok(Reply::Answer(call.state.store.write(Arc::new(ctx), write).await?))
}
