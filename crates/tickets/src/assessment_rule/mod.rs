//! The rule catalogue of the monthly assessment (考核条款, TK-R38): versions by `valid_from`, never deleted.

mod defaults;
pub mod entity;

use std::collections::BTreeMap;

use access::{Actor, JobRole};
use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::money::Money;
use kernel::time::{Timestamp, business_day};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, Set};
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

pub use defaults::install_defaults;
use entity::{ActiveModel, Column, Entity, Model};

/// The rules resource.
pub struct AssessmentRule;

/// A rule as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AssessmentRuleView {
    pub id: Uuid,
    pub version: i32,
    pub code: String,
    pub valid_from: NaiveDate,
    pub role_codes: Vec<String>,
    pub text: String,
    /// Zero or less.
    pub penalty: Money,
    pub source: Option<String>,
    pub created_at: Timestamp,
    pub created_by: Uuid,
}

impl Resource for AssessmentRule {
    type Entity = Entity;
    type Row = Model;
    type View = AssessmentRuleView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "assessment_rule";
    const PATH: &'static str = "/v1/assessment-rules";
    const STEADY: bool = true;

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("code")
            .by("code", Column::Code)
            .by("rule_code", Column::Code)
            .sort("code", Column::Code)
            .sort("valid_from", Column::ValidFrom)
    }

    fn placement(_: &Model) -> Placement {
        Placement::default()
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<AssessmentRuleView>, Fault> {
        let view = |row: Model| {
            Ok(AssessmentRuleView {
                role_codes: row.role_codes(),
                penalty: Money::from_fen(row.penalty_fen).map_err(Fault::internal)?,
                id: row.id,
                version: row.version,
                code: row.code,
                valid_from: row.valid_from,
                text: row.text,
                source: row.source,
                created_at: row.created_at.into(),
                created_by: row.created_by,
            })
        };
        rows.into_iter().map(view).collect()
    }
}

/// A rule, or the next version of one.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateAssessmentRule {
    #[schema(min_length = 2, max_length = 64, pattern = "^[a-z][a-z0-9_]*$")]
    pub code: String,
    /// Default: today.
    pub valid_from: Option<NaiveDate>,
    /// Job roles it is for.
    #[schema(min_items = 1, max_items = 80)]
    pub role_codes: Vec<String>,
    #[schema(min_length = 2, max_length = 500)]
    pub text: String,
    /// Zero or less.
    pub penalty: Money,
    #[schema(max_length = 200)]
    pub source: Option<String>,
}

/// Adds a rule or the next version of one.
///
/// # Errors
/// 422 `invalid_enum` for an unknown role, `out_of_range` for a penalty above zero; 409 `already_exists`
/// for a second version from the same day.
pub async fn create(work: &Work, cmd: &CreateAssessmentRule) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    for (n, code) in cmd.role_codes.iter().enumerate() {
        errors.add_if(code.parse::<JobRole>().is_err(), &format!("/role_codes/{n}"), "invalid_enum");
    }
    errors.add_if(cmd.penalty.fen() > 0, "/penalty", "out_of_range");
    errors.finish()?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        code: Set(cmd.code.clone()),
        valid_from: Set(cmd.valid_from.unwrap_or_else(|| business_day(work.now))),
        role_codes: Set(serde_json::to_string(&cmd.role_codes).map_err(Fault::internal)?),
        text: Set(cmd.text.clone()),
        penalty_fen: Set(cmd.penalty.fen()),
        source: Set(cmd.source.clone()),
    };
    work.create::<AssessmentRule>(row, |fact| fact, "created").await
}

/// The rules valid on a day, by code.
pub async fn valid_on(at: &Reading, day: NaiveDate) -> Result<BTreeMap<String, Model>, Fault> {
    let rows = Entity::find().filter(Column::ValidFrom.lte(day)).order_by_asc(Column::ValidFrom).all(&at.db()).await?;
    Ok(rows.into_iter().map(|row| (row.code.clone(), row)).collect())
}
