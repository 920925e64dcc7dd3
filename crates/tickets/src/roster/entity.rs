//! The rows of a roster (班表): itself and the people on it.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use super::covering::CoverageGap;

use crate::ticket::entity::json_list;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "roster")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub org_unit_id: Uuid,
    pub from_on: Date,
    pub days: i32,
    /// JSON array in the order of the rota.
    pub staff_ids: String,
    /// JSON array of shift codes and `off`.
    pub pattern: String,
    /// The first day begins.
    pub starts_at: DateTimeUtc,
    /// The last day is over.
    pub ends_at: DateTimeUtc,
    pub trade: Trade,
    pub status: Status,
    /// JSON of the gaps somebody answers for.
    pub accepted_gaps: Option<String>,
    pub gap_reason: Option<String>,
    pub gap_accepted_by: Option<Uuid>,
    pub gap_accepted_at: Option<DateTimeUtc>,
    pub published_by: Option<Uuid>,
    pub published_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether somebody answers for exactly these gaps (TK-R28).
    pub fn answers_for(&self, gaps: &[CoverageGap]) -> bool {
        let accepted: Option<Vec<CoverageGap>> =
            self.accepted_gaps.as_deref().and_then(|text| serde_json::from_str(text).ok());
        accepted.as_deref() == Some(gaps)
    }

    /// The people in the order of the rota.
    pub fn people(&self) -> Vec<Uuid> {
        json_list(&self.staff_ids)
    }
    /// Its days, first to last.
    pub fn dates(&self) -> impl Iterator<Item = Date> + use<> {
        self.from_on.iter_days().take(usize::try_from(self.days).unwrap_or_default())
    }
}

/// Where a roster stands.
#[codes::code(name = "RosterStatus")]
pub enum Status {
    /// 草稿
    Draft,
    /// 已发布
    Published,
}

/// Whose roster it is: decides who publishes it and who answers for its gaps.
#[codes::code(name = "RosterTrade")]
pub enum Trade {
    /// 客服
    Service,
    /// 供热
    Heating,
    /// 销售
    Sales,
}

pub mod person {
    //! Somebody on a roster.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "roster_staff")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub roster_id: Uuid,
        pub staff_id: Uuid,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
