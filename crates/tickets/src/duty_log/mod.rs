//! Duty logs (值班日志, TK-09): what happened on a shift, handed to the next team leader.

pub mod commands;
pub mod entity;

use std::collections::HashMap;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::{Fault, SEPARATION_OF_DUTIES};
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{Condition, QueryOrder, QuerySelect, QueryTrait};
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{Columns, uuid};
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::people_record;
use crate::shift::entity as shift;
use entity::{Column, Entity, Kind, Model, Status, entry};

/// The duty logs resource.
pub struct DutyLog;

/// Acts on a duty log.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.duty_log",
    state: |it| it.row.status,
    moves: &[
        Move { action: "entries", from: &[Status::Open], to: None, guards: &[] },
        Move { action: "close", from: &[Status::Open], to: Some(Status::Closed), guards: &[] },
        Move { action: "accept", from: &[Status::Closed], to: Some(Status::Accepted), guards: &[not_who_closed] },
    ],
};

/// Guard: the next one accepts, not who hands over.
fn not_who_closed(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if it.actor.persons().any(|person| Some(person) == it.row.closed_by) {
        return Err(Fault::new(&SEPARATION_OF_DUTIES).with("first", "close").with("second", "accept"));
    }
    Ok(())
}

/// One entry of a duty log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DutyLogEntry {
    pub at: Timestamp,
    pub kind: Kind,
    pub text: String,
    pub written_by: Uuid,
}

/// A duty log as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DutyLogView {
    pub id: Uuid,
    pub version: i32,
    pub org_unit_id: Uuid,
    pub date: NaiveDate,
    pub definition_code: String,
    pub status: Status,
    pub entries: Vec<DutyLogEntry>,
    pub closed_at: Option<Timestamp>,
    pub closed_by: Option<Uuid>,
    pub accepted_at: Option<Timestamp>,
    pub accepted_by: Option<Uuid>,
    pub created_by: Uuid,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The logs of the shifts one of these people was on.
fn of_shifts(people: impl IntoIterator<Item = Uuid>) -> Condition {
    let theirs = shift::Entity::find()
        .select_only()
        .column(shift::Column::Id)
        .filter(shift::Column::ResponsibleStaffId.is_in(people))
        .filter(Expr::col((shift::Entity, shift::Column::OrgUnitId)).eq(Expr::col((Entity, Column::OrgUnitId))))
        .filter(Expr::col((shift::Entity, shift::Column::OnDate)).eq(Expr::col((Entity, Column::OnDate))))
        .filter(
            Expr::col((shift::Entity, shift::Column::DefinitionCode)).eq(Expr::col((Entity, Column::DefinitionCode))),
        );
    Condition::any().add(Expr::exists(theirs.into_query()))
}

impl Resource for DutyLog {
    type Entity = Entity;
    type Row = Model;
    type View = DutyLogView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "duty_log";
    const PATH: &'static str = "/v1/duty-logs";

    /// Also the logs of the shifts he was on.
    fn visible_to(actor: &Actor) -> Condition {
        people_record::or_own(actor, Column::OrgUnitId, of_shifts(actor.persons()))
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-date")
            .sort("date", Column::OnDate)
            .sort("created_at", Column::CreatedAt)
            .by("org_unit_id", Column::OrgUnitId)
            .by("definition_code", Column::DefinitionCode)
            .code("status", Column::Status, &["open", "closed", "accepted"])
            .by("date", Column::OnDate)
            .range("date", Column::OnDate)
            .custom("staff_id", "uuid", |_, value| Ok(of_shifts([uuid("staff_id", value)?])))
    }

    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), ..Placement::default() }
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<DutyLogView>, Fault> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut entries: HashMap<Uuid, Vec<DutyLogEntry>> = HashMap::new();
        let written = entry::Entity::find()
            .filter(entry::Column::DutyLogId.is_in(ids))
            .order_by_asc(entry::Column::At)
            .order_by_asc(entry::Column::Id);
        for row in written.all(&at.db()).await? {
            let shown = DutyLogEntry { at: row.at.into(), kind: row.kind, text: row.text, written_by: row.written_by };
            entries.entry(row.duty_log_id).or_default().push(shown);
        }
        let view = |row: Model| DutyLogView {
            entries: entries.remove(&row.id).unwrap_or_default(),
            id: row.id,
            version: row.version,
            org_unit_id: row.org_unit_id,
            date: row.on_date,
            definition_code: row.definition_code,
            status: row.status,
            closed_at: row.closed_at.map(Timestamp::from),
            closed_by: row.closed_by,
            accepted_at: row.accepted_at.map(Timestamp::from),
            accepted_by: row.accepted_by,
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
