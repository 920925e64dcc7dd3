//! A monitored call (监听) with its scores, and the agent's appeal (申诉).

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::scorecard::Scores;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "monitored_call")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub call_id: Uuid,
    pub agent_id: Uuid,
    pub inspector_id: Uuid,
    /// The agent's unit.
    pub org_unit_id: Option<Uuid>,
    pub scorecard_id: Uuid,
    pub monitored_at: DateTimeUtc,
    /// JSON object of points by criterion.
    pub scores: String,
    /// JSON array of fatal codes.
    pub fatal: String,
    pub total_hundredths: i32,
    pub notes: Option<String>,
    pub status: Status,
    pub published_at: Option<DateTimeUtc>,
    pub appeal_text: Option<String>,
    pub appealed_at: Option<DateTimeUtc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
    pub decision_comment: Option<String>,
    /// The total an upheld appeal put in force.
    pub new_total_hundredths: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a monitored call stands.
#[codes::code(name = "MonitoredCallStatus")]
pub enum Status {
    /// 草稿
    Draft,
    /// 已发布
    Published,
    /// 申诉中
    Appealed,
    /// 申诉成立
    Upheld,
    /// 申诉驳回
    Rejected,
}

impl Status {
    /// What the agent knows of and what counts.
    pub const PUBLISHED: &'static [Status] = &[Self::Published, Self::Appealed, Self::Upheld, Self::Rejected];
}

impl Model {
    /// Points by criterion.
    pub fn scores(&self) -> Scores {
        serde_json::from_str(&self.scores).unwrap_or_default()
    }
    /// The fatal errors heard.
    pub fn fatal(&self) -> Vec<String> {
        serde_json::from_str(&self.fatal).unwrap_or_default()
    }
    /// The total that counts, in hundredths.
    pub fn in_force(&self) -> i32 {
        self.new_total_hundredths.unwrap_or(self.total_hundredths)
    }
}
