//! `/v1/units` and their owners (PF-05).

use std::sync::Arc;

use actix_web::http::Method;
use kernel::fault::Fault;
use registers::external_ids::ExternalId;
use registers::property::owner::commands as owners;
use registers::property::unit::UnitView;
use registers::property::unit::commands::{self, CreateUnit, UnitFields};
use registers::property::{Unit, UnitOwner};
use store::{Done, Work};

use super::bulk::{self, BulkRows, RowResults};
use crate::call::{Call, Reply, answer};
use crate::router::{Api, Key};

const TAG: &str = "property";

/// Declares the units.
pub fn routes(api: &mut Api) {
    api.resource::<Unit>(TAG, "units")
        .read_with(super::PROPERTY_READ)
        .list()
        .get()
        .history()
        .create_with(super::PROPERTY_MANAGE, commands::create)
        .patch_with::<UnitFields, _>(super::PROPERTY_MANAGE, commands::update)
        .parts::<UnitOwner>("owners", "unit_id", super::PROPERTY_READ)
        .add_part::<UnitOwner, _, _>(
            "owners",
            "Enters who owns a unit.",
            "platform.property:manage_owners",
            owners::add,
        );
    api.operation(Method::POST, "/v1/units/bulk", "bulk_units", super::PROPERTY_MANAGE, async |call: Call| {
        bulk::create::<Unit, CreateUnit, _>(call, commands::create).await
    })
    .tag(TAG)
    .also(207)
    .summary("Enters up to 200 units; one result a row.")
    .key(Key::Required)
    .dry_run()
    .takes::<BulkRows>()
    .answers::<RowResults>();
    api.operation(
        Method::PUT,
        "/v1/units/by-external-id/{system}/{external_id}",
        "upsert_unit",
        super::PROPERTY_MANAGE,
        upsert,
    )
    .tag(TAG)
    .also(201)
    .summary("Enters or changes the unit another system knows by this id.")
    .takes::<CreateUnit>()
    .answers::<UnitView>();
}

async fn upsert(call: Call) -> Result<Reply, Fault> {
    let external = ExternalId { system: call.param(0).to_owned(), id: call.param(1).to_owned() };
    let input = Arc::new(call.read::<CreateUnit>()?);
    let write = async move |work: &Work| {
        let (row, new) = commands::put(work, &external, &input).await?;
        answer::<Unit>(work, row, if new { Done::Created } else { Done::Ok }).await
    };
    Ok(Reply::Answer(call.write(write).await?))
}
