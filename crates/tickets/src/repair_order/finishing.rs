//! The work is done: what was used and done, with photos (完工, TK-R19).

use kernel::fault::{Fault, FieldErrors};
use kernel::fixed::Quantity;
use kernel::money::Money;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::{Resource, Work, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{Bearer, Cause, LineKind, Model, OrderLine};
use super::life_cycle::{Around, begin_checked};
use super::{RepairOrder, json, record, worked};
use crate::part;
use crate::problems::{INSUFFICIENT_STOCK, QUOTE_EXCEEDED, QUOTE_NOT_ACCEPTED};
use crate::stock::location::{Location, LocationKind};
use crate::stock::movement::Kind;
use crate::stock::posting::{Posting, post_all};
use crate::ticket::entity::json_list;

/// What was done. Lines of a rework come on top of those before.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct FinishRepairOrder {
    #[schema(min_length = 2, max_length = 4000)]
    pub result: String,
    #[serde(default)]
    #[schema(max_items = 100)]
    pub lines: Vec<NewOrderLine>,
    /// Document ids of the photos; how many there must be says `repair.photos_min`.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub photos: Vec<Uuid>,
    #[serde(default)]
    #[schema(max_items = 50)]
    pub document_ids: Vec<Uuid>,
    /// Why it broke, if that is clear already.
    pub cause: Option<Cause>,
}

/// What was done or used; the amount is quantity × unit price, half up.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRepairOrderLine)]
pub struct NewOrderLine {
    pub kind: LineKind,
    /// A part of ours, taken from the provider's stock.
    pub part_id: Option<Uuid>,
    #[schema(max_length = 200)]
    pub text: Option<String>,
    pub quantity: Quantity,
    pub unit_price: Money,
}

impl NewOrderLine {
    /// The line with its amount.
    pub fn priced(&self, pointer: &str) -> Result<OrderLine, Fault> {
        let out = |_| Fault::field(format!("{pointer}/quantity"), "out_of_range");
        if self.unit_price.is_negative() {
            return Err(Fault::field(format!("{pointer}/unit_price"), "out_of_range"));
        }
        Ok(OrderLine {
            kind: self.kind,
            part_id: self.part_id,
            text: self.text.clone(),
            quantity: self.quantity,
            unit_price: self.unit_price,
            amount: self.unit_price.times(self.quantity.decimal()).map_err(out)?,
        })
    }
}

/// The sum of lines.
pub fn total(lines: &[OrderLine]) -> Result<Money, Fault> {
    Money::total(lines.iter().map(|line| line.amount)).map_err(|error| Fault::field("/lines", error.code()))
}

/// What is wrong in the lines and photos themselves.
fn check(input: &FinishRepairOrder, photos_min: u64) -> Result<(), Fault> {
    let mut errors = FieldErrors::default();
    for (n, line) in input.lines.iter().enumerate() {
        let no_part = line.part_id.is_some() && line.kind != LineKind::Part;
        errors.add_if(no_part, &format!("/lines/{n}/part_id"), "unknown_field").add_if(
            line.unit_price.is_negative(),
            &format!("/lines/{n}/unit_price"),
            "out_of_range",
        );
    }
    errors.add_if((input.photos.len() as u64) < photos_min, "/photos", "photo_required");
    errors.finish().map_err(|fault| fault.rule("TK-R19"))
}

/// Finishes the work.
///
/// # Errors
/// 422 `photo_required`; 409 `quote_not_accepted`, `quote_exceeded` when the customer pays.
pub async fn finish(work: &Work, id: Uuid, input: &FinishRepairOrder) -> Result<Model, Fault> {
    let photos_min = parameters::integer(work, "tickets.repair.photos_min").await?.unsigned_abs();
    let mut new: Vec<OrderLine> = Vec::new();
    let priced = async |_: &Model| -> Result<(), Fault> {
        check(input, photos_min)?;
        for (n, line) in input.lines.iter().enumerate() {
            if let Some(id) = line.part_id {
                part::named(work, id, &format!("/lines/{n}/part_id")).await?;
            }
            new.push(line.priced(&format!("/lines/{n}"))?);
        }
        documents::ensure_all_visible(work, &input.photos, "/photos").await?;
        documents::ensure_visible(work, &input.document_ids).await
    };
    let (around, to) = begin_checked(work, id, "finish", priced).await?;
    let row = &around.row;
    documents::attach(work, &input.photos, RepairOrder::NAME, id, "photo").await?;
    documents::attach(work, &input.document_ids, RepairOrder::NAME, id, "attachment").await?;
    let mut lines: Vec<OrderLine> = json_list(&row.lines);
    lines.extend(new.iter().cloned());
    let amount = total(&lines)?;
    check_quote(row, amount)?;
    let mut attached: Vec<Uuid> = json_list(&row.document_ids);
    attached.extend(input.photos.iter().chain(&input.document_ids));
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.result = Set(Some(input.result.clone()));
    change.lines = Set(json(&lines)?);
    change.amount_fen = Set(amount.fen());
    change.document_ids = Set(json(&attached)?);
    change.cause = Set(input.cause.or(row.cause));
    change.finished_at = Set(Some(work.now));
    change.technician_id = Set(Some(work.actor().sub));
    worked(work, &around, &mut change).await?;
    consume(work, &around, &new).await?;
    record(work, row, change, "finished", |fact| fact).await
}

/// Parts of ours leave the provider's stock; a contractor has none (TK-R33).
async fn consume(work: &Work, around: &Around, lines: &[OrderLine]) -> Result<(), Fault> {
    let outlet = around.outlet.as_ref().map(|outlet| (LocationKind::Outlet, outlet.id));
    let place = outlet.or(around.row.org_unit_id.map(|unit| (LocationKind::Team, unit)));
    let mut postings = Vec::new();
    for line in lines {
        let Some(part) = line.part_id else { continue };
        let Some((kind, reference)) = place else {
            return Err(Fault::new(&INSUFFICIENT_STOCK).rule("TK-R33").with("location", "supplier"));
        };
        let from = Location { kind, reference: Some(reference) };
        let gone = Location::of(LocationKind::Consumed);
        let posting = Posting::new(Kind::Consume, part, from, gone, line.quantity);
        postings.push(posting.caused_by("repair_order", around.row.id));
    }
    post_all(work, postings).await.map(drop)
}

/// The customer pays no more than he agreed to.
fn check_quote(row: &Model, amount: Money) -> Result<(), Fault> {
    if row.bearer != Some(Bearer::Customer) {
        return Ok(());
    }
    let agreed = row.quote_fen.filter(|_| row.quote_accepted == Some(true));
    let over = agreed.is_none_or(|agreed| amount.fen() > agreed);
    match (agreed, over) {
        (None, _) if row.quote_fen.is_none() => Err(Fault::new(&QUOTE_NOT_ACCEPTED).rule("TK-R19")),
        (_, true) => Err(Fault::new(&QUOTE_EXCEEDED).rule("TK-R19").with("amount", amount.to_string())),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(quantity: &str, price: &str) -> OrderLine {
        let new = NewOrderLine {
            kind: LineKind::Labour,
            part_id: None,
            text: None,
            quantity: quantity.parse().unwrap(),
            unit_price: price.parse().unwrap(),
        };
        new.priced("/lines/0").unwrap()
    }

    #[test]
    fn a_line_is_quantity_times_price_half_up() {
        for (quantity, price, amount) in
            [("1", "38.50", "38.50"), ("2.5", "0.01", "0.03"), ("0.333", "100.00", "33.30"), ("0.005", "1.00", "0.01")]
        {
            assert_eq!(line(quantity, price).amount.to_string(), amount, "{quantity} × {price}");
        }
    }

    proptest! {
        #[test]
        fn the_amount_is_the_sum_of_lines_each_rounded_once(lines in prop::collection::vec((1..2_000_000_i64, 0..5_000_000_i64), 0..12)) {
            let lines: Vec<OrderLine> = lines.into_iter().map(|(quantity, fen)| {
                line(&Quantity::from_units(quantity).unwrap().to_string(), &Money::from_fen(fen).unwrap().to_string())
            }).collect();
            let exact: i128 = lines.iter().map(|line| i128::from(line.quantity.units()) * i128::from(line.unit_price.fen())).sum();
            let off = i128::from(total(&lines).unwrap().fen()) * 1000 - exact;
            prop_assert!(off.abs() <= 500 * lines.len() as i128);
        }
    }
}
