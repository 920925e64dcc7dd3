//! Repair-fee claims of the months of the period, outlet by outlet: asked, cut, paid, checked (TK-R31, R32).

use std::collections::{BTreeMap, HashMap};

use kernel::fault::Fault;
use kernel::report::{Cell, Column, ColumnKind, Period, Value};
use kernel::time::Month;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Figures};

use super::slice::Slice;
use super::{count, group, sum, text};
use crate::fee_claim::checking::Known;
use crate::fee_claim::entity::{CheckResult, Entity, Model, Status, line};
use crate::fee_claim::{RepairFeeClaim, lines_of};

/// Claims whose lines are read at once.
const PART: usize = 200;

#[derive(Clone, Copy, Default)]
struct Row {
    claims: i64,
    claimed: i64,
    first: i64,
    audited: i64,
    cut: i64,
    cash: i64,
    goods: i64,
    checks: i64,
    not_confirmed: i64,
    open_notices: i64,
}

/// The months a period touches, as a filter names them.
pub fn months(period: Period) -> Vec<String> {
    let last = Month::of(period.to);
    let following = |month: &Month| (*month < last).then(|| month.plus(1));
    std::iter::successors(Some(Month::of(period.from)), following).map(|month| month.to_string()).collect()
}

/// All but drafts, which nobody asked for yet.
const SUBMITTED: &str = "returned,submitted,first_reviewed,audited,approved,settled,closed";

/// Adds up the submitted claims of each outlet the caller may know of.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let months = Slice::default().with("month", months(ask.period).join(","));
    let slice = months.with("status", SUBMITTED);
    let claims = Entity::find().filter(slice.condition::<RepairFeeClaim>(at)?).all(&at.db()).await?;
    let mut lines: HashMap<Uuid, Vec<line::Model>> = HashMap::new();
    for part in claims.chunks(PART) {
        let ids: Vec<Uuid> = part.iter().map(|claim| claim.id).collect();
        for line in lines_of(at, &ids).await? {
            lines.entry(line.claim_id).or_default().push(line);
        }
    }
    let mut outlets: BTreeMap<String, Row> = BTreeMap::new();
    let mut all = Row::default();
    for claim in &claims {
        let lines = lines.remove(&claim.id).unwrap_or_default();
        outlets.entry(claim.outlet_id.to_string()).or_default().add(claim, &lines);
        all.add(claim, &lines);
    }
    let names = group::names(at, "outlet").await?;
    let mut rows = Vec::new();
    for (outlet, row) in &outlets {
        rows.push(row.cells(group::label(&names, outlet), &months.with("outlet_id", outlet)));
    }
    let money = |key, zh, en| Column::new(key, zh, en, ColumnKind::Money);
    let columns = vec![
        text("outlet", "维修网点", "Outlet"),
        count("claims", "结算单", "Claims"),
        money("claimed", "申报金额", "Claimed"),
        money("first", "初审金额", "First review"),
        money("audited", "审核金额", "Audited"),
        money("cut", "核减金额", "Cut"),
        money("cash", "现金结算", "Cash"),
        money("goods", "转货款", "Converted to goods"),
        count("checks", "电话抽查", "Phone checks"),
        count("not_confirmed", "抽查不实", "Not confirmed"),
        count("open_notices", "未出通知", "Open notices"),
    ];
    Ok(Figures { columns, rows, totals: Some(all.cells(Value::Nothing, &months)), ..Figures::default() })
}

impl Row {
    fn add(&mut self, claim: &Model, lines: &[line::Model]) {
        self.claims += 1;
        self.claimed += claim.claimed_fen;
        self.first += claim.first_fen.unwrap_or_default();
        self.audited += claim.audited_fen.unwrap_or_default();
        self.cut += claim.audited_fen.map_or(0, |audited| claim.claimed_fen - audited);
        self.cash += claim.cash_fen.unwrap_or_default();
        self.goods += claim.goods_fen.unwrap_or_default();
        self.open_notices += i64::from(claim.status == Status::Settled);
        for line in lines {
            // What counts of each step of this round; nobody picking up is no check.
            let known = Known::of(line, claim.round);
            for result in [known.first, known.audit].into_iter().flatten() {
                self.checks += 1;
                self.not_confirmed += i64::from(result == CheckResult::NotConfirmed);
            }
        }
    }

    fn cells(&self, label: Value, months: &Slice) -> Vec<Cell> {
        let slice = months.with("status", SUBMITTED);
        let open = |fen: i64| slice.cell::<RepairFeeClaim>(sum::money(fen));
        vec![
            label.into(),
            slice.cell::<RepairFeeClaim>(self.claims),
            open(self.claimed),
            open(self.first),
            open(self.audited),
            open(self.cut),
            open(self.cash),
            open(self.goods),
            self.checks.into(),
            self.not_confirmed.into(),
            months.with("status", "settled").cell::<RepairFeeClaim>(self.open_notices),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_touches_its_months() {
        let period = |from: &str, to: &str| Period { from: from.parse().unwrap(), to: to.parse().unwrap() };
        assert_eq!(months(period("2026-03-01", "2026-03-31")), ["2026-03"]);
        assert_eq!(months(period("2025-12-21", "2026-02-01")), ["2025-12", "2026-01", "2026-02"]);
    }
}
