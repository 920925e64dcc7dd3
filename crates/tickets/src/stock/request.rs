//! Part requests (配件申领): an outlet or team asks, the clerk approves, the warehouse gives.

use access::Actor;
use kernel::fault::{ABOVE_AUTHORITY, Fault, FieldErrors};
use kernel::fixed::{Quantity, Stock};
use kernel::ids;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::acts::{BareAct, ReasonedAct};
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::location::{Location, LocationKind, known_or_own};
use crate::repair_order::json;
use crate::ticket::entity::json_list;
use crate::{outlet, part};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "part_request")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub status: Status,
    pub location_kind: LocationKind,
    pub location_ref: Option<Uuid>,
    /// JSON of [`RequestLine`]s.
    pub lines: String,
    pub submitted_by: Option<Uuid>,
    pub approved_by: Option<Uuid>,
    pub refuse_reason: Option<String>,
    pub received_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a request stands (申领状态).
#[codes::code(name = "PartRequestStatus")]
pub enum Status {
    /// 草稿
    Draft,
    /// 已提交
    Submitted,
    /// 已批准
    Approved,
    /// 已拒绝
    Refused,
    /// 部分发放
    PartlyIssued,
    /// 已发放
    Issued,
    /// 已签收
    Received,
}

/// A part asked for, granted, given; in the part's unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = PartRequestLine)]
pub struct RequestLine {
    pub part_id: Uuid,
    pub requested: Quantity,
    pub approved: Option<Stock>,
    pub issued: Stock,
}

impl Model {
    /// Who asked.
    pub fn location(&self) -> Location {
        Location { kind: self.location_kind, reference: self.location_ref }
    }
}

/// The part requests (TK-R33).
pub struct PartRequest;

/// A part request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartRequestView {
    pub id: Uuid,
    pub version: i32,
    /// `PR-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub created_by: Uuid,
    pub status: Status,
    pub location: Location,
    pub lines: Vec<RequestLine>,
    pub submitted_by: Option<Uuid>,
    pub approved_by: Option<Uuid>,
    pub refuse_reason: Option<String>,
    pub received_at: Option<Timestamp>,
}

/// Acts on a request.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.part_request",
    state: |it| it.row.status,
    moves: &[
        Move { action: "submit", from: &[Status::Draft], to: Some(Status::Submitted), guards: &[] },
        Move { action: "approve", from: &[Status::Submitted], to: Some(Status::Approved), guards: &[] },
        Move { action: "refuse", from: &[Status::Submitted], to: Some(Status::Refused), guards: &[] },
        Move { action: "issue", from: &[Status::Approved, Status::PartlyIssued], to: None, guards: &[] },
        Move { action: "receive", from: &[Status::Issued], to: Some(Status::Received), guards: &[requester] },
    ],
};

fn requester(it: &Subject<'_, Model>) -> Result<(), Fault> {
    let own = it.actor.persons().any(|person| person == it.row.created_by || Some(person) == it.row.submitted_by);
    let team = it.row.location_kind == LocationKind::Team
        && it.row.location_ref.is_some_and(|unit| it.actor.scope.org_unit_ids.contains(&unit));
    // Whoever acts for an outlet sees no request but its own.
    let outlet = it.row.location_kind == LocationKind::Outlet && it.actor.is(access::JobRole::ServiceOutlet);
    if own || team || outlet { Ok(()) } else { Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "not_requester")) }
}

impl Resource for PartRequest {
    type Entity = Entity;
    type Row = Model;
    type View = PartRequestView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "part_request";
    const PATH: &'static str = "/v1/part-requests";

    fn visible_to(actor: &Actor) -> Condition {
        known_or_own(actor, Column::LocationKind, Column::LocationRef, Column::CreatedBy)
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .code("status", Column::Status, Status::CODES)
            .by("outlet_id", Column::LocationRef)
            .range("created_at", Column::CreatedAt)
            .sort("created_at", Column::CreatedAt)
            .by("number", Column::Number)
            .sort("number", Column::Number)
    }
    fn placement(row: &Model) -> Placement {
        let unit = row.location_ref.filter(|_| row.location_kind == LocationKind::Team);
        Placement { org_unit_id: unit, ..Placement::default() }
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<PartRequestView>, Fault> {
        let view = |row: Model| PartRequestView {
            location: row.location(),
            id: row.id,
            version: row.version,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
            created_by: row.created_by,
            status: row.status,
            lines: json_list(&row.lines),
            submitted_by: row.submitted_by,
            approved_by: row.approved_by,
            refuse_reason: row.refuse_reason,
            received_at: row.received_at.map(Timestamp::from),
            number: row.number,
        };
        Ok(rows.into_iter().map(view).collect())
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

/// What an outlet or team asks for.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreatePartRequest {
    /// An outlet or a team.
    pub location: Location,
    #[schema(min_items = 1, max_items = 200)]
    pub lines: Vec<NewRequestLine>,
}

/// How much of a part is asked for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPartRequestLine)]
pub struct NewRequestLine {
    pub part_id: Uuid,
    pub requested: Quantity,
}

/// What is granted; parts not named get what was asked for.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ApprovePartRequest {
    #[serde(default)]
    #[schema(max_items = 200)]
    pub lines: Vec<ApprovedLine>,
}

/// How much of a part is granted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ApprovedPartRequestLine)]
pub struct ApprovedLine {
    pub part_id: Uuid,
    /// Zero to as much as was asked for.
    pub approved: Stock,
}

/// Drafts a request for one's own outlet or team.
pub async fn create(work: &Work, input: &CreatePartRequest) -> Result<Model, Fault> {
    if !matches!(input.location.kind, LocationKind::Outlet | LocationKind::Team) {
        return Err(Fault::field("/location/kind", "location_invalid"));
    }
    input.location.check(work, "/location").await?;
    let own = input.location.kind == LocationKind::Outlet
        || outlet::is_central(work.actor())
        || input.location.reference.is_some_and(|unit| work.actor().scope.org_unit_ids.contains(&unit));
    if !own {
        return Err(Fault::field("/location/ref", "not_found"));
    }
    let mut lines: Vec<RequestLine> = Vec::new();
    for (n, line) in input.lines.iter().enumerate() {
        part::named(work, line.part_id, &format!("/lines/{n}/part_id")).await?;
        if lines.iter().any(|known| known.part_id == line.part_id) {
            return Err(Fault::field(format!("/lines/{n}/part_id"), "repeated_items"));
        }
        let issued = Stock::from_units(0).map_err(Fault::internal)?;
        lines.push(RequestLine { part_id: line.part_id, requested: line.requested, approved: None, issued });
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "PR").await?),
        status: Set(Status::Draft),
        location_kind: Set(input.location.kind),
        location_ref: Set(input.location.reference),
        lines: Set(json(&lines)?),
        submitted_by: Set(None),
        approved_by: Set(None),
        refuse_reason: Set(None),
        received_at: Set(None),
    };
    work.create::<PartRequest>(row, |fact| fact, "created").await
}

async fn begin(work: &Work, id: Uuid, action: &str) -> Result<(Model, ActiveModel, Vec<RequestLine>), Fault> {
    begin_judged(work, id, action, |_| Ok(())).await
}

/// As [`begin`], for a body with rules of its own: what is wrong in it is told before the state.
pub(super) async fn begin_judged(
    work: &Work,
    id: Uuid,
    action: &str,
    judge: impl FnOnce(&Model) -> Result<(), Fault>,
) -> Result<(Model, ActiveModel, Vec<RequestLine>), Fault> {
    let (row, to) = MOVES.begin_judged::<PartRequest>(work, id, action, judge).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    let lines = json_list(&row.lines);
    Ok((row, change, lines))
}

/// Hands a request in.
pub async fn submit(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, mut change, _) = begin(work, id, "submit").await?;
    change.submitted_by = Set(Some(work.actor().sub));
    work.change::<PartRequest>(&row, change, "submitted", |fact| fact).await
}

/// Each part of the request once, nothing to as much as was asked for.
fn check(row: &Model, input: &ApprovePartRequest) -> Result<(), Fault> {
    let lines: Vec<RequestLine> = json_list(&row.lines);
    let mut errors = FieldErrors::default();
    for (n, granted) in input.lines.iter().enumerate() {
        let repeated = input.lines[..n].iter().any(|other| other.part_id == granted.part_id);
        let asked = lines.iter().find(|line| line.part_id == granted.part_id);
        let most = asked.map_or(i64::MAX, |line| line.requested.units());
        errors
            .add_if(repeated, &format!("/lines/{n}/part_id"), "repeated_items")
            .add_if(asked.is_none(), &format!("/lines/{n}/part_id"), "not_found")
            .add_if(!(0..=most).contains(&granted.approved.units()), &format!("/lines/{n}/approved"), "out_of_range");
    }
    errors.finish()
}

/// Grants a request, whole or in part.
pub async fn approve(work: &Work, id: Uuid, input: &ApprovePartRequest) -> Result<Model, Fault> {
    let (row, mut change, mut lines) = begin_judged(work, id, "approve", |row| check(row, input)).await?;
    for line in &mut lines {
        let granted = input.lines.iter().find(|granted| granted.part_id == line.part_id);
        let all = Stock::from_units(line.requested.units()).map_err(Fault::internal)?;
        line.approved = Some(granted.map_or(all, |granted| granted.approved));
    }
    change.lines = Set(json(&lines)?);
    change.approved_by = Set(Some(work.actor().sub));
    work.change::<PartRequest>(&row, change, "approved", |fact| fact).await
}

/// Refuses a request.
pub async fn refuse(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let (row, mut change, _) = begin(work, id, "refuse").await?;
    change.refuse_reason = Set(Some(input.reason.clone()));
    work.change::<PartRequest>(&row, change, "refused", |fact| fact.reason(input.reason.as_str())).await
}

/// Confirms that the parts arrived.
pub async fn receive(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, mut change, _) = begin(work, id, "receive").await?;
    change.received_at = Set(Some(work.now));
    work.change::<PartRequest>(&row, change, "received", |fact| fact).await
}
