//! What a household pays for a season (HS-R05, HS-R70): the charged areas, day by day, at the season's price.

pub mod calc;
pub mod charge;

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::Area;
use kernel::money::Money;
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use store::{Reading, resource};
use utoipa::ToSchema;

use crate::area_item::{self, AreaItemView, entity as areas};
use crate::household::entity::{Model as Home, Use};
use crate::household::{Household, money};
use crate::season::entity::Model as Season;
use crate::{price, season, station, stop};
use calc::Charge;
use charge::{HeightTest, judge};

/// Why a household gets no bill.
#[codes::code(name = "BillException", stored = false)]
pub enum Exception {
    /// 无单价: the season has no approved price for its use.
    NoPrice,
    /// 无计费面积: no area of it is charged.
    NoArea,
    /// 报停已到期: nobody applied for this season; somebody must decide (HS-R27).
    LapsedStop,
    /// 未接通: not before the season ends.
    NotConnected,
}

/// A line of a bill: one area for some days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = HeatBillLine)]
pub struct BillLine {
    /// None where the line is no area: a basic fee, a resumption.
    pub area_item_id: Option<Uuid>,
    pub area_m2: Option<Area>,
    pub days: i64,
    pub season_days: i64,
    /// A square metre and whole season.
    pub price: Money,
    pub amount: Money,
}

/// What a household would be billed for a season.
#[derive(Clone, Debug)]
pub struct Computed {
    pub lines: Vec<BillLine>,
    pub total: Money,
    pub exception: Option<Exception>,
}

/// What fees of a season are computed by.
pub struct Rates {
    pub season: Season,
    test: HeightTest,
    prices: HashMap<Use, i64>,
}

impl Rates {
    /// Loads the rates of a season.
    pub async fn of(at: &Reading, season: Season) -> Result<Self, Fault> {
        let test = HeightTest::valid_on(at, season.starts_on).await?;
        let mut prices = HashMap::new();
        for &purpose in Use::ALL {
            if let Some(fen) = price::of(at, season.id, purpose).await? {
                prices.insert(purpose, fen);
            }
        }
        Ok(Self { season, test, prices })
    }

    /// The days of the season an item is charged for; both ends count.
    fn days(&self, home: &Home, item: &areas::Model, from: NaiveDate) -> i64 {
        let Some(connected_on) = home.connected_on else { return 0 };
        let first = self.season.starts_on.max(connected_on).max(item.from_on).max(from);
        let last = item.to_on.map_or(self.season.ends_on, |to| to.min(self.season.ends_on));
        (last - first).num_days().max(-1) + 1
    }

    /// The fee of a household from a day of the season on.
    pub fn fee_from(&self, home: &Home, items: &[areas::Model], from: NaiveDate) -> Result<Computed, Fault> {
        let nothing = |exception| Computed { lines: Vec::new(), total: Money::ZERO, exception: Some(exception) };
        if home.connected_on.is_none_or(|on| on > self.season.ends_on) {
            return Ok(nothing(Exception::NotConnected));
        }
        let Some(price_fen) = home.price_exception_fen.or(self.prices.get(&home.purpose).copied()) else {
            return Ok(nothing(Exception::NoPrice));
        };
        let charged: Vec<(&areas::Model, Charge)> = items
            .iter()
            .filter(|item| judge(item, self.test).charged())
            .map(|item| (item, Charge { area_dm2: item.area_dm2, days: self.days(home, item, from), price_fen }))
            .filter(|(_, charge)| charge.days > 0)
            .collect();
        if charged.is_empty() {
            return Ok(nothing(Exception::NoArea));
        }
        let charges: Vec<Charge> = charged.iter().map(|(_, charge)| *charge).collect();
        let (total, amounts) = calc::total(&charges, self.season.days())?;
        let line = |((item, charge), amount): ((&areas::Model, Charge), Money)| {
            Ok(BillLine {
                area_item_id: Some(item.id),
                area_m2: Some(Area::from_units(item.area_dm2).map_err(Fault::internal)?),
                days: charge.days,
                season_days: self.season.days(),
                price: money(price_fen)?,
                amount,
            })
        };
        let lines = charged.into_iter().zip(amounts).map(line).collect::<Result<_, Fault>>()?;
        Ok(Computed { lines, total, exception: None })
    }

    /// What a day of a household weighs: its charged area of the day, in hundredths of a square metre, × the price
    /// in fen.
    pub fn day_weight(&self, home: &Home, items: &[areas::Model], day: NaiveDate) -> i128 {
        let price_fen = home.price_exception_fen.or(self.prices.get(&home.purpose).copied()).unwrap_or_default();
        self.charged_on(items, day).map(|item| i128::from(item.area_dm2)).sum::<i128>() * i128::from(price_fen)
    }

    /// The areas that are charged on a day.
    fn charged_on<'a>(&self, items: &'a [areas::Model], day: NaiveDate) -> impl Iterator<Item = &'a areas::Model> {
        let of_day = move |item: &&areas::Model| item.from_on <= day && item.to_on.is_none_or(|to| to >= day);
        let test = self.test;
        items.iter().filter(of_day).filter(move |item| judge(item, test).charged())
    }

    /// The fee of a household for the whole season.
    pub fn fee(&self, home: &Home, items: &[areas::Model]) -> Result<Computed, Fault> {
        self.fee_from(home, items, self.season.starts_on)
    }
}

/// What a household pays for a season, with the reason for each area.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FeePreview {
    pub household_id: Uuid,
    pub season: String,
    pub season_id: Uuid,
    pub season_days: i64,
    #[serde(rename = "use")]
    pub purpose: Use,
    /// A square metre and whole season; null without an approved price.
    pub price_per_m2: Option<Money>,
    /// Every area of the season, charged or not.
    pub areas: Vec<AreaItemView>,
    /// Of today, or of the season's day next to it.
    pub charged_area_m2: Option<Area>,
    pub lines: Vec<BillLine>,
    pub total: Money,
    /// Why it gets no bill; null when it gets one.
    pub exception: Option<Exception>,
    /// What it pays instead while it is stopped for the season (HS-R26).
    pub basic_fee: Option<Money>,
}

/// Computes the fee of a household; the season of the day, or the last one that began, when none is named.
///
/// # Errors
/// 400 for a season nobody knows.
pub async fn preview(at: &Reading, household_id: Uuid, season: Option<&str>) -> Result<FeePreview, Fault> {
    let home = resource::find::<Household>(at, household_id).await?;
    let found = match season {
        Some(name) => season::queries::lookup_at(at, name, home.station_id).await?,
        None => {
            let region = station::area_of(at, home.station_id).await?;
            season::queries::latest(at, region.as_deref()).await?
        }
    };
    let season = found.ok_or_else(|| Fault::new(&kernel::fault::INVALID_PARAMETER).with("parameter", "season"))?;
    let rates = Rates::of(at, season).await?;
    let items = area_item::queries::of_household(at, home.id, rates.season.starts_on, rates.season.ends_on).await?;
    let computed = rates.fee(&home, &items)?;
    let basic_fee = match stop::queries::in_effect(at, home.id, rates.season.id).await? {
        Some(_) => Some(stop::fees::basic_fee(at, &rates.season, computed.total).await?),
        None => None,
    };
    let day = business_day(at.now).clamp(rates.season.starts_on, rates.season.ends_on);
    let charged: i64 = rates.charged_on(&items, day).map(|item| item.area_dm2).sum();
    let price_fen = home.price_exception_fen.or(rates.prices.get(&home.purpose).copied());
    let test = rates.test;
    Ok(FeePreview {
        household_id: home.id,
        season: rates.season.number.clone(),
        season_id: rates.season.id,
        season_days: rates.season.days(),
        purpose: home.purpose,
        price_per_m2: price_fen.map(money).transpose()?,
        areas: items.into_iter().map(|item| area_item::view(item, test)).collect::<Result<_, _>>()?,
        charged_area_m2: Area::from_units(charged).ok(),
        lines: computed.lines,
        total: computed.total,
        exception: computed.exception,
        basic_fee,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::charge::tests::{AT_220, item};
    use super::*;
    use crate::area_item::entity::Kind;
    use crate::household::entity::Valve;
    use crate::season::entity::season;

    fn home(connected_on: Option<&str>) -> Home {
        Home {
            id: Uuid::nil(),
            version: 1,
            created_at: DateTimeUtc::default(),
            created_by: Uuid::nil(),
            updated_at: DateTimeUtc::default(),
            number: String::new(),
            station_id: Uuid::nil(),
            org_unit_id: Uuid::nil(),
            unit_id: None,
            building: String::new(),
            room_key: String::new(),
            room_sealed: String::new(),
            address_sealed: String::new(),
            customer_id: None,
            purpose: Use::Residential,
            far_end: false,
            connected_on: connected_on.map(|day| day.parse().unwrap()),
            valve: Valve::Open,
            seal_no: None,
            warranty_until: None,
            price_exception_fen: None,
            balance_fen: 0,
            overdue_fen: 0,
        }
    }

    fn rates() -> Rates {
        let prices = HashMap::from([(Use::Residential, 2800)]);
        Rates { season: season("2011-11-01", "2012-03-31"), test: AT_220, prices }
    }

    #[test]
    fn who_joins_in_the_season_pays_from_his_first_day() {
        let items = [item(Kind::Certificate, 9856, None, true)];
        let fee = |connected: Option<&str>| rates().fee(&home(connected), &items).unwrap();
        assert_eq!(fee(Some("2010-05-01")).total.to_string(), "2759.68");
        let joined = fee(Some("2012-01-10"));
        assert_eq!((joined.lines[0].days, joined.total.to_string().as_str()), (82, "1488.77"));
        assert_eq!(fee(Some("2012-04-01")).exception, Some(Exception::NotConnected));
        assert_eq!(fee(None).exception, Some(Exception::NotConnected));
    }

    #[test]
    fn without_price_or_area_there_is_no_bill() {
        let home = home(Some("2010-05-01"));
        let shop = Home { purpose: Use::Commercial, ..home.clone() };
        let items = [item(Kind::Certificate, 9856, None, true)];
        assert_eq!(rates().fee(&shop, &items).unwrap().exception, Some(Exception::NoPrice));
        let low = [item(Kind::Basement, 1500, Some(210), false)];
        assert_eq!(rates().fee(&home, &low).unwrap().exception, Some(Exception::NoArea));
    }

    fn charged(items: &[areas::Model]) -> i64 {
        items.iter().filter(|item| judge(item, AT_220).charged()).map(|item| item.area_dm2).sum()
    }

    proptest! {
        #[test]
        fn more_area_height_or_heat_never_lowers_the_area_charged(
            parts in prop::collection::vec((1_i64..100_000, 100_i32..400, any::<bool>()), 1..6),
            which in 0_usize..6,
            raised in 0_i32..200,
        ) {
            let items: Vec<areas::Model> = parts
                .iter()
                .map(|&(area_dm2, height, heated)| item(Kind::Basement, area_dm2, Some(height), heated))
                .collect();
            let which = which % items.len();
            let before = charged(&items);
            let changed = |change: &dyn Fn(&mut areas::Model)| {
                let mut items = items.clone();
                change(&mut items[which]);
                charged(&items)
            };
            prop_assert!(changed(&|it| it.height_cm = it.height_cm.map(|height| height + raised)) >= before);
            prop_assert!(changed(&|it| it.has_heating_facility = true) >= before);
            prop_assert!(changed(&|it| it.agreement_id = Some(Uuid::nil())) >= before);
            prop_assert!(changed(&|it| it.area_dm2 += 1) >= before);
            prop_assert!(charged(&items[..which]) <= before);
        }

        #[test]
        fn a_supplement_never_exceeds_the_seasons_fee_of_the_measured_area(
            parts in prop::collection::vec((1_i64..100_000, 100_i32..400, any::<bool>()), 1..6),
            day in 0_u64..152,
        ) {
            let items: Vec<areas::Model> = parts
                .iter()
                .map(|&(area_dm2, height, heated)| item(Kind::Basement, area_dm2, Some(height), heated))
                .collect();
            let home = home(Some("2010-05-01"));
            let rates = rates();
            let from = rates.season.starts_on + chrono::Days::new(day);
            let whole = rates.fee(&home, &items).unwrap().total;
            let part = rates.fee_from(&home, &items, from).unwrap();
            prop_assert!(part.total <= whole);
            prop_assert_eq!(Money::total(part.lines.iter().map(|line| line.amount)).unwrap(), part.total);
        }
    }

    #[test]
    fn an_area_that_changes_in_the_season_is_two_lines() {
        let mut before = item(Kind::Certificate, 9856, None, true);
        before.to_on = "2011-12-31".parse().ok();
        let mut after = item(Kind::Certificate, 10_000, None, true);
        after.from_on = "2012-01-01".parse().unwrap();
        let bill = rates().fee(&home(Some("2010-05-01")), &[before, after]).unwrap();
        assert_eq!(bill.lines.iter().map(|line| line.days).collect::<Vec<_>>(), [61, 91]);
        assert_eq!(Money::total(bill.lines.iter().map(|line| line.amount)).unwrap(), bill.total);
    }
}
