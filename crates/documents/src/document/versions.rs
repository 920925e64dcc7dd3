//! The files of a document: the newest is its content, the older ones stay.

use kernel::fault::{self, Fault};
use kernel::validation::clean_text;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use serde::{Deserialize, Serialize};
use store::{Reading, Work, resource};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::entity::{Model, file_version};
use super::{Document, approving};
use crate::file::Received;

/// What is said about a new file of a document.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AddFileVersion {
    /// What changed.
    #[schema(min_length = 1, max_length = 500)]
    pub note: Option<String>,
}

/// Puts a newer file in; signatures on the paper are void.
pub async fn add(
    work: &Work,
    id: Uuid,
    file: &Received,
    file_name: &str,
    input: &AddFileVersion,
) -> Result<Model, Fault> {
    let name = async |_: &Model| clean_text(file_name, false).map_err(|code| Fault::field("/file", code));
    let (row, file_name) = resource::take_with::<Document, _>(work, id, name).await?;
    let approval_status = approving::void(work, &row).await?;
    let mut change = row.clone().into_active_model();
    change.sha256 = Set(file.sha256.clone());
    change.size = Set(i64::try_from(file.size).map_err(Fault::internal)?);
    change.media_type = Set(file.media_type.clone());
    change.file_name = Set(file_name);
    change.file_version = Set(row.file_version + 1);
    change.approval_status = Set(approval_status);
    let row = work.change::<Document>(&row, change, "uploaded", |fact| fact.with("file_version", row.file_version + 1));
    let row = row.await?;
    keep(work, &row, input.note.as_deref()).await?;
    Ok(row)
}

/// Keeps the newest file of a row among its versions.
pub(super) async fn keep(work: &Work, row: &Model, note: Option<&str>) -> Result<(), Fault> {
    let version = file_version::ActiveModel {
        id: Set(kernel::ids::new_id(work.now)),
        document_id: Set(row.id),
        number: Set(row.file_version),
        sha256: Set(row.sha256.clone()),
        size: Set(row.size),
        media_type: Set(row.media_type.clone()),
        file_name: Set(row.file_name.clone()),
        note: Set(note.map(str::to_owned)),
        uploaded_by: Set(work.actor().sub),
        uploaded_at: Set(work.now),
    };
    work.insert(version).await?;
    Ok(())
}

/// A file of a document the caller may know of: the newest, or one by its number.
///
/// # Errors
/// 404 when there is no such document or number.
pub async fn content(at: &Reading, id: Uuid, number: Option<i32>) -> Result<file_version::Model, Fault> {
    let row = resource::find::<Document>(at, id).await?;
    let found = file_version::Entity::find()
        .filter(file_version::Column::DocumentId.eq(id))
        .filter(file_version::Column::Number.eq(number.unwrap_or(row.file_version)))
        .one(&at.db())
        .await?;
    found.ok_or_else(|| Fault::new(&fault::NOT_FOUND))
}
