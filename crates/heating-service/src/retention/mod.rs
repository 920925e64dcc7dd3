//! What is kept of a sample (存查样, HS-08), and until when.

pub mod commands;
pub mod entity;

use std::collections::HashMap;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::{Timestamp, business_day};
use registers::external_ids::ExternalId;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::lab::Grams;
use crate::lab_sample::entity as samples;
use crate::lab_sample::view::grams;
use crate::problems::RETENTION_RUNNING;
use entity::{Column, Entity, Model, Status};

/// The retained samples (HS-08).
pub struct RetentionSample;

/// Acts on a retained sample.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.retention",
    state: |it| it.row.status(),
    moves: &[Move {
        action: "dispose",
        from: &[Status::Stored],
        to: Some(Status::Disposed),
        guards: &[its_days_are_over],
    }],
};

/// What is kept is kept for its days.
fn its_days_are_over(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match business_day(it.now) < it.row.keep_until {
        true => Err(Fault::new(&RETENTION_RUNNING).with("keep_until", it.row.keep_until.to_string())),
        false => Ok(()),
    }
}

/// What is kept of a sample.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RetentionSampleView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub sample_id: Uuid,
    pub blind_code: String,
    pub mass_g: Grams,
    pub place: String,
    pub stored_at: Timestamp,
    /// From this day on it may be thrown away.
    pub keep_until: NaiveDate,
    pub status: Status,
    pub disposed_at: Option<Timestamp>,
    pub disposed_by: Option<Uuid>,
    /// Empty: no other system enters them.
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for RetentionSample {
    type Entity = Entity;
    type Row = Model;
    type View = RetentionSampleView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "retention_sample";
    const PATH: &'static str = "/v1/retention-samples";
    const LASTING: bool = true;

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("keep_until")
            .sort("keep_until", Column::KeepUntil)
            .sort("created_at", Column::CreatedAt)
            .by("number", Column::Number)
            .by("sample_id", Column::SampleId)
            .range("keep_until", Column::KeepUntil)
            .custom("disposed", "boolean", |_, text| {
                let disposed = list::truth("disposed", text)?;
                let test = if disposed { Column::DisposedAt.is_not_null() } else { Column::DisposedAt.is_null() };
                Ok(Condition::all().add(test))
            })
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<RetentionSampleView>, Fault> {
        let codes = blind_codes(at, rows.iter().map(|row| row.sample_id)).await?;
        let view = |row: Model| {
            Ok(RetentionSampleView {
                external_ids: Vec::new(),
                blind_code: codes.get(&row.sample_id).cloned().unwrap_or_default(),
                mass_g: grams(row.mass_cg)?,
                status: row.status(),
                id: row.id,
                version: row.version,
                number: row.number,
                sample_id: row.sample_id,
                place: row.place,
                stored_at: row.stored_at.into(),
                keep_until: row.keep_until,
                disposed_at: row.disposed_at.map(Timestamp::from),
                disposed_by: row.disposed_by,
                created_at: row.created_at.into(),
                updated_at: row.updated_at.into(),
            })
        };
        rows.into_iter().map(view).collect()
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        let subject = Subject::of(at, row);
        let permission = |_: &str| "heating.retention:work".to_owned();
        Ok(Some(MOVES.allowed_under(permission, &subject, at.lang())))
    }
}

/// The blind codes of samples.
pub(crate) async fn blind_codes(
    at: &Reading,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, String>, Fault> {
    let rows = samples::Entity::find().filter(samples::Column::Id.is_in(ids)).all(&at.db()).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.blind_code)).collect())
}
