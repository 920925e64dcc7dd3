//! Drafting and publishing a scheme.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::fixed::Fixed;
use kernel::ids;
use registers::locks;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, Set};
use serde::Deserialize;
use store::acts::BareAct;
use store::{Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Figure, Incentive, Item, ItemKind, Model, Status};
use super::{EvaluationScheme, MOVES};
use crate::season;
use crate::season::commands::decimal;

/// What the weights of a scheme come to: 100.00, in hundredths.
const WHOLE: i64 = 10_000;

/// A scheme for a season.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateEvaluationScheme {
    /// Number or id of the season.
    #[schema(min_length = 1, max_length = 40)]
    pub season: String,
    /// Those of `heating.eval.weights` when absent.
    #[schema(min_items = 1, max_items = 100)]
    pub items: Option<Vec<Item>>,
    #[serde(default)]
    #[schema(max_items = 50)]
    pub incentives: Vec<Incentive>,
    /// The first day of the season when absent.
    pub valid_from: Option<NaiveDate>,
}

/// What is wrong with the items: their codes, weights and figures.
fn check_items(errors: &mut FieldErrors, items: &[Item]) {
    for (n, item) in items.iter().enumerate() {
        let at = |field: &str| format!("/items/{n}/{field}");
        errors
            .add_if(items[..n].iter().any(|other| other.code == item.code), &at("code"), "duplicate")
            .add_if(item.weight.units() <= 0, &at("weight"), "out_of_range")
            .add_if(item.kind == ItemKind::Computed && item.figure().is_none(), &at("parameters/figure"), "required");
        let Some(given) = item.parameters else { continue };
        errors
            .add_if(item.kind == ItemKind::Checklist, &at("parameters"), "unknown_field")
            .add_if(given.limit.is_some_and(|it| it.units() <= 0), &at("parameters/limit"), "out_of_range")
            .add_if(
                given.floor.is_some_and(|it| !(0..WHOLE).contains(&it.units())),
                &at("parameters/floor"),
                "out_of_range",
            );
    }
    let total: i64 = items.iter().map(|item| item.weight.units()).sum();
    errors.add_if(total != WHOLE, "/items", "weights_total");
}

fn check_incentives(errors: &mut FieldErrors, incentives: &[Incentive]) {
    for (n, it) in incentives.iter().enumerate() {
        let at = |field: &str| format!("/incentives/{n}/{field}");
        let overlaps = |other: &Incentive| other.rank_from <= it.rank_to && it.rank_from <= other.rank_to;
        errors
            .add_if(it.rank_from < 1, &at("rank_from"), "out_of_range")
            .add_if(it.rank_to < it.rank_from, &at("rank_to"), "out_of_range")
            .add_if(incentives[..n].iter().any(overlaps), &at("rank_from"), "duplicate");
    }
}

/// The items a scheme usually has.
async fn usual(work: &Work, day: NaiveDate) -> Result<Vec<Item>, Fault> {
    let weights: BTreeMap<String, Fixed<2>> = decimal(work, "heating.eval.weights", day).await?;
    let item = |(code, weight): (String, Fixed<2>)| {
        let figure = Figure::of_code(&code);
        let kind = if figure.is_some() { ItemKind::Computed } else { ItemKind::Checklist };
        let title = figure.map_or("现场检查", |figure| figure.labels().0).to_owned();
        Item { code, title, kind, weight, parameters: None }
    };
    Ok(weights.into_iter().map(item).collect())
}

/// Drafts a scheme.
///
/// # Errors
/// 422 `weights_total` unless the weights come to 100.00, `duplicate` codes or ranks, `out_of_range`, `required` for a
/// computed item that names no figure.
pub async fn create(work: &Work, input: &CreateEvaluationScheme) -> Result<Model, Fault> {
    let season = season::queries::named(work, &input.season, None, "/season").await?;
    let valid_from = input.valid_from.unwrap_or(season.starts_on);
    let items = match &input.items {
        Some(items) => items.clone(),
        None => usual(work, valid_from).await?,
    };
    let mut errors = FieldErrors::default();
    check_items(&mut errors, &items);
    check_incentives(&mut errors, &input.incentives);
    errors.finish()?;
    locks::hold(work, vec![format!("evaluation_scheme|{}", season.id)]).await?;
    let last = Entity::find().filter(Column::SeasonId.eq(season.id)).order_by_desc(Column::Edition);
    let edition = last.one(&work.db()).await?.map_or(1, |row| row.edition + 1);
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(Some(numbers::next(work, "ES").await?)),
        season_id: Set(season.id),
        edition: Set(edition),
        items: Set(serde_json::to_string(&items).map_err(Fault::internal)?),
        incentives: Set(serde_json::to_string(&input.incentives).map_err(Fault::internal)?),
        valid_from: Set(valid_from),
        status: Set(Status::Draft),
        published_by: Set(None),
        published_at: Set(None),
    };
    work.create::<EvaluationScheme>(row, |fact| fact, "drafted").await
}

/// Publishes a scheme; it is not changed any more.
pub async fn publish(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<EvaluationScheme>(work, id, "publish").await?;
    let mut errors = FieldErrors::default();
    check_items(&mut errors, &row.items());
    errors.finish()?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.published_by = Set(Some(work.actor().sub));
    change.published_at = Set(Some(work.now));
    work.change::<EvaluationScheme>(&row, change, "published", |fact| fact).await
}

/// The published scheme an evaluation of this day goes by: the last that is valid then, of a season that may be the
/// district's.
pub(crate) async fn valid_on(work: &Work, day: NaiveDate, district: Option<&str>) -> Result<Option<Model>, Fault> {
    let published = Entity::find()
        .filter(Column::Status.eq(Status::Published))
        .filter(Column::ValidFrom.lte(day))
        .order_by_desc(Column::ValidFrom)
        .order_by_desc(Column::Edition);
    for row in published.all(&work.db()).await? {
        if season::queries::lookup(work, &row.season_id.to_string(), district).await?.is_some() {
            return Ok(Some(row));
        }
    }
    Ok(None)
}
