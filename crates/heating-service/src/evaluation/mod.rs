//! Evaluations (综合检查评比, HS-07): a station's month inspected, scored, confirmed by another, published with its rank.

pub mod beside;
pub mod commands;
pub mod confirming;
pub mod entity;
pub mod figures;
pub mod scoring;

use std::collections::HashMap;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::{Fault, SEPARATION_OF_DUTIES};
use kernel::fixed::Fixed;
use kernel::money::Money;
use kernel::time::{Month, Timestamp};
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::evaluation_scheme::{EvaluationScheme, entity as schemes};
use crate::rectification::Rectification;
use crate::scope;
use crate::station::HeatingStation;
use crate::station::entity::Kind as StationKind;
use crate::temperature::entity::json_list;
use crate::visit_summary::month_of;
use entity::{Column, Entity, Figures, Finding, ItemScore, Model, Status};

/// The evaluations (HS-07).
pub struct Evaluation;

/// Acts on an evaluation.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.evaluation",
    state: |it| it.row.status,
    moves: &[
        Move { action: "score", from: &[Status::Draft], to: Some(Status::Scored), guards: &[] },
        Move { action: "confirm", from: &[Status::Scored], to: Some(Status::Confirmed), guards: &[not_of_the_team] },
        Move { action: "publish", from: &[Status::Confirmed], to: Some(Status::Published), guards: &[] },
    ],
};

fn not_of_the_team(it: &Subject<'_, Model>) -> Result<(), Fault> {
    let team: Vec<Uuid> = json_list(&it.row.team);
    match it.actor.persons().any(|person| team.contains(&person)) {
        true => Err(Fault::new(&SEPARATION_OF_DUTIES).with("first", "inspect").with("second", "confirm")),
        false => Ok(()),
    }
}

/// A station's month as it was inspected and scored.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvaluationView {
    pub id: Uuid,
    pub version: i32,
    /// `EV-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub station_id: Uuid,
    /// Stations of one type are ranked.
    pub station_type: StationKind,
    pub month: Month,
    pub scheme_id: Uuid,
    /// Who inspected.
    pub team: Vec<Uuid>,
    pub inspected_on: NaiveDate,
    pub scores: Vec<ItemScore>,
    pub findings: Vec<Finding>,
    /// Null before the confirmation.
    pub figures: Option<Figures>,
    /// Points of a hundred.
    pub total: Option<Fixed<2>>,
    /// Among the confirmed stations of its type and month.
    pub rank: Option<i32>,
    /// What the rank brings; released by publishing.
    pub incentive: Option<Money>,
    pub status: Status,
    pub scored_by: Option<Uuid>,
    pub scored_at: Option<Timestamp>,
    pub confirmed_by: Option<Uuid>,
    pub confirmed_at: Option<Timestamp>,
    pub published_by: Option<Uuid>,
    pub published_at: Option<Timestamp>,
    pub created_by: Uuid,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for Evaluation {
    type Entity = Entity;
    type Row = Model;
    type View = EvaluationView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "evaluation";
    const PATH: &'static str = "/v1/evaluations";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_station(actor, Column::StationId, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::of_station(at.actor(), Column::StationId, scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-month")
            .sort("month", Column::Month)
            .sort("number", Column::Number)
            .sort("created_at", Column::CreatedAt)
            .by("number", Column::Number)
            .by("station_id", Column::StationId)
            .by("scheme_id", Column::SchemeId)
            .by("rank", Column::Rank)
            .code("station_type", Column::StationKind, StationKind::CODES)
            .code("status", Column::Status, Status::CODES)
            .months("month", Column::Month)
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<EvaluationView>, Fault> {
        let asked = rows.iter().map(|row| row.scheme_id);
        let found = schemes::Entity::find().filter(schemes::Column::Id.is_in(asked)).all(&at.db()).await?;
        let schemes: HashMap<Uuid, schemes::Model> = found.into_iter().map(|row| (row.id, row)).collect();
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| {
            let keys = external.remove(&row.id).unwrap_or_default();
            view(&schemes, row, keys)
        };
        rows.into_iter().map(view).collect()
    }
    fn expansions() -> Vec<Expansion> {
        vec![
            Expansion::one::<HeatingStation>("station", "station_id"),
            Expansion::one::<EvaluationScheme>("scheme", "scheme_id"),
            Expansion::many::<Rectification>("rectifications", "evaluation_id"),
        ]
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

fn view(
    schemes: &HashMap<Uuid, schemes::Model>,
    row: Model,
    external_ids: Vec<ExternalId>,
) -> Result<EvaluationView, Fault> {
    let released = row.rank.filter(|_| row.status == Status::Published);
    Ok(EvaluationView {
        month: month_of(&row.month)?,
        team: json_list(&row.team),
        scores: json_list(&row.scores),
        findings: json_list(&row.findings),
        figures: row.confirmed_at.and_then(|_| serde_json::from_str(&row.figures).ok()),
        total: row.total_units.map(Fixed::from_units).transpose().map_err(Fault::internal)?,
        incentive: released.zip(schemes.get(&row.scheme_id)).and_then(|(rank, scheme)| scheme.incentive(rank)),
        id: row.id,
        version: row.version,
        number: row.number,
        station_id: row.station_id,
        station_type: row.station_kind,
        scheme_id: row.scheme_id,
        inspected_on: row.inspected_on,
        rank: row.rank,
        status: row.status,
        scored_by: row.scored_by,
        scored_at: row.scored_at.map(Timestamp::from),
        confirmed_by: row.confirmed_by,
        confirmed_at: row.confirmed_at.map(Timestamp::from),
        published_by: row.published_by,
        published_at: row.published_at.map(Timestamp::from),
        created_by: row.created_by,
        created_at: row.created_at.into(),
        external_ids,
        updated_at: row.updated_at.into(),
    })
}
