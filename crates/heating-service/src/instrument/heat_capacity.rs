//! The heat capacity of a calorimeter (热容量标定, HS-R51): at least five runs, their mean, their spread.

use crate::lab::exact::half_even;

/// What runs come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeatCapacity {
    /// The mean in whole J/K, half to even.
    pub value: i64,
    /// Relative standard deviation over n − 1, hundredths of a per cent, half up.
    pub rsd: i64,
    /// Whether it is within the limit, exactly; the limit itself is.
    pub within: bool,
}

/// Judges runs in hundredths of J/K against a limit in hundredths of a per cent; nothing for less than two runs.
pub fn judge(runs: &[i64], limit: i64) -> Option<HeatCapacity> {
    let count = i128::try_from(runs.len()).ok().filter(|count| *count > 1)?;
    let sum: i128 = runs.iter().copied().map(i128::from).sum();
    if sum <= 0 {
        return None;
    }
    let squares: i128 = runs.iter().map(|run| i128::from(*run) * i128::from(*run)).sum();
    // (s / mean)² = n (n Σx² − (Σx)²) / ((n − 1) (Σx)²)
    let numerator = count * (count * squares - sum * sum);
    let denominator = (count - 1) * sum * sum;
    let percent = 10_000_i128;
    let limit = i128::from(limit);
    Some(HeatCapacity {
        value: i64::try_from(half_even(sum, count * 100)).ok()?,
        rsd: i64::try_from(root_half_up(numerator * percent * percent, denominator)).ok()?,
        within: numerator * percent * percent <= limit * limit * denominator,
    })
}

/// The square root of a fraction as the nearest whole number.
fn root_half_up(numerator: i128, denominator: i128) -> i128 {
    let root = (numerator * 4 / denominator).isqrt();
    (root + 1) / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_decides_and_its_limit_belongs_to_it() {
        let runs = [1_052_000, 1_052_500, 1_051_800, 1_052_200, 1_052_000];
        let it = judge(&runs, 20).unwrap();
        assert_eq!((it.value, it.rsd, it.within), (10_521, 3, true));
        // Two runs one per cent apart: s = 0.7071 % of the mean.
        let wide = judge(&[995_000, 1_005_000], 20).unwrap();
        assert_eq!((wide.value, wide.rsd, wide.within), (10_000, 71, false));
        // One part in a thousand to either side is 0.10 % exactly.
        let exact = judge(&[999_000, 1_000_000, 1_001_000], 10).unwrap();
        assert_eq!((exact.rsd, exact.within), (10, true));
        assert!(!judge(&[999_000, 1_000_000, 1_001_001], 10).unwrap().within);
        assert_eq!((judge(&[1], 20), judge(&[0, 0], 20)), (None, None));
    }
}
