//! The row of a proposal.

use kernel::fixed::Area;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "heating_proposal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    /// None: written by an earlier version.
    pub number: Option<String>,
    pub kind: Kind,
    pub household_id: Option<Uuid>,
    pub unit_id: Option<Uuid>,
    pub station_id: Option<Uuid>,
    /// JSON of [`Payload`].
    pub payload: String,
    pub source_event: String,
    pub source_resource: String,
    pub source_id: Uuid,
    pub status: Status,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
    pub reason: Option<String>,
    /// What the confirmation wrote.
    pub result_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// What is proposed.
    pub fn payload(&self) -> Payload {
        serde_json::from_str(&self.payload).unwrap_or_default()
    }
}

/// What another domain says of a home; which fields count depends on the kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = HeatingProposalPayload)]
pub struct Payload {
    /// The holder from `from` on; none: the ownership ends the day before.
    pub customer_id: Option<Uuid>,
    pub from: Option<Date>,
    pub warranty_until: Option<Date>,
    /// The registered area, for a certificate item.
    pub area_m2: Option<Area>,
}

/// What is proposed.
#[codes::code(name = "HeatingProposalKind")]
pub enum Kind {
    /// 新开用热户
    Household,
    /// 过户
    Ownership,
    /// 证载面积变更
    CertificateItem,
}

/// Where a proposal stands.
#[codes::code(name = "HeatingProposalStatus")]
pub enum Status {
    /// 待确认
    Proposed,
    /// 已确认
    Confirmed,
    /// 已驳回
    Rejected,
}
