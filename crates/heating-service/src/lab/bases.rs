//! Figures on other bases (HS-R43): from the means as reported, rounded once, half to even.

use super::exact::half_even;

/// The means of a sample, in units of each item's last decimal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Means {
    /// Tenths of a per cent.
    pub mt: Option<i64>,
    /// Hundredths of a per cent, as the others.
    pub mad: Option<i64>,
    pub aad: Option<i64>,
    pub vad: Option<i64>,
    pub st: Option<i64>,
    /// J/g.
    pub qgr: Option<i64>,
    pub had: Option<i64>,
}

/// 100 % in hundredths.
const WHOLE: i128 = 10_000;

fn rounded(numerator: i128, denominator: i128) -> Option<i64> {
    if denominator <= 0 {
        return None;
    }
    i64::try_from(half_even(numerator, denominator)).ok()
}

impl Means {
    /// A figure on the dry basis, in the figure's own units.
    pub fn dry(&self, ad: Option<i64>) -> Option<i64> {
        rounded(i128::from(ad?) * WHOLE, WHOLE - i128::from(self.mad?))
    }

    /// A figure as received, in the figure's own units.
    pub fn received(&self, ad: Option<i64>) -> Option<i64> {
        let wet = WHOLE - i128::from(self.mt?) * 10;
        rounded(i128::from(ad?) * wet, WHOLE - i128::from(self.mad?))
    }

    /// Fixed carbon, air-dried, hundredths of a per cent.
    pub fn fixed_carbon(&self) -> Option<i64> {
        Some(10_000 - self.mad? - self.aad? - self.vad?)
    }

    /// Gross calorific value, air-dried, hundredths of MJ/kg.
    pub fn qgr_ad_mj(&self) -> Option<i64> {
        rounded(self.qgr?.into(), 10)
    }

    /// Gross calorific value, dry, hundredths of MJ/kg.
    pub fn qgr_d_mj(&self) -> Option<i64> {
        rounded(i128::from(self.qgr?) * WHOLE, (WHOLE - i128::from(self.mad?)) * 10)
    }

    /// Net calorific value as received in J/g, as a fraction.
    fn qnet_ar(&self) -> Option<(i128, i128)> {
        let (q, had, mt, mad) = (i128::from(self.qgr?), i128::from(self.had?), i128::from(self.mt?), i128::from(self.mad?));
        let dry = WHOLE - mad;
        // Hundredths of (Qgr − 206 H), times the part that is not water, less 23 for each per cent of water.
        let numerator = (q * 100 - 206 * had) * (WHOLE - mt * 10) - 230 * mt * dry;
        Some((numerator, 100 * dry))
    }

    /// Net calorific value as received, J/g.
    pub fn qnet_ar_j(&self) -> Option<i64> {
        let (numerator, denominator) = self.qnet_ar()?;
        rounded(numerator, denominator)
    }

    /// Net calorific value as received, hundredths of MJ/kg.
    pub fn qnet_ar_mj(&self) -> Option<i64> {
        let (numerator, denominator) = self.qnet_ar()?;
        rounded(numerator, denominator * 10)
    }

    /// Net calorific value as received, kcal/kg (4.1816 J each).
    pub fn qnet_ar_kcal(&self) -> Option<i64> {
        let (numerator, denominator) = self.qnet_ar()?;
        rounded(numerator * 10_000, denominator * 41_816)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKED: Means = Means {
        mt: Some(96),
        mad: Some(320),
        aad: Some(2740),
        vad: Some(2828),
        st: Some(86),
        qgr: Some(22_084),
        had: Some(365),
    };

    #[test]
    fn hs_e06_the_bases_of_the_worked_sample() {
        assert_eq!(WORKED.dry(WORKED.aad), Some(2831));
        assert_eq!(WORKED.received(WORKED.aad), Some(2559));
        assert_eq!(WORKED.dry(WORKED.st), Some(89));
        assert_eq!(WORKED.fixed_carbon(), Some(4112));
        assert_eq!((WORKED.qgr_ad_mj(), WORKED.qgr_d_mj()), (Some(2208), Some(2281)));
        assert_eq!((WORKED.qnet_ar_j(), WORKED.qnet_ar_mj(), WORKED.qnet_ar_kcal()), (Some(19_701), Some(1970), Some(4711)));
    }

    #[test]
    fn what_is_missing_gives_nothing() {
        let bare = Means { had: None, ..WORKED };
        assert_eq!((bare.qnet_ar_j(), bare.qgr_d_mj()), (None, Some(2281)));
        assert_eq!(Means { mad: Some(10_000), ..WORKED }.dry(Some(1)), None, "all water");
        assert_eq!(Means::default(), Means { mt: None, ..Means::default() });
    }
}
