//! The row of an alteration.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "alteration")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    /// None: written by an earlier version.
    pub number: Option<String>,
    pub household_id: Uuid,
    pub kind: Kind,
    pub permitted: bool,
    pub permit_document_id: Option<Uuid>,
    pub found_at: DateTimeUtc,
    pub case_id: Option<Uuid>,
    pub restored_at: Option<DateTimeUtc>,
    pub restored_by: Option<Uuid>,
    /// When an agreement let it be.
    pub agreed_at: Option<DateTimeUtc>,
    /// JSON array of documents.
    pub photos: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// What was changed of the heating facility.
#[codes::code(name = "AlterationKind")]
pub enum Kind {
    /// 增装散热器
    RadiatorAdded,
    /// 拆除散热器
    RadiatorRemoved,
    /// 改地热
    FloorHeating,
    /// 移管
    PipeMoved,
    /// 打通间隔墙
    WallOpened,
    /// 换阀
    ValveChanged,
    /// 其他
    Other,
}

/// Whether an alteration is still there.
#[codes::code(name = "AlterationStatus", stored = false)]
pub enum Status {
    /// 未恢复
    Open,
    /// 已恢复
    Restored,
    /// 已签协议
    Agreed,
}

impl Model {
    /// Open until it is restored or agreed upon.
    pub fn status(&self) -> Status {
        match (self.restored_at, self.agreed_at) {
            (Some(_), _) => Status::Restored,
            (None, Some(_)) => Status::Agreed,
            (None, None) => Status::Open,
        }
    }
    /// Documents that show it.
    pub fn photos(&self) -> Vec<Uuid> {
        serde_json::from_str(&self.photos).unwrap_or_default()
    }
}
