//! Public assets of the service (便民设施, HS-13): phones, boards and signs, each with a code that opens a ticket form.

pub mod commands;
pub mod entity;
pub mod token;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::scope;
use crate::station::HeatingStation;
use entity::{Column, Entity, Kind, Model, Status};

/// The assets (HS-13).
pub struct ServiceAsset;

/// Who may change an asset, and so print its code.
const UPDATE: &str = "heating.asset:update";

/// Acts on an asset.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.asset",
    state: |it| it.row.status(),
    moves: &[Move { action: "remove", from: &[Status::Installed], to: Some(Status::Removed), guards: &[] }],
};

/// A phone, a board or a sign.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceAssetView {
    pub id: Uuid,
    pub version: i32,
    pub kind: Kind,
    pub number: String,
    pub station_id: Uuid,
    pub place: String,
    /// What it says; of a phone, its number.
    pub text: Option<String>,
    pub installed_on: NaiveDate,
    /// The first day it is gone.
    pub removed_on: Option<NaiveDate>,
    pub remove_reason: Option<String>,
    pub status: Status,
    /// What its code holds: `/v1/asset-intake/{token}` takes reports without sign-in. Only for who may change the
    /// asset; null once it was removed.
    pub intake_token: Option<String>,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The assets that are in their places at the end of a day.
pub fn on(day: NaiveDate) -> Condition {
    let stays = Condition::any().add(Column::RemovedOn.is_null()).add(Column::RemovedOn.gt(day));
    Condition::all().add(Column::InstalledOn.lte(day)).add(stays)
}

impl Resource for ServiceAsset {
    type Entity = Entity;
    type Row = Model;
    type View = ServiceAssetView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "service_asset";
    const PATH: &'static str = "/v1/service-assets";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_station(actor, Column::StationId, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::of_station(at.actor(), Column::StationId, scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("number")
            .sort("number", Column::Number)
            .sort("installed_on", Column::InstalledOn)
            .code("kind", Column::Kind, Kind::CODES)
            .by("number", Column::Number)
            .by("station_id", Column::StationId)
            .range("installed_on", Column::InstalledOn)
            .custom("as_of", "date", |_, day| Ok(on(list::day("as_of", day)?)))
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<ServiceAssetView>, Fault> {
        let prints = at.actor().holds(UPDATE);
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| ServiceAssetView {
            external_ids: external.remove(&row.id).unwrap_or_default(),
            status: row.status(),
            intake_token: (prints && row.removed_on.is_none()).then(|| token::of(at, row.id)),
            id: row.id,
            version: row.version,
            kind: row.kind,
            number: row.number,
            station_id: row.station_id,
            place: row.place,
            text: row.wording,
            installed_on: row.installed_on,
            removed_on: row.removed_on,
            remove_reason: row.remove_reason,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<HeatingStation>("station", "station_id")]
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        let under = |_: &str| UPDATE.to_owned();
        Ok(Some(MOVES.allowed_under(under, &Subject::of(at, row), at.lang())))
    }
}
