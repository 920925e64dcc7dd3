//! Entering what was printed.

use chrono::{Datelike, NaiveDate};
use documents::Document;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use registers::{locks, referenced};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use store::{Resource, Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Model, Source};
use super::{Figure, PublishedFigure};
use crate::annual::{Key, Qualifier};
use crate::tense::Tense;

/// A figure that was printed.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreatePublishedFigure {
    #[schema(minimum = 1949, maximum = 9999)]
    pub year: i32,
    /// The last day it counts.
    pub as_of: NaiveDate,
    pub key: Key,
    pub value: Figure,
    pub qualifier: Qualifier,
    /// As it was printed: `近万户`.
    #[schema(min_length = 1, max_length = 200)]
    pub text: String,
    pub source: Source,
    /// What proves it; required of a figure by hand.
    pub document_id: Option<Uuid>,
}

/// Enters a figure; one a key and day.
///
/// # Errors
/// 422 `date_in_future`, `out_of_range` below zero or for a day of another year, `required` for the paper of a figure
/// by hand; 409 `unique_taken`.
pub async fn create(work: &Work, input: &CreatePublishedFigure) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    Tense::of(work).await?.day(&mut errors, Some(input.as_of), "/as_of");
    errors.add_if(input.as_of.year() != input.year, "/as_of", "out_of_range");
    errors.add_if(input.value.units() < 0, "/value", "out_of_range");
    let by_hand = input.source == Source::ByHand;
    errors.add_if(input.key.by_hand() && !by_hand, "/source", "invalid_enum");
    errors.add_if(by_hand && input.document_id.is_none(), "/document_id", "required");
    errors.finish()?;
    if let Some(paper) = input.document_id {
        referenced::known::<Document>(work, paper, "/document_id").await?;
    }
    locks::hold(work, vec![format!("published_figure|{}|{}", input.key.code(), input.as_of)]).await?;
    let same = Entity::find().filter(Column::Key.eq(input.key)).filter(Column::AsOf.eq(input.as_of));
    if same.one(&work.db()).await?.is_some() {
        return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "key"));
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        number: Set(Some(numbers::next(work, "GB").await?)),
        year: Set(input.year),
        as_of: Set(input.as_of),
        key: Set(input.key),
        value_units: Set(input.value.units()),
        qualifier: Set(input.qualifier),
        wording: Set(input.text.clone()),
        source: Set(input.source),
        document_id: Set(input.document_id),
    };
    let row = work.create::<PublishedFigure>(row, |fact| fact, "entered").await?;
    let papers: Vec<Uuid> = input.document_id.into_iter().collect();
    documents::attach(work, &papers, PublishedFigure::NAME, row.id, "proof").await?;
    Ok(row)
}
