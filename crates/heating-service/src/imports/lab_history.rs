//! Rows of the laboratory's history: one item of one sample, with its values in the order they were found. They go
//! through the commands of the laboratory, so limits, rounds and rules are those of the day.

use access::JobRole;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::external_ids::ExternalId;
use registers::locks;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use store::imports::{Applied, Cell, Column, ImportRow};
use store::{Resource, Work, resource};
use utoipa::ToSchema;

use super::{MANAGER, RUN, known_station};
use crate::determination::commands::{CreateDetermination, create};
use crate::determination::entity as determinations;
use crate::instrument::entity as instruments;
use crate::lab::exact::shown;
use crate::lab::item::Item;
use crate::lab_sample::LabSample;
use crate::lab_sample::commands::{ReceiveSample, SubmitSample, receive_at, submit_at};
use crate::lab_sample::entity::{Kind, Model};

/// The system old sample numbers belong to.
const SYSTEM: &str = "lab_history";

/// A row of `lab_history`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedLabHistory)]
pub struct LabHistoryRow {
    /// The number the sample had.
    #[schema(min_length = 1, max_length = 80)]
    sample: String,
    kind: Kind,
    #[schema(min_length = 1, max_length = 120)]
    sampling_place: String,
    #[schema(min_length = 1, max_length = 40)]
    station_code: Option<String>,
    #[schema(min_length = 1, max_length = 80)]
    batch: Option<String>,
    #[schema(min_length = 1, max_length = 40)]
    seal_no: String,
    mass_g: crate::lab::Grams,
    sampled_at: Timestamp,
    /// Everything the sample is determined for; what its kind is determined for when absent.
    items: Option<Vec<Item>>,
    item: Item,
    #[schema(min_length = 1, max_length = 60)]
    method: Option<String>,
    #[schema(min_items = 1, max_items = 4)]
    values: Vec<String>,
    #[schema(min_length = 1, max_length = 40)]
    instrument_number: String,
}

impl ImportRow for LabHistoryRow {
    const KIND: &'static str = "lab_history";
    const TITLE: (&'static str, &'static str) = ("化验历史", "History of the laboratory");
    const PERMISSION: &'static str = RUN;
    const ONLY: Option<&'static [JobRole]> = MANAGER;
    const COLUMNS: &'static [Column] = &[
        Column::text("sample", "原样品编号"),
        Column::text("kind", "样品类别"),
        Column::text("sampling_place", "采样地点"),
        Column::text("station_code", "站编号").or("station_id"),
        Column::text("batch", "批次"),
        Column::text("seal_no", "封签号"),
        Column::text("mass_g", "质量"),
        Column::new("sampled_at", "采样时间", Cell::Instant).or("at"),
        Column::new("items", "全部化验项目", Cell::Codes),
        Column::text("item", "化验项目"),
        Column::text("method", "方法"),
        Column::new("values", "测定值", Cell::List).or("value"),
        Column::text("instrument_number", "仪器编号").or("instrument_ids"),
    ];

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let key = ExternalId { system: SYSTEM.to_owned(), id: self.sample.clone() };
        let sample = match locks::known_as(work, LabSample::NAME, &key).await? {
            Some(id) => resource::find::<LabSample>(work, id).await?,
            None => self.enter(work, &key).await?,
        };
        let known = determinations::Entity::find()
            .filter(determinations::Column::SampleId.eq(sample.id))
            .filter(determinations::Column::Item.eq(self.item))
            .order_by_asc(determinations::Column::Round)
            .order_by_asc(determinations::Column::Seq)
            .all(&work.db())
            .await?;
        if !known.is_empty() {
            let same =
                known.iter().map(|row| shown(row.value_units, self.item.decimals())).eq(self.values.iter().cloned());
            return match same {
                true => Ok(Applied::unchanged(LabSample::NAME, sample.id)),
                false => Err(Fault::field("/values", "already_exists")),
            };
        }
        let instrument = self.instrument(work).await?;
        for value in &self.values {
            let input = CreateDetermination {
                item: self.item,
                method: self.method.clone(),
                value: Some(value.clone()),
                raw: None,
                instrument_ids: vec![instrument],
                at: Some(self.sampled_at),
            };
            create(work, sample.id, &input).await?;
        }
        Ok(Applied::changed(LabSample::NAME, sample.id))
    }
}

impl LabHistoryRow {
    async fn instrument(&self, work: &Work) -> Result<Uuid, Fault> {
        let found = instruments::Entity::find().filter(instruments::Column::Number.eq(&self.instrument_number));
        let found = found.one(&work.db()).await?;
        Ok(found.ok_or_else(|| Fault::field("/instrument_number", "not_found"))?.id)
    }

    /// Enters the sample as of the day it was taken, received as it was sent.
    async fn enter(&self, work: &Work, key: &ExternalId) -> Result<Model, Fault> {
        let station_id = match &self.station_code {
            Some(code) => Some(known_station(work, code).await?.id),
            None => None,
        };
        let input = SubmitSample {
            kind: self.kind,
            sampling_place: self.sampling_place.clone(),
            station_id,
            supplier_id: None,
            batch: self.batch.clone(),
            sampled_at: Some(self.sampled_at),
            sampled_by: None,
            seal_no: self.seal_no.clone(),
            mass_g: self.mass_g,
            items: self.items.clone(),
            external_ids: vec![key.clone()],
        };
        let row = submit_at(work, &input, self.sampled_at.0).await?;
        let received = ReceiveSample { seal_no: self.seal_no.clone(), mass_g: self.mass_g };
        receive_at(work, row.id, &received, self.sampled_at.0).await
    }
}
