//! Mass incidents (群发事件, TK-01): one cause behind many tickets, answered once (TK-R06).

pub mod attaching;
pub mod commands;
pub mod entity;
pub mod reach;
pub mod restoring;

use std::collections::HashMap;

use access::Actor;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use registers::property::{building, project};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, FromQueryResult, QuerySelect, QueryTrait};
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{Columns, uuid};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource, rows};
use utoipa::ToSchema;

use crate::catalogue;
use crate::ticket::{self, Ticket};
use entity::{Column, Entity, Model, Status, category, place};
use reach::{IncidentScope, Reach};

/// The incidents resource.
pub struct Incident;

/// Acts on an incident.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.incident",
    state: |it| it.row.status,
    moves: &[
        Move { action: "update", from: &[Status::Open], to: None, guards: &[] },
        Move { action: "restore", from: &[Status::Open], to: Some(Status::Restored), guards: &[] },
        Move { action: "close", from: &[Status::Restored], to: Some(Status::Closed), guards: &[] },
        Move { action: "cancel", from: &[Status::Open], to: Some(Status::Closed), guards: &[] },
    ],
};

/// An incident as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IncidentView {
    pub id: Uuid,
    pub version: i32,
    /// `IN-20260115-000001`.
    pub number: String,
    pub title: String,
    /// Each with the categories below it.
    pub category_codes: Vec<String>,
    pub scope: IncidentScope,
    pub started_at: Timestamp,
    pub expected_restore_at: Option<Timestamp>,
    pub restored_at: Option<Timestamp>,
    /// What customers are told; their tickets show it.
    pub customer_text: Option<String>,
    pub cause: Option<String>,
    pub solution: Option<String>,
    pub root_cause_code: Option<String>,
    pub delay_reason_code: Option<String>,
    /// Why it was no incident after all.
    pub cancel_reason: Option<String>,
    pub status: Status,
    /// Tickets attached now.
    pub ticket_count: i64,
    pub org_unit_id: Option<Uuid>,
    pub external_ids: Vec<ExternalId>,
    pub created_by: Uuid,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The incidents that reach one of these places.
fn reaching(places: impl IntoIterator<Item = Uuid>) -> Condition {
    let rows = place::Entity::find()
        .select_only()
        .column(place::Column::IncidentId)
        .filter(place::Column::PlaceId.is_in(places));
    Condition::all().add(Column::Id.in_subquery(rows.into_query()))
}

/// The incidents at places of these projects, of projects of these units, or at these stations.
fn within(actor: &Actor) -> Condition {
    let units = || actor.scope.org_unit_ids.iter().copied();
    let own = Condition::any()
        .add(project::Column::Id.is_in(actor.scope.project_ids.iter().copied()))
        .add(project::Column::OrgUnitId.is_in(units()));
    let projects = || project::Entity::find().select_only().column(project::Column::Id).filter(own.clone());
    let buildings = building::Entity::find()
        .select_only()
        .column(building::entity::Column::Id)
        .filter(building::entity::Column::ProjectId.in_subquery(projects().into_query()));
    let here = Condition::any()
        .add(place::Column::PlaceId.is_in(units()))
        .add(place::Column::PlaceId.in_subquery(projects().into_query()))
        .add(place::Column::PlaceId.in_subquery(buildings.into_query()));
    let rows = place::Entity::find().select_only().column(place::Column::IncidentId).filter(here);
    Condition::all().add(Column::Id.in_subquery(rows.into_query()))
}

impl Resource for Incident {
    type Entity = Entity;
    type Row = Model;
    type View = IncidentView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "incident";
    const PATH: &'static str = "/v1/incidents";

    /// What his units opened, what reaches his places, what explains tickets he may know of.
    fn visible_to(actor: &Actor) -> Condition {
        if actor.scope.all {
            return Condition::all();
        }
        let explains = rows::of_known::<ticket::entity::Entity>(
            actor,
            ticket::entity::Column::IncidentId,
            Column::Id,
            Ticket::visible_to(actor),
        );
        Condition::any().add(Column::OrgUnitId.is_in(actor.scope.org_unit_ids.clone())).add(within(actor)).add(explains)
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-started_at")
            .sort("started_at", Column::StartedAt)
            .by("number", Column::Number)
            .sort("number", Column::Number)
            .sort("created_at", Column::CreatedAt)
            .code("status", Column::Status, Status::CODES)
            .custom("category_code", "string", of_category)
            .custom("building_id", "uuid", |_, value| Ok(reaching(ids("building_id", value)?)))
            .custom("project_id", "uuid", |_, value| Ok(reaching(ids("project_id", value)?)))
            .custom("station_org_unit_id", "uuid", |_, value| Ok(reaching(ids("station_org_unit_id", value)?)))
            .range("started_at", Column::StartedAt)
    }

    fn placement(row: &Model) -> Placement {
        Placement { project_id: row.project_id, org_unit_id: row.org_unit_id, ..Placement::default() }
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<IncidentView>, Fault> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut reach = Reach::of(at, &ids).await?;
        let mut external = external_ids::list_for(at, "incident", &ids).await?;
        let counts = attached_counts(at, &ids).await?;
        let view = |row: Model| {
            let reach = reach.remove(&row.id).unwrap_or_default();
            view(row, reach, &counts, &mut external)
        };
        Ok(rows.into_iter().map(view).collect())
    }

    fn expansions() -> Vec<Expansion> {
        vec![Expansion::many::<Ticket>("tickets", "incident_id")]
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

fn ids(parameter: &str, value: &str) -> Result<Vec<Uuid>, Fault> {
    value.split(',').map(|id| uuid(parameter, id)).collect()
}

/// Those that concern a category: by itself, by one above or by one below.
fn of_category(_: &Reading, value: &str) -> Result<Condition, Fault> {
    let mut any = Condition::any();
    for code in value.split(',') {
        any = any
            .add(category::Column::CategoryCode.is_in(catalogue::ancestors(code)))
            .add(category::Column::CategoryCode.starts_with(format!("{code}.")));
    }
    let rows = category::Entity::find().select_only().column(category::Column::IncidentId).filter(any);
    Ok(Condition::all().add(Column::Id.in_subquery(rows.into_query())))
}

#[derive(FromQueryResult)]
struct Counted {
    incident_id: Uuid,
    n: i64,
}

async fn attached_counts(at: &Reading, ids: &[Uuid]) -> Result<HashMap<Uuid, i64>, Fault> {
    let rows = ticket::entity::Entity::find()
        .select_only()
        .column(ticket::entity::Column::IncidentId)
        .column_as(ticket::entity::Column::Id.count(), "n")
        .filter(ticket::entity::Column::IncidentId.is_in(ids.iter().copied()))
        .group_by(ticket::entity::Column::IncidentId)
        .into_model::<Counted>()
        .all(&at.db())
        .await?;
    Ok(rows.into_iter().map(|row| (row.incident_id, row.n)).collect())
}

fn view(
    row: Model,
    reach: Reach,
    counts: &HashMap<Uuid, i64>,
    external: &mut HashMap<Uuid, Vec<ExternalId>>,
) -> IncidentView {
    IncidentView {
        category_codes: reach.category_codes,
        scope: reach.scope,
        ticket_count: counts.get(&row.id).copied().unwrap_or_default(),
        external_ids: external.remove(&row.id).unwrap_or_default(),
        id: row.id,
        version: row.version,
        number: row.number,
        title: row.title,
        started_at: row.started_at.into(),
        expected_restore_at: row.expected_restore_at.map(Timestamp::from),
        restored_at: row.restored_at.map(Timestamp::from),
        customer_text: row.customer_text,
        cause: row.cause,
        solution: row.solution,
        root_cause_code: row.root_cause_code,
        delay_reason_code: row.delay_reason_code,
        cancel_reason: row.cancel_reason,
        status: row.status,
        org_unit_id: row.org_unit_id,
        created_by: row.created_by,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    }
}
