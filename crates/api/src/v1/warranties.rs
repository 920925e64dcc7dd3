//! `/v1/warranty-…`: parts under warranty, contractors' coverages, the check of a day (TK-R20).

use actix_web::http::Method;
use kernel::fault::{self, Fault};
use kernel::time;
use store::{Answer, Done};
use tickets::catalogue::PlaceKind;
use tickets::warranty::check::{Place, WarrantyCheck, check};
use tickets::warranty::{WarrantyCoverage, WarrantyPart, coverage, part};
use uuid::Uuid;

use crate::call::{Call, Reply};
use crate::router::Api;

const TAG: &str = "warranty";
const READ: &str = "tickets.warranty:read";
const MANAGE: &str = "tickets.warranty:manage";

/// Declares the warranties.
pub fn routes(api: &mut Api) {
    api.resource::<WarrantyPart>(TAG, "warranty_parts")
        .read_with(READ)
        .list()
        .get()
        .history()
        .create_with(MANAGE, part::create);
    api.resource::<WarrantyCoverage>(TAG, "warranty_coverages")
        .read_with(READ)
        .list()
        .get()
        .history()
        .create_with(MANAGE, coverage::create);
    api.operation(Method::GET, "/v1/warranty-checks", "check_warranty", READ, show)
        .tag(TAG)
        .summary("Tells whether a part is covered on a day, by whom, and who would bear the cost.")
        .query("unit_id", "uuid", "The unit; else `building_id`.")
        .query("building_id", "uuid", "The building, for its common parts; with a unit, the one it lies in.")
        .needs("part_code", "string", "Code of a part under warranty.")
        .query("on", "date", "The date of receipt; today when left out.")
        .answers::<WarrantyCheck>();
}

fn bad(parameter: &str) -> Fault {
    Fault::new(&fault::INVALID_PARAMETER).with("parameter", parameter)
}

async fn show(call: Call) -> Result<Reply, Fault> {
    let at = call.reading();
    let id = |name: &str| match call.query_value(name) {
        Some(text) => text.parse::<Uuid>().map(Some).map_err(|_| bad(name)),
        None => Ok(None),
    };
    let (unit_id, building_id) = (id("unit_id")?, id("building_id")?);
    let kind = match (unit_id, building_id) {
        (Some(_), _) => PlaceKind::Unit,
        (None, Some(_)) => PlaceKind::BuildingCommon,
        (None, None) => return Err(bad("unit_id")),
    };
    let on = match call.query_value("on") {
        Some(text) => time::parse_date(text).map_err(|_| bad("on"))?,
        None => time::business_day(at.now),
    };
    let part = part::find(&at, call.query_value("part_code").unwrap_or_default()).await?;
    let part = part.ok_or_else(|| bad("part_code"))?;
    let found = check(&at, Place { unit_id, building_id, kind }, &part, on).await?;
    // A unit lies in one building.
    if building_id.is_some() && found.building_id != building_id {
        return Err(bad("building_id"));
    }
    Ok(Reply::Answer(Answer::json(Done::Ok, &found)?))
}
