//! Violations (违规记录, TK-15): recorded by one person, decided by another, neither the person himself.

pub mod commands;
pub mod entity;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::{ABOVE_AUTHORITY, Fault, SEPARATION_OF_DUTIES};
use kernel::money::Money;
use kernel::time::Timestamp;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::people_record;
use entity::{Column, Entity, Model, Status};

/// The violations resource.
pub struct Violation;

const OPEN: &[Status] = &[Status::Recorded, Status::Disputed];

/// Acts on a violation.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.violation",
    state: |it| it.row.status,
    moves: &[
        Move { action: "dispute", from: &[Status::Recorded], to: Some(Status::Disputed), guards: &[himself] },
        Move { action: "confirm", from: OPEN, to: Some(Status::Confirmed), guards: &[uninvolved] },
        Move { action: "drop", from: OPEN, to: Some(Status::Dropped), guards: &[uninvolved] },
    ],
};

fn is(it: &Subject<'_, Model>, person: Uuid) -> bool {
    it.actor.persons().any(|each| each == person)
}

fn himself(it: &Subject<'_, Model>) -> Result<(), Fault> {
    if is(it, it.row.staff_id) { Ok(()) } else { Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "not_the_person")) }
}

fn uninvolved(it: &Subject<'_, Model>) -> Result<(), Fault> {
    let first = match (is(it, it.row.created_by), is(it, it.row.staff_id)) {
        (true, _) => "record",
        (_, true) => "violate",
        _ => return Ok(()),
    };
    Err(Fault::new(&SEPARATION_OF_DUTIES).rule("TK-R36").with("first", first).with("second", "decide"))
}

/// A violation as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ViolationView {
    pub id: Uuid,
    pub version: i32,
    pub staff_id: Uuid,
    pub org_unit_id: Option<Uuid>,
    pub rule_code: String,
    /// Of the rule as valid on the day.
    pub penalty: Money,
    pub occurred_on: NaiveDate,
    pub evidence: String,
    pub document_ids: Vec<Uuid>,
    pub status: Status,
    pub dispute_text: Option<String>,
    pub decided_by: Option<Uuid>,
    pub decision_reason: Option<String>,
    /// The published assessment that counted it.
    pub assessment_id: Option<Uuid>,
    pub created_at: Timestamp,
    pub created_by: Uuid,
}

impl Resource for Violation {
    type Entity = Entity;
    type Row = Model;
    type View = ViolationView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "violation";
    const PATH: &'static str = "/v1/violations";

    /// As records about people, and what one recorded.
    fn visible_to(actor: &Actor) -> Condition {
        Condition::any()
            .add(people_record::visible(actor, Column::OrgUnitId, Column::StaffId))
            .add(Column::CreatedBy.is_in(actor.persons()))
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-occurred_on")
            .by("staff_id", Column::StaffId)
            .by("rule_code", Column::RuleCode)
            .by("assessment_id", Column::AssessmentId)
            .code("status", Column::Status, Status::CODES)
            .range("occurred_on", Column::OccurredOn)
            .custom("month", "string", |_, value| {
                let month = list::month("month", value)?;
                Ok(Condition::all().add(Column::OccurredOn.between(month.first_day(), month.last_day())))
            })
            .sort("occurred_on", Column::OccurredOn)
            .sort("created_at", Column::CreatedAt)
    }

    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: row.org_unit_id, ..Placement::default() }
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<ViolationView>, Fault> {
        let view = |row: Model| {
            Ok(ViolationView {
                penalty: Money::from_fen(row.penalty_fen).map_err(Fault::internal)?,
                document_ids: serde_json::from_str(&row.document_ids).unwrap_or_default(),
                id: row.id,
                version: row.version,
                staff_id: row.staff_id,
                org_unit_id: row.org_unit_id,
                rule_code: row.rule_code,
                occurred_on: row.occurred_on,
                evidence: row.evidence,
                status: row.status,
                dispute_text: row.dispute_text,
                decided_by: row.decided_by,
                decision_reason: row.decision_reason,
                assessment_id: row.assessment_id,
                created_at: row.created_at.into(),
                created_by: row.created_by,
            })
        };
        rows.into_iter().map(view).collect()
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}
