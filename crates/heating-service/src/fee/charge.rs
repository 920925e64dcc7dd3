//! Which areas are charged (HS-R05).

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::Height;
use store::{Reading, parameters};

use crate::area_item::entity::{Kind, Model};
use crate::season;

/// Why an area is charged or not.
#[codes::code(stored = false)]
pub enum ChargeReason {
    /// 证载面积: charged.
    Certificate,
    /// 协议计费: charged by a signed paper.
    Agreement,
    /// 层高达标且有供热设施: charged.
    Heated,
    /// 层高不足: not charged.
    BelowHeight,
    /// 无供热设施: not charged.
    NoFacility,
}

impl ChargeReason {
    /// Whether the area is charged.
    pub fn charged(self) -> bool {
        matches!(self, Self::Certificate | Self::Agreement | Self::Heated)
    }
}

/// From which height on an area is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeightTest {
    limit_cm: i64,
    /// Whether the limit itself is high enough.
    inclusive: bool,
}

impl HeightTest {
    /// The test of the season a day lies in: that of its first day. Between seasons that of the day itself.
    pub async fn of_day(at: &Reading, day: NaiveDate) -> Result<Self, Fault> {
        let season = season::queries::of_day(at, day, None).await?;
        Self::valid_on(at, season.map_or(day, |season| season.starts_on)).await
    }
    /// The test that is set for a day.
    pub async fn valid_on(at: &Reading, day: NaiveDate) -> Result<Self, Fault> {
        let limit: Height = season::commands::decimal(at, "heating.area.height_limit_m", day).await?;
        let inclusive = parameters::value_on(at, "heating.area.height_inclusive", day, None).await?;
        Ok(Self { limit_cm: limit.units(), inclusive: inclusive.as_bool().unwrap_or(true) })
    }
    fn passes(self, height_cm: i64) -> bool {
        if self.inclusive { height_cm >= self.limit_cm } else { height_cm > self.limit_cm }
    }
}

/// Whether an area is charged, and why.
pub fn judge(item: &Model, test: HeightTest) -> ChargeReason {
    match item.kind {
        Kind::Certificate => ChargeReason::Certificate,
        _ if item.agreement_id.is_some() => ChargeReason::Agreement,
        _ if !test.passes(item.height_cm.unwrap_or_default().into()) => ChargeReason::BelowHeight,
        _ if !item.has_heating_facility => ChargeReason::NoFacility,
        _ => ChargeReason::Heated,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use sea_orm::prelude::{DateTimeUtc, Uuid};

    use super::*;
    use crate::area_item::entity::Origin;

    pub(crate) const AT_220: HeightTest = HeightTest { limit_cm: 220, inclusive: true };

    pub(crate) fn item(kind: Kind, area_dm2: i64, height_cm: Option<i32>, heated: bool) -> Model {
        Model {
            id: Uuid::nil(),
            version: 1,
            created_at: DateTimeUtc::default(),
            created_by: Uuid::nil(),
            updated_at: None,
            number: None,
            household_id: Uuid::nil(),
            kind,
            area_dm2,
            height_cm,
            has_heating_facility: heated,
            from_on: NaiveDate::MIN,
            to_on: None,
            origin: Origin::Import,
            source_id: None,
            agreement_id: None,
            document_id: None,
        }
    }

    #[test]
    fn a_signed_agreement_charges_what_the_height_would_not() {
        let low = item(Kind::Gifted, 1500, Some(210), false);
        assert_eq!(judge(&low, AT_220), ChargeReason::BelowHeight);
        let agreed = Model { agreement_id: Some(Uuid::nil()), ..low };
        assert_eq!(judge(&agreed, AT_220), ChargeReason::Agreement);
        assert!(ChargeReason::Agreement.charged());
    }

    #[test]
    fn the_limit_itself_follows_the_switch() {
        let above = HeightTest { inclusive: false, ..AT_220 };
        for (kind, height, heated, test, reason) in [
            (Kind::Certificate, None, false, AT_220, ChargeReason::Certificate),
            (Kind::Basement, Some(220), true, AT_220, ChargeReason::Heated),
            (Kind::Basement, Some(220), true, above, ChargeReason::BelowHeight),
            (Kind::Extension, Some(221), true, above, ChargeReason::Heated),
            (Kind::Gifted, Some(280), false, AT_220, ChargeReason::NoFacility),
            (Kind::Basement, Some(210), false, AT_220, ChargeReason::BelowHeight),
        ] {
            assert_eq!(judge(&item(kind, 1500, height, heated), test), reason, "{kind:?} {height:?}");
        }
    }
}
