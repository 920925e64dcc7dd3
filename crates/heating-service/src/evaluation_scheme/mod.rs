//! Schemes of evaluation (综合检查评比办法, HS-07): what is scored and by how much; immutable once published.

pub mod commands;
pub mod entity;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::season;
use entity::{Column, Entity, Incentive, Item, Model, Status};

/// The schemes of evaluation (HS-07).
pub struct EvaluationScheme;

/// Acts on a scheme.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.scheme",
    state: |it| it.row.status,
    moves: &[Move { action: "publish", from: &[Status::Draft], to: Some(Status::Published), guards: &[] }],
};

/// How stations are scored in a season.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvaluationSchemeView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    /// Number of the season.
    pub season: String,
    pub season_id: Uuid,
    /// Counts within the season.
    pub edition: i32,
    pub items: Vec<Item>,
    pub incentives: Vec<Incentive>,
    /// The first day whose evaluations it is for.
    pub valid_from: NaiveDate,
    pub status: Status,
    pub published_by: Option<Uuid>,
    pub published_at: Option<Timestamp>,
    pub created_by: Uuid,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for EvaluationScheme {
    type Entity = Entity;
    type Row = Model;
    type View = EvaluationSchemeView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "evaluation_scheme";
    const PATH: &'static str = "/v1/evaluation-schemes";
    const LASTING: bool = true;

    /// Who is scored may know how.
    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-valid_from")
            .sort("valid_from", Column::ValidFrom)
            .sort("created_at", Column::CreatedAt)
            .by("number", Column::Number)
            .code("status", Column::Status, Status::CODES)
            .custom("season", "string", |_, text| season::queries::filter(Column::SeasonId, text))
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<EvaluationSchemeView>, Fault> {
        let seasons = season::queries::by_id(at).await?;
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| EvaluationSchemeView {
            external_ids: external.remove(&row.id).unwrap_or_default(),
            season: seasons.get(&row.season_id).map_or_else(String::new, |season| season.number.clone()),
            items: row.items(),
            incentives: row.incentives(),
            id: row.id,
            version: row.version,
            number: row.number,
            season_id: row.season_id,
            edition: row.edition,
            valid_from: row.valid_from,
            status: row.status,
            published_by: row.published_by,
            published_at: row.published_at.map(Timestamp::from),
            created_by: row.created_by,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}
