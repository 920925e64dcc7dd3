//! The row of a result: what a round of one item of one sample has come to.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::lab::decision::{Rule, State};
use crate::lab::item::Item;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "lab_result")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    /// None: written by an earlier version.
    pub number: Option<String>,
    pub sample_id: Uuid,
    pub item: Item,
    pub round: i32,
    pub method: String,
    pub state: State,
    pub rule: Option<Rule>,
    /// JSON array of the determinations the mean is of.
    pub used: String,
    /// The repeatability limit used, in units of the item's last decimal.
    pub t_units: Option<i64>,
    pub mean_units: Option<i64>,
    pub first_pair_pass: Option<bool>,
    /// When the last determination that counts was made.
    pub since: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
