//! The lint against tables and against every case, one by one.

use proptest::prelude::*;

use super::*;
use crate::catalogue::{Kind, Severity};
use crate::policy::matching::{Case, best};
use crate::policy::{Conditions, defaults};

fn policy(position: i32, code: &str, conditions: Conditions) -> Policy {
    let pattern = defaults::policies().remove(6);
    Policy { position, code: code.to_owned(), conditions, ..pattern }
}

fn category(code: &str) -> Conditions {
    Conditions { category_codes: Some(vec![code.to_owned()]), ..Conditions::default() }
}

fn codes(findings: &[Finding]) -> Vec<(i32, &'static str)> {
    findings.iter().map(|finding| (finding.position, finding.problem.code)).collect()
}

#[test]
fn a_category_behind_the_one_above_it_is_unreachable() {
    // TK-E09
    let set = |heating, leak| {
        lint(
            &[
                policy(heating, "heating", category("heating")),
                policy(leak, "leak", category("heating.leak")),
                policy(99, "default", Conditions::default()),
            ],
            &OrgPaths::new(),
        )
    };
    let refused = set(10, 20);
    assert_eq!(codes(&refused.errors), [(20, "policy_unreachable")]);
    assert_eq!(refused.field_errors()[0].pointer, "/policies/1");
    let exchanged = set(20, 10);
    assert_eq!(codes(&exchanged.errors), []);
    assert_eq!(codes(&exchanged.warnings), [(20, "policy_overlap")]);
    let example = exchanged.warnings[0].example.clone().unwrap();
    assert_eq!(example, BTreeMap::from([("category_code".to_owned(), "heating.leak".to_owned())]));
}

#[test]
fn the_default_set_is_clean() {
    assert_eq!(codes(&lint(&defaults::policies(), &OrgPaths::new()).errors), []);
}

#[test]
fn a_set_needs_a_last_policy_without_conditions_and_each_position_once() {
    let kind = |kind| Conditions { kinds: Some(vec![kind]), ..Conditions::default() };
    let report = lint(&[policy(10, "a", kind(Kind::Repair)), policy(10, "b", kind(Kind::Complaint))], &OrgPaths::new());
    assert_eq!(codes(&report.errors), [(10, "position_taken"), (10, "policy_no_default")]);
}

#[test]
fn a_default_behind_all_kinds_is_only_a_warning() {
    let all = Conditions { kinds: Some(Kind::ALL.to_vec()), ..Conditions::default() };
    let report = lint(&[policy(1, "all", all), policy(2, "default", Conditions::default())], &OrgPaths::new());
    assert_eq!(codes(&report.errors), []);
    assert_eq!(codes(&report.warnings), [(2, "policy_unreachable")]);
}

#[test]
fn several_policies_together_may_take_every_cell_of_another() {
    let severities = |list: &[Severity]| Conditions { severities: Some(list.to_vec()), ..category("goods") };
    let report = lint(
        &[
            policy(1, "normal", severities(&[Severity::Normal])),
            policy(2, "worse", severities(&[Severity::Serious, Severity::Major])),
            policy(3, "goods", category("goods.shoes")),
            policy(9, "default", Conditions::default()),
        ],
        &OrgPaths::new(),
    );
    assert_eq!(codes(&report.errors), [(3, "policy_unreachable")]);
}

const CATEGORIES: &[&str] = &["heating", "heating.leak", "heating.fee", "goods", "elsewhere"];
const CHANNELS: &[&str] = &["hotline", "web", "letter"];

/// A branch with one station, and a unit apart from both.
fn units() -> (Vec<Uuid>, OrgPaths) {
    let ids: Vec<Uuid> = (1..=3).map(Uuid::from_u128).collect();
    let paths = OrgPaths::from([(ids[0], vec![ids[0]]), (ids[1], vec![ids[1], ids[0]]), (ids[2], vec![ids[2]])]);
    (ids, paths)
}

fn some<T: Clone + std::fmt::Debug + 'static>(values: Vec<T>) -> impl Strategy<Value = Option<Vec<T>>> {
    let most = values.len();
    proptest::option::weighted(0.35, proptest::sample::subsequence(values, 1..=most))
}

fn any_conditions() -> impl Strategy<Value = Conditions> {
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    let projects = vec![Uuid::from_u128(7), Uuid::from_u128(8)];
    (
        some(Kind::ALL.to_vec()),
        some(words(&CATEGORIES[..4])),
        some(Severity::ALL.to_vec()),
        some(words(&CHANNELS[..2])),
        some(units().0[..2].to_vec()),
        some(projects),
    )
        .prop_map(|(kinds, category_codes, severities, channel_codes, org_unit_ids, project_ids)| Conditions {
            kinds,
            category_codes,
            severities,
            channel_codes,
            org_unit_ids,
            project_ids,
        })
}

/// Every case there is, with the path of its unit.
fn every_case() -> Vec<(Case, Vec<Uuid>)> {
    let (ids, paths) = units();
    let mut cases = Vec::new();
    for kind in Kind::ALL {
        for category in CATEGORIES {
            for severity in Severity::ALL {
                for channel in CHANNELS {
                    for unit in &ids {
                        for project in [None, Some(Uuid::from_u128(7)), Some(Uuid::from_u128(8))] {
                            let case = Case {
                                kind: *kind,
                                category_code: (*category).to_owned(),
                                severity: *severity,
                                channel_code: (*channel).to_owned(),
                                org_unit_id: Some(*unit),
                                project_id: project,
                            };
                            cases.push((case, paths[unit].clone()));
                        }
                    }
                }
            }
        }
    }
    cases
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_lint_agrees_with_trying_every_case(conditions in proptest::collection::vec(any_conditions(), 1..6)) {
        let policies: Vec<Policy> = (1..).zip(conditions)
            .map(|(position, conditions)| policy(position, &format!("p{position}"), conditions))
            .collect();
        let mut won = vec![false; policies.len()];
        for (case, path) in every_case() {
            if let (Some(winner), _) = best(&policies, &case, &path) {
                won[(winner.position - 1) as usize] = true;
            }
        }
        let report = lint(&policies, &units().1);
        let unreachable: Vec<usize> = report.errors.iter().chain(&report.warnings)
            .filter(|finding| finding.problem == &POLICY_UNREACHABLE)
            .map(|finding| finding.index)
            .collect();
        for (index, won) in won.iter().enumerate() {
            prop_assert_eq!(!won, unreachable.contains(&index), "policy {}", index + 1);
        }
    }
}
