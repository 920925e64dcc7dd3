//! Recourse claims of the period: how far each supplier or contract is, and how much came back (TK-R23).

use std::collections::BTreeMap;

use kernel::fault::Fault;
use kernel::report::{Cell, Column, ColumnKind, Value, share};
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Figures};

use super::slice::{OfTickets, Slice};
use super::{count, group, percent, sum, text};
use crate::defect_claim::DefectClaim;
use crate::defect_claim::entity::{Entity, Model, Status};

/// Where a claim may stand, in the order of the columns.
const STATES: [(Status, &str, &str, &str); 8] = [
    (Status::Proposed, "proposed", "已提出", "Proposed"),
    (Status::Notified, "notified", "已通知", "Notified"),
    (Status::Accepted, "accepted", "认可", "Accepted"),
    (Status::Objected, "objected", "有异议", "Objected"),
    (Status::Confirmed, "confirmed", "已确认", "Confirmed"),
    (Status::Posted, "posted", "已入账", "Posted"),
    (Status::Refused, "refused", "扣款未批", "Refused"),
    (Status::Withdrawn, "withdrawn", "已撤回", "Withdrawn"),
];
/// All but the withdrawn ones: what is or was claimed in earnest.
const UPHELD: &str = "proposed,notified,accepted,objected,confirmed,posted,refused";

#[derive(Clone, Copy, Default)]
struct Row {
    claims: i64,
    states: [i64; STATES.len()],
    fen: i64,
    recovered_fen: i64,
}

/// Counts the claims proposed in the period where they stand now; of an agent those he proposed.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let slice = Slice::written(at).during("created_at", ask.period);
    let claims = Entity::find().filter(slice.condition::<DefectClaim>(at)?).all(&at.db()).await?;
    let mut groups: BTreeMap<String, Row> = BTreeMap::new();
    let mut all = Row::default();
    for claim in &claims {
        let key = match ask.by {
            "contract" => claim.cost_contract_id.map(|id| id.to_string()).unwrap_or_default(),
            _ => claim.supplier_id.to_string(),
        };
        groups.entry(key).or_default().add(claim);
        all.add(claim);
    }
    let names = group::names(at, ask.by).await?;
    let filter = if ask.by == "contract" { "cost_contract_id" } else { "supplier_id" };
    let mut rows = Vec::new();
    for (key, row) in &groups {
        let list = (!key.is_empty()).then(|| slice.with(filter, key));
        rows.push(row.cells(group::label(&names, key), list.as_ref()));
    }
    let mut columns = vec![text("group", "施工单位/合同", "Supplier or contract"), count("claims", "索赔", "Claims")];
    columns.extend(STATES.iter().map(|(_, key, zh, en)| count(key, zh, en)));
    columns.extend([
        Column::new("amount", "索赔金额", "Amount", ColumnKind::Money),
        Column::new("recovered", "已追回金额", "Recovered", ColumnKind::Money),
        percent("recovered_share", "追回率%", "Recovered %"),
    ]);
    Ok(Figures { columns, rows, totals: Some(all.cells(Value::Nothing, Some(&slice))), ..Figures::default() })
}

impl Row {
    fn add(&mut self, claim: &Model) {
        self.claims += 1;
        for (n, (status, ..)) in self.states.iter_mut().zip(STATES) {
            *n += i64::from(claim.status == status);
        }
        if claim.status != Status::Withdrawn {
            self.fen += claim.amount_fen;
        }
        if claim.status == Status::Posted {
            self.recovered_fen += claim.amount_fen;
        }
    }

    fn cells(&self, label: Value, slice: Option<&Slice>) -> Vec<Cell> {
        let open =
            |value: Value, states: &str| Slice::open::<DefectClaim>(slice, value, |slice| slice.with("status", states));
        let mut cells = vec![label.into(), Slice::open::<DefectClaim>(slice, self.claims, Slice::clone)];
        for (n, (status, ..)) in self.states.iter().zip(STATES) {
            cells.push(open((*n).into(), status.code()));
        }
        cells.push(open(sum::money(self.fen), UPHELD));
        cells.push(open(sum::money(self.recovered_fen), "posted"));
        cells.push(share(self.recovered_fen, self.fen).into());
        cells
    }
}
