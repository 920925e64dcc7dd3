//! Repair orders of the period: how providers, technicians and parts did, who paid, why it broke (TK-R19…R22).

use std::collections::BTreeMap;

use kernel::fault::Fault;
use kernel::report::{Cell, Column, ColumnKind, Value, quotient, share};
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Figures};

use super::slice::{OfTickets, Slice};
use super::{DAY_SECONDS, count, group, percent, sum, text};
use crate::repair_order::RepairOrder;
use crate::repair_order::entity::{Bearer, Cause, Entity, Model};

/// Who may bear the cost, in the order of the columns.
const BEARERS: [(Bearer, &str, &str, &str); 5] = [
    (Bearer::Company, "cost_company", "公司承担", "Borne by the company"),
    (Bearer::Contractor, "cost_contractor", "施工单位承担", "Borne by the contractor"),
    (Bearer::Customer, "cost_customer", "业主承担", "Borne by the customer"),
    (Bearer::MaintenanceFund, "cost_maintenance_fund", "维修资金承担", "Borne by the fund"),
    (Bearer::Insurer, "cost_insurer", "保险承担", "Borne by the insurer"),
];

/// Why it broke, in the order of the columns.
const CAUSES: [(Cause, &str, &str, &str); 7] = [
    (Cause::ConstructionDefect, "faults_construction_defect", "施工缺陷", "Construction defect"),
    (Cause::Material, "faults_material", "材料", "Material"),
    (Cause::Design, "faults_design", "设计", "Design"),
    (Cause::Wear, "faults_wear", "自然损耗", "Wear"),
    (Cause::Misuse, "faults_misuse", "使用不当", "Misuse"),
    (Cause::ThirdParty, "faults_third_party", "第三方", "Third party"),
    (Cause::Unknown, "faults_unknown", "原因不明", "Unknown"),
];

#[derive(Clone, Copy, Default)]
struct Row {
    orders: i64,
    accepted_in_time: i64,
    punctual: i64,
    no_access: i64,
    reworked: i64,
    finished: i64,
    /// From dispatch to finish, of those finished.
    seconds: i64,
    in_warranty: i64,
    fen: [i64; BEARERS.len()],
    faults: [i64; CAUSES.len()],
}

/// Counts the orders drafted in the period by provider, technician or part; of an agent those he drafted.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let slice = Slice::written(at).during("created_at", ask.period);
    let orders = Entity::find().filter(slice.condition::<RepairOrder>(at)?).all(&at.db()).await?;
    let mut groups: BTreeMap<String, Row> = BTreeMap::new();
    let mut all = Row::default();
    for order in &orders {
        groups.entry(key(order, ask.by)).or_default().add(order);
        all.add(order);
    }
    let names = group::names(at, ask.by).await?;
    let filter = match ask.by {
        "technician" => "technician_id",
        "part" => "part_code",
        _ => "provider_id",
    };
    let mut rows = Vec::new();
    for (key, row) in &groups {
        let list = (!key.is_empty()).then(|| slice.with(filter, key));
        rows.push(row.cells(group::label(&names, key), list.as_ref()));
    }
    Ok(Figures {
        columns: columns(),
        rows,
        totals: Some(all.cells(Value::Nothing, Some(&slice))),
        ..Figures::default()
    })
}

fn columns() -> Vec<Column> {
    let mut columns = vec![
        text("group", "维修方/人员/部位", "Group"),
        count("orders", "维修单", "Orders"),
        count("accepted_in_time", "按时接单", "Accepted in time"),
        count("punctual", "准时上门", "Punctual"),
        count("no_access", "无人在家", "No access"),
        count("rework", "返修", "Reworked"),
        count("finished", "完工", "Finished"),
        Column::new("days", "平均用时(天)", "Mean days", ColumnKind::Number),
    ];
    columns.extend(BEARERS.iter().map(|(_, key, zh, en)| Column::new(key, zh, en, ColumnKind::Money)));
    columns.push(count("in_warranty", "保修期内", "In warranty"));
    columns.push(percent("warranty_share", "保修占比%", "Warranty share %"));
    columns.extend(CAUSES.iter().map(|(_, key, zh, en)| count(key, zh, en)));
    columns
}

fn key(order: &Model, by: &str) -> String {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    match by {
        "technician" => id(order.technician_id),
        "part" => order.part_code.clone(),
        _ => id(order.supplier_id.or(order.org_unit_id)),
    }
}

impl Row {
    fn add(&mut self, order: &Model) {
        self.orders += 1;
        let in_time = order.accepted_at.zip(order.respond_by).is_some_and(|(accepted, by)| accepted <= by);
        self.accepted_in_time += i64::from(in_time);
        self.punctual += i64::from(order.punctual == Some(true));
        self.no_access += i64::from(order.no_access_count > 0);
        self.reworked += i64::from(order.rework_count > 0);
        if let Some(finished) = order.finished_at {
            self.finished += 1;
            self.seconds += (finished - order.dispatched_at.unwrap_or(order.created_at)).num_seconds();
        }
        self.in_warranty += i64::from(matches!(order.proposed_bearer, Bearer::Contractor | Bearer::Company));
        for (fen, (bearer, ..)) in self.fen.iter_mut().zip(BEARERS) {
            if order.bearer == Some(bearer) {
                *fen += order.amount_fen;
            }
        }
        for (faults, (cause, ..)) in self.faults.iter_mut().zip(CAUSES) {
            *faults += i64::from(order.cause == Some(cause));
        }
    }

    fn cells(&self, label: Value, slice: Option<&Slice>) -> Vec<Cell> {
        let open = |value: Value, name: &str, code: &str| {
            Slice::open::<RepairOrder>(slice, value, |slice| slice.with(name, code))
        };
        let mut cells = vec![
            label.into(),
            Slice::open::<RepairOrder>(slice, self.orders, Slice::clone),
            open(self.accepted_in_time.into(), "accepted_in_time", "true"),
            open(self.punctual.into(), "punctual", "true"),
            open(self.no_access.into(), "no_access", "true"),
            open(self.reworked.into(), "reworked", "true"),
            open(self.finished.into(), "finished", "true"),
            quotient(self.seconds, self.finished * DAY_SECONDS).into(),
        ];
        for (fen, (bearer, ..)) in self.fen.iter().zip(BEARERS) {
            cells.push(open(sum::money(*fen), "bearer", bearer.code()));
        }
        cells.push(open(self.in_warranty.into(), "proposed_bearer", "contractor,company"));
        cells.push(share(self.in_warranty, self.orders).into());
        for (faults, (cause, ..)) in self.faults.iter().zip(CAUSES) {
            cells.push(open((*faults).into(), "cause", cause.code()));
        }
        cells
    }
}
