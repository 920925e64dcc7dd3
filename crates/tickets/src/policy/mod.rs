//! Deadline policies (时限策略, TK-03): dated sets of rules that say how long a ticket may take.
//!
//! A set is drafted, linted and activated; from its `valid_from` it is the one in force. Clocks keep the
//! set they started under.

pub mod commands;
mod defaults;
pub mod entity;
pub mod lint;
pub mod matching;
mod view;

use access::Actor;
use kernel::calendar::CalendarCode;
use kernel::fault::Fault;
use sea_orm::Condition;
use serde::{Deserialize, Serialize};
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::catalogue::{Kind, Severity};
pub use defaults::install_default;
use entity::{Column, Entity, Model, Status};
pub use matching::{Case, Explanation, best, find_match, in_force};
pub use view::SlaPolicySetView;

/// One rule of a set: whom it is for and how long each clock may run (TK-R15).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SlaPolicy)]
pub struct Policy {
    /// The lowest position whose conditions all hold wins.
    #[schema(minimum = 1, maximum = 9999)]
    pub position: i32,
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
    pub code: String,
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    #[serde(default)]
    pub conditions: Conditions,
    /// Urgent tickets may pause for few reasons only and are escalated further.
    #[serde(default)]
    pub urgent: bool,
    pub calendar_code: CalendarCode,
    #[schema(minimum = 1, maximum = 31_536_000)]
    pub handle_target_seconds: i64,
    pub stage_target_seconds: Option<StageTargets>,
    #[schema(minimum = 1, maximum = 31_536_000)]
    pub reply_target_seconds: i64,
    #[schema(minimum = 1, maximum = 31_536_000)]
    pub callback_target_seconds: i64,
}

/// What a ticket must be; an absent list means any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SlaPolicyConditions)]
pub struct Conditions {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 5)]
    pub kinds: Option<Vec<Kind>>,
    /// Each with everything below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 50)]
    pub category_codes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 3)]
    pub severities: Option<Vec<Severity>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 50)]
    pub channel_codes: Option<Vec<String>>,
    /// Each with everything below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 50)]
    pub org_unit_ids: Option<Vec<Uuid>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 50)]
    pub project_ids: Option<Vec<Uuid>>,
}

impl Conditions {
    /// Whether every ticket meets them.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The longest stay in one stage with one unit; an absent stage has no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SlaStageTargets)]
pub struct StageTargets {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 31_536_000)]
    pub registered: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 31_536_000)]
    pub assigned: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 31_536_000)]
    pub in_progress: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 31_536_000)]
    pub pending_approval: Option<i64>,
}

/// The one act on a set that changes its state.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.sla_policy_set",
    state: |it| it.row.status,
    moves: &[Move { action: "activate", from: &[Status::Draft], to: Some(Status::Active), guards: &[] }],
};

/// Policy sets as a resource (TK-03).
pub struct SlaPolicySet;

impl Resource for SlaPolicySet {
    type Entity = Entity;
    type Row = Model;
    type View = SlaPolicySetView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "sla_policy_set";
    const PATH: &'static str = "/v1/sla-policy-sets";
    const REMEMBERED: bool = true;

    fn visible_to(_actor: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-number")
            .code("status", Column::Status, Status::CODES)
            .by("number", Column::Number)
            .range("valid_from", Column::ValidFrom)
            .sort("number", Column::Number)
            .sort("valid_from", Column::ValidFrom)
            .sort("created_at", Column::CreatedAt)
    }
    fn placement(_row: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<SlaPolicySetView>, Fault> {
        view::of(at, rows).await
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}
