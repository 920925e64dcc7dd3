//! Changes of a home's heating facility (供热设施改动, HS-01), open until restored or agreed upon.

pub mod commands;
pub mod entity;

use access::Actor;
use kernel::fault::Fault;
use kernel::time::{Timestamp, end_of_day};
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::ownership::list_day;
use crate::scope;
use entity::{Column, Entity, Kind, Model, Status};

/// The alterations (HS-01).
pub struct Alteration;

/// Acts on an alteration.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.alteration",
    state: |it| it.row.status(),
    moves: &[Move {
        action: "restore",
        from: &[Status::Open, Status::Agreed],
        to: Some(Status::Restored),
        guards: &[],
    }],
};

/// A change of heating facility found in a home.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlterationView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub household_id: Uuid,
    pub kind: Kind,
    pub permitted: bool,
    pub permit_document_id: Option<Uuid>,
    pub found_at: Timestamp,
    pub case_id: Option<Uuid>,
    pub status: Status,
    pub restored_at: Option<Timestamp>,
    pub restored_by: Option<Uuid>,
    /// When an agreement let it be.
    pub agreed_at: Option<Timestamp>,
    pub photos: Vec<Uuid>,
    /// Told where it is asked for itself, not as a part of another answer.
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for Alteration {
    type Entity = Entity;
    type Row = Model;
    type View = AlterationView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "alteration";
    const PATH: &'static str = "/v1/alterations";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_household(actor, Column::HouseholdId, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::of_household(at.actor(), Column::HouseholdId, scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-found_at")
            .sort("found_at", Column::FoundAt)
            .by("number", Column::Number)
            .by("household_id", Column::HouseholdId)
            .code("kind", Column::Kind, Kind::CODES)
            .by("permitted", Column::Permitted)
            .range("found_at", Column::FoundAt)
            .custom("open", "boolean", |_, text| Ok(if list::truth("open", text)? { open() } else { open().not() }))
            .custom("as_of", "date", |_, day| {
                let end = end_of_day(list_day(day)?);
                let there = Condition::any().add(Column::RestoredAt.is_null()).add(Column::RestoredAt.gte(end));
                Ok(Condition::all().add(Column::FoundAt.lt(end)).add(there))
            })
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<AlterationView>, Fault> {
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| {
            let external_ids = external.remove(&row.id).unwrap_or_default();
            AlterationView { external_ids, ..view(row) }
        };
        Ok(rows.into_iter().map(view).collect())
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

/// The alterations that are neither restored nor agreed upon.
pub(crate) fn open() -> Condition {
    Condition::all().add(Column::RestoredAt.is_null()).add(Column::AgreedAt.is_null())
}

/// An alteration as callers see it.
pub(crate) fn view(row: Model) -> AlterationView {
    AlterationView {
        status: row.status(),
        photos: row.photos(),
        id: row.id,
        version: row.version,
        number: row.number,
        household_id: row.household_id,
        kind: row.kind,
        permitted: row.permitted,
        permit_document_id: row.permit_document_id,
        found_at: row.found_at.into(),
        case_id: row.case_id,
        restored_at: row.restored_at.map(Timestamp::from),
        restored_by: row.restored_by,
        agreed_at: row.agreed_at.map(Timestamp::from),
        external_ids: Vec::new(),
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    }
}
