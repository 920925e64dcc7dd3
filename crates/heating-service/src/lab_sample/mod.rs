//! Samples of coal and ash (煤样、灰渣样, HS-08): submitted with their origin, received and determined under a blind
//! code. What the analyst must not know (HS-R42) is kept from him here: in views, filters and, by the row, the journal.

pub mod commands;
pub mod entity;
pub mod review;
pub mod view;

use access::{Actor, JobRole};
use kernel::fault::{self, Fault};
use registers::external_ids;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, Value as DbValue};
use serde_json::Value;
use store::life_cycle::{self, Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};

use entity::{Column, Entity, Kind, Model, Status};
pub use view::LabSampleView;

/// The samples (HS-08).
pub struct LabSample;

/// Acts on a sample. What reporting and archiving need is told by its report.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.sample",
    state: |it| it.row.status,
    moves: &[
        Move { action: "receive", from: &[Status::Submitted], to: Some(Status::Received), guards: &[] },
        Move { action: "reject", from: &[Status::Submitted], to: Some(Status::Rejected), guards: &[] },
        Move {
            action: "determinations",
            from: &[Status::Received, Status::Testing],
            to: Some(Status::Testing),
            guards: &[],
        },
        Move { action: "review", from: &[Status::Averaged], to: Some(Status::Reviewed), guards: &[] },
        Move { action: "return", from: &[Status::Averaged], to: Some(Status::Testing), guards: &[] },
    ],
};

/// The permission of an act.
fn permission(action: &str) -> String {
    match action {
        "determinations" => "heating.determination:create",
        "review" | "return" => "heating.result:review",
        _ => "heating.sample:receive",
    }
    .to_owned()
}

/// Whether this caller works blind: he determines, and must not know what.
pub(crate) fn is_blind(actor: &Actor) -> bool {
    actor.is(JobRole::CoalAnalyst)
}

/// Refuses a filter that would tell a blind caller where a sample comes from, as if there were none.
fn sighted(at: &Reading, parameter: &str) -> Result<(), Fault> {
    match is_blind(at.actor()) {
        true => Err(Fault::new(&fault::UNKNOWN_PARAMETER).with("parameter", parameter)),
        false => Ok(()),
    }
}

fn instant(name: &str, text: &str) -> Result<DateTimeUtc, Fault> {
    list::instant(text).ok_or_else(|| Fault::new(&fault::INVALID_PARAMETER).with("parameter", name))
}

fn is(column: Column, value: impl Into<DbValue>) -> Condition {
    Condition::all().add(column.eq(value))
}

impl Resource for LabSample {
    type Entity = Entity;
    type Row = Model;
    type View = LabSampleView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "lab_sample";
    const PATH: &'static str = "/v1/lab-samples";
    const LASTING: bool = true;

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-submitted_at")
            .sort("submitted_at", Column::SubmittedAt)
            .sort("blind_code", Column::BlindCode)
            .by("blind_code", Column::BlindCode)
            .code("kind", Column::Kind, Kind::CODES)
            .code("status", Column::Status, Status::CODES)
            .custom("number", "string", |at, text| {
                sighted(at, "number")?;
                Ok(is(Column::SampleNumber, text))
            })
            .custom("station_id", "uuid", |at, text| {
                sighted(at, "station_id")?;
                Ok(is(Column::StationId, list::uuid("station_id", text)?))
            })
            .custom("supplier_id", "uuid", |at, text| {
                sighted(at, "supplier_id")?;
                Ok(is(Column::SupplierId, list::uuid("supplier_id", text)?))
            })
            .custom("received_at_gte", "date-time", |at, text| {
                sighted(at, "received_at_gte")?;
                Ok(Condition::all().add(Column::ReceivedAt.gte(instant("received_at_gte", text)?)))
            })
            .custom("received_at_lt", "date-time", |at, text| {
                sighted(at, "received_at_lt")?;
                Ok(Condition::all().add(Column::ReceivedAt.lt(instant("received_at_lt", text)?)))
            })
            .range("reviewed_at", Column::ReviewedAt)
            .custom("submitted_at_gte", "date-time", |at, text| {
                sighted(at, "submitted_at_gte")?;
                Ok(Condition::all().add(Column::SubmittedAt.gte(instant("submitted_at_gte", text)?)))
            })
            .custom("submitted_at_lt", "date-time", |at, text| {
                sighted(at, "submitted_at_lt")?;
                Ok(Condition::all().add(Column::SubmittedAt.lt(instant("submitted_at_lt", text)?)))
            })
    }
    /// Nowhere: a unit would tell the analyst the station.
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    fn said(row: &Model) -> Vec<(&'static str, Value)> {
        let mut said = vec![("blind_code", row.blind_code.clone().into())];
        if row.is_reported() {
            said.push(("number", row.sample_number.clone().into()));
        }
        said
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<LabSampleView>, Fault> {
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| {
            let keys = external.remove(&row.id).unwrap_or_default();
            view::of(at, row, keys)
        };
        rows.into_iter().map(view).collect()
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        let subject = Subject::of(at, row);
        let mut list = MOVES.allowed_under(permission, &subject, at.lang());
        if row.status == Status::Averaged && !is_blind(at.actor()) {
            for action in ["review", "return"] {
                let analysed = review::ensure_no_analyst(at, row).await;
                life_cycle::refuse_where(&mut list, action, analysed, at.lang())?;
            }
            let held = review::ensure_no_hold(at, row).await;
            life_cycle::refuse_where(&mut list, "review", held, at.lang())?;
        }
        Ok(Some(list))
    }
}
