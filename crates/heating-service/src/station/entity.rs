//! The station row.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "heating_station")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub code: String,
    pub org_unit_id: Uuid,
    pub name: String,
    pub kind: Kind,
    pub branch_id: Uuid,
    /// The district, for figures.
    pub area: Option<String>,
    pub parent_station_id: Option<Uuid>,
    pub head_staff_id: Option<Uuid>,
    pub far_end_note: Option<String>,
    pub phone: Option<String>,
    pub status: Status,
    /// JSON array of [`NetworkArea`].
    pub network_areas: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// The area a station's network serves in a season (挂网面积).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkArea {
    pub season_id: Uuid,
    /// Hundredths of a square metre.
    pub area_dm2: i64,
}

impl Model {
    /// The areas of its network by season.
    pub fn network(&self) -> Vec<NetworkArea> {
        serde_json::from_str(&self.network_areas).unwrap_or_default()
    }
    /// Whether it is visited and evaluated (HS-06, HS-07).
    pub fn is_target(&self) -> bool {
        self.status == Status::Active && matches!(self.kind, Kind::BoilerHouse | Kind::ExchangeStation)
    }
}

/// What a station is.
#[codes::code(name = "HeatingStationType")]
pub enum Kind {
    /// 锅炉房
    BoilerHouse,
    /// 换热站
    ExchangeStation,
    /// 所、中心站
    ServiceStation,
}

/// Whether a station works.
#[codes::code(name = "HeatingStationStatus")]
pub enum Status {
    /// 启用
    Active,
    /// 停用;保留历史
    Closed,
}
