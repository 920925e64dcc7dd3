//! The monthly assessment: violations by person or rule, penalty, reward, net (TK-R38).

use std::collections::BTreeMap;

use kernel::fault::Fault;
use kernel::report::{Cell, Column, ColumnKind, Value};
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Figures};

use super::slice::{Slice, own};
use super::{count, group, settlement, sum, text};
use crate::assessment_rule;
use crate::monthly_assessment::MonthlyAssessment;
use crate::monthly_assessment::entity as assessed;
use crate::violation::Violation;
use crate::violation::entity as violation;

/// The place of the penalty in a person's row.
const PENALTY: usize = 4;

#[derive(Clone, Default)]
struct Row {
    /// Recorded or disputed: nobody has decided.
    open: i64,
    confirmed: i64,
    /// Confirmed ones by rule.
    rules: BTreeMap<String, i64>,
    /// Of the confirmed violations.
    penalty: i64,
    /// Penalty, reward and net of the assessments made.
    assessed: Option<[i64; 3]>,
}

/// Counts violations by the day they occurred, and adds up the assessments of the months of the period: what they
/// count may have occurred before. An agent sees his own.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let mut mine = Slice::default();
    if let Some(me) = own(at) {
        mine = mine.with("staff_id", me);
    }
    let occurred = mine.on_days("occurred_on", ask.period);
    let violations = violation::Entity::find().filter(occurred.condition::<Violation>(at)?).all(&at.db()).await?;
    let months = mine.with("month", settlement::months(ask.period).join(","));
    match ask.by {
        "rule" => by_rule(at, ask, &occurred, &violations).await,
        _ => by_person(at, (&occurred, &violations), &months).await,
    }
}

async fn by_person(
    at: &Reading,
    (occurred, violations): (&Slice, &[violation::Model]),
    months: &Slice,
) -> Result<Figures, Fault> {
    let made = assessed::Entity::find().filter(months.condition::<MonthlyAssessment>(at)?).all(&at.db()).await?;
    let mut people: BTreeMap<Uuid, Row> = BTreeMap::new();
    let mut all = Row::default();
    for violation in violations {
        people.entry(violation.staff_id).or_default().add(violation);
        all.add(violation);
    }
    for month in &made {
        people.entry(month.staff_id).or_default().assess(month);
        all.assess(month);
    }
    let names = group::names(at, "person").await?;
    let mut rows = Vec::new();
    for (person, row) in &people {
        let label = group::label(&names, &person.to_string());
        let his = |slice: &Slice| match own(at) {
            Some(_) => slice.clone(),
            None => slice.with("staff_id", person),
        };
        rows.push(row.of_person(label, &his(occurred), &his(months)));
    }
    let columns = vec![
        text("group", "人员", "Person"),
        count("open", "待裁定", "Undecided"),
        count("violations", "违规", "Violations"),
        text("rules", "违规项目", "Rules"),
        money("penalty", "扣款", "Penalty"),
        money("reward", "奖励", "Reward"),
        money("net", "净额", "Net"),
    ];
    // Some have an assessment, some only violations: the penalties of the rows are added up.
    let mut totals = all.of_person(Value::Nothing, occurred, months);
    totals[PENALTY] = sum::totals(&columns, &rows).swap_remove(PENALTY);
    Ok(Figures { columns, rows, totals: Some(totals), ..Figures::default() })
}

async fn by_rule(at: &Reading, ask: &Ask, occurred: &Slice, violations: &[violation::Model]) -> Result<Figures, Fault> {
    let rules = assessment_rule::valid_on(at, ask.period.to).await?;
    let mut groups: BTreeMap<&str, Row> = rules.keys().map(|code| (code.as_str(), Row::default())).collect();
    let mut all = Row::default();
    for violation in violations {
        groups.entry(&violation.rule_code).or_default().add(violation);
        all.add(violation);
    }
    let mut rows = Vec::new();
    for (code, row) in &groups {
        let wording = rules.get(*code).map_or(Value::Nothing, |rule| rule.text.as_str().into());
        rows.push(row.of_rule([Value::from(*code), wording], &occurred.with("rule_code", code)));
    }
    let columns = vec![
        text("rule_code", "规则代码", "Rule code"),
        text("group", "规则", "Rule"),
        count("open", "待裁定", "Undecided"),
        count("violations", "违规", "Violations"),
        money("penalty", "扣款", "Penalty"),
    ];
    Ok(Figures {
        columns,
        rows,
        totals: Some(all.of_rule([Value::Nothing, Value::Nothing], occurred)),
        ..Figures::default()
    })
}

const fn money(key: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column::new(key, zh, en, ColumnKind::Money)
}

impl Row {
    fn add(&mut self, violation: &violation::Model) {
        match violation.status {
            violation::Status::Recorded | violation::Status::Disputed => self.open += 1,
            violation::Status::Confirmed => {
                self.confirmed += 1;
                self.penalty += violation.penalty_fen;
                *self.rules.entry(violation.rule_code.clone()).or_default() += 1;
            }
            violation::Status::Dropped => {}
        }
    }

    fn assess(&mut self, month: &assessed::Model) {
        let [penalty, reward, net] = self.assessed.unwrap_or_default();
        self.assessed = Some([penalty + month.penalty_total_fen, reward + month.reward_fen, net + month.net_fen]);
    }

    fn counted(&self, occurred: &Slice) -> [Cell; 2] {
        [
            occurred.with("status", "recorded,disputed").cell::<Violation>(self.open),
            occurred.with("status", "confirmed").cell::<Violation>(self.confirmed),
        ]
    }

    fn of_person(&self, label: Value, occurred: &Slice, months: &Slice) -> Vec<Cell> {
        let rules: Vec<String> = self.rules.iter().map(|(rule, n)| format!("{rule} {n}")).collect();
        let rules = if rules.is_empty() { Value::Nothing } else { Value::Text(rules.join(", ")) };
        let mut cells = vec![label.into()];
        cells.extend(self.counted(occurred));
        cells.push(rules.into());
        match self.assessed {
            Some(figures) => cells.extend(figures.map(|fen| months.cell::<MonthlyAssessment>(sum::money(fen)))),
            None => {
                cells.push(occurred.with("status", "confirmed").cell::<Violation>(sum::money(self.penalty)));
                cells.extend([Cell::default(), Cell::default()]);
            }
        }
        cells
    }

    fn of_rule(&self, labels: [Value; 2], occurred: &Slice) -> Vec<Cell> {
        let mut cells: Vec<Cell> = labels.into_iter().map(Cell::from).collect();
        cells.extend(self.counted(occurred));
        cells.push(occurred.with("status", "confirmed").cell::<Violation>(sum::money(self.penalty)));
        cells
    }
}
