//! Splitting a sample, sending a part to another laboratory, comparing, reviewing.

use std::collections::BTreeSet;

use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::{Timestamp, business_day};
use registers::referenced;
use registers::supplier::{self, Supplier};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::{Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::comparing::{self, Compared};
use super::entity::{ActiveModel, Model, Status, Verdict, lines};
use super::{CrossCheck, MOVES};
use crate::lab::decision::State;
use crate::lab::item::Item;
use crate::lab::{exact, precision};
use crate::lab_report::figures;
use crate::lab_result;
use crate::lab_sample::LabSample;
use crate::problems::NOT_AVERAGED;
use crate::retention::blind_codes;
use crate::tense::Tense;

/// A part of a sample for another laboratory.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateCrossCheck {
    pub sample_id: Uuid,
    /// The other laboratory, a supplier; may be said when it is sent.
    pub laboratory_id: Option<Uuid>,
}

/// Where the part went.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SendCrossCheck {
    pub laboratory_id: Option<Uuid>,
    #[schema(min_length = 1, max_length = 60)]
    pub external_no: Option<String>,
    /// Now when absent.
    pub sent_at: Option<Timestamp>,
}

/// What the other laboratory found.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CompareCrossCheck {
    #[schema(min_length = 1, max_length = 60)]
    pub external_no: Option<String>,
    #[schema(min_items = 1, max_items = 8)]
    pub lines: Vec<TheirFigure>,
}

/// Their figure of an item on the dry basis, with the decimals of the item; heat in MJ/kg with two.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TheirFigure {
    pub item: Item,
    #[schema(max_length = 20, example = "22.56")]
    pub theirs_d: String,
}

/// What follows from the comparison.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReviewCrossCheck {
    #[schema(min_length = 1, max_length = 500)]
    pub note: Option<String>,
}

async fn laboratory(work: &Work, id: Option<Uuid>) -> Result<(), Fault> {
    match id {
        Some(id) => referenced::known::<Supplier>(work, id, "/laboratory_id").await.map(drop),
        None => Ok(()),
    }
}

/// A laboratory that is blacklisted or inactive is chosen for nothing new.
async fn ensure_active(work: &Work, id: Option<Uuid>) -> Result<(), Fault> {
    match id {
        Some(id) => supplier::ensure_active(work, id).await.map(drop),
        None => Ok(()),
    }
}

/// Splits a sample that was received.
///
/// # Errors
/// 409 `supplier_not_active`.
pub async fn create(work: &Work, input: &CreateCrossCheck) -> Result<Model, Fault> {
    let sample = referenced::known::<LabSample>(work, input.sample_id, "/sample_id").await?;
    if sample.received_at.is_none() {
        return Err(Fault::field("/sample_id", "not_received"));
    }
    laboratory(work, input.laboratory_id).await?;
    ensure_active(work, input.laboratory_id).await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(Some(numbers::next(work, "BD").await?)),
        sample_id: Set(sample.id),
        status: Set(Status::Split),
        laboratory_id: Set(input.laboratory_id),
        external_no: Set(None),
        sent_at: Set(None),
        compared_at: Set(None),
        verdict: Set(None),
        reviewed_by: Set(None),
        reviewed_at: Set(None),
        note: Set(None),
    };
    work.create::<CrossCheck>(row, |fact| fact.with("blind_code", sample.blind_code), "split").await
}

/// Sends the part away.
pub async fn send(work: &Work, id: Uuid, input: &SendCrossCheck) -> Result<Model, Fault> {
    let fits = async |row: &Model| {
        let mut errors = FieldErrors::default();
        Tense::of(work).await?.instant(&mut errors, input.sent_at, "/sent_at");
        let nobody = input.laboratory_id.or(row.laboratory_id).is_none();
        errors.add_if(nobody, "/laboratory_id", "required");
        errors.finish()?;
        laboratory(work, input.laboratory_id).await
    };
    let (row, to) = MOVES.begin_checked::<CrossCheck>(work, id, "send", fits).await?;
    ensure_active(work, input.laboratory_id).await?;
    let to_whom = input.laboratory_id.or(row.laboratory_id);
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.laboratory_id = Set(to_whom);
    change.external_no = Set(input.external_no.clone());
    change.sent_at = Set(Some(input.sent_at.map_or(work.now, |at| at.0)));
    work.change::<CrossCheck>(&row, change, "sent", |fact| fact).await
}

/// Compares what the other laboratory found with our own means.
///
/// # Errors
/// 409 `not_averaged` for an item we have no mean of, or whose dry basis lacks the moisture.
pub async fn compare(work: &Work, id: Uuid, input: &CompareCrossCheck) -> Result<Model, Fault> {
    let (row, to) =
        MOVES.begin_checked::<CrossCheck>(work, id, "compare", async |_: &Model| read(input).map(drop)).await?;
    let mut verdicts = Vec::with_capacity(input.lines.len());
    let theirs = read(input)?;
    for (position, (item, theirs)) in (0..).zip(theirs) {
        let (ours, compared) = compared(work, &row, item, theirs).await?;
        let line = lines::ActiveModel {
            id: Set(ids::new_id(work.now)),
            check_id: Set(row.id),
            position: Set(position),
            item: Set(item),
            ours_units: Set(ours),
            theirs_units: Set(theirs),
            limit_units: Set(compared.limit),
            deviation_units: Set(compared.deviation),
            verdict: Set(compared.verdict),
        };
        work.insert(line).await?;
        verdicts.push(compared.verdict);
    }
    let verdict = [Verdict::Fail, Verdict::Pass].into_iter().find(|it| verdicts.contains(it));
    let verdict = verdict.unwrap_or(Verdict::NoLimit);
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.external_no = Set(input.external_no.clone().or_else(|| row.external_no.clone()));
    change.compared_at = Set(Some(work.now));
    change.verdict = Set(Some(verdict));
    let codes = blind_codes(work, [row.sample_id]).await?;
    let blind_code = codes.get(&row.sample_id).cloned();
    work.change::<CrossCheck>(&row, change, "compared", |fact| fact.with("blind_code", blind_code)).await
}

fn read(input: &CompareCrossCheck) -> Result<Vec<(Item, i64)>, Fault> {
    let mut errors = FieldErrors::default();
    let mut seen = BTreeSet::new();
    let mut figures = Vec::with_capacity(input.lines.len());
    for (n, line) in input.lines.iter().enumerate() {
        errors.add_if(!seen.insert(line.item), &format!("/lines/{n}/item"), "duplicate");
        match exact::read(&line.theirs_d, comparing::decimals(line.item)) {
            Ok(units) => figures.push((line.item, units)),
            Err(wrong) => {
                errors.add(format!("/lines/{n}/theirs_d"), wrong);
            }
        }
    }
    errors.finish()?;
    Ok(figures)
}

async fn compared(work: &Work, row: &Model, item: Item, theirs: i64) -> Result<(i64, Compared), Fault> {
    let latest = lab_result::latest(work, row.sample_id).await?;
    let method = latest.get(&item).filter(|result| result.state == State::Averaged).map(|result| result.method.clone());
    let (means, c_slag, _) = figures::means(work, row.sample_id).await?;
    let ours = comparing::ours(&means, c_slag, item);
    let (Some(method), Some(ours)) = (method, ours) else {
        return Err(Fault::new(&NOT_AVERAGED).rule("HS-R54").with("item", item.code()));
    };
    let day = business_day(row.sent_at.unwrap_or(work.now));
    let table = precision::table(work, day).await?;
    Ok((ours, comparing::compare(&table, item, &method, (ours, theirs), day)))
}

/// Reviews a comparison; the work a failed one left is done.
pub async fn review(work: &Work, id: Uuid, input: &ReviewCrossCheck) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<CrossCheck>(work, id, "review").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.reviewed_by = Set(Some(work.actor().sub));
    change.reviewed_at = Set(Some(work.now));
    change.note = Set(input.note.clone());
    work.change::<CrossCheck>(&row, change, "reviewed", |fact| fact).await
}
