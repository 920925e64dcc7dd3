//! Circulation (传阅): a document goes to readers, each of whom says that he read it.

use kernel::fault::{Fault, FieldErrors};
use registers::staff;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use serde::Deserialize;
use store::Work;
use store::acts::BareAct;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::Document;
use super::entity::{Model, reader};
use super::life_cycle::{begin, begin_checked};

/// Who is to read a document.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CirculateDocument {
    /// Staff ids. Who is a reader already stays one; what he has read stays read.
    #[schema(min_items = 1, max_items = 200)]
    pub readers: Vec<Uuid>,
}

async fn known(work: &Work, readers: &[Uuid]) -> Result<(), Fault> {
    let people = staff::Entity::find().filter(staff::Column::Id.is_in(readers.iter().copied())).all(&work.db()).await?;
    let mut errors = FieldErrors::default();
    for (n, reader) in readers.iter().enumerate() {
        errors.add_if(!people.iter().any(|person| person.id == *reader), &format!("/readers/{n}"), "not_found");
    }
    errors.finish()
}

/// Hands a document round.
///
/// # Errors
/// 422 `not_found` for a reader who is no member of staff.
pub async fn circulate(work: &Work, id: Uuid, input: &CirculateDocument) -> Result<Model, Fault> {
    let (paper, _) = begin_checked(work, id, "circulate", async |_: &Model| known(work, &input.readers).await).await?;
    let known = reader::Entity::find().filter(reader::Column::DocumentId.eq(id)).all(&work.db()).await?;
    let mut added: Vec<Uuid> = Vec::new();
    for reader in &input.readers {
        if known.iter().any(|row| row.staff_id == *reader) || added.contains(reader) {
            continue;
        }
        let row = reader::ActiveModel {
            id: Set(kernel::ids::new_id(work.now)),
            document_id: Set(id),
            staff_id: Set(*reader),
            circulated_by: Set(work.actor().sub),
            circulated_at: Set(work.now),
            read_at: Set(None),
        };
        work.insert(row).await?;
        added.push(*reader);
    }
    if added.is_empty() {
        work.unchanged();
        return Ok(paper.row);
    }
    let readers: Vec<String> = added.iter().map(Uuid::to_string).collect();
    let change = paper.row.clone().into_active_model();
    work.change::<Document>(&paper.row, change, "circulated", |fact| fact.with("readers", readers)).await
}

/// A reader says that he read it; said twice it stays as first said.
///
/// # Errors
/// 409 `not_a_reader` when it was not circulated to the caller.
pub async fn mark_read(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (paper, _) = begin(work, id, "mark-read").await?;
    let Some(reader) = paper.reader.filter(|reader| reader.read_at.is_none()) else {
        work.unchanged();
        return Ok(paper.row);
    };
    let mut change = reader.into_active_model();
    change.read_at = Set(Some(work.now));
    reader::Entity::update(change).validate()?.exec(&work.db()).await?;
    let change = paper.row.clone().into_active_model();
    work.change::<Document>(&paper.row, change, "read", |fact| fact).await
}
