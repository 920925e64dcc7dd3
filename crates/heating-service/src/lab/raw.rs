//! Values worked out again from what the balance and the calorimeter showed (HS-R41).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::exact::{self, half_even};
use super::item::Item;

/// What was read off: masses in grams with up to four decimals, heat in J/g. `Mad` takes `mass_g` and `loss_g`,
/// `C_slag` `m_g`, `m1_g`, `m2_g` and `mad`, `Qgr` `qb_j_g`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RawDetermination)]
pub struct Raw {
    /// Mass of the sample.
    #[schema(max_length = 20, example = "1.0012")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mass_g: Option<String>,
    /// What it lost in drying.
    #[schema(max_length = 20, example = "0.0312")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_g: Option<String>,
    /// Mass of the ash.
    #[schema(max_length = 20)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub m_g: Option<String>,
    /// Before burning, with the crucible.
    #[schema(max_length = 20)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub m1_g: Option<String>,
    /// After burning, with the crucible.
    #[schema(max_length = 20)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub m2_g: Option<String>,
    /// Moisture of the ash, %.
    #[schema(max_length = 20)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mad: Option<String>,
    /// Heat of the bomb, whole J/g.
    #[schema(max_length = 20, example = "22146")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qb_j_g: Option<String>,
}

/// What corrects the heat of the bomb.
#[derive(Clone, Debug)]
pub struct HeatCorrection {
    /// J/g for each per cent of sulphur, hundredths.
    pub sulphur_coefficient: i64,
    /// Part of the heat by its upper limit, ten-thousandths; the last has none.
    pub alpha: Vec<(Option<i64>, i64)>,
    /// Averaged St,ad, hundredths of a per cent.
    pub sulphur: i64,
}

/// What is wrong with a raw reading: the field, and why.
pub type Wrong = (&'static str, &'static str);

fn field(text: Option<&String>, name: &'static str, decimals: usize) -> Result<i128, Wrong> {
    let text = text.ok_or((name, "required"))?;
    exact::read_up_to(text, decimals).map(i128::from).map_err(|wrong| (name, wrong))
}

/// A value in units of its item, worked out from what was read off; none for an item that is read off as it is.
///
/// # Errors
/// The field that is missing or cannot be read.
pub fn value(item: Item, raw: &Raw, heat: Option<&HeatCorrection>) -> Result<Option<i64>, Wrong> {
    let value = match item {
        Item::Mad => {
            let (mass, loss) = (field(raw.mass_g.as_ref(), "mass_g", 4)?, field(raw.loss_g.as_ref(), "loss_g", 4)?);
            quotient(loss * 10_000, mass, "mass_g")?
        }
        Item::CSlag => {
            let mass = field(raw.m_g.as_ref(), "m_g", 4)?;
            let (before, after) = (field(raw.m1_g.as_ref(), "m1_g", 4)?, field(raw.m2_g.as_ref(), "m2_g", 4)?);
            let mad = field(raw.mad.as_ref(), "mad", 2)?;
            quotient((before - after) * 10_000 - mad * mass, mass, "m_g")?
        }
        Item::Qgr => {
            let (Some(heat), bomb) = (heat, field(raw.qb_j_g.as_ref(), "qb_j_g", 0)?) else { return Ok(None) };
            half_even(bomb * 10_000 - heat.correction(bomb), 10_000)
        }
        _ => return Ok(None),
    };
    i64::try_from(value).map(Some).map_err(|_| ("", "out_of_range"))
}

fn quotient(numerator: i128, mass: i128, name: &'static str) -> Result<i128, Wrong> {
    if mass <= 0 { Err((name, "out_of_range")) } else { Ok(half_even(numerator, mass)) }
}

impl HeatCorrection {
    /// Ten-thousandths of J/g that sulphuric and nitric acid gave.
    fn correction(&self, bomb: i128) -> i128 {
        let within = |limit: Option<i64>| limit.is_none_or(|limit| bomb <= i128::from(limit));
        let alpha = self.alpha.iter().find(|(limit, _)| within(*limit)).map_or(0, |(_, alpha)| *alpha);
        i128::from(self.sulphur_coefficient) * i128::from(self.sulphur) + i128::from(alpha) * bomb
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn correction() -> HeatCorrection {
        let alpha = vec![(Some(16_700), 10), (Some(25_100), 12), (None, 16)];
        HeatCorrection { sulphur_coefficient: 9410, alpha, sulphur: 86 }
    }

    #[test]
    fn hs_e06_the_heat_of_the_bomb_is_corrected_for_its_acids() {
        for (bomb, wanted) in [("22146", 22_038), ("22238", 22_130), ("16700", 16_602), ("16701", 16_600), ("25101", 24_980)] {
            let raw = Raw { qb_j_g: Some(bomb.to_owned()), ..Raw::default() };
            assert_eq!(value(Item::Qgr, &raw, Some(&correction())), Ok(Some(wanted)), "{bomb}");
        }
    }

    #[test]
    fn moisture_and_carbon_are_parts_of_the_mass() {
        let some = |text: &str| Some(text.to_owned());
        let water = Raw { mass_g: some("1.0000"), loss_g: some("0.0312"), ..Raw::default() };
        assert_eq!(value(Item::Mad, &water, None), Ok(Some(312)));
        let ash = Raw { m_g: some("1.0000"), m1_g: some("20.5000"), m2_g: some("20.4500"), mad: some("0.50"), ..Raw::default() };
        assert_eq!(value(Item::CSlag, &ash, None), Ok(Some(450)));
        assert_eq!(value(Item::Mad, &Raw { loss_g: None, ..water.clone() }, None), Err(("loss_g", "required")));
        assert_eq!(value(Item::Mad, &Raw { mass_g: some("0"), ..water }, None), Err(("mass_g", "out_of_range")));
        assert_eq!(value(Item::Aad, &ash, None), Ok(None));
    }
}
