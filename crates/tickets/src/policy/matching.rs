//! Which policy a ticket falls under, and why the earlier ones did not fit (TK-R15).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use store::{Db, Reading};
use utoipa::ToSchema;
use validator::Validate;

use super::Policy;
use super::entity::{Column, Entity, Model, Status};
use crate::catalogue::{Kind, Severity};

/// What a policy looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub kind: Kind,
    pub category_code: String,
    pub severity: Severity,
    pub channel_code: String,
    pub org_unit_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
}

/// How one policy fared against a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SlaPolicyExplanation)]
pub struct Explanation {
    pub position: i32,
    pub code: String,
    /// Conditions that hold: `kind=application`.
    pub matched: Vec<String>,
    /// Conditions that do not, with what the case has instead.
    pub failed: Vec<String>,
}

/// The winner, and how it and every policy before it fared. `org_path` is the case's unit and those above it.
pub fn best<'a>(policies: &'a [Policy], case: &Case, org_path: &[Uuid]) -> (Option<&'a Policy>, Vec<Explanation>) {
    let mut explanations = Vec::new();
    for policy in in_order(policies) {
        let explanation = explain(policy, case, org_path);
        let wins = explanation.failed.is_empty();
        explanations.push(explanation);
        if wins {
            return (Some(policy), explanations);
        }
    }
    (None, explanations)
}

/// By position; of equal positions the one given first.
pub(super) fn in_order(policies: &[Policy]) -> Vec<&Policy> {
    let mut sorted: Vec<&Policy> = policies.iter().collect();
    sorted.sort_by_key(|policy| policy.position);
    sorted
}

/// Whether a category is a code or lies below it.
pub(super) fn covers(code: &str, category: &str) -> bool {
    category.strip_prefix(code).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn explain(policy: &Policy, case: &Case, org_path: &[Uuid]) -> Explanation {
    let (mut matched, mut failed) = (Vec::new(), Vec::new());
    let mut test = |name: &str, value: &dyn ToString, holds: Option<bool>| match holds {
        Some(true) => matched.push(format!("{name}={}", value.to_string())),
        Some(false) => failed.push(format!("{name}={}", value.to_string())),
        None => {}
    };
    let wanted = &policy.conditions;
    let shown = |id: Option<Uuid>| id.map_or_else(|| "none".to_owned(), |id| id.to_string());
    test("kind", &case.kind.code(), wanted.kinds.as_ref().map(|list| list.contains(&case.kind)));
    let categories = wanted.category_codes.as_ref();
    test(
        "category_code",
        &case.category_code,
        categories.map(|list| list.iter().any(|code| covers(code, &case.category_code))),
    );
    test("severity", &case.severity.code(), wanted.severities.as_ref().map(|list| list.contains(&case.severity)));
    test(
        "channel_code",
        &case.channel_code,
        wanted.channel_codes.as_ref().map(|list| list.contains(&case.channel_code)),
    );
    let units = wanted.org_unit_ids.as_ref();
    test("org_unit_id", &shown(case.org_unit_id), units.map(|list| org_path.iter().any(|unit| list.contains(unit))));
    let project = wanted.project_ids.as_ref().map(|list| case.project_id.is_some_and(|id| list.contains(&id)));
    test("project_id", &shown(case.project_id), project);
    Explanation { position: policy.position, code: policy.code.clone(), matched, failed }
}

/// A set with its rules read.
pub struct InForce {
    pub set: Model,
    pub policies: Vec<Policy>,
}

/// The set in force at an instant, with its policies: of the sets activated and begun by then the one
/// activated last, since an activation overrules what earlier ones said from its `valid_from` on.
pub async fn in_force(at: &Reading, instant: DateTime<Utc>) -> Result<Arc<InForce>, Fault> {
    begun_by(at, instant).await?.ok_or_else(|| Fault::internal("no policy set in force"))
}

async fn begun_by(at: &Reading, instant: DateTime<Utc>) -> Result<Option<Arc<InForce>>, Fault> {
    let sets = at.remembered(async |db| activated(&db).await).await?;
    Ok(sets.iter().find(|known| known.set.valid_from <= instant).cloned())
}

/// Every set that was activated, the last one first.
async fn activated(db: &Db<'_>) -> Result<Vec<Arc<InForce>>, Fault> {
    let sets = Entity::find()
        .filter(Column::Status.is_in([Status::Active, Status::Superseded]))
        .order_by_desc(Column::ActivatedAt)
        .order_by_desc(Column::Number)
        .all(db)
        .await?;
    sets.into_iter().map(|set| Ok(Arc::new(InForce { policies: set.policies()?, set }))).collect()
}

/// A case to try.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MatchSlaPolicy {
    pub kind: Kind,
    #[schema(min_length = 1, max_length = 120)]
    pub category_code: String,
    pub severity: Severity,
    /// Without one, no condition on channels holds.
    #[schema(min_length = 1, max_length = 40)]
    pub channel_code: Option<String>,
    pub org_unit_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
    /// Now when absent.
    pub at: Option<Timestamp>,
}

/// Which policy a case falls under and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SlaPolicyMatch {
    pub set_id: Uuid,
    /// Number of the set in force.
    pub set_version: i32,
    /// The winner; null when the set has no default.
    pub policy: Option<Policy>,
    /// Every policy up to the winner, in order.
    pub explanations: Vec<Explanation>,
}

/// Tries a case against the set in force at its instant.
///
/// # Errors
/// 422 `out_of_range` before the first set began.
pub async fn find_match(at: &Reading, input: &MatchSlaPolicy) -> Result<SlaPolicyMatch, Fault> {
    let instant = input.at.map_or(at.now, DateTime::from);
    let found = begun_by(at, instant).await?.ok_or_else(|| Fault::field("/at", "out_of_range"))?;
    let InForce { set, policies } = found.as_ref();
    let path = match input.org_unit_id {
        Some(unit) => registers::org_unit::path(at, unit).await?,
        None => Vec::new(),
    };
    let case = Case {
        kind: input.kind,
        category_code: input.category_code.clone(),
        severity: input.severity,
        channel_code: input.channel_code.clone().unwrap_or_else(|| "none".to_owned()),
        org_unit_id: input.org_unit_id,
        project_id: input.project_id,
    };
    let (policy, explanations) = best(policies, &case, &path);
    Ok(SlaPolicyMatch { set_id: set.id, set_version: set.number, policy: policy.cloned(), explanations })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::defaults;

    fn case(kind: Kind, category_code: &str, severity: Severity) -> Case {
        Case {
            kind,
            category_code: category_code.to_owned(),
            severity,
            channel_code: "hotline".to_owned(),
            org_unit_id: None,
            project_id: None,
        }
    }

    #[test]
    fn the_default_set_gives_each_case_its_deadline() {
        let policies = defaults::policies();
        let check = |case: Case, code: &str, seconds: i64, matched: &[&str]| {
            let (policy, explanations) = best(&policies, &case, &[]);
            let policy = policy.unwrap();
            assert_eq!((policy.code.as_str(), policy.handle_target_seconds), (code, seconds));
            assert_eq!(explanations.last().unwrap().matched, matched);
        };
        use Severity::{Major, Normal, Serious};
        check(case(Kind::Repair, "heating.leak", Normal), "leak", 14_400, &["category_code=heating.leak"]);
        check(
            case(Kind::Complaint, "house_quality.water_leak", Major),
            "leak",
            14_400,
            &["category_code=house_quality.water_leak"],
        );
        check(case(Kind::Repair, "heating", Major), "major", 86_400, &["severity=major"]);
        check(case(Kind::Complaint, "heating.leakage", Serious), "complaint", 86_400, &["kind=complaint"]);
        check(case(Kind::Repair, "goods", Normal), "repair", 172_800, &["kind=repair"]);
        check(case(Kind::Consultation, "goods", Normal), "consultation", 86_400, &["kind=consultation"]);
        check(case(Kind::Application, "goods", Normal), "request", 126_000, &["kind=application"]);
        check(case(Kind::Suggestion, "goods", Normal), "request", 126_000, &["kind=suggestion"]);
    }

    #[test]
    fn the_explanation_tells_why_earlier_policies_did_not_fit() {
        let policies = defaults::policies();
        let (_, explanations) = best(&policies, &case(Kind::Complaint, "goods", Severity::Normal), &[]);
        let told: Vec<(i32, &[String])> = explanations.iter().map(|e| (e.position, e.failed.as_slice())).collect();
        let failed = |text: &str| vec![text.to_owned()];
        assert_eq!(
            told,
            [(10, failed("category_code=goods").as_slice()), (20, failed("severity=normal").as_slice()), (30, &[]),]
        );
    }

    #[test]
    fn a_unit_meets_a_condition_on_a_unit_above_it() {
        let (branch, station, other) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let mut policies = defaults::policies();
        policies[0].conditions = super::super::Conditions { org_unit_ids: Some(vec![branch]), ..Default::default() };
        let at = |unit: Uuid, path: &[Uuid]| {
            let case = Case { org_unit_id: Some(unit), ..case(Kind::Repair, "goods", Severity::Normal) };
            best(&policies, &case, path).0.unwrap().code.clone()
        };
        assert_eq!(at(station, &[station, branch]), "leak");
        assert_eq!(at(other, &[other]), "repair");
    }
}
