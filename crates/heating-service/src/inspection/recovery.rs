//! What is recovered (HS-R60): from which day on, and for which seasons.

use chrono::NaiveDate;
use kernel::fault::{Fault, FieldError};
use kernel::time::add_months_clamped;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use store::{Reading, parameters};

use super::entity::Kind;
use crate::household::entity::Model as Home;
use crate::problems::RECOVERY_TOO_OLD;
use crate::season::entity::{Column, Entity, Model as Season};
use crate::{season, station};

/// What is known of the first day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// The agreement's.
    pub agreed: Option<NaiveDate>,
    /// The one there is proof of.
    pub proven: Option<NaiveDate>,
}

/// The first day of the fee. Stolen heat is charged from the season's first day unless a later start is proven: an
/// agreement may begin earlier, not later. Everything else begins as agreed upon.
pub fn first_day(kind: Kind, start: Start, season_starts_on: NaiveDate) -> NaiveDate {
    let unless_proven = |earliest: NaiveDate| start.proven.unwrap_or(earliest);
    match (Kind::STOLEN.contains(&kind), start.agreed) {
        (true, Some(agreed)) => unless_proven(agreed.min(season_starts_on)),
        (false, Some(agreed)) => agreed,
        (_, None) => unless_proven(season_starts_on),
    }
}

/// The season of a home on a day, or the last that began before it.
pub async fn current_season(at: &Reading, home: &Home, day: NaiveDate) -> Result<Option<Season>, Fault> {
    let region = station::area_of(at, home.station_id).await?;
    season::queries::as_of(at, day, region.as_deref()).await
}

/// Refuses a first day before the seasons that may be recovered.
///
/// # Errors
/// 422 `recovery_too_old`.
pub async fn ensure_not_too_old(at: &Reading, current: &Season, from: NaiveDate) -> Result<(), Fault> {
    let back = parameters::integer(at, "heating.recovery.seasons_back").await?;
    let months = i32::try_from(back.saturating_mul(12)).map_err(Fault::internal)?;
    let earliest = add_months_clamped(current.starts_on, -months);
    match from < earliest {
        true => {
            let wrong = FieldError::new("/charge_from", RECOVERY_TOO_OLD.code).with("earliest", earliest.to_string());
            let about = Fault::new(&RECOVERY_TOO_OLD).rule("HS-R60").with("earliest", earliest.to_string());
            Err(about.with_errors(vec![wrong]))
        }
        false => Ok(()),
    }
}

/// The seasons from the one a day lies in to the present one, the first first.
pub async fn seasons(at: &Reading, current: &Season, from: NaiveDate) -> Result<Vec<Season>, Fault> {
    let rows = Entity::find()
        .filter(Column::Region.eq(&current.region))
        .filter(Column::StartsOn.lte(current.starts_on))
        .filter(Column::EndsOn.gte(from));
    Ok(rows.order_by_asc(Column::StartsOn).all(&at.db()).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn hs_r60_theft_begins_with_the_season_unless_a_later_start_is_proven() {
        let season = day("2011-11-01");
        let some = |text: &str| Some(day(text));
        for (kind, agreed, proven, first) in [
            (Kind::Theft, None, None, "2011-11-01"),
            (Kind::Theft, None, some("2011-12-05"), "2011-12-05"),
            (Kind::Theft, some("2012-01-10"), None, "2011-11-01"),
            (Kind::Theft, some("2012-01-10"), some("2011-12-05"), "2011-12-05"),
            (Kind::Theft, some("2010-11-01"), None, "2010-11-01"),
            (Kind::UnclosedValve, some("2012-01-10"), None, "2011-11-01"),
            (Kind::BasementExtension, some("2012-01-10"), None, "2012-01-10"),
            (Kind::GiftedArea, some("2012-01-10"), some("2011-12-05"), "2012-01-10"),
            (Kind::AreaIncrease, None, some("2011-12-05"), "2011-12-05"),
            (Kind::AreaIncrease, None, None, "2011-11-01"),
        ] {
            assert_eq!(first_day(kind, Start { agreed, proven }, season), day(first), "{kind:?} {agreed:?} {proven:?}");
        }
    }
}
