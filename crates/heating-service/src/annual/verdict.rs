//! How a computed figure compares with the printed one (HS-R80).

/// What the words around a printed figure claim.
#[codes::code(name = "FigureQualifier")]
pub enum Qualifier {
    /// 等于
    Exact,
    /// 余: at least as much.
    AtLeast,
    /// 近: a little less.
    JustBelow,
}

/// Whether the records bear a printed figure out.
#[codes::code(name = "FigureVerdict", stored = false)]
pub enum Verdict {
    /// 相符
    Ok,
    /// 不符
    Off,
}

/// Hundredths of a per cent in a whole.
const WHOLE: i128 = 10_000;

impl Qualifier {
    /// Compares a computed figure with the printed one, both in hundredths. `tolerance` is in hundredths of a per
    /// cent; the lower limit of "近" is inclusive, the printed figure itself is not reached.
    pub fn judge(self, computed: i64, printed: i64, tolerance: i64) -> Verdict {
        let holds = match self {
            Self::Exact => computed == printed,
            Self::AtLeast => computed >= printed,
            Self::JustBelow => {
                let least = i128::from(printed) * (WHOLE - i128::from(tolerance));
                computed < printed && i128::from(computed) * WHOLE >= least
            }
        };
        if holds { Verdict::Ok } else { Verdict::Off }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_words_of_the_printed_summary() {
        use Qualifier::{AtLeast, Exact, JustBelow};
        use Verdict::{Off, Ok};
        for (qualifier, computed, printed, verdict) in [
            (Exact, 40, 40, Ok),
            (Exact, 41, 40, Off),
            (AtLeast, 3_217, 3_200, Ok),
            (AtLeast, 3_200, 3_200, Ok),
            (AtLeast, 3_199, 3_200, Off),
            (AtLeast, 1_034, 1_000, Ok),
            (JustBelow, 9_860, 10_000, Ok),
            (JustBelow, 9_500, 10_000, Ok),
            (JustBelow, 9_499, 10_000, Off),
            (JustBelow, 10_000, 10_000, Off),
        ] {
            assert_eq!(qualifier.judge(computed * 100, printed * 100, 500), verdict, "{qualifier:?} {computed}");
        }
        // Hundredths count: 78.20 is not 78.21, and 9,499.99 is below 95 % of 10,000.
        assert_eq!(Exact.judge(7_820, 7_821, 500), Off);
        assert_eq!(JustBelow.judge(949_999, 1_000_000, 500), Off);
    }

    proptest! {
        #[test]
        fn exact_implies_at_least_and_excludes_just_below(computed in 0_i64..10_000_000, printed in 1_i64..10_000_000) {
            let holds = |qualifier: Qualifier| qualifier.judge(computed, printed, 500) == Verdict::Ok;
            prop_assert!(!holds(Qualifier::Exact) || holds(Qualifier::AtLeast));
            prop_assert!(!(holds(Qualifier::AtLeast) && holds(Qualifier::JustBelow)));
        }
    }
}
