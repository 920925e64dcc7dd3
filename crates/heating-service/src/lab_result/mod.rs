//! Results (化验结果, HS-08): derived from the determinations of a round, kept with the limit that was used.

pub mod computing;
pub mod entity;

use std::collections::BTreeMap;

use access::{Actor, JobRole};
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::external_ids::ExternalId;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, QueryOrder};
use serde::Serialize;
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::lab::decision::{Rule, State};
use crate::lab::exact::shown;
use crate::lab::item::Item;
use crate::lab_sample::entity as samples;
use crate::temperature::entity::json_list;
use entity::{Column, Entity, Model};

/// The results (HS-08).
pub struct LabResult;

/// What a round of an item has come to. Figures have the decimals of their item.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LabResultView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub sample_id: Uuid,
    pub item: Item,
    /// From 1; a discarded or returned item begins another.
    pub round: i32,
    pub method: String,
    pub state: State,
    pub rule: Option<Rule>,
    /// The determinations the mean is of.
    pub used: Vec<Uuid>,
    /// The repeatability limit used.
    #[serde(rename = "T")]
    pub t: Option<String>,
    pub mean: Option<String>,
    /// Whether the first two agree; null while one is missing.
    pub first_pair_pass: Option<bool>,
    /// Empty: no other system enters them.
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for LabResult {
    type Entity = Entity;
    type Row = Model;
    type View = LabResultView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "lab_result";
    const PATH: &'static str = "/v1/lab-results";

    /// A sampler knows the results of what is reported (HS-R42).
    fn visible_to(actor: &Actor) -> Condition {
        if !actor.is(JobRole::CoalSampler) {
            return Condition::all();
        }
        let reported = Query::select()
            .column(samples::Column::Id)
            .from(samples::Entity)
            .and_where(samples::Column::Status.is_in([samples::Status::Reported, samples::Status::Archived]))
            .to_owned();
        Condition::all().add(Column::SampleId.in_subquery(reported))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("created_at")
            .sort("created_at", Column::CreatedAt)
            .by("number", Column::Number)
            .by("sample_id", Column::SampleId)
            .code("item", Column::Item, Item::CODES)
            .code("state", Column::State, State::CODES)
            .by("round", Column::Round)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<LabResultView>, Fault> {
        let view = |row: Model| LabResultView {
            external_ids: Vec::new(),
            used: json_list(&row.used),
            t: row.t_units.map(|units| shown(units, row.item.decimals())),
            mean: row.mean_units.map(|units| shown(units, row.item.decimals())),
            id: row.id,
            version: row.version,
            number: row.number,
            sample_id: row.sample_id,
            item: row.item,
            round: row.round,
            method: row.method,
            state: row.state,
            rule: row.rule,
            first_pair_pass: row.first_pair_pass,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

/// That no later round of the item was begun: what is missing of an earlier one is not waited for.
pub(crate) fn of_last_round() -> Condition {
    Condition::all().add(Expr::cust(
        "NOT EXISTS (SELECT 1 FROM lab_result AS later WHERE later.sample_id = lab_result.sample_id \
         AND later.item = lab_result.item AND later.round > lab_result.round)",
    ))
}

/// The latest round of each item of a sample.
pub(crate) async fn latest(at: &Reading, sample_id: Uuid) -> Result<BTreeMap<Item, Model>, Fault> {
    let rows = Entity::find().filter(Column::SampleId.eq(sample_id)).order_by_asc(Column::Round).all(&at.db()).await?;
    Ok(rows.into_iter().map(|row| (row.item, row)).collect())
}
