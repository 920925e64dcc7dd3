//! What callers see of a policy set.

use kernel::fault::Fault;
use kernel::time::Timestamp;
use serde::Serialize;
use store::Reading;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Policy;
use super::commands;
use super::entity::{Model, Status};
use super::lint::{SlaPolicyLint, SlaPolicyRemark};

/// A dated set of deadline policies (时限策略集).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SlaPolicySetView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    pub created_by: Uuid,
    /// Counted from 1; `set_version` of the clocks.
    pub number: i32,
    pub name: String,
    /// From when it is in force, once activated.
    pub valid_from: Timestamp,
    pub status: Status,
    pub policies: Vec<Policy>,
    pub activated_at: Option<Timestamp>,
    pub superseded_at: Option<Timestamp>,
    /// What the lint remarks without forbidding it.
    pub warnings: Vec<SlaPolicyRemark>,
}

/// Rows as callers see them.
pub(super) async fn of(at: &Reading, rows: Vec<Model>) -> Result<Vec<SlaPolicySetView>, Fault> {
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let policies = row.policies()?;
        let report = commands::lint(at, &policies).await?;
        views.push(SlaPolicySetView {
            warnings: SlaPolicyLint::of(&report, at.lang()).warnings,
            policies,
            id: row.id,
            version: row.version,
            created_at: row.created_at.into(),
            created_by: row.created_by,
            number: row.number,
            name: row.name,
            valid_from: row.valid_from.into(),
            status: row.status,
            activated_at: row.activated_at.map(Timestamp),
            superseded_at: row.superseded_at.map(Timestamp),
        });
    }
    Ok(views)
}
