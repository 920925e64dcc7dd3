//! The row of a valve check.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "valve_check")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    /// None: entered by hand, on no list.
    pub list_id: Option<Uuid>,
    pub season_id: Uuid,
    pub household_id: Uuid,
    /// The station's, for the feed.
    pub org_unit_id: Uuid,
    pub ground: Ground,
    /// 0 to 100.
    pub risk: i32,
    pub status: Status,
    /// Of the last visit.
    pub result: Option<Outcome>,
    /// Of round 1.
    pub first_result: Option<Outcome>,
    pub no_access_count: i32,
    pub round: i32,
    pub seal_no: Option<String>,
    /// JSON array of documents.
    pub photos: String,
    pub note: Option<String>,
    pub checked_at: Option<DateTimeUtc>,
    /// When the valve was first seen.
    pub first_checked_at: Option<DateTimeUtc>,
    pub checked_by: Option<Uuid>,
    pub notified_at: Option<DateTimeUtc>,
    /// When the branch has to have closed it.
    pub rectify_by: Option<DateTimeUtc>,
    pub rectified_at: Option<DateTimeUtc>,
    pub rectified_by: Option<Uuid>,
    pub rechecked_at: Option<DateTimeUtc>,
    pub case_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Documents that show it.
    pub fn photos(&self) -> Vec<Uuid> {
        serde_json::from_str(&self.photos).unwrap_or_default()
    }
}

/// Why a valve is checked.
#[codes::code(name = "ValveCheckGround")]
pub enum Ground {
    /// 欠费
    Unpaid,
    /// 报停
    Stopped,
}

/// What a visit found.
#[codes::code(name = "ValveCheckResult")]
pub enum Outcome {
    /// 已关栓
    Closed,
    /// 已断管
    Cut,
    /// 未关栓
    NotClosed,
    /// 无人在家
    NoAccess,
    /// 免查
    Excused,
}

/// Where a check stands.
#[codes::code(name = "ValveCheckStatus")]
pub enum Status {
    /// 待核查
    Listed,
    /// 已关栓
    Closed,
    /// 已断管
    Cut,
    /// 未关栓
    NotClosed,
    /// 无人在家
    NoAccess,
    /// 免查
    Excused,
    /// 已通知分公司
    Notified,
    /// 已整改
    Rectified,
}

impl Status {
    /// Those of a check that has not ended: one a household and season.
    pub const OPEN: [Self; 5] = [Self::Listed, Self::NoAccess, Self::NotClosed, Self::Notified, Self::Rectified];
}

impl Outcome {
    /// Where a check stands after a visit that found this.
    pub fn status(self) -> Status {
        match self {
            Self::Closed => Status::Closed,
            Self::Cut => Status::Cut,
            Self::NotClosed => Status::NotClosed,
            Self::NoAccess => Status::NoAccess,
            Self::Excused => Status::Excused,
        }
    }
    /// Whether the valve was seen.
    pub fn seen(self) -> bool {
        matches!(self, Self::Closed | Self::Cut | Self::NotClosed)
    }
}
