//! Prices of a season by use (采暖费单价, HS-12): drafted by finance, approved by the company's leader.

pub mod commands;
pub mod entity;

use access::Actor;
use kernel::fault::Fault;
use kernel::money::Money;
use kernel::time::Timestamp;
use registers::external_ids::ExternalId;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::household::entity::Use;
use crate::household::money;
use crate::season;
use entity::{Column, Entity, Model, Status};

/// The prices (HS-12).
pub struct HeatPrice;

/// Acts on a price.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.price",
    state: |it| it.row.status,
    moves: &[Move { action: "approve", from: &[Status::Draft], to: Some(Status::Approved), guards: &[] }],
};

/// What a square metre costs in a season.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeatPriceView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    /// Number of the season.
    pub season: String,
    pub season_id: Uuid,
    pub region: String,
    #[serde(rename = "use")]
    pub purpose: Use,
    /// A square metre and whole season.
    pub price_per_m2: Money,
    pub document_id: Option<Uuid>,
    pub status: Status,
    pub created_by: Uuid,
    pub approved_by: Option<Uuid>,
    pub approved_at: Option<Timestamp>,
    /// Empty: no other system enters them.
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for HeatPrice {
    type Entity = Entity;
    type Row = Model;
    type View = HeatPriceView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "heat_price";
    const PATH: &'static str = "/v1/heat-prices";
    const LASTING: bool = true;

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .sort("created_at", Column::CreatedAt)
            .by("number", Column::Number)
            .custom("season", "string", |_, text| season::queries::filter(Column::SeasonId, text))
            .code("use", Column::Purpose, Use::CODES)
            .code("status", Column::Status, Status::CODES)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<HeatPriceView>, Fault> {
        let seasons = season::queries::by_id(at).await?;
        let view = |row: Model| {
            let season = seasons.get(&row.season_id);
            Ok(HeatPriceView {
                external_ids: Vec::new(),
                season: season.map_or_else(String::new, |season| season.number.clone()),
                region: season.map_or_else(String::new, |season| season.region.clone()),
                price_per_m2: money(row.price_fen)?,
                id: row.id,
                version: row.version,
                number: row.number,
                season_id: row.season_id,
                purpose: row.purpose,
                document_id: row.document_id,
                status: row.status,
                created_by: row.created_by,
                approved_by: row.approved_by,
                approved_at: row.approved_at.map(Timestamp::from),
                created_at: row.created_at.into(),
                updated_at: row.updated_at.into(),
            })
        };
        rows.into_iter().map(view).collect()
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

/// The approved price of a season and use, in fen a square metre.
pub async fn of(at: &Reading, season_id: Uuid, purpose: Use) -> Result<Option<i64>, Fault> {
    let row = Entity::find()
        .filter(Column::SeasonId.eq(season_id))
        .filter(Column::Purpose.eq(purpose))
        .filter(Column::Status.eq(Status::Approved))
        .one(&at.db())
        .await?;
    Ok(row.map(|row| row.price_fen))
}

/// The uses a season has no approved price for.
pub async fn missing(at: &Reading, season_id: Uuid) -> Result<Vec<&'static str>, Fault> {
    let mut missing = Vec::new();
    for &purpose in Use::ALL {
        if of(at, season_id, purpose).await?.is_none() {
            missing.push(purpose.into());
        }
    }
    Ok(missing)
}
