//! Parts lost in the period, part by part: write-offs and count shortages, and the old parts that came back
//! (TK-R33).

use std::collections::BTreeMap;

use kernel::fault::Fault;
use kernel::fixed::Stock;
use kernel::money::Money;
use kernel::report::{Cell, Column, ColumnKind, Value, share};
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Figures};

use super::parts::Ledger;
use super::slice::Slice;
use super::{percent, sum, text};
use crate::stock::location::LocationKind;
use crate::stock::movement::{Kind, Model, PartMovement};

#[derive(Clone, Copy, Default)]
struct Row {
    opening: i64,
    purchases: i64,
    written_off: i64,
    shortages: i64,
    loss_fen: i64,
    consumed: i64,
    recovered: i64,
    /// Consumed and recovered of parts whose old ones must come back.
    recoverable: i64,
    came_back: i64,
}

/// One row a part that was in stock or moved; what was taken back counts less.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let ledger = Ledger::read(at, ask.period).await?;
    let mut rows: BTreeMap<Uuid, Row> = BTreeMap::new();
    for ((part, place), milli) in &ledger.opening {
        if *milli != 0 && place.kind.is_stock() && ledger.holds(*place) {
            rows.entry(*part).or_default().opening += milli;
        }
    }
    for movement in &ledger.movements {
        let row = rows.entry(movement.part_id).or_default();
        let recovered = ledger.parts.get(&movement.part_id).is_some_and(|part| part.recovery_required);
        row.add(movement, ledger.meaning(movement), recovered);
    }
    let mut rows: Vec<_> = rows.into_iter().filter_map(|(id, row)| Some((ledger.parts.get(&id)?, row))).collect();
    rows.sort_by(|a, b| a.0.code.cmp(&b.0.code));
    let mut all = Row::default();
    let mut table = Vec::new();
    for (part, row) in &rows {
        all.merge(row);
        let labels = [part.code.as_str(), part.name.as_str(), part.unit.as_str()];
        table.push(row.cells(labels.map(Value::from), &Slice::default().with("part_id", part.id), ask));
    }
    let quantity = |key, zh, en| Column::new(key, zh, en, ColumnKind::Quantity);
    let columns = vec![
        text("part_code", "配件编码", "Part code"),
        text("part", "配件", "Part"),
        text("unit", "单位", "Unit"),
        quantity("opening", "期初", "Opening"),
        quantity("purchases", "采购", "Purchased"),
        quantity("written_off", "核销", "Written off"),
        quantity("shortages", "盘亏", "Counted less"),
        quantity("loss", "损失数量", "Loss"),
        Column::new("loss_value", "损失金额", "Loss, value", ColumnKind::Money),
        percent("loss_rate", "损失率%", "Loss %"),
        quantity("consumed", "消耗", "Consumed"),
        quantity("recovered", "旧件回收", "Old ones recovered"),
        percent("recovery_rate", "回收率%", "Recovery %"),
    ];
    let totals = all.cells([Value::Nothing, Value::Nothing, Value::Nothing], &Slice::default(), ask);
    Ok(Figures { columns, rows: table, totals: Some(totals), ..Figures::default() })
}

impl Row {
    /// The catalogue's price of the day stands in the movement.
    fn add(&mut self, movement: &Model, (kind, sign): (Kind, i64), recovered: bool) {
        let milli = sign * movement.quantity_milli;
        // A reversal goes the way back.
        let (from, to) = match sign {
            -1 => (movement.to_kind, movement.from_kind),
            _ => (movement.from_kind, movement.to_kind),
        };
        match kind {
            Kind::Purchase => self.purchases += milli,
            Kind::WriteOff => self.written_off += milli,
            Kind::Adjust if to == LocationKind::Adjustment => self.shortages += milli,
            Kind::Consume => {
                self.consumed += milli;
                self.recoverable += if recovered { milli } else { 0 };
            }
            Kind::RecoverOld => {
                self.recovered += milli;
                self.came_back += if recovered { milli } else { 0 };
            }
            _ => {}
        }
        if kind == Kind::WriteOff || (kind == Kind::Adjust && from.is_stock()) {
            self.loss_fen += sign * worth(movement).map_or(0, Money::fen);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.opening += other.opening;
        self.purchases += other.purchases;
        self.written_off += other.written_off;
        self.shortages += other.shortages;
        self.loss_fen += other.loss_fen;
        self.consumed += other.consumed;
        self.recovered += other.recovered;
        self.recoverable += other.recoverable;
        self.came_back += other.came_back;
    }

    fn cells<const N: usize>(&self, labels: [Value; N], part: &Slice, ask: &Ask) -> Vec<Cell> {
        let moved = part.on_days("moved_on", ask.period);
        let open = |milli: i64, kind: &str| moved.with("kind", kind).cell::<PartMovement>(sum::quantity(milli));
        let loss = self.written_off + self.shortages;
        let lost = moved.with("kind", "write_off,adjust");
        let mut cells: Vec<Cell> = labels.into_iter().map(Cell::from).collect();
        cells.extend([
            sum::quantity(self.opening).into(),
            open(self.purchases, "purchase"),
            open(self.written_off, "write_off"),
            open(self.shortages, "adjust"),
            lost.cell::<PartMovement>(sum::quantity(loss)),
            lost.cell::<PartMovement>(sum::money(self.loss_fen)),
            share(loss, self.opening + self.purchases).into(),
            open(self.consumed, "consume"),
            open(self.recovered, "recover_old"),
            share(self.came_back, self.recoverable).into(),
        ]);
        cells
    }
}

/// Price × quantity, half up; nothing where there was no price.
fn worth(movement: &Model) -> Option<Money> {
    let price = Money::from_fen(movement.unit_price_fen?).ok()?;
    price.times(Stock::from_units(movement.quantity_milli).ok()?.decimal()).ok()
}
