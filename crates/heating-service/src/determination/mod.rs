//! Determinations (测定, HS-08): each value an analyst found, on which instruments; all are kept.

pub mod commands;
pub mod entity;
pub mod holds;

use access::Actor;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::external_ids::ExternalId;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use serde::Serialize;
use serde_json::Value;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::lab::exact::shown;
use crate::lab::item::Item;
use crate::lab::raw::Raw;
use crate::temperature::entity::json_list;
use entity::{Column, Entity, Model, Status};

/// The determinations (HS-08).
pub struct Determination;

/// Acts on a determination.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.determination",
    state: |it| it.row.status,
    moves: &[
        Move { action: "retract", from: &[Status::Current], to: Some(Status::Retracted), guards: &[] },
        Move { action: "release-hold", from: &[Status::Current], to: None, guards: &[holds::is_held] },
    ],
};

/// The permission of an act.
fn permission(action: &str) -> String {
    let verb = if action == "retract" { "retract" } else { "release" };
    format!("heating.determination:{verb}")
}

/// A value an analyst found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeterminationView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub sample_id: Uuid,
    pub item: Item,
    pub method: String,
    pub round: i32,
    /// Counts on inside a round.
    pub seq: i32,
    /// With the decimals of the item.
    pub value: String,
    /// What was read off.
    pub raw: Option<Raw>,
    pub instrument_ids: Vec<Uuid>,
    pub analyst_id: Uuid,
    pub at: Timestamp,
    pub status: Status,
    /// Nothing may be concluded from it until it is released (HS-R53).
    pub hold: bool,
    /// It was reported before an instrument it was made on failed.
    pub doubted: bool,
    /// Why it was retracted or released.
    pub reason: Option<String>,
    pub retracted_by: Option<Uuid>,
    pub retracted_at: Option<Timestamp>,
    /// Empty: no other system enters them.
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for Determination {
    type Entity = Entity;
    type Row = Model;
    type View = DeterminationView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "determination";
    const PATH: &'static str = "/v1/determinations";
    const LASTING: bool = true;

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("at")
            .sort("at", Column::At)
            .by("number", Column::Number)
            .by("sample_id", Column::SampleId)
            .by("analyst_id", Column::AnalystId)
            .code("item", Column::Item, Item::CODES)
            .code("status", Column::Status, Status::CODES)
            .by("round", Column::Round)
            .range("at", Column::At)
            .by("doubted", Column::Doubted)
            .custom("hold", "boolean", |_, text| {
                let held = entity::held();
                Ok(if list::truth("hold", text)? { held } else { held.not() })
            })
            .custom("instrument_id", "uuid", |_, text| {
                use entity::instruments as links;
                let made_on = Query::select()
                    .column(links::Column::DeterminationId)
                    .from(links::Entity)
                    .and_where(links::Column::InstrumentId.eq(list::uuid("instrument_id", text)?))
                    .to_owned();
                Ok(Condition::all().add(Column::Id.in_subquery(made_on)))
            })
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    fn said(row: &Model) -> Vec<(&'static str, Value)> {
        vec![("item", row.item.code().into()), ("round", row.round.into())]
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<DeterminationView>, Fault> {
        let view = |row: Model| DeterminationView {
            external_ids: Vec::new(),
            value: shown(row.value_units, row.item.decimals()),
            raw: row.raw.as_deref().and_then(|raw| serde_json::from_str(raw).ok()),
            instrument_ids: json_list(&row.instrument_ids),
            hold: row.hold(),
            id: row.id,
            version: row.version,
            number: row.number,
            sample_id: row.sample_id,
            item: row.item,
            method: row.method,
            round: row.round,
            seq: row.seq,
            analyst_id: row.analyst_id,
            at: row.at.into(),
            status: row.status,
            doubted: row.doubted,
            reason: row.note,
            retracted_by: row.retracted_by,
            retracted_at: row.retracted_at.map(Timestamp::from),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed_under(permission, &Subject::of(at, row), at.lang())))
    }
}
