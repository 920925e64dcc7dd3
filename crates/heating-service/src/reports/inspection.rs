//! The registers of inspection (登记造册, HS-R62): cases by kind, and agreements, with what was recovered.

use std::collections::HashMap;

use kernel::fault::Fault;
use kernel::fixed::Fixed;
use kernel::report::column::{date, money, number, text};
use kernel::report::{Cell, Chart, Column, Shape, Value, sum};
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{Condition, QueryOrder, QuerySelect};
use store::reports::{Ask, Definition, Figures, Slice, Span};
use store::{Reading, Resource};

use super::READ_INSPECTION;
use crate::agreement::{HeatAgreement, entity as agreements};
use crate::bill::entity as bills;
use crate::household::{Household, entity as homes};
use crate::inspection::entity::{self as cases, measurement};
use crate::inspection::{InspectionCase, measuring};

/// What the books of earlier years call all that was measured together.
const WHOLE: &str = "合计";

const CHART: Chart = Chart { shape: Shape::Bars, label: "case", series: &["billed", "collected"] };

pub(super) const REPORTS: &[Definition] = &[
    Definition {
        name: "heating/inspection-register",
        title_zh: "稽查登记册",
        title_en: "Register of inspection",
        summary: "Lists the inspection cases found in the period with area, height, notice, agreement, what was billed \
                  and what was collected.",
        permission: READ_INSPECTION,
        span: Span::Period,
        by: &[],
        chart: CHART,
        run: |at, ask| Box::pin(of_cases(at, ask, None)),
    },
    Definition {
        name: "heating/agreement-register",
        title_zh: "协议登记册",
        title_en: "Register of agreements",
        summary: "Lists the agreements signed in the period with area, height, the case they follow from, what was \
                  billed and what was collected.",
        permission: READ_INSPECTION,
        span: Span::Period,
        by: &[],
        chart: Chart { label: "agreement", ..CHART },
        run: |at, ask| Box::pin(of_agreements(at, ask)),
    },
    Definition {
        name: "heating/basement-register",
        title_zh: "地下室登记册",
        title_en: "Register of basements",
        summary: "Lists the basements dug or extended that were found in the period, as the register of inspection does.",
        permission: READ_INSPECTION,
        span: Span::Period,
        by: &[],
        chart: CHART,
        run: |at, ask| Box::pin(of_cases(at, ask, Some(cases::Kind::BasementExtension))),
    },
    Definition {
        name: "heating/demolition-register",
        title_zh: "拆改登记册",
        title_en: "Register of demolitions",
        summary: "Lists the demolished heating facilities found in the period, as the register of inspection does.",
        permission: READ_INSPECTION,
        span: Span::Period,
        by: &[],
        chart: CHART,
        run: |at, ask| Box::pin(of_cases(at, ask, Some(cases::Kind::Demolition))),
    },
];

fn columns() -> Vec<Column> {
    vec![
        text("case", "案件", "Case"),
        text("household", "用热户", "Household"),
        text("kind", "类别", "Kind"),
        number("area_m2", "面积m²", "Area m²"),
        number("height_m", "层高m", "Height m"),
        date("notice", "通知日期", "Notice"),
        text("agreement", "协议", "Agreement"),
        money("billed", "追缴金额", "Billed"),
        money("collected", "收回金额", "Collected"),
    ]
}

/// Place of the area among the columns.
const AREA: usize = 3;

fn hundredths(units: Option<i64>) -> Value {
    units.and_then(|units| Fixed::from_units(units).ok()).map_or(Value::Nothing, Value::Number)
}

/// What is known of cases beside their rows.
struct Known {
    homes: HashMap<Uuid, String>,
    measured: HashMap<Uuid, Vec<measurement::Model>>,
    /// Billed and collected, in fen, by case.
    money: HashMap<Uuid, (i64, i64)>,
    agreements: HashMap<Uuid, String>,
}

impl Known {
    /// Loads what belongs to the cases a query selects, and the numbers of these households.
    async fn of(at: &Reading, of_cases: &SelectStatement, of_homes: SelectStatement) -> Result<Self, Fault> {
        let homes = homes::Entity::find()
            .select_only()
            .columns([homes::Column::Id, homes::Column::Number])
            .filter(homes::Column::Id.in_subquery(of_homes))
            .into_tuple::<(Uuid, String)>();
        let parts = measurement::Entity::find().filter(measurement::Column::CaseId.in_subquery(of_cases.clone()));
        let mut measured: HashMap<Uuid, Vec<measurement::Model>> = HashMap::new();
        for part in measuring::in_order(parts).all(&at.db()).await? {
            measured.entry(part.case_id).or_default().push(part);
        }
        let found = bills::Entity::find()
            .select_only()
            .columns([bills::Column::SourceId, bills::Column::TotalFen, bills::Column::SettledFen])
            .filter(bills::Column::SourceId.in_subquery(of_cases.clone()))
            .filter(bills::Column::Kind.eq(bills::Kind::Supplement))
            .filter(bills::Column::Status.eq(bills::Status::Issued))
            .into_tuple::<(Option<Uuid>, i64, i64)>();
        let mut money: HashMap<Uuid, (i64, i64)> = HashMap::new();
        for (case, total, settled) in found.all(&at.db()).await? {
            let of_case = money.entry(case.unwrap_or_default()).or_default();
            *of_case = (of_case.0 + total, of_case.1 + settled);
        }
        let agreed = agreements::Entity::find()
            .select_only()
            .columns([agreements::Column::Id, agreements::Column::Number])
            .filter(HeatAgreement::visible(at))
            .into_tuple::<(Uuid, String)>();
        Ok(Self {
            homes: homes.all(&at.db()).await?.into_iter().collect(),
            measured,
            money,
            agreements: agreed.all(&at.db()).await?.into_iter().collect(),
        })
    }

    fn household(&self, id: Uuid) -> Cell {
        let number = self.homes.get(&id).map_or(Value::Nothing, |number| number.as_str().into());
        Cell::with_drill(number, format!("{}/{id}", Household::PATH))
    }

    fn agreement(&self, id: Option<Uuid>) -> Cell {
        match id.and_then(|id| Some((id, self.agreements.get(&id)?))) {
            Some((id, number)) => Cell::with_drill(number.as_str().into(), format!("{}/{id}", HeatAgreement::PATH)),
            None => Cell::default(),
        }
    }

    /// Billed and collected of cases.
    fn money(&self, cases: &[Uuid]) -> [Cell; 2] {
        let of_cases = cases.iter().filter_map(|case| self.money.get(case));
        let (billed, collected) = of_cases.fold((0, 0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
        [sum::money(billed).into(), sum::money(collected).into()]
    }
}

fn notice(row: &cases::Model) -> Cell {
    match row.notices().last() {
        Some(notice) => Value::Date(business_day(notice.served_at.0)).into(),
        None => Cell::default(),
    }
}

fn figures(rows: Vec<Vec<Cell>>, area_dm2: i64) -> Figures {
    let columns = columns();
    let mut totals = sum::totals(&columns, &rows);
    totals[AREA] = hundredths(Some(area_dm2)).into();
    Figures { columns, rows, totals: Some(totals), ..Figures::default() }
}

/// What cases measure together: a part of a home counts once, by its last measurement, however many cases are about it
/// (HS-R62).
fn together(rows: &[cases::Model], known: &Known) -> i64 {
    let mut parts: HashMap<(Uuid, &str), &measurement::Model> = HashMap::new();
    let mut whole_dm2 = 0;
    for row in rows {
        let measured = known.measured.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        for part in measuring::latest(measured) {
            if part.part == WHOLE {
                whole_dm2 += part.area_dm2;
                continue;
            }
            let last = parts.entry((row.household_id, part.part.as_str())).or_insert(part);
            if part.measured_at >= last.measured_at {
                *last = part;
            }
        }
    }
    whole_dm2 + parts.values().map(|part| part.area_dm2).sum::<i64>()
}

/// The cases found in a period, of one kind or all.
async fn of_cases(at: &Reading, ask: &Ask, kind: Option<cases::Kind>) -> Result<Figures, Fault> {
    let mut slice = Slice::default().during("found_at", ask.period);
    if let Some(kind) = kind {
        slice = slice.with("kind", kind.code());
    }
    let rows = cases::Entity::find().filter(slice.condition::<InspectionCase>(at)?);
    let rows = rows.order_by_asc(cases::Column::Number).all(&at.db()).await?;
    let of = |column: cases::Column| -> Result<SelectStatement, Fault> {
        let condition = slice.condition::<InspectionCase>(at)?;
        Ok(Query::select().column(column).from(cases::Entity).cond_where(condition).to_owned())
    };
    let known = Known::of(at, &of(cases::Column::Id)?, of(cases::Column::HouseholdId)?).await?;
    let row = |row: &cases::Model| {
        let measured = known.measured.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let parts = measuring::latest(measured);
        let area = (!parts.is_empty()).then(|| parts.iter().map(|part| part.area_dm2).sum());
        let [billed, collected] = known.money(&[row.id]);
        vec![
            Cell::with_drill(row.number.as_str().into(), format!("{}/{}", InspectionCase::PATH, row.id)),
            known.household(row.household_id),
            row.kind.code().into(),
            hundredths(area).into(),
            hundredths(parts.iter().map(|part| i64::from(part.height_cm)).min()).into(),
            notice(row),
            known.agreement(row.agreement_id),
            billed,
            collected,
        ]
    };
    Ok(figures(rows.iter().map(row).collect(), together(&rows, &known)))
}

/// The agreements signed in a period.
async fn of_agreements(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let slice = Slice::default().during("signed_at", ask.period);
    let rows = agreements::Entity::find().filter(slice.condition::<HeatAgreement>(at)?);
    let rows = rows.order_by_asc(agreements::Column::Number).all(&at.db()).await?;
    let of = |column: agreements::Column| -> Result<SelectStatement, Fault> {
        let condition = slice.condition::<HeatAgreement>(at)?;
        Ok(Query::select().column(column).from(agreements::Entity).cond_where(condition).to_owned())
    };
    // Those that were settled by it, and the one it was drafted for.
    let following = Condition::any()
        .add(cases::Column::AgreementId.in_subquery(of(agreements::Column::Id)?))
        .add(cases::Column::Id.in_subquery(of(agreements::Column::CaseId)?));
    let of_cases = Query::select().column(cases::Column::Id).from(cases::Entity).cond_where(following).to_owned();
    let known = Known::of(at, &of_cases, of(agreements::Column::HouseholdId)?).await?;
    let following = cases::Entity::find().filter(cases::Column::Id.in_subquery(of_cases));
    let following = following.order_by_asc(cases::Column::Number).all(&at.db()).await?;
    let row = |row: &agreements::Model| {
        let of_it = |case: &&cases::Model| case.agreement_id == Some(row.id) || row.case_id == Some(case.id);
        let of_it: Vec<&cases::Model> = following.iter().filter(of_it).collect();
        let case = of_it.first().copied();
        let [billed, collected] = known.money(&of_it.iter().map(|case| case.id).collect::<Vec<_>>());
        let number = |case: &cases::Model| {
            Cell::with_drill(case.number.as_str().into(), format!("{}/{}", InspectionCase::PATH, case.id))
        };
        vec![
            case.map_or_else(Cell::default, number),
            known.household(row.household_id),
            row.kind.code().into(),
            hundredths(Some(row.area_dm2)).into(),
            hundredths(row.items().iter().map(|item| item.height_m.units()).min()).into(),
            case.map_or_else(Cell::default, notice),
            known.agreement(Some(row.id)),
            billed,
            collected,
        ]
    };
    Ok(figures(rows.iter().map(row).collect(), rows.iter().map(|row| row.area_dm2).sum()))
}
