//! Drafting and approving prices.

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::ids;
use kernel::money::Money;
use registers::locks;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::acts::BareAct;
use store::{Resource, Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Model, Status};
use super::{HeatPrice, MOVES, of};
use crate::household::entity::Use;
use crate::problems::PRICE_EXISTS;
use crate::season;

/// A price to be approved.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateHeatPrice {
    /// Number or id of the season.
    #[schema(min_length = 1, max_length = 40)]
    pub season: String,
    /// Needed where several regions have a season of this number.
    #[schema(min_length = 1, max_length = 40)]
    pub region: Option<String>,
    #[serde(rename = "use")]
    pub purpose: Use,
    /// Default: `heating.fee.price` of the season's first day, by use.
    pub price_per_m2: Option<Money>,
    /// What says so: the notice of the price authority.
    pub document_id: Option<Uuid>,
}

/// What a square metre usually costs: homes, and the rest.
#[derive(Deserialize)]
struct UsualPrices {
    residential: Option<Money>,
    other: Option<Money>,
}

async fn usual(work: &Work, purpose: Use, day: NaiveDate) -> Result<Money, Fault> {
    let prices: UsualPrices = season::commands::decimal(work, "heating.fee.price", day).await?;
    let price = match purpose {
        Use::Residential => prices.residential,
        Use::Commercial | Use::Public | Use::Auxiliary => prices.other,
    };
    price.ok_or_else(|| Fault::field("/price_per_m2", "required"))
}

/// Drafts a price.
pub async fn create(work: &Work, input: &CreateHeatPrice) -> Result<Model, Fault> {
    if input.price_per_m2.is_some_and(|price| price.fen() <= 0) {
        return Err(Fault::field("/price_per_m2", "out_of_range"));
    }
    let season = season::queries::named(work, &input.season, input.region.as_deref(), "/season").await?;
    if input.region.as_ref().is_some_and(|region| *region != season.region) {
        return Err(Fault::field("/region", "not_found"));
    }
    documents::ensure_one_visible(work, input.document_id, "/document_id").await?;
    season::ensure_not_closed(&season, "create")?;
    let price = match input.price_per_m2 {
        Some(price) => price,
        None => usual(work, input.purpose, season.starts_on).await?,
    };
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(Some(numbers::next(work, "HP").await?)),
        season_id: Set(season.id),
        purpose: Set(input.purpose),
        price_fen: Set(price.fen()),
        document_id: Set(input.document_id),
        status: Set(Status::Draft),
        approved_by: Set(None),
        approved_at: Set(None),
    };
    let row = work.create::<HeatPrice>(row, |fact| fact, "created").await?;
    if let Some(paper) = input.document_id {
        documents::attach(work, &[paper], HeatPrice::NAME, row.id, "price").await?;
    }
    Ok(row)
}

/// Approves a price; one a season and use.
///
/// # Errors
/// 409 `price_exists`.
pub async fn approve(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<HeatPrice>(work, id, "approve").await?;
    locks::hold(work, vec![format!("heat_price|{}|{}", row.season_id, row.purpose.code())]).await?;
    if of(work, row.season_id, row.purpose).await?.is_some() {
        return Err(Fault::new(&PRICE_EXISTS));
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.approved_by = Set(Some(work.actor().sub));
    change.approved_at = Set(Some(work.now));
    work.change::<HeatPrice>(&row, change, "approved", |fact| fact).await
}
