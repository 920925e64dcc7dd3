//! Printing, issuing, taking back and voiding cards.

use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::business_day;
use registers::{locks, referenced};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use store::{Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::ServiceCards;
use super::entity::{ActiveModel, Kind, Model};
use super::stock::Stock;
use crate::problems::CARD_STOCK;
use crate::scope;
use crate::station::HeatingStation;
use crate::tense::Tense;

/// Cards that came or went.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateServiceCardMovement {
    pub kind: Kind,
    #[schema(minimum = 1, maximum = 100_000_000)]
    pub count: i64,
    /// Where they were given out or came back; none for the company's own stock.
    pub station_id: Option<Uuid>,
    /// Today when absent.
    pub on: Option<NaiveDate>,
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// Enters a movement; the fact of cards given out is `service_cards.issued`.
///
/// # Errors
/// 409 `card_stock` when more go out than there are on that day or any later one; 422 `not_found` for the station,
/// `date_in_future`.
pub async fn create(work: &Work, input: &CreateServiceCardMovement) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    errors.add_if(input.count < 1, "/count", "out_of_range");
    // Whose station it is not cannot see the company's own stock.
    errors.add_if(input.station_id.is_none() && !scope::knows_all(work.actor()), "/station_id", "required");
    Tense::of(work).await?.day(&mut errors, input.on, "/on");
    errors.finish()?;
    if let Some(station) = input.station_id {
        referenced::known::<HeatingStation>(work, station, "/station_id").await?;
    }
    let on = input.on.unwrap_or_else(|| business_day(work.now));
    locks::hold(work, vec!["service_cards".to_owned()]).await?;
    let mut stock = Stock::of(work).await?;
    let free = stock.free_on(on);
    if input.kind.signed(input.count) < 0 && input.count > free {
        return Err(Fault::new(&CARD_STOCK).rule("HS-R78").with("free", free));
    }
    stock.add(on, input.kind, input.count);
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        number: Set(Some(numbers::next(work, "FK").await?)),
        kind: Set(input.kind),
        count: Set(input.count),
        balance: Set(stock.balance()),
        station_id: Set(input.station_id),
        moved_on: Set(on),
        note: Set(input.note.clone()),
    };
    work.create::<ServiceCards>(row, |fact| fact.with("count", input.count), input.kind.code()).await
}
