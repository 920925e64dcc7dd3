//! The arithmetic of a bill (HS-R70): exact fractions, rounded half-up once, lines by largest remainder.

use kernel::fault::Fault;
use kernel::money::Money;

/// An area charged for some days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// Hundredths of a square metre.
    pub area_dm2: i64,
    pub days: i64,
    /// A square metre and whole season.
    pub price_fen: i64,
}

impl Charge {
    /// Area × price × days: what the line weighs.
    fn weight(self) -> i128 {
        i128::from(self.area_dm2) * i128::from(self.price_fen) * i128::from(self.days)
    }
}

/// A whole, in the hundredths of a per cent that [`kernel::fixed::Percent`] counts.
pub const WHOLE: i128 = 10_000;

/// Half-up of a fraction of non-negative numbers.
pub fn half_up(numerator: i128, denominator: i128) -> Result<i64, Fault> {
    let rounded = (2 * numerator + denominator) / (2 * denominator);
    i64::try_from(rounded).map_err(Fault::internal)
}

/// What the charges of a season of so many days come to, and the part of each line.
pub fn total(charges: &[Charge], season_days: i64) -> Result<(Money, Vec<Money>), Fault> {
    let sum: i128 = charges.iter().map(|charge| charge.weight()).sum();
    let fen = half_up(sum, 100 * i128::from(season_days.max(1)))?;
    let total = Money::from_fen(fen).map_err(Fault::internal)?;
    let weights: Result<Vec<i64>, _> = charges.iter().map(|charge| i64::try_from(charge.weight())).collect();
    Ok((total, total.split(&weights.map_err(Fault::internal)?)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(charges: &[(i64, i64)], season_days: i64, wanted: &str) {
        let charges: Vec<Charge> =
            charges.iter().map(|&(area_dm2, days)| Charge { area_dm2, days, price_fen: 2800 }).collect();
        let (sum, lines) = total(&charges, season_days).unwrap();
        assert_eq!(sum.to_string(), wanted);
        assert_eq!(Money::total(lines).unwrap(), sum);
    }

    #[test]
    fn hs_e01_hs_e02_hs_e16_the_worked_fees() {
        check(&[(9856, 152)], 152, "2759.68");
        check(&[(9856, 82)], 152, "1488.77");
        check(&[(9856, 152), (1320, 152), (2140, 152)], 152, "3728.48");
        check(&[(2140, 152)], 152, "599.20");
        check(&[(2140, 118)], 152, "465.17");
    }

    proptest! {
        #[test]
        fn lines_sum_to_the_bill_within_half_a_fen(
            parts in prop::collection::vec((1_i64..1_000_000, 0_i64..=152), 1..8),
            price_fen in 1_i64..10_000,
        ) {
            let charges: Vec<Charge> =
                parts.iter().map(|&(area_dm2, days)| Charge { area_dm2, days, price_fen }).collect();
            let (sum, lines) = total(&charges, 152).unwrap();
            prop_assert_eq!(Money::total(lines.iter().copied()).unwrap(), sum);
            let exact: i128 = charges.iter().map(|charge| charge.weight()).sum();
            let off = (i128::from(sum.fen()) * 100 * 152 - exact).abs();
            prop_assert!(2 * off <= 100 * 152);
            if exact > 0 {
                prop_assert!(lines.iter().zip(&charges).all(|(line, charge)| charge.days > 0 || line.is_zero()));
            }
        }
    }
}
