//! Drafting, linting and activating policy sets.

use std::collections::{BTreeSet, HashMap};

use kernel::fault::{self, Fault, FieldErrors};
use kernel::ids;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect, Set, SqlErr};
use serde::{Deserialize, Serialize};
use store::acts::BareAct;
use store::journal::Fact;
use store::resource;
use store::{Reading, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Model, Status};
use super::lint::{OrgPaths, Report, SlaPolicyLint};
use super::{MOVES, Policy, SlaPolicySet};
use crate::catalogue;
use crate::problems::{POLICY_LINT, VALID_FROM_PAST};

/// A new draft.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateSlaPolicySet {
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    pub valid_from: Timestamp,
    #[schema(min_items = 1, max_items = 50)]
    pub policies: Vec<Policy>,
}

/// What may change of a draft.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SlaPolicySetFields {
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    pub valid_from: Timestamp,
    #[schema(min_items = 1, max_items = 50)]
    pub policies: Vec<Policy>,
}

impl From<&Model> for SlaPolicySetFields {
    fn from(row: &Model) -> Self {
        Self {
            name: row.name.clone(),
            valid_from: row.valid_from.into(),
            policies: serde_json::from_str(&row.policies).unwrap_or_default(),
        }
    }
}

/// Drafts a set. It says nothing until it is activated.
pub async fn create(work: &Work, cmd: &CreateSlaPolicySet) -> Result<Model, Fault> {
    check(work, &cmd.policies).await?;
    let last = Entity::find().order_by_desc(Column::Number).one(&work.db()).await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        number: Set(last.map_or(0, |last| last.number) + 1),
        name: Set(cmd.name.trim().to_owned()),
        valid_from: Set(cmd.valid_from.0),
        status: Set(Status::Draft),
        policies: Set(written(&cmd.policies)?),
        activated_at: Set(None),
        superseded_at: Set(None),
    };
    let inserted = Entity::insert(row).exec_with_returning(&work.db()).await;
    let row = inserted.map_err(|error| match error.sql_err() {
        // Somebody took the number meanwhile: the next try takes the one after.
        Some(SqlErr::UniqueConstraintViolation(_)) => Fault::unavailable(error).retryable(),
        _ => error.into(),
    })?;
    work.record(Fact::of::<SlaPolicySet>("created", &row).started_as(&row));
    Ok(row)
}

/// Changes a draft.
pub async fn update(work: &Work, row: &Model, fields: SlaPolicySetFields) -> Result<Model, Fault> {
    check(work, &fields.policies).await?;
    if row.status != Status::Draft {
        let state: &'static str = row.status.into();
        let refused = Fault::new(&fault::INVALID_STATE).with("action", "update").with("state", state);
        return Err(refused.with("allowed_from", vec!["draft"]));
    }
    let mut next = row.clone().into_active_model();
    next.name = Set(fields.name.trim().to_owned());
    next.valid_from = Set(fields.valid_from.0);
    next.policies = Set(written(&fields.policies)?);
    work.change::<SlaPolicySet>(row, next, "updated", |fact| fact).await
}

/// Puts a draft in force from its `valid_from`; the set active before is superseded.
pub async fn activate(work: &Work, id: Uuid, _cmd: &BareAct) -> Result<Model, Fault> {
    // All sets are locked in one order, so two activations follow one another.
    let sets = Entity::find().order_by_asc(Column::Number).lock(LockType::Update).all(&work.db()).await?;
    let (row, status) = MOVES.begin::<SlaPolicySet>(work, id, "activate").await?;
    let report = lint(work, &row.policies()?).await?;
    if !report.errors.is_empty() {
        return Err(Fault::new(&POLICY_LINT).rule("TK-R15").with_errors(report.field_errors()));
    }
    if row.valid_from < work.now {
        return Err(Fault::new(&VALID_FROM_PAST).rule("TK-R15"));
    }
    for former in sets.into_iter().filter(|set| set.status == Status::Active) {
        let mut next = former.clone().into_active_model();
        next.status = Set(Status::Superseded);
        next.superseded_at = Set(Some(work.now));
        work.change::<SlaPolicySet>(&former, next, "superseded", |fact| fact).await?;
    }
    let mut next = row.clone().into_active_model();
    next.status = Set(status);
    next.activated_at = Set(Some(work.now));
    let number = row.number;
    work.change::<SlaPolicySet>(&row, next, "activated", |fact| fact.with("number", number)).await
}

/// Lints one set as it stands.
pub async fn lint_set(at: &Reading, id: Uuid) -> Result<SlaPolicyLint, Fault> {
    let row = resource::find::<SlaPolicySet>(at, id).await?;
    Ok(SlaPolicyLint::of(&lint(at, &row.policies()?).await?, at.lang()))
}

/// Lints policies against the present tree of units.
pub(super) async fn lint(at: &Reading, policies: &[Policy]) -> Result<Report, Fault> {
    let units = policies.iter().filter_map(|policy| policy.conditions.org_unit_ids.as_ref()).flatten();
    let units: BTreeSet<Uuid> = units.copied().collect();
    let mut paths: OrgPaths = HashMap::new();
    for unit in units {
        paths.insert(unit, registers::org_unit::path(at, unit).await?);
    }
    Ok(super::lint::lint(policies, &paths))
}

fn written(policies: &[Policy]) -> Result<String, Fault> {
    serde_json::to_string(policies).map_err(Fault::internal)
}

/// Refuses empty lists, codes told twice and conditions on what does not exist.
async fn check(work: &Work, policies: &[Policy]) -> Result<(), Fault> {
    let mut errors = FieldErrors::default();
    for (n, policy) in policies.iter().enumerate() {
        let repeated = policies[..n].iter().any(|earlier| earlier.code == policy.code);
        errors.add_if(repeated, &format!("/policies/{n}/code"), "repeated_items");
        for name in empty_lists(policy) {
            errors.add(format!("/policies/{n}/conditions/{name}"), "empty_condition");
        }
    }
    let (categories, channels) = known_codes(work).await?;
    for (n, policy) in policies.iter().enumerate() {
        let wanted = &policy.conditions;
        for (name, list, known) in [
            ("category_codes", &wanted.category_codes, &categories),
            ("channel_codes", &wanted.channel_codes, &channels),
        ] {
            for (m, code) in list.iter().flatten().enumerate() {
                errors.add_if(!known.contains(code), &format!("/policies/{n}/conditions/{name}/{m}"), "invalid_enum");
            }
        }
    }
    errors.finish()?;
    for (n, policy) in policies.iter().enumerate() {
        for (m, unit) in policy.conditions.org_unit_ids.iter().flatten().enumerate() {
            registers::org_unit_known(work, *unit, &format!("/policies/{n}/conditions/org_unit_ids/{m}")).await?;
        }
    }
    Ok(())
}

fn empty_lists(policy: &Policy) -> Vec<&'static str> {
    let wanted = &policy.conditions;
    let lists = [
        ("kinds", wanted.kinds.as_ref().map(Vec::len)),
        ("category_codes", wanted.category_codes.as_ref().map(Vec::len)),
        ("severities", wanted.severities.as_ref().map(Vec::len)),
        ("channel_codes", wanted.channel_codes.as_ref().map(Vec::len)),
        ("org_unit_ids", wanted.org_unit_ids.as_ref().map(Vec::len)),
        ("project_ids", wanted.project_ids.as_ref().map(Vec::len)),
    ];
    lists.into_iter().filter(|(_, length)| *length == Some(0)).map(|(name, _)| name).collect()
}

async fn known_codes(work: &Work) -> Result<(BTreeSet<String>, BTreeSet<String>), Fault> {
    let categories = catalogue::category::Entity::find().all(&work.db()).await?;
    let channels = catalogue::channel::Entity::find().all(&work.db()).await?;
    Ok((categories.into_iter().map(|row| row.code).collect(), channels.into_iter().map(|row| row.code).collect()))
}
