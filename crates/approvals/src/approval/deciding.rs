//! What happens to an approval: it starts, is signed or refused, sent back, cleared.

use access::Actor;
use kernel::fault::{self, Fault};
use kernel::ids;
use kernel::money::Money;
use kernel::time;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect, Set};
use serde::Serialize;
use store::journal::Fact;
use store::resource::Placement;
use store::{Reading, Work};

use super::Approval;
use super::entity::{ActiveModel, Column, Entity, Model, Status, decision};
use crate::route::{self, Step};

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
    /// Who asks, and in whose name; they decide nothing of it.
    pub applicants: Vec<Uuid>,
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
    let applicants = subject.applicants;
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
        applicant_id: Set(applicants.first().copied().unwrap_or(work.actor().sub)),
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
    let row = open_of(work, resource, id).await?;
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

async fn open_of(work: &Work, resource: &str, id: Uuid) -> Result<Option<Model>, Fault> {
    let open = Entity::find()
        .filter(Column::Resource.eq(resource))
        .filter(Column::ResourceId.eq(id))
        .filter(Column::Status.eq(Status::Open));
    Ok(open.lock(LockType::Update).one(&work.db()).await?)
}

/// Lets the open approval of a subject rest: nobody's turn until [`resume`].
pub async fn rest(work: &Work, resource: &str, id: Uuid) -> Result<(), Fault> {
    let Some(row) = open_of(work, resource, id).await? else { return Ok(()) };
    let mut change = row.clone().into_active_model();
    change.next_roles = Set(String::new());
    work.change::<Approval>(&row, change, "rested", |fact| fact).await.map(drop)
}

/// Lets a resting approval go on with the step it was at.
pub async fn resume(work: &Work, resource: &str, id: Uuid) -> Result<(), Fault> {
    let Some(row) = open_of(work, resource, id).await? else { return Ok(()) };
    let steps: Vec<Step> = serde_json::from_str(&row.steps).map_err(Fault::internal)?;
    let mut change = row.clone().into_active_model();
    change.next_roles = Set(role_list(&steps, usize::try_from(row.step).unwrap_or_default()));
    work.change::<Approval>(&row, change, "resumed", |fact| fact).await.map(drop)
}
