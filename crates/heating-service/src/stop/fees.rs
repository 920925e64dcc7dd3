//! What a stopped household pays (HS-R26).

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::Percent;
use kernel::money::Money;
use store::Reading;

use crate::fee::calc::{WHOLE, half_up};
use crate::household::money;
use crate::season::commands::decimal;
use crate::season::entity::Model as Season;

/// The part of the full fee a stopped household pays: `heating.stop.basic_fee_percent` of the season's first day.
async fn share(at: &Reading, season: &Season) -> Result<Percent, Fault> {
    decimal(at, "heating.stop.basic_fee_percent", season.starts_on).await
}

/// Whether a household that is stopped for the season pays at all.
pub async fn is_due(at: &Reading, season: &Season) -> Result<bool, Fault> {
    Ok(share(at, season).await?.units() > 0)
}

/// The basic fee: the full season fee × its share, half-up.
pub async fn basic_fee(at: &Reading, season: &Season, full_fee: Money) -> Result<Money, Fault> {
    let percent = share(at, season).await?;
    money(half_up(i128::from(full_fee.fen()) * i128::from(percent.units()), WHOLE)?)
}

/// What resuming on a day costs: the full fee's share of the days left less the basic fee's, at least nothing.
/// The day of opening counts.
pub fn resumption(full_fee: Money, basic_fee: Money, season: &Season, from: NaiveDate) -> Result<Money, Fault> {
    let left = (season.ends_on - from.max(season.starts_on)).num_days() + 1;
    let owed = i128::from((full_fee.fen() - basic_fee.fen()).max(0)) * i128::from(left.max(0));
    money(half_up(owed, i128::from(season.days()))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::season::entity::season;

    #[test]
    fn a_resumption_pays_the_days_left_less_the_basic_fees_part() {
        let season = season("2011-11-01", "2012-03-31");
        let fen = |fen| Money::from_fen(fen).unwrap();
        let check = |basic, from: &str, wanted: &str| {
            let paid = resumption(fen(275_968), fen(basic), &season, from.parse().unwrap()).unwrap();
            assert_eq!(paid.to_string(), wanted, "{basic} {from}");
        };
        check(0, "2012-01-10", "1488.77");
        check(55_194, "2012-01-10", "1191.02");
        check(0, "2011-10-01", "2759.68");
        check(0, "2012-03-31", "18.16");
        check(300_000, "2012-01-10", "0.00");
    }
}
