//! Entering papers into the register, and what may be changed of an entry; never counts or holder.

use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::validation::clean_name;
use registers::property::project::Project;
use registers::referenced;
use registers::staff::Staff;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, Set};
use serde::{Deserialize, Serialize};
use store::{Work, numbers, search};
use utoipa::ToSchema;
use validator::Validate;

use super::CustodyItem;
use super::entity::{ActiveModel, Model, State, movement};
use super::view::CustodySubject;
use crate::attached;
use crate::document::Document;
use crate::problems::NOT_HOLDER;

/// Papers to be kept.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateCustodyItem {
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// What they are: `contract_original`, `filing_form`, `drawing` …
    #[schema(min_length = 1, max_length = 40)]
    pub kind: String,
    /// The scan.
    pub document_id: Option<Uuid>,
    /// What they belong to.
    pub subject: Option<CustodySubject>,
    #[schema(minimum = 1, maximum = 10_000)]
    pub originals: i32,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 10_000)]
    pub copies: i32,
    #[schema(min_length = 1, max_length = 120)]
    pub place: Option<String>,
    #[schema(min_length = 1, max_length = 80)]
    pub archive_no: Option<String>,
    pub project_id: Option<Uuid>,
}

/// What may be changed, by the holder.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CustodyFields {
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    #[schema(min_length = 1, max_length = 40)]
    pub kind: String,
    pub document_id: Option<Uuid>,
    #[schema(min_length = 1, max_length = 120)]
    pub place: Option<String>,
    #[schema(min_length = 1, max_length = 80)]
    pub archive_no: Option<String>,
}

impl From<&Model> for CustodyFields {
    fn from(row: &Model) -> Self {
        Self {
            title: row.title.clone(),
            kind: row.kind.clone(),
            document_id: row.document_id,
            place: row.place.clone(),
            archive_no: row.archive_no.clone(),
        }
    }
}

/// Enters papers; who enters them holds them.
pub async fn create(work: &Work, input: &CreateCustodyItem) -> Result<Model, Fault> {
    let actor = work.actor();
    let title = clean_name(&input.title, "/title")?;
    let mut errors = FieldErrors::default();
    if let Some(subject) = &input.subject {
        attached::check(work, &mut errors, &subject.resource, subject.id, "/subject/id").await?;
    }
    if let Some(document) = input.document_id {
        let known = referenced::known::<Document>(work, document, "/document_id").await;
        errors.add_if(known.is_err(), "/document_id", "not_found");
    }
    if let Some(project) = input.project_id {
        let known = referenced::known::<Project>(work, project, "/project_id").await;
        errors.add_if(known.is_err(), "/project_id", "not_found");
    }
    errors.finish()?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        number: Set(numbers::next(work, "CU").await?),
        title: Set(title),
        kind: Set(input.kind.clone()),
        document_id: Set(input.document_id),
        subject_resource: Set(input.subject.as_ref().map(|subject| subject.resource.clone())),
        subject_id: Set(input.subject.as_ref().map(|subject| subject.id)),
        originals: Set(input.originals),
        copies: Set(input.copies),
        holder_staff_id: Set(actor.sub),
        place: Set(input.place.clone()),
        archive_no: Set(input.archive_no.clone()),
        state: Set(State::Held),
        receiver_staff_id: Set(None),
        handed_originals: Set(None),
        handed_copies: Set(None),
        handed_at: Set(None),
        borrower_staff_id: Set(None),
        back_by: Set(None),
        split_from_id: Set(None),
        org_unit_id: Set(actor.scope.org_unit_id),
        project_id: Set(input.project_id),
        created_by: Set(actor.sub),
        created_at: Set(work.now),
        updated_at: Set(work.now),
    };
    let row = work.create::<CustodyItem>(row, |fact| fact, "created").await?;
    moved(work, &row, Movement { to: Some(actor.sub), ..Movement::of("created", &row) }).await?;
    index(work, &row).await?;
    Ok(row)
}

/// Changes what is said about papers.
///
/// # Errors
/// 409 `not_holder`.
pub async fn update(work: &Work, row: &Model, fields: CustodyFields) -> Result<Model, Fault> {
    let title = clean_name(&fields.title, "/title")?;
    if let Some(document) = fields.document_id.filter(|document| Some(*document) != row.document_id) {
        referenced::known::<Document>(work, document, "/document_id").await?;
    }
    if !work.actor().persons().any(|person| person == row.holder_staff_id) {
        return Err(Fault::new(&NOT_HOLDER));
    }
    let mut next = row.clone().into_active_model();
    next.title = Set(title);
    next.kind = Set(fields.kind);
    next.document_id = Set(fields.document_id);
    next.place = Set(fields.place);
    next.archive_no = Set(fields.archive_no);
    let row = work.change::<CustodyItem>(row, next, "updated", |fact| fact).await?;
    index(work, &row).await?;
    Ok(row)
}

pub(super) async fn index(work: &Work, row: &Model) -> Result<(), Fault> {
    let archive_no = row.archive_no.as_deref().unwrap_or_default();
    search::index(work, "custody_item", row.id, &[&row.title, &row.number, archive_no]).await
}

/// A member of staff a body names.
pub(super) async fn person(work: &Work, id: Uuid) -> Result<(), Fault> {
    referenced::known::<Staff>(work, id, "/to_staff_id").await.map(|_| ())
}

/// One signature on the way of an item.
pub(super) struct Movement<'a> {
    pub act: &'a str,
    pub from: Option<Uuid>,
    pub to: Option<Uuid>,
    pub originals: i32,
    pub copies: i32,
    pub reason: Option<&'a str>,
}

impl<'a> Movement<'a> {
    /// An act on all of an item.
    pub fn of(act: &'a str, row: &Model) -> Self {
        Self { act, from: None, to: None, originals: row.originals, copies: row.copies, reason: None }
    }
}

/// Signs the next step of an item's way.
pub(super) async fn moved(work: &Work, row: &Model, movement: Movement<'_>) -> Result<(), Fault> {
    let last = movement::Entity::find()
        .filter(movement::Column::ItemId.eq(row.id))
        .order_by_desc(movement::Column::Seq)
        .one(&work.db())
        .await?;
    let next = movement::ActiveModel {
        id: Set(ids::new_id(work.now)),
        item_id: Set(row.id),
        seq: Set(last.map_or(1, |last| last.seq + 1)),
        act: Set(movement.act.to_owned()),
        from_staff_id: Set(movement.from),
        to_staff_id: Set(movement.to),
        originals: Set(movement.originals),
        copies: Set(movement.copies),
        reason: Set(movement.reason.map(str::to_owned)),
        at: Set(work.now),
    };
    work.insert(next).await?;
    Ok(())
}
