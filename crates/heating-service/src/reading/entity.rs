//! The row of a reading: written once, never edited.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "temperature_reading")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    /// None: written by an earlier version.
    pub number: Option<String>,
    pub case_id: Uuid,
    pub visit_no: i32,
    pub room: Room,
    pub point: Point,
    pub height_cm: i32,
    pub closed_minutes: i32,
    /// Tenths of a degree.
    pub t_dc: i32,
    pub outdoor_dc: Option<i32>,
    pub instrument_id: Uuid,
    pub hand_held: bool,
    pub measured_at: DateTimeUtc,
    pub measured_by: Uuid,
    /// Of an offline device: sent again, the stored reading is answered.
    pub client_id: Option<String>,
    pub user_signature: Signature,
    pub witness_staff_id: Option<Uuid>,
    /// JSON array of documents.
    pub photos: String,
    pub evidential: bool,
    /// JSON array of what is wrong with it as evidence.
    pub faults: String,
    pub retracted_at: Option<DateTimeUtc>,
    pub retracted_by: Option<Uuid>,
    pub retract_reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where it was measured.
#[codes::code(name = "ReadingRoom")]
pub enum Room {
    /// 卧室
    Bedroom,
    /// 起居室
    LivingRoom,
    /// 书房
    Study,
    /// 厨房
    Kitchen,
    /// 卫生间
    Bathroom,
    /// 其他
    Other,
}

/// Where in the room.
#[codes::code(name = "ReadingPoint")]
pub enum Point {
    /// 中央
    Centre,
    /// 其他位置
    Other,
}

/// Whether the user signed.
#[codes::code(name = "ReadingSignature")]
pub enum Signature {
    /// 已签字
    Signed,
    /// 拒签
    Refused,
    /// 不在场
    Absent,
}
