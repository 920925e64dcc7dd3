//! The open outages of a home or station, as much as a call about it needs.

use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder};
use serde::Serialize;
use store::Reading;
use utoipa::ToSchema;

use super::entity::{Column, Entity, Kind, Model, Status};

/// An outage that is not over (停缓供).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OpenOutageView {
    pub id: Uuid,
    pub number: String,
    pub kind: Kind,
    pub planned: bool,
    pub started_at: Timestamp,
    /// When heat is expected back.
    pub expected_restore_at: Option<Timestamp>,
    /// What customers are told.
    pub customer_text: Option<String>,
}

/// The open outages of a place, the latest first.
pub(crate) async fn open(at: &Reading, place: Condition) -> Result<Vec<OpenOutageView>, Fault> {
    let found = Entity::find().filter(place).filter(Column::Status.eq(Status::Open)).order_by_desc(Column::StartedAt);
    let view = |row: Model| OpenOutageView {
        id: row.id,
        number: row.number,
        kind: row.kind,
        planned: row.planned,
        started_at: row.started_at.into(),
        expected_restore_at: row.expected_restore_at.map(Timestamp::from),
        customer_text: row.customer_text,
    };
    Ok(found.all(&at.db()).await?.into_iter().map(view).collect())
}
