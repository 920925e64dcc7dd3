//! Scorecards (评分表): by what monitored calls are judged (TK-10, TK-R30).

pub mod entity;
mod total;

use std::collections::BTreeSet;

use access::Actor;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, Set, SqlErr};
use serde::{Deserialize, Serialize};
use store::journal::Fact;
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use crate::problems::WEIGHTS_NOT_100;
use entity::{ActiveModel, Column, Criterion, Entity, Model};
pub use total::{Scores, total};

/// The scorecards resource.
pub struct Scorecard;

/// A scorecard as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScorecardView {
    pub id: Uuid,
    /// The card's own number; the highest is in use.
    pub version: i32,
    pub name: String,
    pub criteria: Vec<Criterion>,
    pub fatal_codes: Vec<String>,
    pub created_at: Timestamp,
    pub created_by: Uuid,
}

impl Resource for Scorecard {
    type Entity = Entity;
    type Row = Model;
    type View = ScorecardView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "scorecard";
    const PATH: &'static str = "/v1/scorecards";
    const STEADY: bool = true;

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-version").sort("version", Column::Version).sort("created_at", Column::CreatedAt)
    }

    fn placement(_: &Model) -> Placement {
        Placement::default()
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<ScorecardView>, Fault> {
        let view = |row: Model| ScorecardView {
            criteria: row.criteria(),
            fatal_codes: row.fatal_codes(),
            id: row.id,
            version: row.version,
            name: row.name,
            created_at: row.created_at.into(),
            created_by: row.created_by,
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

/// The next card. Cards already used stay as they were.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateScorecard {
    #[schema(min_length = 1, max_length = 80)]
    pub name: Option<String>,
    #[schema(min_items = 1, max_items = 30)]
    pub criteria: Vec<Criterion>,
    #[serde(default)]
    #[schema(max_items = 30)]
    pub fatal_codes: Vec<String>,
}

/// Puts the next card in use.
///
/// # Errors
/// 422 `weights_not_100`, `repeated_items`.
pub async fn create(work: &Work, cmd: &CreateScorecard) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    let (mut codes, mut fatal) = (BTreeSet::new(), BTreeSet::new());
    for (n, criterion) in cmd.criteria.iter().enumerate() {
        errors.add_if(!codes.insert(&criterion.code), &format!("/criteria/{n}/code"), "repeated_items");
    }
    for (n, code) in cmd.fatal_codes.iter().enumerate() {
        errors.add_if(!fatal.insert(code), &format!("/fatal_codes/{n}"), "repeated_items");
    }
    let sum: i64 = cmd.criteria.iter().map(|criterion| criterion.weight_percent).sum();
    errors.add_if(sum != 100, "/criteria", WEIGHTS_NOT_100.code);
    errors.finish().map_err(|fault| fault.rule("TK-R30"))?;
    let last = in_use(work).await?.map_or(0, |card| card.version);
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(last + 1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        name: Set(cmd.name.clone().unwrap_or_else(|| format!("评分表 {}", last + 1))),
        criteria: Set(serde_json::to_string(&cmd.criteria).map_err(Fault::internal)?),
        fatal_codes: Set(serde_json::to_string(&cmd.fatal_codes).map_err(Fault::internal)?),
    };
    let row = Entity::insert(row).exec_with_returning(&work.db()).await.map_err(|error| match error.sql_err() {
        // Somebody took the number meanwhile: the next try takes the one after.
        Some(SqlErr::UniqueConstraintViolation(_)) => Fault::unavailable(error).retryable(),
        _ => error.into(),
    })?;
    work.record(Fact::of::<Scorecard>("created", &row).started_as(&row));
    Ok(row)
}

/// The card in use: the newest.
pub async fn in_use(at: &Reading) -> Result<Option<Model>, Fault> {
    Ok(Entity::find().order_by_desc(Column::Version).one(&at.db()).await?)
}

/// Installs the first card, unless there is one: five criteria of 20 each.
pub async fn install_defaults(work: &Work) -> Result<(), Fault> {
    if in_use(work).await?.is_some() {
        return Ok(());
    }
    let criteria = [
        ("service_language", "服务用语"),
        ("attitude", "服务态度"),
        ("tone", "语气语调"),
        ("need_summary", "需求归纳能力"),
        ("adaptability", "应变能力"),
    ];
    let criterion = |(code, name): (&str, &str)| Criterion {
        code: code.to_owned(),
        name: Some(name.to_owned()),
        weight_percent: 20,
    };
    let fatal = ["abuse", "hang_up", "disclosure", "false_promise"];
    let card = CreateScorecard {
        name: Some("客服通话评分表".to_owned()),
        criteria: criteria.map(criterion).to_vec(),
        fatal_codes: fatal.map(str::to_owned).to_vec(),
    };
    create(work, &card).await?;
    Ok(())
}
