//! Whether a set of policies says what its author means (TK-R15).
//!
//! The cases are divided into cells: per condition the values the set names and "any other". A policy is
//! a box of cells; it is reachable when some cell of its box lies in no earlier box. Boxes are taken apart,
//! never counted cell by cell, so large sets stay cheap.

mod cells;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use kernel::fault::{FieldError, Problem};
use kernel::lang::Lang;
use serde::Serialize;
use store::life_cycle::sentence;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Policy;
use crate::problems::{POLICY_NO_DEFAULT, POLICY_NOT_PROVEN, POLICY_OVERLAP, POLICY_UNREACHABLE, POSITION_TAKEN};
use cells::{Grid, Search};

/// The units of the conditions, each with itself and those above it.
pub type OrgPaths = HashMap<Uuid, Vec<Uuid>>;

/// One remark about a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Place of the policy in the list given.
    pub index: usize,
    pub position: i32,
    pub problem: &'static Problem,
    /// The other policy it is about.
    pub other: Option<String>,
    /// A case it is about: condition → value.
    pub example: Option<BTreeMap<String, String>>,
}

/// All remarks: errors forbid the activation, warnings do not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub errors: Vec<Finding>,
    pub warnings: Vec<Finding>,
}

impl Report {
    /// The errors as fields of the set.
    pub fn field_errors(&self) -> Vec<FieldError> {
        let error = |finding: &Finding| {
            FieldError::new(format!("/policies/{}", finding.index), finding.problem.code)
                .with("position", finding.position)
        };
        self.errors.iter().map(error).collect()
    }
}

/// Checks a set: unreachable policies, a missing default and equal positions are errors; overlaps of two
/// conditional policies and a default that nothing reaches are warnings.
pub fn lint(policies: &[Policy], paths: &OrgPaths) -> Report {
    let mut order: Vec<usize> = (0..policies.len()).collect();
    order.sort_by_key(|index| policies[*index].position);
    let sorted: Vec<&Policy> = order.iter().map(|index| &policies[*index]).collect();
    let grid = Grid::of(&sorted);
    let boxes: Vec<_> = sorted.iter().map(|policy| grid.cells_of(policy, paths)).collect();
    let finding = |n: usize, problem: &'static Problem| Finding {
        index: order[n],
        position: sorted[n].position,
        problem,
        other: None,
        example: None,
    };
    let mut report = Report::default();
    let last = sorted.len().saturating_sub(1);
    for (n, policy) in sorted.iter().enumerate() {
        if n > 0 && sorted[n - 1].position == policy.position {
            report.errors.push(finding(n, &POSITION_TAKEN));
        }
        let is_default = n == last && policy.conditions.is_empty();
        match cells::free_cell(&boxes[n], &boxes[..n]) {
            Search::Free => {}
            Search::Unproven => report.warnings.push(finding(n, &POLICY_NOT_PROVEN)),
            Search::Taken if is_default => {
                let example = Some(grid.example(&boxes[n]));
                report.warnings.push(Finding { example, ..finding(n, &POLICY_UNREACHABLE) });
            }
            Search::Taken => {
                report.errors.push(finding(n, &POLICY_UNREACHABLE));
                continue;
            }
        }
        for (earlier, other) in sorted[..n].iter().enumerate() {
            if policy.conditions.is_empty() || other.conditions.is_empty() {
                continue;
            }
            if let Some(common) = cells::common(&boxes[n], &boxes[earlier]) {
                let example = Some(grid.example(&common));
                let overlap = Finding { other: Some(other.code.clone()), example, ..finding(n, &POLICY_OVERLAP) };
                report.warnings.push(overlap);
            }
        }
    }
    if sorted.last().is_none_or(|policy| !policy.conditions.is_empty()) && !sorted.is_empty() {
        report.errors.push(finding(last, &POLICY_NO_DEFAULT));
    }
    report
}

/// A remark as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SlaPolicyRemark {
    /// JSON pointer to the policy in the set.
    pub pointer: String,
    pub position: i32,
    pub code: String,
    pub detail: String,
    /// Code of the other policy it is about.
    pub other: Option<String>,
    /// A case it is about, e.g. `{"kind": "repair", "category_code": "heating.leak"}`; `*` is any other value.
    pub example: Option<BTreeMap<String, String>>,
}

/// What the lint of a set found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SlaPolicyLint {
    /// Whether the set may be activated.
    pub clean: bool,
    pub errors: Vec<SlaPolicyRemark>,
    pub warnings: Vec<SlaPolicyRemark>,
}

impl SlaPolicyRemark {
    fn of(finding: &Finding, lang: Lang) -> Self {
        let fault = kernel::fault::Fault::new(finding.problem)
            .with("position", finding.position)
            .with("other", finding.other.clone());
        Self {
            pointer: format!("/policies/{}", finding.index),
            position: finding.position,
            code: finding.problem.code.to_owned(),
            detail: sentence(&fault, lang),
            other: finding.other.clone(),
            example: finding.example.clone(),
        }
    }
}

impl SlaPolicyLint {
    /// A report in the caller's language.
    pub fn of(report: &Report, lang: Lang) -> Self {
        let remarks =
            |findings: &[Finding]| findings.iter().map(|finding| SlaPolicyRemark::of(finding, lang)).collect();
        Self { clean: report.errors.is_empty(), errors: remarks(&report.errors), warnings: remarks(&report.warnings) }
    }
}
