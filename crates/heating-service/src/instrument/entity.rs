//! The rows of an instrument and of its calibrations.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "instrument")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub name: String,
    pub kind: Kind,
    pub maker: Option<String>,
    pub serial: Option<String>,
    pub place: Option<String>,
    pub org_unit_id: Uuid,
    pub in_service_on: Option<Date>,
    pub needs_calibration: bool,
    /// Hundredths of what it measures; of a thermometer, of a degree.
    pub accuracy_units: Option<i64>,
    pub status: Status,
    /// The last day of the last calibration that passed.
    pub valid_until: Option<Date>,
    /// Since when it is out of service or at calibration.
    pub out_since: Option<DateTimeUtc>,
    /// Of a calorimeter: the last day of its heat capacity.
    pub heat_capacity_until: Option<Date>,
    /// When it failed, until a calibration passes.
    pub failed_at: Option<DateTimeUtc>,
    /// The last day people were told of as coming near.
    pub due_told: Option<Date>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether it may be used on a day (HS-R50); the last day of a calibration counts.
    pub fn usable(&self, day: Date) -> bool {
        let expires = self.expires_on();
        let calibrated = expires.map_or(!self.needs_calibration, |until| until >= day);
        self.status == Status::InService && calibrated
    }

    /// The last day of what it needs: its verification, and its heat capacity if it ever had one.
    pub fn expires_on(&self) -> Option<Date> {
        let verified = self.valid_until.filter(|_| self.needs_calibration);
        verified.into_iter().chain(self.heat_capacity_until).min()
    }
}

/// What an instrument is.
#[codes::code(name = "InstrumentKind")]
pub enum Kind {
    /// 热量分析仪
    Calorimeter,
    /// 定硫仪
    SulphurAnalyser,
    /// 马弗炉
    MuffleFurnace,
    /// 工业分析仪
    ProximateAnalyser,
    /// 破碎机
    Crusher,
    /// 密封制样粉碎机
    SealedPulveriser,
    /// 干燥箱
    DryingOven,
    /// 天平
    Balance,
    /// 测温仪
    Thermometer,
    /// 测距仪
    RangeFinder,
}

impl Kind {
    /// Whether one is calibrated unless it is said otherwise: what only prepares samples is maintained (HS-R52).
    pub const fn is_usually_calibrated(self) -> bool {
        !matches!(self, Self::Crusher | Self::SealedPulveriser | Self::DryingOven)
    }
}

/// Where an instrument is.
#[codes::code(name = "InstrumentStatus")]
pub enum Status {
    /// 在用
    InService,
    /// 送检
    Calibrating,
    /// 停用
    OutOfService,
}

pub mod calibration {
    //! A verification or calibration of an instrument.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "calibration")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub created_by: Uuid,
        /// None: written by an earlier version.
        pub number: Option<String>,
        pub instrument_id: Uuid,
        pub kind: Kind,
        pub performed_on: Date,
        pub performed_by: String,
        pub certificate_document_id: Option<Uuid>,
        /// JSON array; of a heat capacity, in J/K.
        pub runs: String,
        /// Whole J/K.
        pub value_units: Option<i64>,
        /// Hundredths of a per cent.
        pub rsd_units: Option<i64>,
        pub result: Outcome,
        /// The last day it holds.
        pub valid_until: Option<Date>,
        pub note: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}

    /// What was done.
    #[codes::code(name = "CalibrationKind")]
    pub enum Kind {
        /// 检定
        Verification,
        /// 校验
        Calibration,
        /// 热容量标定: of a calorimeter; its result follows from the runs.
        HeatCapacity,
    }

    /// What came of it.
    #[codes::code(name = "CalibrationResult")]
    pub enum Outcome {
        /// 合格
        Pass,
        /// 不合格
        Fail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hs_e19_the_last_day_of_a_verification_counts() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let row = Model {
            id: Uuid::nil(),
            version: 1,
            created_at: DateTimeUtc::default(),
            created_by: Uuid::nil(),
            updated_at: DateTimeUtc::default(),
            number: String::new(),
            name: String::new(),
            kind: Kind::Thermometer,
            maker: None,
            serial: None,
            place: None,
            org_unit_id: Uuid::nil(),
            in_service_on: None,
            needs_calibration: true,
            accuracy_units: None,
            status: Status::InService,
            valid_until: Some(day("2011-12-31")),
            out_since: None,
            heat_capacity_until: None,
            failed_at: None,
            due_told: None,
        };
        assert!(row.usable(day("2011-12-31")) && !row.usable(day("2012-01-01")));
        assert!(!Model { valid_until: None, ..row.clone() }.usable(day("2011-12-31")));
        assert!(Model { needs_calibration: false, valid_until: None, ..row.clone() }.usable(day("2012-01-01")));
        let heated = |until: &str| Model { heat_capacity_until: Some(day(until)), ..row.clone() };
        assert!(heated("2011-11-30").usable(day("2011-11-30")) && !heated("2011-11-30").usable(day("2011-12-01")));
        assert!(!heated("2012-03-31").usable(day("2012-01-01")), "the verification is over");
        assert!(!Model { status: Status::Calibrating, ..row }.usable(day("2011-12-31")));
    }
}
