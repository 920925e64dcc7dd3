//! Opening clients, rotating their secrets, disabling them.

use access::JobRole;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::validation::clean_name;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{Work, protected};
use utoipa::ToSchema;
use validator::Validate;

use super::address::Network;
use super::entity::{ActiveModel, Column, Entity, Model, Status};
use super::{Client, MOVES, scope};
use crate::account::commands::AccountAct;
use crate::session;

/// A new client.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateClient {
    #[schema(min_length = 2, max_length = 64, pattern = "^[A-Za-z0-9._-]+$")]
    pub client_id: String,
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// One of the client roles.
    pub role: JobRole,
    /// Permissions of the role its tokens are confined to; empty: all of them.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub scopes: Vec<String>,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub project_ids: Vec<Uuid>,
    /// Addresses and networks it may call from, e.g. `10.1.0.0/16`; empty: any.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub ip_allow: Vec<String>,
    pub org_unit_id: Option<Uuid>,
}

/// What of a client may change.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ClientFields {
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// Permissions of the role its tokens are confined to; empty: all of them.
    #[schema(max_items = 50)]
    pub scopes: Vec<String>,
    #[schema(max_items = 200)]
    pub project_ids: Vec<Uuid>,
    #[schema(max_items = 50)]
    pub ip_allow: Vec<String>,
    pub org_unit_id: Option<Uuid>,
}

impl From<&Model> for ClientFields {
    fn from(row: &Model) -> Self {
        Self {
            name: row.name.clone(),
            scopes: row.list(&row.scopes),
            project_ids: row.list(&row.project_ids),
            ip_allow: row.list(&row.ip_allow),
            org_unit_id: row.org_unit_id,
        }
    }
}

/// The hash a secret is kept as. Secrets are 256 random bits, so one round is enough.
pub fn hash_secret(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// A new secret.
pub fn new_secret() -> Result<String, Fault> {
    Ok(BASE64.encode(protected::random::<32>()?))
}

fn json(list: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(list).map_err(Fault::internal)
}

/// Opens a client with a secret.
///
/// # Errors
/// 422 `invalid_enum` for a job role or a permission the role lacks, `not_found` for a unit or project, 409 `already_exists` when the id is taken.
pub async fn open(work: &Work, input: &CreateClient, secret: &str) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    errors.add_if(!input.role.is_client(), "/role", "invalid_enum");
    scope::check(&input.scopes, input.role, &mut errors);
    check_addresses(&input.ip_allow, &mut errors);
    errors.finish()?;
    let name = clean_name(&input.name, "/name")?;
    check_unit(work, input.org_unit_id).await?;
    registers::projects_known(work, &input.project_ids, "/project_ids").await?;
    registers::locks::hold(work, vec![format!("client|{}", input.client_id)]).await?;
    if Entity::find().filter(Column::ClientId.eq(input.client_id.as_str())).one(&work.db()).await?.is_some() {
        return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "client_id"));
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
        client_id: Set(input.client_id.clone()),
        name: Set(name),
        secret_hash: Set(hash_secret(secret)),
        role: Set(input.role.code().to_owned()),
        scopes: Set(json(&input.scopes)?),
        project_ids: Set(json(&input.project_ids)?),
        ip_allow: Set(json(&input.ip_allow)?),
        org_unit_id: Set(input.org_unit_id),
        status: Set(Status::Active),
    };
    work.create::<Client>(row, |fact| fact, "created").await
}

fn check_addresses(list: &[String], errors: &mut FieldErrors) {
    for (n, address) in list.iter().enumerate() {
        errors.add_if(Network::parse(address).is_none(), &format!("/ip_allow/{n}"), "invalid_format");
    }
}

async fn check_unit(work: &Work, unit: Option<Uuid>) -> Result<(), Fault> {
    match unit {
        Some(id) => registers::org_unit_known(work, id, "/org_unit_id").await,
        None => Ok(()),
    }
}

/// Changes a client.
///
/// # Errors
/// 422 `invalid_enum` for a permission its role lacks.
pub async fn update(work: &Work, row: &Model, fields: ClientFields) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    scope::check(&fields.scopes, row.role.parse().map_err(Fault::internal)?, &mut errors);
    check_addresses(&fields.ip_allow, &mut errors);
    errors.finish()?;
    let name = clean_name(&fields.name, "/name")?;
    check_unit(work, fields.org_unit_id).await?;
    registers::projects_known(work, &fields.project_ids, "/project_ids").await?;
    let mut change = row.clone().into_active_model();
    change.name = Set(name);
    change.scopes = Set(json(&fields.scopes)?);
    change.project_ids = Set(json(&fields.project_ids)?);
    change.ip_allow = Set(json(&fields.ip_allow)?);
    change.org_unit_id = Set(fields.org_unit_id);
    work.forget();
    work.change::<Client>(row, change, "updated", |fact| fact).await
}

async fn end_sessions(work: &Work, id: Uuid) -> Result<(), Fault> {
    use session::entity::{Column, Entity};
    Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(Some(work.now)))
        .filter(Column::ClientId.eq(id))
        .filter(Column::EndedAt.is_null())
        .exec(&work.db())
        .await?;
    work.forget();
    Ok(())
}

/// Replaces the secret; the old one stops at once.
pub async fn rotate_secret(work: &Work, id: Uuid, secret: &str, input: &AccountAct) -> Result<Model, Fault> {
    let (row, _) = MOVES.begin::<Client>(work, id, "rotate-secret").await?;
    let mut change = row.clone().into_active_model();
    change.secret_hash = Set(hash_secret(secret));
    end_sessions(work, id).await?;
    work.change::<Client>(&row, change, "secret_rotated", |fact| input.said(fact)).await
}

/// Disables a client.
pub async fn disable(work: &Work, id: Uuid, input: &AccountAct) -> Result<Model, Fault> {
    let (row, status) = MOVES.begin::<Client>(work, id, "disable").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(status);
    end_sessions(work, id).await?;
    work.change::<Client>(&row, change, "disabled", |fact| input.said(fact)).await
}
