//! The rows of an outage: itself, and the places it reaches.

use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::temperature::entity::Liability;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "outage")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    /// Of its first station, for the feed.
    pub org_unit_id: Uuid,
    pub kind: Kind,
    pub planned: bool,
    pub cause: Cause,
    pub started_at: DateTimeUtc,
    pub expected_restore_at: Option<DateTimeUtc>,
    /// JSON array of [`Forecast`].
    pub forecasts: String,
    /// What customers are told.
    pub customer_text: Option<String>,
    pub restored_at: Option<DateTimeUtc>,
    pub station_at: DateTimeUtc,
    pub branch_at: Option<DateTimeUtc>,
    pub company_at: Option<DateTimeUtc>,
    pub acknowledged_at: Option<DateTimeUtc>,
    pub notified_at: Option<DateTimeUtc>,
    /// JSON array of channels.
    pub notice_channels: String,
    pub notice_text: Option<String>,
    /// A planned stop that was told of too late (HS-R24).
    pub notice_late: bool,
    pub repair_started_at: Option<DateTimeUtc>,
    /// Frozen when it is restored.
    pub affected_count: i32,
    pub solution: Option<String>,
    pub root_cause_code: Option<String>,
    pub delay_reason_code: Option<String>,
    pub status: Status,
    pub liability: Option<Liability>,
    pub review_text: Option<String>,
    pub review_measures: Option<String>,
    pub reviewed_by: Option<Uuid>,
    pub cancel_reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// When heat was said to come back.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = OutageForecast)]
pub struct Forecast {
    pub expected_restore_at: Timestamp,
    pub at: Timestamp,
    pub by: Uuid,
}

/// What the company does to the supply.
#[codes::code(name = "OutageKind")]
pub enum Kind {
    /// 停供
    Stopped,
    /// 缓供
    Reduced,
}

/// Why.
#[codes::code(name = "OutageCause")]
pub enum Cause {
    /// 停水
    WaterOutage,
    /// 停电
    PowerOutage,
    /// 设备故障
    EquipmentFailure,
    /// 管网泄漏
    PipeLeak,
}

impl Cause {
    /// From outside the house, or our own.
    pub fn class(self) -> CauseClass {
        match self {
            Self::WaterOutage | Self::PowerOutage => CauseClass::External,
            Self::EquipmentFailure | Self::PipeLeak => CauseClass::Internal,
        }
    }
    /// The causes of a class.
    pub fn of_class(class: CauseClass) -> Vec<Self> {
        [Self::WaterOutage, Self::PowerOutage, Self::EquipmentFailure, Self::PipeLeak]
            .into_iter()
            .filter(|cause| cause.class() == class)
            .collect()
    }
}

/// Whose cause it is.
#[codes::code(name = "OutageCauseClass", stored = false)]
pub enum CauseClass {
    /// 外因
    External,
    /// 内因
    Internal,
}

/// Where an outage stands.
#[codes::code(name = "OutageStatus")]
pub enum Status {
    /// 停缓供中
    Open,
    /// 已恢复
    Restored,
    /// 已评审
    Reviewed,
    /// 已撤销
    Cancelled,
}

pub mod place {
    //! A place an outage is of, or a station it reaches.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "outage_place")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub outage_id: Uuid,
        pub kind: Kind,
        pub place_id: Uuid,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}

    /// What sort of place.
    #[codes::code(name = "OutagePlaceKind")]
    pub enum Kind {
        /// 站
        Station,
        /// 楼栋
        Building,
        /// 户
        Household,
        /// 涉及的站: a station with households in it, whose outage it is.
        Reached,
    }
}
