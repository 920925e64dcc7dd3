//! Who holds a household when (产权、过户, HS-01): periods without overlap and, after the first, without gap.

pub mod commands;
pub mod entity;
pub mod queries;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::list::Columns;
use store::resource::{Expansion, Placement};
use store::{Reading, Resource, list};
use utoipa::ToSchema;

use crate::scope;
use entity::{Cause, Column, Entity, Model};

/// The ownerships of households (HS-01).
pub struct Ownership;

/// A period in which a customer holds a household.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwnershipView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub household_id: Uuid,
    pub customer_id: Uuid,
    pub from: NaiveDate,
    /// The last day; open when null.
    pub to: Option<NaiveDate>,
    pub cause: Cause,
    pub document_id: Option<Uuid>,
    /// The new owner signed for what was overdue.
    pub takes_arrears: bool,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for Ownership {
    type Entity = Entity;
    type Row = Model;
    type View = OwnershipView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "ownership";
    const PATH: &'static str = "/v1/ownerships";

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_household(actor, Column::HouseholdId, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::of_household(at.actor(), Column::HouseholdId, scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("from")
            .sort("from", Column::FromOn)
            .by("number", Column::Number)
            .by("household_id", Column::HouseholdId)
            .by("customer_id", Column::CustomerId)
            .code("cause", Column::Cause, Cause::CODES)
            .custom("as_of", "date", |_, day| Ok(queries::on(list_day(day)?)))
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<OwnershipView>, Fault> {
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| OwnershipView {
            external_ids: external.remove(&row.id).unwrap_or_default(),
            id: row.id,
            version: row.version,
            number: row.number,
            household_id: row.household_id,
            customer_id: row.customer_id,
            from: row.from_on,
            to: row.to_on,
            cause: row.cause,
            document_id: row.document_id,
            takes_arrears: row.takes_arrears,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.unwrap_or(row.created_at).into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<registers::customer::Customer>("customer", "customer_id")]
    }
}

/// The day of an `as_of` parameter.
pub(crate) fn list_day(text: &str) -> Result<NaiveDate, Fault> {
    list::day("as_of", text)
}
