//! Clients (接口账号): machines that sign in with a secret and never hold a job role.

mod address;
pub mod commands;
pub mod entity;
pub(crate) mod scope;

use access::{Actor, JobRole, Scope};
use kernel::fault::{self, Fault};
use kernel::time::Timestamp;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::journal::Audience;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::unauthenticated;
use entity::{Column, Entity, Model, Status};

/// Acts on a client.
pub(crate) const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "platform.client",
    state: |it| it.row.status,
    moves: &[
        Move { action: "rotate-secret", from: &[Status::Active], to: None, guards: &[] },
        Move { action: "disable", from: &[Status::Active], to: Some(Status::Disabled), guards: &[] },
    ],
};

/// The clients resource.
pub struct Client;

/// A client as administrators see it; never its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClientView {
    pub id: Uuid,
    pub version: i32,
    pub client_id: String,
    pub name: String,
    pub role: String,
    pub scopes: Vec<String>,
    pub project_ids: Vec<Uuid>,
    pub ip_allow: Vec<String>,
    pub org_unit_id: Option<Uuid>,
    pub status: Status,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for Client {
    type Entity = Entity;
    type Row = Model;
    type View = ClientView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "client";
    const PATH: &'static str = "/v1/clients";

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("client_id").sort("client_id", Column::ClientId).by("role", Column::Role).code(
            "status",
            Column::Status,
            Status::CODES,
        )
    }

    fn placement(_: &Model) -> Placement {
        Placement { audience: Audience::Audit, ..Placement::default() }
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<ClientView>, Fault> {
        let view = |row: Model| ClientView {
            scopes: row.list(&row.scopes),
            project_ids: row.list(&row.project_ids),
            ip_allow: row.list(&row.ip_allow),
            id: row.id,
            version: row.version,
            client_id: row.client_id,
            name: row.name,
            role: row.role,
            org_unit_id: row.org_unit_id,
            status: row.status,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        let subject = Subject::of(at, row);
        let manage = |_: &str| "platform.client:manage".to_owned();
        Ok(Some(MOVES.allowed_under(manage, &subject, at.lang())))
    }
}

/// The machine behind a session, if it is still allowed in from this address, within the scope of its token.
pub(crate) async fn actor(
    at: &Reading,
    id: Uuid,
    role: JobRole,
    session_id: Uuid,
    address: Option<&str>,
    token_scope: &str,
) -> Result<Actor, Fault> {
    let row = Entity::find_by_id(id).one(&at.db()).await?.ok_or_else(unauthenticated)?;
    if row.status != Status::Active || !row.admits(address) {
        return Err(unauthenticated());
    }
    if row.role != role.code() {
        return Err(Fault::new(&fault::FORBIDDEN).with("permission", format!("role:{}", role.code())));
    }
    Ok(Actor { session_id: Some(session_id), ..of(row, role, token_scope) })
}

fn of(row: Model, role: JobRole, token_scope: &str) -> Actor {
    let confined_to = scope::confined(&row, token_scope);
    let scope = Scope { org_unit_id: row.org_unit_id, project_ids: row.list(&row.project_ids), ..Scope::default() };
    Actor { sub: row.id, client_id: Some(row.id), name: row.name, role, scope, confined_to, ..Actor::nobody() }
}

/// The machine as it stands now, without a session; none when it is disabled or has another role.
pub(crate) async fn standing(at: &Reading, id: Uuid, role: JobRole) -> Result<Option<Actor>, Fault> {
    let row = Entity::find_by_id(id).one(&at.db()).await?;
    Ok(row.filter(|row| row.status == Status::Active && row.role == role.code()).map(|row| of(row, role, "")))
}
