//! Confirming: the figures of the month are taken and stay; ranks follow. Publishing: ranks and incentives are told.

use kernel::fault::Fault;
use kernel::fixed::Fixed;
use kernel::time::Month;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, Set};
use store::acts::BareAct;
use store::{Reading, Work, resource};

use super::commands::{json, scheme_of};
use super::entity::{Column, Entity, Figures, ItemScore, Model, Status};
use super::figures::{self, StationService};
use super::scoring::{self, Standing, Units, Visits};
use super::{Evaluation, MOVES};
use crate::evaluation_scheme::entity::{Figure, Item};
use crate::season::commands::decimal;
use crate::season::{self, entity::Model as Season};
use crate::station::{self, entity as stations, entity::Model as Station};
use crate::temperature::entity::json_list;
use crate::visit_summary::month_of;

/// The limits computed items are measured by, where the scheme says nothing.
struct Limits {
    complaint: Units,
    timely_floor: Units,
    temperature_floor: Units,
}

impl Limits {
    async fn of(at: &Reading, row: &Model) -> Result<Self, Fault> {
        let day = month_of(&row.month)?.last_day();
        let units = async |key| Ok::<_, Fault>(decimal::<Fixed<2>>(at, key, day).await?.units());
        Ok(Self {
            complaint: units("heating.eval.complaint_limit").await?,
            timely_floor: units("heating.eval.timely_floor").await?,
            temperature_floor: units("heating.eval.temp_floor").await?,
        })
    }

    /// What a computed item comes to; none without data.
    fn score(&self, item: &Item, figures: &Figures) -> Option<Units> {
        let weight = item.weight.units();
        let given = item.parameters.unwrap_or_default();
        let floor = |usual: Units| given.floor.map_or(usual, Fixed::units);
        match item.figure()? {
            Figure::Complaint => {
                let limit = given.limit.map_or(self.complaint, Fixed::units);
                Some(scoring::complaint(weight, figures.net_complaints?.units(), limit))
            }
            Figure::Timely => Some(scoring::rate(weight, figures.timely_reply_rate?.units(), floor(self.timely_floor))),
            Figure::Temperature => {
                Some(scoring::rate(weight, figures.temperature_pass_rate?.units(), floor(self.temperature_floor)))
            }
            Figure::Visits => scoring::visits(
                weight,
                Visits {
                    weeks_met: figures.weeks_met?,
                    weeks_due: figures.weeks_due?,
                    credited: figures.visits?,
                    needed: figures.visits_needed?,
                },
            ),
        }
    }
}

/// The season a station's month is measured by: the scheme's, or the month's where the scheme is of an earlier one.
async fn season_of(at: &Reading, station: &Station, month: Month, scheme_of: Uuid) -> Result<Season, Fault> {
    let own = season::entity::Entity::find_by_id(scheme_of).one(&at.db()).await?;
    let own = own.ok_or_else(|| Fault::internal("a scheme without a season"))?;
    if own.starts_on <= month.last_day() && month.first_day() <= own.ends_on {
        return Ok(own);
    }
    let district = station::area_of(at, station.id).await?;
    for day in [month.last_day(), month.first_day()] {
        if let Some(season) = season::queries::of_day(at, day, district.as_deref()).await? {
            return Ok(season);
        }
    }
    Ok(own)
}

/// What an evaluation comes to by the figures of its month.
pub(super) struct Taken {
    pub figures: Figures,
    pub scores: Vec<ItemScore>,
    pub total: Option<Units>,
}

/// Takes the figures of an evaluation's month as they stand now, and scores its computed items by them.
pub(super) async fn taken(at: &Reading, row: &Model, service: StationService) -> Result<Taken, Fault> {
    let scheme = scheme_of(at, row).await?;
    let station = stations::Entity::find_by_id(row.station_id).one(&at.db()).await?;
    let station = station.ok_or_else(|| Fault::internal("an evaluation without a station"))?;
    let month = month_of(&row.month)?;
    let season = season_of(at, &station, month, scheme.season_id).await?;
    let figures = figures::of(at, &station, &season, month, service).await?;
    let limits = Limits::of(at, row).await?;
    let items = scheme.items();
    let mut scores: Vec<ItemScore> = json_list(&row.scores);
    for score in scores.iter_mut().filter(|score| score.figure.is_some()) {
        let item = items.iter().find(|item| item.code == score.code);
        let units = item.and_then(|item| limits.score(item, &figures));
        score.score = units.map(Fixed::from_units).transpose().map_err(Fault::internal)?;
    }
    let of_items: Vec<(Units, Option<Units>)> =
        scores.iter().map(|score| (score.weight.units(), score.score.map(Fixed::units))).collect();
    Ok(Taken { total: scoring::total(&of_items), figures, scores })
}

/// Confirms an evaluation with the figures of its month as they stand now; `service` is what the desk says of the
/// station's tickets (links 37).
///
/// # Errors
/// 409 `separation_of_duties` for one of the team.
pub async fn confirm(work: &Work, id: Uuid, service: StationService) -> Result<Model, Fault> {
    // Before its row: who ranks writes the rows of the others.
    hold_ranks(work, &resource::find::<Evaluation>(work, id).await?).await?;
    let (row, to) = MOVES.begin::<Evaluation>(work, id, "confirm").await?;
    let Taken { figures, scores, total } = taken(work, &row, service).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.scores = Set(json(&scores)?);
    change.figures = Set(json(&figures)?);
    change.total_units = Set(total);
    change.net_complaint_units = Set(figures.net_complaints.map(Fixed::units));
    change.timely_units = Set(figures.timely_reply_rate.map(Fixed::units));
    change.confirmed_by = Set(Some(work.actor().sub));
    change.confirmed_at = Set(Some(work.now));
    let row = work.change::<Evaluation>(&row, change, "confirmed", |fact| fact).await?;
    ranked(work, row).await
}

/// Publishes an evaluation: its rank is told, the incentive of the rank released.
pub async fn publish(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<Evaluation>(work, id, "publish").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.published_by = Set(Some(work.actor().sub));
    change.published_at = Set(Some(work.now));
    let (month, rank) = (row.month.clone(), row.rank);
    let told = |fact: store::journal::Fact| fact.with("month", month).with("rank", rank);
    work.change::<Evaluation>(&row, change, "published", told).await
}

/// One at a time ranks the stations of a type in a month.
async fn hold_ranks(work: &Work, row: &Model) -> Result<(), Fault> {
    registers::locks::hold(work, vec![format!("evaluation_rank|{}|{}", row.month, row.station_kind.code())]).await
}

/// Ranks the confirmed evaluations of the month among stations of the same type anew (HS-R36), but for those that were
/// published; answers the row as it stands then.
async fn ranked(work: &Work, row: Model) -> Result<Model, Fault> {
    let all = Entity::find()
        .filter(Column::Month.eq(&row.month))
        .filter(Column::StationKind.eq(row.station_kind))
        .filter(Column::Status.is_in(Status::RANKED))
        .order_by_asc(Column::Id)
        .all(&work.db())
        .await?;
    let standing = |it: &Model| Standing {
        total: it.total_units,
        net_complaints: it.net_complaint_units,
        timely: it.timely_units,
    };
    let ranks = scoring::ranks(&all.iter().map(standing).collect::<Vec<_>>());
    // What was published stands, with the incentive it released.
    let moved = |(it, rank): &(&Model, i32)| it.status == Status::Confirmed && it.rank != Some(*rank);
    for (it, rank) in all.iter().zip(ranks).filter(moved) {
        let mut change = it.clone().into_active_model();
        change.rank = Set(Some(rank));
        work.change::<Evaluation>(it, change, "ranked", |fact| fact.with("rank", rank)).await?;
    }
    resource::find::<Evaluation>(work, row.id).await
}

/// What has to be known of an evaluation to ask the desk about its station: the station's org unit and the month.
///
/// # Errors
/// 404 outside the caller's scope.
pub async fn subject(at: &Reading, id: Uuid) -> Result<(Uuid, Month), Fault> {
    let row = resource::find::<Evaluation>(at, id).await?;
    Ok((row.org_unit_id, month_of(&row.month)?))
}
