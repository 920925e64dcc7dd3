//! A scorecard (评分表) for monitored calls; a card never changes, a new one follows it (TK-R30).

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "scorecard")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The card's own number: 1, 2, 3 …
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub name: String,
    /// JSON array of [`Criterion`].
    pub criteria: String,
    /// JSON array of codes.
    pub fatal_codes: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// One criterion (评分项) and its weight; the weights of a card sum to 100.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ScorecardCriterion)]
pub struct Criterion {
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
    pub code: String,
    #[schema(max_length = 40)]
    pub name: Option<String>,
    #[schema(minimum = 1, maximum = 100)]
    pub weight_percent: i64,
}

impl Model {
    /// The criteria in their order.
    pub fn criteria(&self) -> Vec<Criterion> {
        serde_json::from_str(&self.criteria).unwrap_or_default()
    }
    /// What makes a call worth nothing, whatever else was good.
    pub fn fatal_codes(&self) -> Vec<String> {
        serde_json::from_str(&self.fatal_codes).unwrap_or_default()
    }
}
