//! Printed figures (已公布数字, HS-15): what the annual summary is compared with.

pub mod commands;
pub mod entity;

use std::collections::HashMap;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::Fixed;
use kernel::report::Period;
use kernel::time::Timestamp;
use registers::external_ids::ExternalId;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder};
use serde::Serialize;
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::annual::{Key, Qualifier};
use entity::{Column, Entity, Model, Source};

/// A figure of any unit, two decimals.
pub type Figure = Fixed<2>;

/// The printed figures (HS-15).
pub struct PublishedFigure;

/// A figure that was printed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublishedFigureView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub year: i32,
    /// The last day it counts.
    pub as_of: NaiveDate,
    pub key: Key,
    pub value: Figure,
    pub qualifier: Qualifier,
    /// As it was printed.
    pub text: String,
    pub source: Source,
    pub document_id: Option<Uuid>,
    pub created_by: Uuid,
    /// Empty: no other system enters them.
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    /// The same: it is never changed.
    pub updated_at: Timestamp,
}

impl Resource for PublishedFigure {
    type Entity = Entity;
    type Row = Model;
    type View = PublishedFigureView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "published_figure";
    const PATH: &'static str = "/v1/published-figures";
    const LASTING: bool = true;

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-as_of")
            .sort("as_of", Column::AsOf)
            .sort("year", Column::Year)
            .by("number", Column::Number)
            .by("year", Column::Year)
            .code("key", Column::Key, Key::CODES)
            .code("source", Column::Source, Source::CODES)
            .range("as_of", Column::AsOf)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<PublishedFigureView>, Fault> {
        let view = |row: Model| {
            Ok(PublishedFigureView {
                external_ids: Vec::new(),
                value: Figure::from_units(row.value_units).map_err(Fault::internal)?,
                id: row.id,
                version: row.version,
                number: row.number,
                year: row.year,
                as_of: row.as_of,
                key: row.key,
                qualifier: row.qualifier,
                text: row.wording,
                source: row.source,
                document_id: row.document_id,
                created_by: row.created_by,
                created_at: row.created_at.into(),
                updated_at: row.created_at.into(),
            })
        };
        rows.into_iter().map(view).collect()
    }
}

/// What was printed for the days of a year up to one, by key: of several the last.
pub async fn printed(at: &Reading, days: Period) -> Result<HashMap<Key, Model>, Fault> {
    let rows = Entity::find()
        .filter(Column::AsOf.gte(days.from))
        .filter(Column::AsOf.lte(days.to))
        .order_by_asc(Column::AsOf)
        .all(&at.db())
        .await?;
    Ok(rows.into_iter().map(|row| (row.key, row)).collect())
}
