//! The season row.

use kernel::report::Period;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "heating_season")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    /// `2011-2012`.
    pub number: String,
    pub region: String,
    pub starts_on: Date,
    /// The last day; it belongs to the season.
    pub ends_on: Date,
    /// Tenths of a degree.
    pub standard_dc: i32,
    pub fee_due_on: Date,
    pub refund_rule_set: String,
    pub status: Status,
    pub actual_start_at: Option<DateTimeUtc>,
    pub actual_end_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a season stands.
#[codes::code(name = "HeatingSeasonStatus")]
pub enum Status {
    /// 计划
    Planned,
    /// 供暖中
    Open,
    /// 已结束
    Closed,
}

impl Model {
    /// Days with both ends (HS-R01).
    pub fn days(&self) -> i64 {
        (self.ends_on - self.starts_on).num_days() + 1
    }
    /// Its days, as reports count them.
    pub fn period(&self) -> Period {
        Period { from: self.starts_on, to: self.ends_on }
    }
    /// Whether a day belongs to the season.
    pub fn holds(&self, day: Date) -> bool {
        (self.starts_on..=self.ends_on).contains(&day)
    }
}

#[cfg(test)]
pub(crate) fn season(starts_on: &str, ends_on: &str) -> Model {
    Model {
        id: Uuid::nil(),
        version: 1,
        created_at: DateTimeUtc::default(),
        created_by: Uuid::nil(),
        updated_at: DateTimeUtc::default(),
        number: String::new(),
        region: String::new(),
        starts_on: starts_on.parse().unwrap(),
        ends_on: ends_on.parse().unwrap(),
        standard_dc: 180,
        fee_due_on: starts_on.parse().unwrap(),
        refund_rule_set: "LN".to_owned(),
        status: Status::Planned,
        actual_start_at: None,
        actual_end_at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hs_e01_both_ends_count() {
        for (from, to, days) in [("2010-11-01", "2011-03-31", 151), ("2011-11-01", "2012-03-31", 152)] {
            let season = season(from, to);
            assert_eq!(season.days(), days);
            assert!(season.holds(season.starts_on) && season.holds(season.ends_on));
            assert!(!season.holds(season.ends_on.succ_opt().unwrap()));
        }
    }
}
