//! The rows of an inspection case and of its measurements.

use chrono::NaiveDate;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "inspection_case")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub household_id: Uuid,
    /// The station's, for the feed.
    pub org_unit_id: Uuid,
    pub kind: Kind,
    pub programme: Option<String>,
    pub found_at: DateTimeUtc,
    pub inspector_id: Uuid,
    pub origin: String,
    pub place: Option<String>,
    /// The day proof says it began.
    pub proven_from: Option<Date>,
    pub proof_document_id: Option<Uuid>,
    /// JSON array of documents.
    pub photos: String,
    pub alteration_id: Option<Uuid>,
    /// The valve check that found it.
    pub valve_check_id: Option<Uuid>,
    /// JSON array of [`Notice`].
    pub notices: String,
    /// The last day of the last notice's term.
    pub term_on: Option<Date>,
    pub registered_at: Option<DateTimeUtc>,
    pub agreement_id: Option<Uuid>,
    pub status: Status,
    pub close_reason: Option<String>,
    pub close_text: Option<String>,
    pub closed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The notices served.
    pub fn notices(&self) -> Vec<Notice> {
        serde_json::from_str(&self.notices).unwrap_or_default()
    }
    /// Documents that show it.
    pub fn photos(&self) -> Vec<Uuid> {
        serde_json::from_str(&self.photos).unwrap_or_default()
    }
}

/// What was found.
#[codes::code(name = "InspectionCaseKind")]
pub enum Kind {
    /// 私增面积
    AreaIncrease,
    /// 拆改供热设施
    Demolition,
    /// 赠送面积
    GiftedArea,
    /// 地下室扩挖
    BasementExtension,
    /// 窃热
    Theft,
    /// 未关栓
    UnclosedValve,
}

impl Kind {
    /// Heat used without a right: charged from the season's first day unless a later start is proven (HS-R60).
    pub const STOLEN: [Self; 2] = [Self::Theft, Self::UnclosedValve];
}

/// Where a case stands.
#[codes::code(name = "InspectionCaseStatus")]
pub enum Status {
    /// 已发现
    Found,
    /// 已测量
    Measured,
    /// 已登记
    Registered,
    /// 已送达通知
    NoticeServed,
    /// 已签协议
    AgreementSigned,
    /// 已整改
    Rectified,
    /// 拒不配合
    Refused,
    /// 已开追缴单
    Billed,
    /// 已收缴
    Collected,
    /// 已结案
    Closed,
}

/// What is told to the household.
#[codes::code(name = "HeatNoticeKind", stored = false)]
pub enum NoticeKind {
    /// 整改通知
    Rectification,
    /// 告知书
    Informing,
}

/// A notice as the case keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = HeatNotice)]
pub struct Notice {
    pub kind: NoticeKind,
    pub days: i64,
    pub served_at: Timestamp,
    /// The last day of its term.
    pub until: NaiveDate,
    pub proof_document_id: Uuid,
    pub by: Uuid,
}

pub mod measurement {
    //! A part measured: written once, never changed.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    use crate::reading::entity::Signature;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "area_measurement")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub created_by: Uuid,
        pub case_id: Uuid,
        pub part: String,
        /// Hundredths of a square metre.
        pub area_dm2: i64,
        pub height_cm: i32,
        pub has_heating_facility: bool,
        pub instrument_id: Uuid,
        pub measured_by: Uuid,
        pub witness_staff_id: Option<Uuid>,
        pub user_signature: Option<Signature>,
        pub measured_at: DateTimeUtc,
        /// JSON array of documents.
        pub photos: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
