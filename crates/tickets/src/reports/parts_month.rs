//! The month of each part at each place: opening + in − out = closing, beside the plan (TK-R33).

use std::collections::{BTreeMap, HashMap};

use kernel::fault::Fault;
use kernel::fixed::Stock;
use kernel::lang::Lang;
use kernel::report::{Cell, Column, ColumnKind, Value};
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Figures};

use super::parts::Ledger;
use super::slice::Slice;
use super::{group, settlement, sum, text};
use crate::part::{plan, price};
use crate::stock::location::{Location, LocationKind};
use crate::stock::movement::{Kind, PartMovement};
use crate::ticket::entity::json_list;

/// Ways in, in the order of the columns.
const IN: [(Kind, &str, &str, &str); 6] = [
    (Kind::Purchase, "in_purchase", "采购入库", "Purchased"),
    (Kind::Issue, "in_issue", "领入", "Issued to it"),
    (Kind::ReturnUnused, "in_return_unused", "退回", "Returned to it"),
    (Kind::RecoverOld, "in_recover_old", "旧件回收", "Old ones recovered"),
    (Kind::Adjust, "in_adjust", "盘盈", "Counted more"),
    (Kind::Reversal, "in_reversal", "冲销入", "Reversed in"),
];
/// Ways out, in the order of the columns.
const OUT: [(Kind, &str, &str, &str); 7] = [
    (Kind::Issue, "out_issue", "发放", "Issued"),
    (Kind::ReturnUnused, "out_return_unused", "退出", "Returned"),
    (Kind::Consume, "out_consume", "消耗", "Consumed"),
    (Kind::Scrap, "out_scrap", "报废", "Scrapped"),
    (Kind::WriteOff, "out_write_off", "核销", "Written off"),
    (Kind::Adjust, "out_adjust", "盘亏", "Counted less"),
    (Kind::Reversal, "out_reversal", "冲销出", "Reversed out"),
];
const WAREHOUSE: Location = Location::of(LocationKind::Warehouse);

#[derive(Clone, Copy, Default)]
struct Row {
    planned: Option<i64>,
    opening: i64,
    ways_in: [i64; IN.len()],
    ways_out: [i64; OUT.len()],
}

/// One row a part and place with stock or movements; what is planned stands at the warehouse.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let ledger = Ledger::read(at, ask.period).await?;
    let mut rows: BTreeMap<(Uuid, Location), Row> = BTreeMap::new();
    for (key, milli) in &ledger.opening {
        if *milli != 0 && ledger.holds(key.1) {
            rows.entry(*key).or_default().opening = *milli;
        }
    }
    for row in &ledger.movements {
        let (from, to) = ((row.part_id, row.from()), (row.part_id, row.to()));
        if ledger.holds(from.1) {
            add(&mut rows.entry(from).or_default().ways_out, &OUT, row.kind, row.quantity_milli);
        }
        if ledger.holds(to.1) {
            add(&mut rows.entry(to).or_default().ways_in, &IN, row.kind, row.quantity_milli);
        }
    }
    if ledger.holds(WAREHOUSE) {
        for (part, milli) in planned(at, ask).await? {
            *rows.entry((part, WAREHOUSE)).or_default().planned.get_or_insert(0) += milli;
        }
    }
    let prices = price::on(at, ask.period.to).await?;
    let places = Places::read(at).await?;
    let mut table = Vec::new();
    for (part, place, row) in ledger.in_order(rows) {
        let mut cells: Vec<Cell> = vec![
            part.code.clone().into(),
            part.name.clone().into(),
            part.unit.clone().into(),
            places.name(place).into(),
        ];
        let closing = row.closing();
        let worth = prices.get(&part.id).zip(Stock::from_units(closing).ok());
        let worth = worth.and_then(|(price, closing)| price.times(closing.decimal()).ok());
        cells.extend(row.figures(part.id, place, ask));
        cells.push(worth.map_or(Value::Nothing, Value::Money).into());
        table.push(cells);
    }
    let columns = columns();
    Ok(Figures { totals: Some(sum::totals(&columns, &table)), columns, rows: table, ..Figures::default() })
}

fn columns() -> Vec<Column> {
    let quantity = |key, zh, en| Column::new(key, zh, en, ColumnKind::Quantity);
    let mut columns = vec![
        text("part_code", "配件编码", "Part code"),
        text("part", "配件", "Part"),
        text("unit", "单位", "Unit"),
        text("location", "地点", "Place"),
        quantity("planned", "计划", "Planned"),
        quantity("opening", "期初", "Opening"),
        quantity("in", "收入", "In"),
    ];
    columns.extend(IN.iter().map(|(_, key, zh, en)| quantity(key, zh, en)));
    columns.push(quantity("out", "发出", "Out"));
    columns.extend(OUT.iter().map(|(_, key, zh, en)| quantity(key, zh, en)));
    columns.push(quantity("closing", "期末", "Closing"));
    columns.push(Column::new("value", "期末金额", "Value", ColumnKind::Money));
    columns
}

fn add<const N: usize>(ways: &mut [i64; N], known: &[(Kind, &str, &str, &str); N], kind: Kind, milli: i64) {
    for (way, (of, ..)) in ways.iter_mut().zip(known) {
        if *of == kind {
            *way += milli;
        }
    }
}

/// What the plans of the months of the period say.
async fn planned(at: &Reading, ask: &Ask) -> Result<Vec<(Uuid, i64)>, Fault> {
    let plans = Slice::default().with("month", settlement::months(ask.period).join(","));
    let plans = plan::Entity::find().filter(plans.condition::<plan::PartPlan>(at)?).all(&at.db()).await?;
    let lines = plans.iter().flat_map(|plan| json_list::<plan::PlanLine>(&plan.lines));
    Ok(lines.map(|line| (line.part_id, line.planned.units())).collect())
}

impl Row {
    fn closing(&self) -> i64 {
        self.opening + self.ways_in.iter().sum::<i64>() - self.ways_out.iter().sum::<i64>()
    }

    /// Planned, opening, in, out and closing, each with what shows it.
    fn figures(&self, part: Uuid, place: Location, ask: &Ask) -> Vec<Cell> {
        let moved = Slice::default().with("part_id", part).on_days("moved_on", ask.period);
        let side = |side: &str, milli: i64, kind: Option<Kind>| {
            let moved = moved.with(side, place);
            let moved = kind.map_or_else(|| moved.clone(), |kind| moved.with("kind", kind.code()));
            moved.cell::<PartMovement>(sum::quantity(milli))
        };
        let mut cells: Vec<Cell> =
            vec![self.planned.map_or(Value::Nothing, sum::quantity).into(), sum::quantity(self.opening).into()];
        cells.push(side("to_location", self.ways_in.iter().sum(), None));
        cells.extend(self.ways_in.iter().zip(IN).map(|(milli, (kind, ..))| side("to_location", *milli, Some(kind))));
        cells.push(side("from_location", self.ways_out.iter().sum(), None));
        cells
            .extend(self.ways_out.iter().zip(OUT).map(|(milli, (kind, ..))| side("from_location", *milli, Some(kind))));
        let stock = format!("/v1/part-stock?part_id={part}&location={place}&as_of={}", ask.period.to);
        cells.push(Cell::with_drill(sum::quantity(self.closing()), stock));
        cells
    }
}

/// What places are called.
struct Places {
    lang: Lang,
    outlets: HashMap<String, String>,
    units: HashMap<String, String>,
}

impl Places {
    async fn read(at: &Reading) -> Result<Self, Fault> {
        let (outlets, units) = (group::names(at, "outlet").await?, group::names(at, "org_unit").await?);
        Ok(Self { lang: at.lang(), outlets, units })
    }

    fn name(&self, place: Location) -> String {
        let kind = match (self.lang, place.kind) {
            (Lang::En, kind) => kind.into(),
            (Lang::Zh, LocationKind::Warehouse) => "仓库",
            (Lang::Zh, LocationKind::Outlet) => "网点",
            (Lang::Zh, LocationKind::Team) => "维修组",
            (Lang::Zh, LocationKind::Recovered) => "旧件库",
            (Lang::Zh, LocationKind::Field) => "现场",
            (Lang::Zh, kind) => kind.into(),
        };
        let id = place.reference.map(|id| id.to_string());
        match id.and_then(|id| self.outlets.get(&id).or_else(|| self.units.get(&id)).cloned()) {
            Some(name) => format!("{kind} {name}"),
            None => kind.to_owned(),
        }
    }
}
