//! Papers on their way: handed over and received by two people, lent and given back, lost.

use access::JobRole;
use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors, SEPARATION_OF_DUTIES};
use kernel::{ids, time};
use registers::staff::post;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::acts::{BareAct, ReasonedAct};
use store::journal::Fact;
use store::{Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::commands::{Movement, index, moved, person};
use super::entity::{ActiveModel, Model, State};
use super::{CustodyItem, MOVES};
use crate::problems::{COPIES_MISSING, KEEPER_OF_ANOTHER_KIND};

/// To whom, and how many.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    pub to_staff_id: Uuid,
    #[schema(minimum = 1, maximum = 10_000)]
    pub originals: i32,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 10_000)]
    pub copies: i32,
}

/// What the receiver counted.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReceiveItem {
    #[schema(minimum = 0, maximum = 10_000)]
    pub originals: i32,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 10_000)]
    pub copies: i32,
    /// Where they lie from now on.
    #[schema(min_length = 1, max_length = 120)]
    pub place: Option<String>,
}

/// To which keeper of the same kind; all of it.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct TransferItem {
    pub to_staff_id: Uuid,
}

/// To whom, and back by when.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct LendItem {
    pub to_staff_id: Uuid,
    /// Not before today.
    pub back_by: NaiveDate,
}

async fn begin(work: &Work, id: Uuid, action: &str) -> Result<(Model, State), Fault> {
    MOVES.begin_checked::<CustodyItem>(work, id, action, async |_: &Model| Ok(())).await
}

/// The giver – the holder, and whoever acts for him – is not the receiver, nor lends to himself.
fn another(work: &Work, row: &Model, to: Uuid, second: &str) -> Result<(), Fault> {
    match row.holder_staff_id == to || work.actor().persons().any(|person| person == to) {
        true => Err(Fault::new(&SEPARATION_OF_DUTIES).with("first", "hand_over").with("second", second)),
        false => Ok(()),
    }
}

/// Hands all or a part over; the giver holds it until it is received.
///
/// # Errors
/// 422 `copies_missing` for more than is held, or when a part without an original would remain.
pub async fn hand_over(work: &Work, id: Uuid, input: &HandOver) -> Result<Model, Fault> {
    let known = async |_: &Model| person(work, input.to_staff_id).await;
    let (row, to) = MOVES.begin_checked::<CustodyItem>(work, id, "hand-over", known).await?;
    another(work, &row, input.to_staff_id, "receive")?;
    let mut errors = FieldErrors::default();
    errors.add_if(input.originals > row.originals, "/originals", COPIES_MISSING.code);
    let left = input.originals == row.originals && input.copies < row.copies;
    errors.add_if(input.copies > row.copies || left, "/copies", COPIES_MISSING.code);
    errors.finish()?;
    give(work, &row, to, input.to_staff_id, (input.originals, input.copies)).await
}

/// Hands all over to another keeper of the same kind.
///
/// # Errors
/// 409 `keeper_of_another_kind` when he holds no post of the caller's job role today.
pub async fn transfer(work: &Work, id: Uuid, input: &TransferItem) -> Result<Model, Fault> {
    let known = async |_: &Model| person(work, input.to_staff_id).await;
    let (row, to) = MOVES.begin_checked::<CustodyItem>(work, id, "transfer", known).await?;
    another(work, &row, input.to_staff_id, "receive")?;
    let posts = post::held(work, input.to_staff_id, time::business_day(work.now)).await?;
    let kind: JobRole = work.actor().role;
    if !posts.iter().any(|post| post.job_role() == Some(kind)) {
        return Err(Fault::new(&KEEPER_OF_ANOTHER_KIND).with("role", kind.code()));
    }
    give(work, &row, to, input.to_staff_id, (row.originals, row.copies)).await
}

async fn give(work: &Work, row: &Model, state: State, to: Uuid, counts: (i32, i32)) -> Result<Model, Fault> {
    let (originals, copies) = counts;
    let mut change = row.clone().into_active_model();
    change.state = Set(state);
    change.receiver_staff_id = Set(Some(to));
    change.handed_originals = Set(Some(originals));
    change.handed_copies = Set(Some(copies));
    change.handed_at = Set(Some(work.now));
    let told =
        |fact: Fact| fact.with("to_staff_id", to.to_string()).with("originals", originals).with("copies", copies);
    let row = work.change::<CustodyItem>(row, change, "handed_over", told).await?;
    let from = Some(row.holder_staff_id);
    moved(work, &row, Movement { act: "handed_over", from, to: Some(to), originals, copies, reason: None }).await?;
    Ok(row)
}

/// Nothing is on its way any more.
fn arrived(row: &Model, state: State) -> ActiveModel {
    let mut change = row.clone().into_active_model();
    change.state = Set(state);
    change.receiver_staff_id = Set(None);
    change.handed_originals = Set(None);
    change.handed_copies = Set(None);
    change.handed_at = Set(None);
    change
}

/// The named receiver counted and takes over; of a part he gets an item of its own, which is answered.
///
/// # Errors
/// 422 `copies_missing` when his counts differ from what was handed over.
pub async fn receive(work: &Work, id: Uuid, input: &ReceiveItem) -> Result<Model, Fault> {
    let (row, to) = begin(work, id, "receive").await?;
    let (originals, copies) = (row.handed_originals.unwrap_or(0), row.handed_copies.unwrap_or(0));
    let mut errors = FieldErrors::default();
    errors.add_if(input.originals != originals, "/originals", COPIES_MISSING.code);
    errors.add_if(input.copies != copies, "/copies", COPIES_MISSING.code);
    errors.finish().map_err(|fault| fault.rule("PF-E12"))?;
    let receiver = row.receiver_staff_id.ok_or_else(|| Fault::internal("papers on their way to nobody"))?;
    let giver = row.holder_staff_id;
    let told = |fact: Fact| {
        fact.with("from_staff_id", giver.to_string())
            .with("to_staff_id", receiver.to_string())
            .with("originals", originals)
            .with("copies", copies)
    };
    let mut change = arrived(&row, to);
    let taken = if (originals, copies) == (row.originals, row.copies) {
        change.holder_staff_id = Set(receiver);
        change.place = Set(input.place.clone());
        work.change::<CustodyItem>(&row, change, "received", told).await?
    } else {
        change.originals = Set(row.originals - originals);
        change.copies = Set(row.copies - copies);
        let rest = work.change::<CustodyItem>(&row, change, "received", told).await?;
        moved(
            work,
            &rest,
            Movement { act: "received", from: Some(giver), to: Some(receiver), originals, copies, reason: None },
        )
        .await?;
        part(work, &row, receiver, (originals, copies), input.place.clone()).await?
    };
    let signed = Movement { from: Some(giver), to: Some(receiver), ..Movement::of("received", &taken) };
    moved(work, &taken, signed).await?;
    Ok(taken)
}

/// What was handed over of an item, as an item of the receiver's.
async fn part(
    work: &Work,
    whole: &Model,
    holder: Uuid,
    counts: (i32, i32),
    place: Option<String>,
) -> Result<Model, Fault> {
    let row = Model {
        id: ids::new_id(work.now),
        version: 1,
        number: numbers::next(work, "CU").await?,
        originals: counts.0,
        copies: counts.1,
        holder_staff_id: holder,
        place,
        state: State::Held,
        receiver_staff_id: None,
        handed_originals: None,
        handed_copies: None,
        handed_at: None,
        split_from_id: Some(whole.id),
        created_by: work.actor().sub,
        created_at: work.now,
        updated_at: work.now,
        ..whole.clone()
    };
    let from = whole.number.clone();
    let row = row.into_active_model().reset_all();
    let row = work.create::<CustodyItem>(row, |fact| fact.with("split_from", from), "created").await?;
    index(work, &row).await?;
    Ok(row)
}

/// The named receiver does not take it; the giver still holds it.
pub async fn refuse(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let (row, to) = begin(work, id, "refuse").await?;
    let (giver, receiver) = (Some(row.holder_staff_id), row.receiver_staff_id);
    let (originals, copies) = (row.handed_originals.unwrap_or(0), row.handed_copies.unwrap_or(0));
    let change = arrived(&row, to);
    let row = work.change::<CustodyItem>(&row, change, "refused", |fact| fact.reason(input.reason.as_str())).await?;
    let reason = Some(input.reason.as_str());
    moved(work, &row, Movement { act: "refused", from: receiver, to: giver, originals, copies, reason }).await?;
    Ok(row)
}

/// Lends it; the holder answers for it still.
///
/// # Errors
/// 422 `date_order` for a day before today.
pub async fn lend(work: &Work, id: Uuid, input: &LendItem) -> Result<Model, Fault> {
    let check = async |_: &Model| {
        person(work, input.to_staff_id).await?;
        match input.back_by < time::business_day(work.now) {
            true => Err(Fault::field("/back_by", "date_order")),
            false => Ok(()),
        }
    };
    let (row, to) = MOVES.begin_checked::<CustodyItem>(work, id, "lend", check).await?;
    another(work, &row, input.to_staff_id, "borrow")?;
    let mut change = row.clone().into_active_model();
    change.state = Set(to);
    change.borrower_staff_id = Set(Some(input.to_staff_id));
    change.back_by = Set(Some(input.back_by));
    let told =
        |fact: Fact| fact.with("to_staff_id", input.to_staff_id.to_string()).with("back_by", input.back_by.to_string());
    let row = work.change::<CustodyItem>(&row, change, "lent", told).await?;
    let (from, to) = (Some(row.holder_staff_id), Some(input.to_staff_id));
    moved(work, &row, Movement { from, to, ..Movement::of("lent", &row) }).await?;
    Ok(row)
}

/// The holder has it back.
pub async fn return_loan(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = begin(work, id, "return-loan").await?;
    let from = row.borrower_staff_id;
    let mut change = row.clone().into_active_model();
    change.state = Set(to);
    change.borrower_staff_id = Set(None);
    change.back_by = Set(None);
    let row = work.change::<CustodyItem>(&row, change, "returned", |fact| fact).await?;
    let to = Some(row.holder_staff_id);
    moved(work, &row, Movement { from, to, ..Movement::of("returned", &row) }).await?;
    Ok(row)
}

/// The holder says that it is lost; the register keeps the counts.
pub async fn report_lost(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let (row, to) = begin(work, id, "report-lost").await?;
    let mut change = arrived(&row, to);
    change.back_by = Set(None);
    let row = work.change::<CustodyItem>(&row, change, "lost", |fact| fact.reason(input.reason.as_str())).await?;
    let (from, reason) = (Some(row.holder_staff_id), Some(input.reason.as_str()));
    moved(work, &row, Movement { from, reason, ..Movement::of("lost", &row) }).await?;
    Ok(row)
}
