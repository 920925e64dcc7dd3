//! What becomes of a sample as its items are settled: averaged, reviewed, returned (HS-R44, HS-R45).

use std::collections::BTreeSet;

use kernel::fault::{Fault, FieldErrors, SEPARATION_OF_DUTIES};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QuerySelect, Set};
use serde::Deserialize;
use store::{Reading, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{Model, Status};
use super::{LabSample, MOVES};
use crate::determination::entity as determinations;
use crate::lab::decision::State;
use crate::lab::item::Item;
use crate::lab_result::{self, computing};
use crate::problems::QUALITY_HOLD;

/// A remark on the review.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReviewSample {
    #[schema(min_length = 1, max_length = 500)]
    pub note: Option<String>,
}

/// What is to be determined once more, and why.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReturnSample {
    #[schema(min_items = 1, max_items = 8)]
    pub items: Vec<Item>,
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// Where a sample in the laboratory stands by its results; a review does not outlive what it was of.
pub(crate) async fn settle(work: &Work, row: &Model, why: &str) -> Result<Model, Fault> {
    let latest = lab_result::latest(work, row.id).await?;
    let averaged = |item: &Item| latest.get(item).is_some_and(|result| result.state == State::Averaged);
    let to = if row.items().iter().all(averaged) { Status::Averaged } else { Status::Testing };
    if to == row.status && row.reviewed_by.is_none() {
        return Ok(row.clone());
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.settled_at = Set((to == Status::Averaged).then_some(work.now));
    change.reviewed_by = Set(None);
    change.reviewed_at = Set(None);
    work.change::<LabSample>(row, change, to.code(), |fact| if why.is_empty() { fact } else { fact.reason(why) }).await
}

/// Refuses whoever determined something of a sample, also what was retracted (HS-R44).
pub(super) async fn ensure_no_analyst(at: &Reading, row: &Model) -> Result<(), Fault> {
    let analysts: Vec<Uuid> = determinations::Entity::find()
        .select_only()
        .column(determinations::Column::AnalystId)
        .filter(determinations::Column::SampleId.eq(row.id))
        .into_tuple()
        .all(&at.db())
        .await?;
    match at.actor().persons().any(|person| analysts.contains(&person)) {
        true => {
            Err(Fault::new(&SEPARATION_OF_DUTIES).rule("HS-R44").with("first", "determine").with("second", "review"))
        }
        false => Ok(()),
    }
}

/// Refuses while a determination that counts is held (HS-R53).
pub(crate) async fn ensure_no_hold(at: &Reading, row: &Model) -> Result<(), Fault> {
    use determinations::Column;
    let held = determinations::Entity::find()
        .filter(Column::SampleId.eq(row.id))
        .filter(Column::Status.eq(determinations::Status::Current))
        .filter(determinations::held())
        .all(&at.db())
        .await?;
    if held.is_empty() {
        return Ok(());
    }
    let items: BTreeSet<&str> = held.iter().map(|row| row.item.code()).collect();
    let items: Vec<&str> = items.into_iter().collect();
    Err(Fault::new(&QUALITY_HOLD).rule("HS-R53").with("items", items))
}

/// Reviews a sample whose items are all averaged.
///
/// # Errors
/// 409 `separation_of_duties` for whoever made any determination of it, also one that was retracted; `quality_hold`.
pub async fn review(work: &Work, id: Uuid, input: &ReviewSample) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<LabSample>(work, id, "review").await?;
    ensure_no_analyst(work, &row).await?;
    ensure_no_hold(work, &row).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.reviewed_by = Set(Some(work.actor().sub));
    change.reviewed_at = Set(Some(work.now));
    let note = input.note.clone();
    work.change::<LabSample>(&row, change, "reviewed", |fact| match note {
        Some(note) => fact.reason(note),
        None => fact,
    })
    .await
}

/// Returns a sample: the items named begin another round, the others keep theirs.
///
/// # Errors
/// 422 `not_in_sample`, `duplicate`; 409 `separation_of_duties` as [`review`].
pub async fn send_back(work: &Work, id: Uuid, input: &ReturnSample) -> Result<Model, Fault> {
    let fits = async |row: &Model| {
        let of_sample = row.items();
        let mut errors = FieldErrors::default();
        let mut seen = BTreeSet::new();
        for (n, item) in input.items.iter().enumerate() {
            errors.add_if(!of_sample.contains(item), &format!("/items/{n}"), "not_in_sample");
            errors.add_if(!seen.insert(item), &format!("/items/{n}"), "duplicate");
        }
        errors.finish()
    };
    let (row, to) = MOVES.begin_checked::<LabSample>(work, id, "return", fits).await?;
    ensure_no_analyst(work, &row).await?;
    for item in &input.items {
        computing::begin_round(work, &row, *item).await?;
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.settled_at = Set(None);
    let items: Vec<&str> = input.items.iter().map(|item| item.code()).collect();
    work.change::<LabSample>(&row, change, "returned", |fact| fact.reason(input.reason.as_str()).with("items", items))
        .await
}
