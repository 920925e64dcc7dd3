//! Organisation units (组织机构, PF-03): a tree of companies, branches, departments and stations.

pub mod commands;
pub mod entity;

use std::sync::Arc;

use access::Actor;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QuerySelect};
use serde::Serialize;
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::external_ids::{self, ExternalId};
use crate::matching::{contains, starts_with};
pub use entity::{Column, Entity, Model};

const KINDS: &[&str] =
    &["company", "branch", "region", "department", "station", "project_team", "shift_group", "outlet"];

/// The organisation units resource.
pub struct OrgUnit;

/// A unit as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrgUnitView {
    pub id: Uuid,
    pub version: i32,
    pub code: String,
    pub name: String,
    pub kind: entity::Kind,
    pub parent_id: Option<Uuid>,
    pub status: String,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for OrgUnit {
    type Entity = Entity;
    type Row = Model;
    type View = OrgUnitView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "org_unit";
    const PATH: &'static str = "/v1/org-units";
    const LASTING: bool = true;
    const STEADY: bool = true;
    const REMEMBERED: bool = true;

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("code")
            .sort("code", Column::Code)
            .sort("name", Column::Name)
            .code("kind", Column::Kind, KINDS)
            .by("code", Column::Code)
            .by("parent_id", Column::ParentId)
            .code("status", Column::Status, &["active", "inactive"])
            .custom("q", "string", |_, value| {
                Ok(Condition::any().add(contains(Column::Name, value)).add(starts_with(Column::Code, value)))
            })
    }

    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.id), ..Placement::default() }
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<OrgUnitView>, Fault> {
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| OrgUnitView {
            external_ids: external.remove(&row.id).unwrap_or_default(),
            id: row.id,
            version: row.version,
            code: row.code,
            name: row.name,
            kind: row.kind,
            parent_id: row.parent_id,
            status: row.status,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

/// Each unit with the one above it.
struct Tree(Vec<(Uuid, Option<Uuid>)>);

/// Trees of organisations are small: one read, remembered.
async fn tree(at: &Reading) -> Result<Arc<Tree>, Fault> {
    at.remembered(async |db| {
        let units = Entity::find().select_only().column(Column::Id).column(Column::ParentId);
        Ok(Tree(units.into_tuple().all(&db).await?))
    })
    .await
}

/// The unit and everything below it.
pub async fn subtree(at: &Reading, id: Uuid) -> Result<Vec<Uuid>, Fault> {
    let tree = tree(at).await?;
    let mut found = vec![id];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        let below = tree.0.iter().filter(|(_, above)| *above == Some(parent)).map(|(unit, _)| *unit);
        let below: Vec<Uuid> = below.filter(|unit| !found.contains(unit)).collect();
        found.extend(below);
        next += 1;
    }
    Ok(found)
}

/// The unit and its ancestors, nearest first.
pub async fn path(at: &Reading, id: Uuid) -> Result<Vec<Uuid>, Fault> {
    let tree = tree(at).await?;
    let mut path = Vec::new();
    let mut next = Some(id);
    while let Some(id) = next.filter(|id| !path.contains(id)) {
        path.push(id);
        next = tree.0.iter().find(|(unit, _)| *unit == id).and_then(|(_, above)| *above);
    }
    Ok(path)
}
