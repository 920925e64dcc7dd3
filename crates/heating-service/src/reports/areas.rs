//! The areas of a day and which of them are charged (HS-R05).

use std::collections::{BTreeMap, HashMap};

use kernel::fault::Fault;
use kernel::fixed::Fixed;
use kernel::report::column::{count, number, text};
use kernel::report::{Cell, Chart, Shape, Value};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, QuerySelect};
use store::reports::{Ask, Definition, Figures, Slice, Span};
use store::{Reading, Resource};

use super::READ;
use crate::area_item::entity as areas;
use crate::area_item::queries::on;
use crate::fee::charge::{ChargeReason, HeightTest, judge};
use crate::household::Household;
use crate::household::entity::{Column, Entity, Use};

pub(super) const REPORTS: &[Definition] = &[Definition {
    name: "heating/season-charged-area",
    title_zh: "计费面积",
    title_en: "Charged areas",
    summary: "Shows the connected households of a day by use with their areas: certificate, others charged, and not \
              charged by reason, in square metres.",
    permission: READ,
    span: Span::Day,
    by: &[],
    chart: Chart { shape: Shape::Bars, label: "use", series: &["certificate", "other_charged"] },
    run: |at, ask| Box::pin(figures(at, ask)),
}];

/// Areas in hundredths of a square metre.
#[derive(Clone, Copy, Default)]
struct Row {
    households: i64,
    certificate: i64,
    other_charged: i64,
    below_height: i64,
    no_facility: i64,
}

impl Row {
    fn count(&mut self, reason: ChargeReason, area_dm2: i64) {
        let sum = if reason == ChargeReason::Certificate {
            &mut self.certificate
        } else if reason.charged() {
            &mut self.other_charged
        } else if reason == ChargeReason::BelowHeight {
            &mut self.below_height
        } else {
            &mut self.no_facility
        };
        *sum += area_dm2;
    }
    fn add(&mut self, other: &Self) {
        self.households += other.households;
        self.certificate += other.certificate;
        self.other_charged += other.other_charged;
        self.below_height += other.below_height;
        self.no_facility += other.no_facility;
    }
    fn cells(&self, list: &Slice) -> Vec<Cell> {
        vec![
            list.cell::<Household>(self.households),
            area(self.certificate),
            area(self.other_charged),
            area(self.certificate + self.other_charged),
            area(self.below_height),
            area(self.no_facility),
        ]
    }
}

fn area(dm2: i64) -> Cell {
    Fixed::from_units(dm2).map_or(Value::Nothing, Value::Number).into()
}

/// The households a caller knows of that were connected on a day.
fn connected(at: &Reading, ask: &Ask) -> Condition {
    Condition::all().add(Household::visible(at)).add(Column::ConnectedOn.lte(ask.as_of))
}

async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let homes: Vec<(Uuid, Use)> = Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::Purpose)
        .filter(connected(at, ask))
        .into_tuple()
        .all(&at.db())
        .await?;
    let mut counted: BTreeMap<Use, Row> = BTreeMap::new();
    for (_, purpose) in &homes {
        counted.entry(*purpose).or_default().households += 1;
    }
    let uses: HashMap<Uuid, Use> = homes.into_iter().collect();
    let test = HeightTest::of_day(at, ask.as_of).await?;
    let known = Query::select().column(Column::Id).from(Entity).cond_where(connected(at, ask)).to_owned();
    let items = areas::Entity::find().filter(on(ask.as_of)).filter(areas::Column::HouseholdId.in_subquery(known));
    for item in items.all(&at.db()).await? {
        if let Some(purpose) = uses.get(&item.household_id) {
            counted.entry(*purpose).or_default().count(judge(&item, test), item.area_dm2);
        }
    }
    let list = Slice::default().with("as_of", ask.as_of).with("status", "stopped,arrears,using");
    let mut all = Row::default();
    let mut rows = Vec::new();
    for (purpose, row) in &counted {
        all.add(row);
        let mut cells: Vec<Cell> = vec![Value::from(purpose.code()).into()];
        cells.extend(row.cells(&list.with("use", purpose.code())));
        rows.push(cells);
    }
    let mut totals = vec![Cell::default()];
    totals.extend(all.cells(&list));
    let columns = vec![
        text("use", "用途", "Use"),
        count("households", "用热户", "Households"),
        number("certificate", "证载面积㎡", "Certificate m²"),
        number("other_charged", "其他计费面积㎡", "Others charged m²"),
        number("charged", "计费面积合计㎡", "Charged m²"),
        number("below_height", "层高不足㎡", "Not charged: too low m²"),
        number("no_facility", "无供热设施㎡", "Not charged: no facility m²"),
    ];
    Ok(Figures { columns, rows, totals: Some(totals), ..Figures::default() })
}
