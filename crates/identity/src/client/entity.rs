//! The client row.

use std::net::IpAddr;

use sea_orm::entity::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::address::Network;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "client")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub client_id: String,
    pub name: String,
    /// SHA-256 of a 256-bit random secret; never in the journal.
    #[serde(skip)]
    pub secret_hash: String,
    pub role: String,
    pub scopes: String,
    pub project_ids: String,
    pub ip_allow: String,
    pub org_unit_id: Option<Uuid>,
    /// active, disabled.
    pub status: Status,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Whether a client may sign in.
#[codes::code(name = "ClientStatus")]
pub enum Status {
    /// 正常
    Active,
    /// 已停用
    Disabled,
}

impl Model {
    /// A JSON array column as a vector.
    pub fn list<T: DeserializeOwned>(&self, text: &str) -> Vec<T> {
        serde_json::from_str(text).unwrap_or_default()
    }
    /// Whether the allow list lets this address in; an empty list lets all in.
    pub fn admits(&self, address: Option<&str>) -> bool {
        let allowed: Vec<String> = self.list(&self.ip_allow);
        let address: Option<IpAddr> = address.and_then(|address| address.parse().ok());
        let holds = |known: &String| Network::parse(known).zip(address).is_some_and(|(net, from)| net.holds(from));
        allowed.is_empty() || allowed.iter().any(holds)
    }
}
