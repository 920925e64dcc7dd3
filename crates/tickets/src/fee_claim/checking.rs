//! Phone checks (电话抽查, TK-R31): how many a step needs, and what they found.

use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::life_cycle::Subject;
use store::{Reading, Work, parameters, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{Check, CheckResult, Model, Status, Step, line};
use super::{MOVES, RepairFeeClaim, lines_of};
use crate::problems::{ALREADY_CHECKED, SPOT_CHECKS_MISSING};
use crate::repair_order::json;
use crate::ticket::entity::json_list;

/// Whom was asked, and what he said.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CheckRepairFeeClaim {
    /// The order whose customer was called.
    pub repair_order_id: Uuid,
    pub result: CheckResult,
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// ⌈n × percent ÷ 100⌉, at least one.
pub fn share(n: usize, percent: i64) -> usize {
    let part = (n as u64).saturating_mul(percent.unsigned_abs()).div_ceil(100);
    usize::try_from(part).unwrap_or(usize::MAX).max(1)
}

/// What is known of one line in the present round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    pub first: Option<CheckResult>,
    pub audit: Option<CheckResult>,
}

impl Known {
    /// What counts of each step: once denied is denied, whoever confirms it later.
    pub fn of(row: &line::Model, round: i32) -> Self {
        let checks: Vec<Check> = json_list(&row.checks);
        let found = |step: Step| {
            let of_step = || checks.iter().filter(move |check| check.round == round && check.step == step);
            let has = |result| of_step().any(|check| check.result == result).then_some(result);
            has(CheckResult::NotConfirmed).or_else(|| has(CheckResult::Confirmed))
        };
        Self { first: found(Step::First), audit: found(Step::Audit) }
    }
    fn at(self, step: Step) -> Option<CheckResult> {
        match step {
            Step::First => self.first,
            Step::Audit => self.audit,
        }
    }
    /// Whether the customer denied it at a step up to this one.
    pub fn is_denied(self, step: Step) -> bool {
        let denied = Some(CheckResult::NotConfirmed);
        self.first == denied || (step == Step::Audit && self.audit == denied)
    }
}

/// How many checks a step needs and has. A denied line raises the share of its step; an audit takes other
/// lines than the first review, as far as there are any.
pub fn needed_and_made(known: &[Known], step: Step, percent: i64, raised: i64) -> (usize, usize) {
    let made = known.iter().filter(|line| line.at(step).is_some()).count();
    let denied = known.iter().any(|line| line.at(step) == Some(CheckResult::NotConfirmed));
    let needed = share(known.len(), if denied { percent.max(raised) } else { percent });
    let free = match step {
        Step::First => known.len(),
        Step::Audit => known.iter().filter(|line| line.first.is_none()).count(),
    };
    (needed.min(free), made)
}

/// Refuses a step that has too few checks.
pub async fn ensure(at: &Reading, lines: &[line::Model], round: i32, step: Step) -> Result<(), Fault> {
    let key = match step {
        Step::First => "tickets.settlement.first_check_percent",
        Step::Audit => "tickets.settlement.audit_check_percent",
    };
    let percent = parameters::integer(at, key).await?;
    let raised = parameters::integer(at, "tickets.settlement.raise_percent").await?;
    let known: Vec<Known> = lines.iter().map(|line| Known::of(line, round)).collect();
    let (needed, made) = needed_and_made(&known, step, percent, raised);
    if made >= needed {
        return Ok(());
    }
    Err(Fault::new(&SPOT_CHECKS_MISSING).rule("TK-R31").with("needed", needed).with("made", made))
}

/// Refuses an order that is not of the claim.
async fn of_claim(work: &Work, row: &Model, input: &CheckRepairFeeClaim) -> Result<(), Fault> {
    let lines = lines_of(work, &[row.id]).await?;
    match lines.iter().any(|line| line.repair_order_id == input.repair_order_id) {
        true => Ok(()),
        false => Err(Fault::field("/repair_order_id", "not_found")),
    }
}

/// Writes a check down: of the first review while submitted, of the audit afterwards.
///
/// # Errors
/// 409 `already_checked` when the first review asked this customer before.
pub async fn check(work: &Work, id: Uuid, input: &CheckRepairFeeClaim) -> Result<Model, Fault> {
    let known = async |row: &Model| of_claim(work, row, input).await;
    let row = resource::take_checked::<RepairFeeClaim>(work, id, known).await?;
    MOVES.take("checks", &Subject::of(work, &row))?;
    let step = if row.status == Status::Submitted { Step::First } else { Step::Audit };
    let lines = lines_of(work, &[row.id]).await?;
    let line = lines.into_iter().find(|line| line.repair_order_id == input.repair_order_id);
    let line = line.ok_or_else(|| Fault::field("/repair_order_id", "not_found"))?;
    if step == Step::Audit && Known::of(&line, row.round).first.is_some() {
        return Err(Fault::new(&ALREADY_CHECKED).rule("TK-R31"));
    }
    let mut checks: Vec<Check> = json_list(&line.checks);
    checks.push(Check {
        round: row.round,
        step,
        result: input.result,
        by: work.actor().sub,
        at: Timestamp::from(work.now),
        note: input.note.clone(),
    });
    let mut change = line.into_active_model();
    change.checks = Set(json(&checks)?);
    line::Entity::update(change).validate()?.exec(&work.db()).await?;
    let fact = |fact: store::journal::Fact| {
        fact.with("repair_order_id", input.repair_order_id.to_string()).with("result", input.result.code())
    };
    work.change::<RepairFeeClaim>(&row, row.clone().into_active_model(), "checked", fact).await
}

#[cfg(test)]
mod tests {
    use super::*;

    const YES: Option<CheckResult> = Some(CheckResult::Confirmed);
    const NO: Option<CheckResult> = Some(CheckResult::NotConfirmed);

    fn lines(first: &[Option<CheckResult>], audit: &[Option<CheckResult>], n: usize) -> Vec<Known> {
        let at = |list: &[Option<CheckResult>], n: usize| list.get(n).copied().flatten();
        (0..n).map(|n| Known { first: at(first, n), audit: at(audit, n) }).collect()
    }

    #[test]
    fn tk_e15_fourteen_lines_are_two_checks_and_three_others() {
        let known = lines(&[YES, YES], &[], 14);
        assert_eq!(needed_and_made(&known, Step::First, 10, 50), (2, 2));
        assert_eq!(needed_and_made(&known, Step::Audit, 20, 50), (3, 0));
    }

    #[test]
    fn a_denied_line_raises_its_step_and_few_lines_are_all_asked_once() {
        assert_eq!(needed_and_made(&lines(&[NO], &[], 14), Step::First, 10, 50), (7, 1));
        assert_eq!(needed_and_made(&lines(&[NO], &[], 14), Step::Audit, 20, 50), (3, 0));
        assert_eq!(needed_and_made(&lines(&[YES], &[None, NO], 14), Step::Audit, 20, 50), (7, 1));
        assert_eq!(needed_and_made(&lines(&[], &[], 1), Step::First, 10, 50), (1, 0));
        assert_eq!(needed_and_made(&lines(&[YES], &[], 1), Step::Audit, 20, 50), (0, 0));
        assert_eq!(needed_and_made(&lines(&[YES], &[], 2), Step::Audit, 20, 50), (1, 0));
    }
}
