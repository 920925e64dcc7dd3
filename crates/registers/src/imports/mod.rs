//! Rows of files for the registers (PF-14): what a row stands for, found by its natural key.

mod buildings;
mod customers;
mod holders;
mod org_units;
mod staff;
mod suppliers;
mod units;

use kernel::fault::Fault;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::imports::Kind;
use store::{Resource, Work};
use uuid::Uuid;

use crate::external_ids::ExternalId;
use crate::property::Project;
use crate::property::project;
use crate::{org_unit, referenced};

pub use customers::known_customer;
pub use holders::Holders;
pub use org_units::known_unit;
pub use staff::known_staff;
pub use suppliers::known_supplier;
pub use units::{Place, known_building, known_home};

/// The kinds of the registers.
pub static KINDS: &[Kind] = &[
    Kind::of::<org_units::OrgUnitRow>(),
    Kind::of::<staff::StaffRow>(),
    Kind::of::<customers::CustomerRow>(),
    Kind::of::<buildings::BuildingRow>(),
    Kind::of::<units::UnitRow>(),
    Kind::of::<suppliers::SupplierRow>(),
];

/// The system an external id belongs to when the file does not say.
const SYSTEM: &str = "import";

/// The key a row has in another system, if it says one.
pub fn external(system: Option<&String>, id: Option<&String>) -> Option<ExternalId> {
    let system = system.map_or(SYSTEM, String::as_str).to_owned();
    id.map(|id| ExternalId { system, id: id.clone() })
}

/// The one row a column with a code means, as far as the caller may know of it; its id may stand there instead.
///
/// # Errors
/// 422 `not_found` at `pointer`.
pub async fn by_code<R: Resource>(
    work: &Work,
    column: <R::Entity as EntityTrait>::Column,
    code: &str,
    pointer: &str,
) -> Result<R::Row, Fault> {
    if let Ok(id) = code.parse::<Uuid>() {
        return referenced::known::<R>(work, id, pointer).await;
    }
    let found = R::Entity::find().filter(column.eq(code)).filter(R::visible_to(work.actor())).one(&work.db()).await?;
    found.ok_or_else(|| Fault::field(pointer, "not_found"))
}

/// The project of this code.
pub async fn known_project(work: &Work, code: &str, pointer: &str) -> Result<project::Model, Fault> {
    by_code::<Project>(work, project::Column::Code, code, pointer).await
}

async fn unit_id(work: &Work, code: &str, pointer: &str) -> Result<Uuid, Fault> {
    Ok(by_code::<org_unit::OrgUnit>(work, org_unit::Column::Code, code, pointer).await?.id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_field_of_a_row_has_its_column() {
        for kind in KINDS {
            let name = (kind.schema)();
            let row = (kind.schemas)().into_iter().find(|(known, _)| *known == name).unwrap();
            let schema = serde_json::to_value(row.1).unwrap();
            let fields: BTreeSet<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
            let columns: BTreeSet<&str> = kind.columns.iter().map(|column| column.name).collect();
            assert_eq!(columns, fields, "{}", kind.name);
        }
    }
}
