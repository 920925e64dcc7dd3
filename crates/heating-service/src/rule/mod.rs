//! The rules stations go by (所站制度, HS-14): each a paper that is handed round to its readers. A new version takes
//! the place of the older one, whose readers are asked to read it.

pub mod commands;
pub mod entity;

use std::collections::HashMap;

use access::{Actor, JobRole};
use chrono::NaiveDate;
use documents::document::entity::reader;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{Condition, QueryOrder};
use serde::Serialize;
use store::list::{self, Columns};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::scope;
use entity::{Column, Entity, Kind, Model, station};

/// The rules (HS-14).
pub struct StationRule;

/// A rule the stations go by.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StationRuleView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub title: String,
    pub kind: Kind,
    pub document_id: Uuid,
    pub valid_from: NaiveDate,
    /// The older rule whose place it took.
    pub replaces: Option<Uuid>,
    /// The rule that took its place.
    pub replaced_by: Option<Uuid>,
    /// The stations it holds for; empty: all.
    pub station_ids: Vec<Uuid>,
    pub readers: Vec<StationRuleReader>,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Somebody who is to read a rule.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StationRuleReader {
    pub staff_id: Uuid,
    /// Null while he has not said that he read it.
    pub read_at: Option<Timestamp>,
}

/// The rules that name a station a condition lets through.
fn naming(stations: Condition) -> SelectStatement {
    Query::select().column(station::Column::RuleId).from(station::Entity).cond_where(stations).to_owned()
}

/// The rules that hold for a station: those that name it, and those that name none.
fn holding_for(stations: Condition) -> Condition {
    Condition::any()
        .add(Column::Id.in_subquery(naming(stations)))
        .add(Column::Id.not_in_subquery(naming(Condition::all())))
}

fn seen(actor: &Actor, day: Option<NaiveDate>) -> Condition {
    use JobRole::{CoalAnalyst, CoalReviewer, CoalSampler};
    if actor.is_any(&[CoalAnalyst, CoalReviewer, CoalSampler]) {
        return Condition::all().add(Column::Kind.eq(Kind::Laboratory));
    }
    match scope::knows_all(actor) {
        true => Condition::all(),
        false => holding_for(scope::of_station(actor, station::Column::StationId, day)),
    }
}

impl Resource for StationRule {
    type Entity = Entity;
    type Row = Model;
    type View = StationRuleView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "station_rule";
    const PATH: &'static str = "/v1/station-rules";
    const LASTING: bool = true;

    /// The laboratory sees its own rules; a station those that hold for it.
    fn visible_to(actor: &Actor) -> Condition {
        seen(actor, None)
    }
    fn visible(at: &Reading) -> Condition {
        seen(at.actor(), scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-valid_from")
            .sort("valid_from", Column::ValidFrom)
            .sort("title", Column::Title)
            .by("number", Column::Number)
            .code("kind", Column::Kind, Kind::CODES)
            .by("document_id", Column::DocumentId)
            .by("replaced_by", Column::ReplacedBy)
            .custom("station_id", "uuid", |_, text| {
                let named = list::uuid("station_id", text)?;
                Ok(holding_for(Condition::all().add(station::Column::StationId.eq(named))))
            })
            .custom("in_force", "boolean", |at, text| {
                let today = kernel::time::business_day(at.now);
                let newer = Condition::all().add(Column::ReplacedBy.is_null()).add(Column::ValidFrom.lte(today));
                Ok(if list::truth("in_force", text)? { newer } else { newer.not() })
            })
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<StationRuleView>, Fault> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut external = external_ids::list_for(at, Self::NAME, &ids).await?;
        let mut stations = stations_of(at, &ids).await?;
        let mut readers = readers_of(at, rows.iter().map(|row| row.document_id).collect()).await?;
        let older = Entity::find().filter(Column::ReplacedBy.is_in(ids)).all(&at.db()).await?;
        let mut older: HashMap<Uuid, Uuid> =
            older.into_iter().filter_map(|old| Some((old.replaced_by?, old.id))).collect();
        let view = |row: Model| StationRuleView {
            external_ids: external.remove(&row.id).unwrap_or_default(),
            replaces: older.remove(&row.id),
            station_ids: stations.remove(&row.id).unwrap_or_default(),
            readers: readers.remove(&row.document_id).unwrap_or_default(),
            id: row.id,
            version: row.version,
            number: row.number,
            title: row.title,
            kind: row.kind,
            document_id: row.document_id,
            valid_from: row.valid_from,
            replaced_by: row.replaced_by,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<documents::Document>("document", "document_id")]
    }
}

/// The stations of several rules.
pub(crate) async fn stations_of(at: &Reading, rules: &[Uuid]) -> Result<HashMap<Uuid, Vec<Uuid>>, Fault> {
    let parts = station::Entity::find()
        .filter(station::Column::RuleId.is_in(rules.iter().copied()))
        .order_by_asc(station::Column::Id)
        .all(&at.db())
        .await?;
    let mut of: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for part in parts {
        of.entry(part.rule_id).or_default().push(part.station_id);
    }
    Ok(of)
}

/// The readers of several papers.
async fn readers_of(at: &Reading, papers: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<StationRuleReader>>, Fault> {
    let rows = reader::Entity::find()
        .filter(reader::Column::DocumentId.is_in(papers))
        .order_by_asc(reader::Column::Id)
        .all(&at.db())
        .await?;
    let mut of: HashMap<Uuid, Vec<StationRuleReader>> = HashMap::new();
    for row in rows {
        let reader = StationRuleReader { staff_id: row.staff_id, read_at: row.read_at.map(Timestamp::from) };
        of.entry(row.document_id).or_default().push(reader);
    }
    Ok(of)
}
