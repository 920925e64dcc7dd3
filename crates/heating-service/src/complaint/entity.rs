//! The row of a complaint.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::temperature::entity::json_list;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "heat_complaint")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub ticket_id: Uuid,
    pub external_no: Option<String>,
    pub household_id: Option<Uuid>,
    /// Fixed at receipt.
    pub station_id: Uuid,
    /// The station's, for the feed.
    pub org_unit_id: Uuid,
    pub received_at: DateTimeUtc,
    /// The local day of it.
    pub received_on: Date,
    /// JSON array of blind indexes of the phones of whoever complained.
    #[serde(skip_serializing)]
    pub phone_keys: String,
    /// The proposed class while it is proposed.
    pub class: Class,
    pub state: State,
    pub duplicate_of: Option<Uuid>,
    pub proof_document_id: Option<Uuid>,
    /// What a fact of the desk proves.
    pub proof: Option<String>,
    pub proposed_by: Option<Uuid>,
    pub proposed_at: Option<DateTimeUtc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
    pub reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether it is a net complaint (净投诉): nothing was decided against it.
    pub fn counts(&self) -> bool {
        self.state != State::Decided || self.class == Class::Counted
    }
    /// The class that holds: a proposed one does not yet.
    pub fn holding(&self) -> Class {
        if self.counts() { Class::Counted } else { self.class }
    }
    /// Blind indexes of the phones of whoever complained.
    pub fn phones(&self) -> Vec<String> {
        json_list(&self.phone_keys)
    }
}

/// How a complaint counts (HS-R17).
#[codes::code(name = "HeatComplaintClass")]
pub enum Class {
    /// 计入
    Counted,
    /// 重复
    Duplicate,
    /// 撤诉
    Withdrawn,
    /// 无效
    Unfounded,
    /// 转办
    Transferred,
}

/// Where its class stands.
#[codes::code(name = "HeatComplaintState")]
pub enum State {
    /// 计入
    Counted,
    /// 待核定
    Proposed,
    /// 已核定
    Decided,
}
