//! The open cases of a home, as a call needs them (HS-R16).

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::Reading;
use utoipa::ToSchema;

use super::entity::{Column, Entity, Kind, Model, Status};

/// A case of heat use that is not closed. What the inspector noted stays with the case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OpenInspectionCase {
    pub id: Uuid,
    pub number: String,
    pub kind: Kind,
    pub programme: Option<String>,
    pub status: Status,
    pub found_at: Timestamp,
    /// The last day of the last notice's term.
    pub term_on: Option<NaiveDate>,
}

/// The open cases of a home, the latest first.
pub(crate) async fn open(at: &Reading, household_id: Uuid) -> Result<Vec<OpenInspectionCase>, Fault> {
    let rows = Entity::find()
        .filter(Column::HouseholdId.eq(household_id))
        .filter(Column::Status.ne(Status::Closed))
        .order_by_desc(Column::FoundAt)
        .all(&at.db())
        .await?;
    let brief = |row: Model| OpenInspectionCase {
        id: row.id,
        number: row.number,
        kind: row.kind,
        programme: row.programme,
        status: row.status,
        found_at: row.found_at.into(),
        term_on: row.term_on,
    };
    Ok(rows.into_iter().map(brief).collect())
}
