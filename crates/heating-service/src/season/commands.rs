//! Planning, opening and closing a season.

use chrono::{Datelike, NaiveDate};
use kernel::fault::{Fault, FieldErrors, PRICE_MISSING};
use kernel::fixed::Temperature;
use kernel::ids;
use kernel::time::{Timestamp, business_day};
use registers::external_ids::{self, ExternalId};
use registers::locks;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::acts::BareAct;
use store::{Resource, Work, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Model, Status};
use super::{HeatingSeason, MOVES, ensure_not_closed};
use crate::problems::{DATES_FROZEN, SEASON_EXISTS, SEASON_OVERLAP};
use crate::refund::rules::RuleSet;
use crate::tense::Tense;
use crate::{price, stop, temperature};

/// The region of a company that heats one; where districts have seasons of their own, that of all the others.
pub const ONLY_REGION: &str = "default";

/// A new season.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateHeatingSeason {
    /// `2011-2012`.
    #[schema(min_length = 1, max_length = 20)]
    pub number: String,
    /// `default` when absent.
    #[schema(min_length = 1, max_length = 40)]
    pub region: Option<String>,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    /// Default: `heating.temp.standard_c`.
    pub standard_c: Option<Temperature>,
    /// Default: `heating.fee.due_month_day` of the year it starts in.
    pub fee_due_on: Option<NaiveDate>,
    /// Default: `heating.refund.rule_set`.
    #[schema(min_length = 1, max_length = 20)]
    pub refund_rule_set: Option<String>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// What may be changed of a season: the dates while it is planned, what really happened until it is closed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct HeatingSeasonFields {
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub standard_c: Option<Temperature>,
    pub fee_due_on: NaiveDate,
    #[schema(min_length = 1, max_length = 20)]
    pub refund_rule_set: String,
    /// When heating really began.
    pub actual_start_at: Option<Timestamp>,
    /// When heating really ended.
    pub actual_end_at: Option<Timestamp>,
}

impl From<&Model> for HeatingSeasonFields {
    fn from(row: &Model) -> Self {
        Self {
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            standard_c: Temperature::from_units(row.standard_dc.into()).ok(),
            fee_due_on: row.fee_due_on,
            refund_rule_set: row.refund_rule_set.clone(),
            actual_start_at: row.actual_start_at.map(Timestamp::from),
            actual_end_at: row.actual_end_at.map(Timestamp::from),
        }
    }
}

/// Plans a season.
///
/// # Errors
/// 409 `season_exists` for a number the region has, `season_overlap`; 422 `date_order`, `not_found` for a set of rules
/// nobody knows.
pub async fn create(work: &Work, input: &CreateHeatingSeason) -> Result<Model, Fault> {
    ensure_order(input.starts_on, input.ends_on)?;
    let standard = match input.standard_c {
        Some(given) => given,
        None => decimal(work, "heating.temp.standard_c", business_day(work.now)).await?,
    };
    let fee_due_on = match input.fee_due_on {
        Some(given) => given,
        None => usual_due_day(work, input.starts_on).await?,
    };
    let refund_rule_set = match &input.refund_rule_set {
        Some(given) => given.clone(),
        None => text(work, "heating.refund.rule_set").await?,
    };
    ensure_rules(work, &refund_rule_set, input.starts_on).await?;
    let region = input.region.clone().unwrap_or_else(|| ONLY_REGION.to_owned());
    locks::hold(work, vec![format!("heating_season|{region}")]).await?;
    let same = Entity::find().filter(Column::Region.eq(&region)).filter(Column::Number.eq(&input.number));
    if same.one(&work.db()).await?.is_some() {
        return Err(Fault::new(&SEASON_EXISTS));
    }
    refuse_overlap(work, &region, input.starts_on, input.ends_on, None).await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(input.number.clone()),
        region: Set(region),
        starts_on: Set(input.starts_on),
        ends_on: Set(input.ends_on),
        standard_dc: Set(tenths(standard)?),
        fee_due_on: Set(fee_due_on),
        refund_rule_set: Set(refund_rule_set),
        status: Set(Status::Planned),
        actual_start_at: Set(None),
        actual_end_at: Set(None),
    };
    let row = work.create::<HeatingSeason>(row, |fact| fact, "created").await?;
    external_ids::attach_all(work, HeatingSeason::NAME, row.id, &input.external_ids).await?;
    Ok(row)
}

/// Changes a season.
///
/// # Errors
/// 409 `dates_frozen` for the dates and rates of a season that is open, `invalid_state` when it is closed; 422
/// `not_found` for a set of rules nobody knows.
pub async fn update(work: &Work, row: &Model, fields: HeatingSeasonFields) -> Result<Model, Fault> {
    let mut errors = FieldErrors::default();
    let tense = Tense::of(work).await?;
    tense.instant(&mut errors, fields.actual_start_at, "/actual_start_at");
    tense.instant(&mut errors, fields.actual_end_at, "/actual_end_at");
    let ends_first = fields.actual_start_at.zip(fields.actual_end_at).is_some_and(|(start, end)| end <= start);
    errors.add_if(ends_first, "/actual_end_at", "date_order");
    errors.finish()?;
    ensure_order(fields.starts_on, fields.ends_on)?;
    if fields.refund_rule_set != row.refund_rule_set {
        ensure_rules(work, &fields.refund_rule_set, fields.starts_on).await?;
    }
    ensure_not_closed(row, "update")?;
    let standard = fields.standard_c.map_or(Ok(row.standard_dc), tenths)?;
    let frozen = (row.starts_on, row.ends_on, row.standard_dc, row.fee_due_on, row.refund_rule_set.as_str());
    let said = (fields.starts_on, fields.ends_on, standard, fields.fee_due_on, fields.refund_rule_set.as_str());
    if row.status != Status::Planned && frozen != said {
        return Err(Fault::new(&DATES_FROZEN).rule("HS-R01"));
    }
    locks::hold(work, vec![format!("heating_season|{}", row.region)]).await?;
    refuse_overlap(work, &row.region, fields.starts_on, fields.ends_on, Some(row.id)).await?;
    let mut change = row.clone().into_active_model();
    change.starts_on = Set(fields.starts_on);
    change.ends_on = Set(fields.ends_on);
    change.standard_dc = Set(standard);
    change.fee_due_on = Set(fields.fee_due_on);
    change.refund_rule_set = Set(fields.refund_rule_set);
    change.actual_start_at = Set(fields.actual_start_at.map(|at| at.0));
    change.actual_end_at = Set(fields.actual_end_at.map(|at| at.0));
    work.change::<HeatingSeason>(row, change, "updated", |fact| fact).await
}

/// Opens a season; its dates are frozen from now on.
///
/// # Errors
/// 409 `price_missing` names the uses without an approved price.
pub async fn open(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<HeatingSeason>(work, id, "open").await?;
    let missing = price::missing(work, row.id).await?;
    if !missing.is_empty() {
        return Err(Fault::new(&PRICE_MISSING).with("uses", missing));
    }
    moved(work, row, to, "opened").await
}

/// Closes a season that is over; the stops of it lapse, and its temperature cases end.
pub async fn close(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<HeatingSeason>(work, id, "close").await?;
    stop::commands::lapse(work, row.id).await?;
    temperature::commands::end_with_season(work, &row).await?;
    moved(work, row, to, "closed").await
}

async fn moved(work: &Work, row: Model, to: Status, verb: &str) -> Result<Model, Fault> {
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    work.change::<HeatingSeason>(&row, change, verb, |fact| fact.with("number", row.number.as_str())).await
}

fn ensure_order(starts_on: NaiveDate, ends_on: NaiveDate) -> Result<(), Fault> {
    if ends_on < starts_on { Err(Fault::field("/ends_on", "date_order")) } else { Ok(()) }
}

async fn refuse_overlap(
    work: &Work,
    region: &str,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    but: Option<Uuid>,
) -> Result<(), Fault> {
    let mut others = Entity::find()
        .filter(Column::Region.eq(region))
        .filter(Column::StartsOn.lte(ends_on))
        .filter(Column::EndsOn.gte(starts_on));
    if let Some(id) = but {
        others = others.filter(Column::Id.ne(id));
    }
    match others.one(&work.db()).await? {
        Some(other) => Err(Fault::new(&SEASON_OVERLAP).rule("HS-R01").with("number", other.number)),
        None => Ok(()),
    }
}

fn tenths(temperature: Temperature) -> Result<i32, Fault> {
    i32::try_from(temperature.units()).map_err(Fault::internal)
}

async fn text(work: &Work, key: &str) -> Result<String, Fault> {
    serde_json::from_value(parameters::value(work, key).await?).map_err(Fault::internal)
}

/// A decimal parameter of a day.
pub(crate) async fn decimal<T: serde::de::DeserializeOwned>(
    at: &store::Reading,
    key: &str,
    day: NaiveDate,
) -> Result<T, Fault> {
    serde_json::from_value(parameters::value_on(at, key, day, None).await?).map_err(Fault::internal)
}

/// Its days are refunded by a set there is (HS-R72).
async fn ensure_rules(work: &Work, name: &str, starts_on: NaiveDate) -> Result<(), Fault> {
    match RuleSet::is_known(work, name, starts_on).await? {
        true => Ok(()),
        false => Err(Fault::field("/refund_rule_set", "not_found").rule("HS-R72")),
    }
}

async fn usual_due_day(work: &Work, starts_on: NaiveDate) -> Result<NaiveDate, Fault> {
    let day = text(work, "heating.fee.due_month_day").await?;
    let of_year = format!("{}-{day}", starts_on.year()).parse();
    of_year.map_err(|_| Fault::internal(format!("no day of a month: {day}")))
}
