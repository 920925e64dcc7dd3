//! One approval of one subject: whose turn it is, who signed, and what became of it.

use access::Actor;
use access::JobRole;
use kernel::fault::{self, Fault};
use kernel::ids;
use kernel::money::Money;
use kernel::time::{self, Timestamp};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, LockType, Query, SelectStatement, SimpleExpr};
use sea_orm::{Condition, EnumIter, IntoActiveModel, QueryOrder, QuerySelect, Set};
use serde::Serialize;
use store::journal::Fact;
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work};
use utoipa::ToSchema;

use crate::route::{self, Step};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "approval")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub subject_kind: String,
    pub resource: String,
    pub resource_id: Uuid,
    pub subject_version: i32,
    /// Where a decision is made: `POST` to it.
    pub decide_path: String,
    pub status: Status,
    /// Index of the open step.
    pub step: i32,
    /// JSON array of the steps that hold for this subject, as they were when it started.
    pub steps: String,
    /// `,role,role,` of the open step; empty when ended.
    pub next_roles: String,
    pub applicant_id: Uuid,
    /// JSON array of persons who may not decide the open step.
    pub excluded: String,
    /// JSON array: the applicant, and whom he stood in for.
    pub applicants: String,
    /// JSON array of persons who took part in the subject before.
    pub earlier_actors: String,
    pub org_unit_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// What became of an approval.
#[codes::code(name = "ApprovalStatus")]
pub enum Status {
    /// 审批中
    Open,
    /// 已批准
    Approved,
    /// 未批准
    Rejected,
    /// 已作废: an edit or a reopening voided the signatures.
    Cleared,
}

pub mod decision {
    //! One signature.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "approval_decision")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub approval_id: Uuid,
        pub step: i32,
        pub step_code: String,
        pub actor_id: Uuid,
        pub actor_role: String,
        pub on_behalf_of: Option<Uuid>,
        pub decision: String,
        pub comment: Option<String>,
        pub subject_version: i32,
        pub at: DateTimeUtc,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// What is to be approved.
pub struct Subject<'a> {
    /// Names the route: `ticket_opinion`.
    pub kind: &'a str,
    pub resource: &'a str,
    pub id: Uuid,
    pub version: i32,
    pub decide_path: String,
    /// Decide which steps are asked for.
    pub flags: Vec<&'a str>,
    /// Persons who took part before; they decide no step that excludes earlier actors.
    pub excluded: Vec<Uuid>,
    pub placement: Placement,
}

/// What the caller says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Approve,
    Reject,
}

impl Decision {
    fn code(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
        }
    }
}

/// What a decision led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    /// The next step waits.
    NextStep,
    Approved,
    Rejected,
}

fn role_list(steps: &[Step], step: usize) -> String {
    steps.get(step).map(|step| format!(",{},", step.roles.join(","))).unwrap_or_default()
}

/// Who may not decide a step: the applicant, who signed already, and who took part before where the step says so.
fn excluded(step: Option<&Step>, applicants: &[Uuid], signed: &[Uuid], earlier: &[Uuid]) -> Result<String, Fault> {
    let earlier = if step.is_none_or(|step| step.excludes_earlier_actors) { earlier } else { &[] };
    let mut persons = [applicants, signed, earlier].concat();
    persons.sort();
    persons.dedup();
    json(&persons)
}

fn json(value: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(Fault::internal)
}

fn persons(text: &str) -> Result<Vec<Uuid>, Fault> {
    serde_json::from_str(text).map_err(Fault::internal)
}

/// Starts an approval; one that still runs for the subject is cleared.
///
/// # Errors
/// 409 `no_step_asked` when the route asks for no step.
pub async fn start(work: &Work, subject: Subject<'_>) -> Result<Model, Fault> {
    start_for(work, subject, Money::default()).await
}

/// As [`start`], for a subject with an amount that conditions of the route look at.
pub async fn start_for(work: &Work, subject: Subject<'_>, amount: Money) -> Result<Model, Fault> {
    clear(work, subject.resource, subject.id, "superseded").await?;
    let today = time::business_day(work.now);
    let steps = route::steps(work, subject.kind, today, amount, &subject.flags).await?;
    let applicants: Vec<Uuid> = work.actor().persons().collect();
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
        subject_kind: Set(subject.kind.to_owned()),
        resource: Set(subject.resource.to_owned()),
        resource_id: Set(subject.id),
        subject_version: Set(subject.version),
        decide_path: Set(subject.decide_path),
        status: Set(Status::Open),
        step: Set(0),
        next_roles: Set(role_list(&steps, 0)),
        applicant_id: Set(work.actor().sub),
        excluded: Set(excluded(steps.first(), &applicants, &[], &subject.excluded)?),
        applicants: Set(json(&applicants)?),
        earlier_actors: Set(json(&subject.excluded)?),
        steps: Set(json(&steps)?),
        org_unit_id: Set(subject.placement.org_unit_id),
        project_id: Set(subject.placement.project_id),
    };
    work.create::<Approval>(row, |fact| fact, "started").await
}

/// The latest approval of a subject.
pub async fn current(at: &Reading, resource: &str, id: Uuid) -> Result<Option<Model>, Fault> {
    let select = Entity::find().filter(Column::Resource.eq(resource)).filter(Column::ResourceId.eq(id));
    Ok(select.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).one(&at.db()).await?)
}

/// Everybody whose signature an approval has, and in whose name it was given.
async fn signers(at: &Reading, approval: Uuid) -> Result<Vec<Uuid>, Fault> {
    let signed = decision::Entity::find().filter(decision::Column::ApprovalId.eq(approval)).all(&at.db()).await?;
    Ok(signed.into_iter().flat_map(|row| [Some(row.actor_id), row.on_behalf_of]).flatten().collect())
}

/// Why this person may not decide on the open step; `None` when he may.
pub async fn refusal(at: &Reading, approval: &Model, actor: &Actor) -> Result<Option<Fault>, Fault> {
    let excluded = persons(&approval.excluded)?;
    let is_one_of = |list: &[Uuid]| actor.persons().any(|person| list.contains(&person));
    let involved =
        |first: &str| Fault::new(&fault::SEPARATION_OF_DUTIES).with("first", first).with("second", "approve");
    if is_one_of(&signers(at, approval.id).await?) {
        return Ok(Some(involved("approve")));
    }
    if is_one_of(&persons(&approval.applicants)?) {
        return Ok(Some(involved("submit")));
    }
    if is_one_of(&excluded) {
        return Ok(Some(involved("take part")));
    }
    if !approval.next_roles.contains(&format!(",{},", actor.role.code())) {
        let roles: Vec<&str> = approval.next_roles.split(',').filter(|role| !role.is_empty()).collect();
        return Ok(Some(Fault::new(&fault::NOT_YOUR_TURN).with("next_roles", roles)));
    }
    Ok(None)
}

/// The open approval of a subject, locked, its open step the caller's to decide.
async fn open_for_caller(work: &Work, resource: &str, id: Uuid) -> Result<(Model, Vec<Step>), Fault> {
    let row = Entity::find()
        .filter(Column::Resource.eq(resource))
        .filter(Column::ResourceId.eq(id))
        .filter(Column::Status.eq(Status::Open))
        .lock(LockType::Update)
        .one(&work.db())
        .await?;
    let row = row.ok_or_else(|| Fault::internal("nothing waits for a decision"))?;
    if let Some(refusal) = refusal(work, &row, work.actor()).await? {
        return Err(refusal);
    }
    let steps = serde_json::from_str(&row.steps).map_err(Fault::internal)?;
    Ok((row, steps))
}

/// Signs or rejects the open step.
///
/// # Errors
/// `separation_of_duties` for the applicant, an excluded person or a second signature of one person;
/// `not_your_turn` naming the roles whose turn it is; `stale` when somebody else decided meanwhile.
pub async fn decide(
    work: &Work,
    resource: &str,
    id: Uuid,
    decision: Decision,
    comment: Option<&str>,
) -> Result<Decided, Fault> {
    let (row, steps) = open_for_caller(work, resource, id).await?;
    let open = usize::try_from(row.step).unwrap_or_default();
    sign(work, &row, steps.get(open), decision.code(), comment).await?;
    let next = open + 1;
    let (status, decided) = match decision {
        Decision::Reject => (Status::Rejected, Decided::Rejected),
        Decision::Approve if next < steps.len() => (Status::Open, Decided::NextStep),
        Decision::Approve => (Status::Approved, Decided::Approved),
    };
    let mut change = row.clone().into_active_model();
    change.status = Set(status);
    change.step = Set(row.step + 1);
    change.next_roles = Set(if status == Status::Open { role_list(&steps, next) } else { String::new() });
    let (applicants, earlier) = (persons(&row.applicants)?, persons(&row.earlier_actors)?);
    change.excluded = Set(excluded(steps.get(next), &applicants, &signers(work, row.id).await?, &earlier)?);
    let fact = |fact: Fact| fact.with("decision", decision.code()).with("subject_id", id.to_string());
    work.change::<Approval>(&row, change, "decided", fact).await?;
    Ok(decided)
}

/// Sends the subject back to draft with a comment: the decision is kept, every signature is void.
///
/// # Errors
/// As [`decide`].
pub async fn send_back(work: &Work, resource: &str, id: Uuid, comment: &str) -> Result<(), Fault> {
    let (row, steps) = open_for_caller(work, resource, id).await?;
    sign(work, &row, steps.get(usize::try_from(row.step).unwrap_or_default()), "return", Some(comment)).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(Status::Cleared);
    change.next_roles = Set(String::new());
    let fact = |fact: Fact| fact.with("decision", "return").with("subject_id", id.to_string()).reason(comment);
    work.change::<Approval>(&row, change, "decided", fact).await?;
    Ok(())
}

async fn sign(
    work: &Work,
    row: &Model,
    step: Option<&Step>,
    decision: &str,
    comment: Option<&str>,
) -> Result<(), Fault> {
    let actor = work.actor();
    let signature = decision::ActiveModel {
        id: Set(ids::new_id(work.now)),
        approval_id: Set(row.id),
        step: Set(row.step),
        step_code: Set(step.map(|step| step.code.clone()).unwrap_or_default()),
        actor_id: Set(actor.sub),
        actor_role: Set(actor.role.code().to_owned()),
        on_behalf_of: Set(actor.on_behalf_of),
        decision: Set(decision.to_owned()),
        comment: Set(comment.map(str::to_owned)),
        subject_version: Set(row.subject_version),
        at: Set(work.now),
    };
    work.insert(signature).await?;
    Ok(())
}

/// Voids an open or given approval of a subject: it was edited, reopened or replaced.
pub async fn clear(work: &Work, resource: &str, id: Uuid, reason: &str) -> Result<(), Fault> {
    let rows = Entity::find()
        .filter(Column::Resource.eq(resource))
        .filter(Column::ResourceId.eq(id))
        .filter(Column::Status.is_in([Status::Open, Status::Approved]))
        .all(&work.db())
        .await?;
    for row in rows {
        let mut change = row.clone().into_active_model();
        change.status = Set(Status::Cleared);
        change.next_roles = Set(String::new());
        work.change::<Approval>(&row, change, "cleared", |fact| fact.reason(reason)).await?;
    }
    Ok(())
}

/// The approvals resource: what waits for the caller, and what was decided.
pub struct Approval;

/// An approval as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApprovalView {
    pub id: Uuid,
    pub version: i32,
    pub subject_kind: String,
    pub resource: String,
    pub resource_id: Uuid,
    pub subject_version: i32,
    pub status: Status,
    pub applicant_id: Uuid,
    /// Code of the step that waits; null when ended.
    pub step: Option<String>,
    /// Roles whose turn it is; empty when ended.
    pub next_roles: Vec<String>,
    /// The first of them; null when ended.
    pub next_role: Option<String>,
    /// `POST` here to approve.
    pub decide_url: String,
    pub steps: Vec<Step>,
    pub decisions: Vec<DecisionView>,
    pub created_at: Timestamp,
}

/// One signature as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ApprovalDecision)]
pub struct DecisionView {
    pub step: String,
    pub actor: Uuid,
    pub actor_role: String,
    pub on_behalf_of: Option<Uuid>,
    pub decision: String,
    pub comment: Option<String>,
    pub at: Timestamp,
    pub subject_version: i32,
}

impl From<decision::Model> for DecisionView {
    fn from(row: decision::Model) -> Self {
        Self {
            step: row.step_code,
            actor: row.actor_id,
            actor_role: row.actor_role,
            on_behalf_of: row.on_behalf_of,
            decision: row.decision,
            comment: row.comment,
            at: row.at.into(),
            subject_version: row.subject_version,
        }
    }
}

fn waiting_for(at: &Reading, value: &str) -> Result<Condition, Fault> {
    if value != "me" {
        return Err(Fault::new(&fault::INVALID_PARAMETER).with("parameter", "waiting_for"));
    }
    Ok(waits_for(at.actor()))
}

/// Open approvals it is this caller's turn to decide: his role's, and he took no part before.
pub fn waits_for(actor: &Actor) -> Condition {
    let mut waits = Condition::all()
        .add(Column::Status.eq(Status::Open))
        .add(Column::NextRoles.contains(format!(",{},", actor.role.code())));
    for person in actor.persons() {
        waits = waits.add(Column::Excluded.contains(person.to_string()).not());
    }
    waits
}

/// Approvals this person signed, for himself or through somebody who stood in for him.
fn signed_by(person: Uuid) -> SimpleExpr {
    let signed = Query::select()
        .column(decision::Column::ApprovalId)
        .from(decision::Entity)
        .cond_where(
            Condition::any().add(decision::Column::ActorId.eq(person)).add(decision::Column::OnBehalfOf.eq(person)),
        )
        .to_owned();
    Column::Id.in_subquery(signed)
}

/// Subjects of a resource that wait for this caller's role, or that he signed: he may know of them.
pub fn subjects_of(resource: &str, actor: &Actor) -> SelectStatement {
    let waits = Column::NextRoles.contains(format!(",{},", actor.role.code())).and(Column::Status.eq(Status::Open));
    Query::select()
        .column(Column::ResourceId)
        .from(Entity)
        .and_where(Column::Resource.eq(resource))
        .cond_where(Condition::any().add(waits).add(signed_by(actor.sub)))
        .to_owned()
}

impl Resource for Approval {
    type Entity = Entity;
    type Row = Model;
    type View = ApprovalView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "approval";
    const PATH: &'static str = "/v1/approvals";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        if actor.scope.all {
            return Condition::all();
        }
        if actor.role == JobRole::Customer || actor.role.is_client() {
            return Condition::all().add(Column::ApplicantId.eq(actor.sub));
        }
        Condition::any()
            .add(Column::ApplicantId.eq(actor.sub))
            .add(signed_by(actor.sub))
            .add(Column::OrgUnitId.is_in(actor.scope.org_unit_ids.clone()))
            .add(Column::ProjectId.is_in(actor.scope.project_ids.clone()))
            .add(Column::NextRoles.contains(format!(",{},", actor.role.code())).and(Column::OrgUnitId.is_null()))
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .sort("created_at", Column::CreatedAt)
            .by("subject_kind", Column::SubjectKind)
            .code("status", Column::Status, Status::CODES)
            .by("resource_id", Column::ResourceId)
            .custom("waiting_for", "string", waiting_for)
            .custom("decided_by", "string", |at, value| {
                let person = match value {
                    "me" => at.actor().sub,
                    value => store::list::uuid("decided_by", value)?,
                };
                Ok(Condition::all().add(signed_by(person)))
            })
    }

    fn placement(row: &Model) -> Placement {
        Placement { project_id: row.project_id, org_unit_id: row.org_unit_id, ..Placement::default() }
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<ApprovalView>, Fault> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let signed = decision::Entity::find()
            .filter(decision::Column::ApprovalId.is_in(ids))
            .order_by_asc(decision::Column::Step)
            .all(&at.db())
            .await?;
        let view = |row: Model| {
            let next_roles: Vec<String> =
                row.next_roles.split(',').filter(|r| !r.is_empty()).map(str::to_owned).collect();
            let decisions =
                signed.iter().filter(|d| d.approval_id == row.id).cloned().map(DecisionView::from).collect();
            let steps: Vec<Step> = serde_json::from_str(&row.steps).map_err(Fault::internal)?;
            let open = steps.get(usize::try_from(row.step).unwrap_or_default());
            Ok(ApprovalView {
                applicant_id: row.applicant_id,
                step: open.filter(|_| row.status == Status::Open).map(|step| step.code.clone()),
                id: row.id,
                version: row.version,
                subject_kind: row.subject_kind,
                resource: row.resource,
                resource_id: row.resource_id,
                subject_version: row.subject_version,
                status: row.status,
                next_role: next_roles.first().cloned(),
                next_roles,
                decide_url: row.decide_path,
                steps,
                decisions,
                created_at: row.created_at.into(),
            })
        };
        rows.into_iter().map(view).collect()
    }
}
