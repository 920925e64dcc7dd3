//! Rectifications (整改, HS-07): what failed at a station, put right by it and verified by another.

pub mod commands;
pub mod entity;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::{Fault, SEPARATION_OF_DUTIES};
use kernel::time::{Month, Timestamp, business_day};
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::evaluation::{Evaluation, entity as evaluations};
use crate::scope;
use crate::station::HeatingStation;
use crate::temperature::entity::json_list;
use entity::{Column, Entity, Model, Status};

/// The rectifications (HS-07).
pub struct Rectification;

/// Acts on a rectification.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.rectification",
    state: |it| it.row.status,
    moves: &[
        Move { action: "done", from: &[Status::Open], to: Some(Status::Done), guards: &[] },
        Move { action: "verify", from: &[Status::Done], to: None, guards: &[not_its_doer] },
    ],
};

/// The permission of an act.
fn permission(action: &str) -> String {
    format!("heating.rectification:{}", if action == "done" { "do" } else { action })
}

fn not_its_doer(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match it.actor.persons().any(|person| Some(person) == it.row.done_by) {
        true => Err(Fault::new(&SEPARATION_OF_DUTIES).with("first", "do").with("second", "verify")),
        false => Ok(()),
    }
}

/// Something a station has to put right.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RectificationView {
    pub id: Uuid,
    pub version: i32,
    /// `ZG-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub evaluation_id: Option<Uuid>,
    pub station_id: Uuid,
    /// Code of the item that failed.
    pub item: String,
    pub text: String,
    pub due_on: NaiveDate,
    pub status: Status,
    pub photos: Vec<Uuid>,
    pub done_note: Option<String>,
    pub done_by: Option<Uuid>,
    pub done_at: Option<Timestamp>,
    pub verified_by: Option<Uuid>,
    pub verified_at: Option<Timestamp>,
    /// Why it was not accepted the last time.
    pub refusal: Option<String>,
    pub ticket_id: Option<Uuid>,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for Rectification {
    type Entity = Entity;
    type Row = Model;
    type View = RectificationView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "rectification";
    const PATH: &'static str = "/v1/rectifications";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_station(actor, Column::StationId, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::of_station(at.actor(), Column::StationId, scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("due_on")
            .sort("due_on", Column::DueOn)
            .sort("number", Column::Number)
            .by("number", Column::Number)
            .by("evaluation_id", Column::EvaluationId)
            .by("station_id", Column::StationId)
            .by("ticket_id", Column::TicketId)
            .by("item", Column::Item)
            .code("status", Column::Status, Status::CODES)
            .range("due_on", Column::DueOn)
            .custom("month", "string", |_, text| {
                let months = list::months("month", text)?;
                let of_month = Query::select()
                    .column(evaluations::Column::Id)
                    .from(evaluations::Entity)
                    .and_where(evaluations::Column::Month.is_in(months.iter().map(Month::to_string)))
                    .to_owned();
                Ok(Condition::all().add(Column::EvaluationId.in_subquery(of_month)))
            })
            .custom("overdue", "boolean", |at, text| {
                let late =
                    Condition::all().add(Column::Status.eq(Status::Open)).add(Column::DueOn.lt(business_day(at.now)));
                Ok(if list::truth("overdue", text)? { late } else { late.not() })
            })
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<RectificationView>, Fault> {
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| RectificationView {
            external_ids: external.remove(&row.id).unwrap_or_default(),
            photos: json_list(&row.photos),
            id: row.id,
            version: row.version,
            number: row.number,
            evaluation_id: row.evaluation_id,
            station_id: row.station_id,
            item: row.item,
            text: row.text,
            due_on: row.due_on,
            status: row.status,
            done_note: row.done_note,
            done_by: row.done_by,
            done_at: row.done_at.map(Timestamp::from),
            verified_by: row.verified_by,
            verified_at: row.verified_at.map(Timestamp::from),
            refusal: row.refusal,
            ticket_id: row.ticket_id,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
    fn expansions() -> Vec<Expansion> {
        vec![
            Expansion::one::<Evaluation>("evaluation", "evaluation_id"),
            Expansion::one::<HeatingStation>("station", "station_id"),
        ]
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed_under(permission, &Subject::of(at, row), at.lang())))
    }
}
