//! The stock of cards (HS-R78): printed − issued + returned − voided, on no day below zero.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, QuerySelect};
use store::Reading;

use super::entity::{Column, Entity, Kind};

/// What came in and went out, by day.
#[derive(Clone, Debug, Default)]
pub struct Stock(BTreeMap<NaiveDate, i64>);

#[derive(FromQueryResult)]
struct OfDay {
    moved_on: NaiveDate,
    kind: Kind,
    cards: i64,
}

impl Stock {
    /// All movements of the company.
    pub async fn of(at: &Reading) -> Result<Self, Fault> {
        let days = Entity::find()
            .select_only()
            .column(Column::MovedOn)
            .column(Column::Kind)
            .column_as(Expr::cust("CAST(SUM(card_count) AS BIGINT)"), "cards")
            .group_by(Column::MovedOn)
            .group_by(Column::Kind)
            .into_model::<OfDay>()
            .all(&at.db())
            .await?;
        let mut stock = Self::default();
        for row in days {
            stock.add(row.moved_on, row.kind, row.cards);
        }
        Ok(stock)
    }

    /// Counts a movement in.
    pub fn add(&mut self, day: NaiveDate, kind: Kind, count: i64) {
        *self.0.entry(day).or_default() += kind.signed(count);
    }

    /// The cards there are.
    pub fn balance(&self) -> i64 {
        self.0.values().sum()
    }

    /// The most that may go out on a day without any day ending below zero.
    pub fn free_on(&self, day: NaiveDate) -> i64 {
        let mut balance: i64 = self.0.range(..=day).map(|(_, moved)| moved).sum();
        let mut least = balance;
        for moved in self.0.iter().filter(|(later, _)| **later > day).map(|(_, moved)| moved) {
            balance += moved;
            least = least.min(balance);
        }
        least
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(n: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2011, 11, n).unwrap()
    }

    #[test]
    fn hs_e18_what_was_printed_can_be_issued_and_no_card_more() {
        let mut stock = Stock::default();
        stock.add(day(1), Kind::Printed, 66_693);
        assert_eq!((stock.free_on(day(1)), stock.free_on(day(30))), (66_693, 66_693));
        assert_eq!(stock.free_on(NaiveDate::MIN), 0, "nothing was there before it was printed");
        stock.add(day(2), Kind::Issued, 66_693);
        assert_eq!((stock.balance(), stock.free_on(day(3))), (0, 0));
        stock.add(day(4), Kind::Returned, 10);
        assert_eq!((stock.free_on(day(3)), stock.free_on(day(4))), (0, 10));
        stock.add(day(5), Kind::Voided, 4);
        assert_eq!((stock.balance(), stock.free_on(day(4))), (6, 6));
    }

    proptest! {
        #[test]
        fn no_day_ends_below_zero(moves in prop::collection::vec((1_u32..=30, 0_usize..4, 1_i64..50), 1..60)) {
            let mut stock = Stock::default();
            for (on, kind, count) in moves {
                let kind = Kind::ALL[kind];
                if kind.signed(count) >= 0 || count <= stock.free_on(day(on)) {
                    stock.add(day(on), kind, count);
                }
            }
            let mut balance = 0;
            for moved in stock.0.values() {
                balance += moved;
                prop_assert!(balance >= 0);
            }
            prop_assert_eq!(balance, stock.balance());
        }
    }
}
