//! Outreach campaigns (客户关怀与营销活动, TK-14): drafted, approved by another person, started; the recipients
//! are frozen at the start.

mod audience;
mod commands;
pub mod entity;
pub mod recipients;
mod running;

use access::{Actor, JobRole, groups};
use kernel::fault::{ABOVE_AUTHORITY, Fault, INVALID_PARAMETER, SEPARATION_OF_DUTIES};
use kernel::time::Timestamp;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::audience::Audience;
use crate::delivery;
use crate::message_template::MessageValues;
use crate::scope;
pub use audience::{CampaignAudience, CampaignRecipient, audience};
pub use commands::{CampaignFields, CreateCampaign, approve, create, update};
use entity::{Column, Entity, Kind, Model, Status};
pub use running::{cancel, pause, resume, start, tell_finished};

/// The campaigns resource.
pub struct OutreachCampaign;

/// Acts on a campaign.
const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.outreach_campaign",
    state: |it| it.row.status,
    moves: &[
        Move { action: "update", from: &[Status::Draft], to: None, guards: &[] },
        Move {
            action: "approve",
            from: &[Status::Draft],
            to: Some(Status::Approved),
            guards: &[approver_of_its_kind, not_author],
        },
        Move { action: "start", from: &[Status::Approved], to: Some(Status::Running), guards: &[author_or_lead] },
        Move { action: "pause", from: &[Status::Running], to: Some(Status::Paused), guards: &[author_or_lead] },
        Move { action: "resume", from: &[Status::Paused], to: Some(Status::Running), guards: &[author_or_lead] },
        Move {
            action: "cancel",
            from: &[Status::Draft, Status::Approved, Status::Running, Status::Paused],
            to: Some(Status::Cancelled),
            guards: &[author_or_lead],
        },
    ],
};

fn not_author(it: &Subject<'_, Model>) -> Result<(), Fault> {
    let (author, editor) = (it.row.created_by, it.row.edited_by);
    match it.actor.persons().any(|person| person == author || Some(person) == editor) {
        true => Err(Fault::new(&SEPARATION_OF_DUTIES).rule("TK-R36").with("first", "create").with("second", "approve")),
        false => Ok(()),
    }
}

/// Promotions are the marketing director's, everything else the desk's heads'.
fn approver_of_its_kind(it: &Subject<'_, Model>) -> Result<(), Fault> {
    let marketing = it.actor.is(JobRole::MarketingDirector);
    match marketing == (it.row.kind == Kind::Promotion) {
        true => Ok(()),
        false => Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "kind")),
    }
}

fn author_or_lead(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match it.actor.is_any(groups::LEAD) || it.actor.persons().any(|person| person == it.row.created_by) {
        true => Ok(()),
        false => Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "not_author")),
    }
}

/// A campaign as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutreachCampaignView {
    pub id: Uuid,
    pub version: i32,
    pub number: String,
    pub name: String,
    pub kind: Kind,
    pub audience: Audience,
    pub template_code: String,
    /// The revision it was approved with.
    pub template_id: Option<Uuid>,
    /// Values of the template that come from the campaign.
    pub values: MessageValues,
    pub document_ids: Vec<Uuid>,
    pub planned_at: Option<Timestamp>,
    pub status: Status,
    pub approved_at: Option<Timestamp>,
    pub approved_by: Option<Uuid>,
    pub started_at: Option<Timestamp>,
    pub org_unit_id: Option<Uuid>,
    pub created_at: Timestamp,
    pub created_by: Uuid,
}

fn read<T: serde::de::DeserializeOwned + Default>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_default()
}

impl Resource for OutreachCampaign {
    type Entity = Entity;
    type Row = Model;
    type View = OutreachCampaignView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "outreach_campaign";
    const PATH: &'static str = "/v1/outreach-campaigns";

    /// Those of the caller's units and his own; the marketing director judges the promotions of every unit.
    fn visible_to(actor: &Actor) -> Condition {
        let mine = scope::of_units(actor, Column::OrgUnitId, &[Column::CreatedBy]);
        match actor.is(JobRole::MarketingDirector) {
            true => Condition::any().add(mine).add(Column::Kind.eq(Kind::Promotion)),
            false => mine,
        }
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .sort("created_at", Column::CreatedAt)
            .sort("number", Column::Number)
            .by("number", Column::Number)
            .code("kind", Column::Kind, Kind::CODES)
            .by("template_code", Column::TemplateCode)
            .range("started_at", Column::StartedAt)
            .custom("status", "string", in_status)
    }

    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: row.org_unit_id, ..Placement::default() }
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<OutreachCampaignView>, Fault> {
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            views.push(OutreachCampaignView {
                status: status(at, &row).await?,
                audience: read(&row.audience),
                values: read(&row.filled),
                document_ids: read(&row.document_ids),
                id: row.id,
                version: row.version,
                number: row.number,
                name: row.name,
                kind: row.kind,
                template_code: row.template_code,
                template_id: row.template_id,
                planned_at: row.planned_at.map(Timestamp::from),
                approved_at: row.approved_at.map(Timestamp::from),
                approved_by: row.approved_by,
                started_at: row.started_at.map(Timestamp::from),
                org_unit_id: row.org_unit_id,
                created_at: row.created_at.into(),
                created_by: row.created_by,
            });
        }
        Ok(views)
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        let row = &standing(at, row).await?;
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

/// The status now: finished when a running campaign has nothing left to send or to call.
pub(crate) async fn status(at: &Reading, row: &Model) -> Result<Status, Fault> {
    let over = row.status == Status::Running && !delivery::is_left(at, row.id).await?;
    Ok(if over { Status::Finished } else { row.status })
}

/// A campaign in the status it has now.
async fn standing(at: &Reading, row: &Model) -> Result<Model, Fault> {
    Ok(Model { status: status(at, row).await?, ..row.clone() })
}

/// Running and finished are told apart by the deliveries.
fn in_status(_: &Reading, text: &str) -> Result<Condition, Fault> {
    let mut any = Condition::any();
    for code in text.split(',') {
        let running = Condition::all().add(Column::Status.eq(Status::Running));
        any = any.add(match code {
            "draft" => Condition::all().add(Column::Status.eq(Status::Draft)),
            "approved" => Condition::all().add(Column::Status.eq(Status::Approved)),
            "running" => running.add(Column::Id.in_subquery(delivery::campaigns_with_some_left())),
            "finished" => running.add(Column::Id.not_in_subquery(delivery::campaigns_with_some_left())),
            "paused" => Condition::all().add(Column::Status.eq(Status::Paused)),
            "cancelled" => Condition::all().add(Column::Status.eq(Status::Cancelled)),
            _ => return Err(Fault::new(&INVALID_PARAMETER).with("parameter", "status")),
        });
    }
    Ok(any)
}
