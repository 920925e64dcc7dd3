//! How likely a valve is not closed (HS-R63).

use std::collections::HashSet;

use kernel::fault::Fault;
use kernel::time::{add_months_clamped, start_of_day};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use store::{Reading, parameters};

use crate::alteration::{self, entity as alterations};
use crate::household::entity::Model as Home;
use crate::inspection::entity as cases;
use crate::season::entity::{Column as SeasonColumn, Entity as Seasons, Model as Season};
use crate::stop::entity as stops;

/// Points for an earlier case, a missing seal, an open alteration, a stop of the last season too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights([i32; 4]);

impl Weights {
    /// Those of `heating.valve.risk_weights`; a sign it has no points for adds none.
    pub async fn of(at: &Reading) -> Result<Self, Fault> {
        let value = parameters::value(at, "heating.valve.risk_weights").await?;
        let points: Vec<i32> = serde_json::from_value(value).map_err(Fault::internal)?;
        Ok(Self(std::array::from_fn(|n| points.get(n).copied().unwrap_or_default())))
    }

    /// The points of what is known, 100 at most.
    fn sum(self, signs: [bool; 4]) -> i32 {
        let points: i32 = self.0.iter().zip(signs).filter(|(_, sign)| *sign).map(|(points, _)| *points).sum();
        points.clamp(0, 100)
    }
}

/// What is known of several households.
pub struct Signs {
    weights: Weights,
    caught: HashSet<Uuid>,
    altered: HashSet<Uuid>,
    stopped_before: HashSet<Uuid>,
}

impl Signs {
    /// Looks these households up.
    pub async fn of(at: &Reading, weights: Weights, season: &Season, ids: &[Uuid]) -> Result<Self, Fault> {
        let since = start_of_day(add_months_clamped(season.starts_on, -36));
        let caught = cases::Entity::find()
            .select_only()
            .column(cases::Column::HouseholdId)
            .filter(cases::Column::HouseholdId.is_in(ids.iter().copied()))
            .filter(cases::Column::Kind.is_in(cases::Kind::STOLEN))
            .filter(cases::Column::FoundAt.gte(since));
        let altered = alterations::Entity::find()
            .select_only()
            .column(alterations::Column::HouseholdId)
            .filter(alterations::Column::HouseholdId.is_in(ids.iter().copied()))
            .filter(alterations::Column::Permitted.eq(false))
            .filter(alteration::open());
        let last = Seasons::find()
            .filter(SeasonColumn::Region.eq(&season.region))
            .filter(SeasonColumn::StartsOn.lt(season.starts_on))
            .order_by_desc(SeasonColumn::StartsOn)
            .one(&at.db())
            .await?;
        let stopped_before = match last {
            Some(last) => {
                let stops = stops::Entity::find()
                    .select_only()
                    .column(stops::Column::HouseholdId)
                    .filter(stops::Column::HouseholdId.is_in(ids.iter().copied()))
                    .filter(stops::Column::SeasonId.eq(last.id))
                    .filter(stops::Column::Kind.eq(stops::Kind::Stop))
                    .filter(stops::Column::Status.is_in([stops::Status::Effective, stops::Status::Lapsed]));
                stops.into_tuple::<Uuid>().all(&at.db()).await?.into_iter().collect()
            }
            None => HashSet::new(),
        };
        Ok(Self {
            weights,
            caught: caught.into_tuple::<Uuid>().all(&at.db()).await?.into_iter().collect(),
            altered: altered.into_tuple::<Uuid>().all(&at.db()).await?.into_iter().collect(),
            stopped_before,
        })
    }

    /// The risk of a household, 0 to 100; a stop of the last season counts where this one is stopped too.
    pub fn risk(&self, home: &Home, stopped: bool) -> i32 {
        self.weights.sum([
            self.caught.contains(&home.id),
            home.seal_no.is_none(),
            self.altered.contains(&home.id),
            stopped && self.stopped_before.contains(&home.id),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hs_r63_the_signs_add_up() {
        let weights = Weights([40, 30, 20, 10]);
        assert_eq!(weights.sum([true; 4]), 100);
        assert_eq!(weights.sum([false; 4]), 0);
        assert_eq!(weights.sum([false, true, true, false]), 50);
        assert_eq!(weights.sum([true, false, false, true]), 50);
        assert_eq!(Weights([90, 30, 20, 10]).sum([true; 4]), 100);
    }
}
