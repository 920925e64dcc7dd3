//! Making a roster by its rota, answering for its gaps, publishing it.

use access::JobRole;
use chrono::{NaiveDate, TimeDelta};
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::start_of_day;
use registers::{locks, staff};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, IntoActiveModel, QueryOrder, Set};
use serde::Deserialize;
use store::acts::BareAct;
use store::life_cycle::Subject;
use store::{Work, numbers, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::covering;
use super::definition::{self, OFF};
use super::entity::{ActiveModel, Model, Status, Trade, person};
use super::{MOVES, Roster, own_trade, rest, rota};
use crate::leave;
use crate::problems::COVERAGE_GAP;
use crate::shift::entity as shift;

/// A rota: who, from which day, in which pattern.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateRoster {
    pub org_unit_id: Uuid,
    /// First day.
    pub from: NaiveDate,
    /// Default: `roster.cycle_days`.
    #[schema(minimum = 1, maximum = 366)]
    pub days: Option<i32>,
    /// In the order of the rota.
    #[schema(min_items = 1, max_items = 60)]
    pub staff_ids: Vec<Uuid>,
    /// Shift codes and `off`; person i on day d gets the (d + i)th, counted round.
    #[schema(min_items = 1, max_items = 62)]
    pub pattern: Vec<String>,
}

/// Why the present gaps are answered for.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AcceptGap {
    #[schema(min_length = 2, max_length = 1000)]
    pub gap_reason: String,
}

const HEATING: &[JobRole] = &[
    JobRole::HeatingServiceManager,
    JobRole::HeatingHotlineAgent,
    JobRole::HeatingStationHead,
    JobRole::HeatingBranchManager,
    JobRole::HeatingInspector,
    JobRole::HeatingFeeCollector,
    JobRole::VisitOfficer,
    JobRole::CoalAnalyst,
    JobRole::CoalReviewer,
    JobRole::CoalSampler,
];
const SALES: &[JobRole] = &[
    JobRole::PropertyConsultant,
    JobRole::SalesManager,
    JobRole::SalesAssistant,
    JobRole::SalesSecretary,
    JobRole::SalesClerk,
    JobRole::SalesAccountant,
    JobRole::SalesSupervisor,
];

/// Heating or sales when everybody on the roster holds such a post, else the desk's.
pub(crate) async fn trade(work: &Work, people: &[Uuid], day: NaiveDate) -> Result<Trade, Fault> {
    let posts = staff::post::Entity::find()
        .filter(staff::post::Column::StaffId.is_in(people.iter().copied()))
        .filter(staff::post::held_on(day))
        .all(&work.db())
        .await?;
    let all = |roles: &[JobRole]| {
        people.iter().all(|person| {
            let of = |post: &&staff::post::Model| post.staff_id == *person;
            posts.iter().filter(of).any(|post| post.job_role().is_some_and(|role| roles.contains(&role)))
        })
    };
    Ok(match () {
        () if all(HEATING) => Trade::Heating,
        () if all(SALES) => Trade::Sales,
        () => Trade::Service,
    })
}

async fn check_people(work: &Work, input: &CreateRoster) -> Result<(), Fault> {
    let known = staff::Entity::find().filter(staff::Column::Id.is_in(input.staff_ids.iter().copied()));
    let known = known.all(&work.db()).await?;
    let scope = &work.actor().scope;
    let mut errors = FieldErrors::default();
    let in_scope = scope.all || scope.org_unit_ids.contains(&input.org_unit_id);
    errors.add_if(!in_scope, "/org_unit_id", "not_found");
    for (n, id) in input.staff_ids.iter().enumerate() {
        let pointer = format!("/staff_ids/{n}");
        let active = known.iter().any(|row| row.id == *id && row.is_active());
        errors.add_if(!active, &pointer, "not_found");
        errors.add_if(input.staff_ids[..n].contains(id), &pointer, "duplicate");
    }
    errors.finish()?;
    registers::org_unit_known(work, input.org_unit_id, "/org_unit_id").await
}

async fn definitions(work: &Work, pattern: &[String]) -> Result<Vec<definition::Model>, Fault> {
    let rows = definition::Entity::find().all(&work.db()).await?;
    let mut errors = FieldErrors::default();
    for (n, code) in pattern.iter().enumerate() {
        let known = code == OFF || rows.iter().any(|row| row.code == *code);
        errors.add_if(!known, &format!("/pattern/{n}"), "invalid_enum");
    }
    errors.finish()?;
    Ok(rows)
}

/// Makes a draft with all its shifts; who is on approved leave leaves his slot uncovered (TK-R27).
///
/// # Errors
/// 422 for unknown people, units and codes; 409 `above_authority` for a roster of another trade.
pub async fn create(work: &Work, input: &CreateRoster) -> Result<Model, Fault> {
    check_people(work, input).await?;
    let definitions = definitions(work, &input.pattern).await?;
    let cycle = parameters::integer(work, "tickets.roster.cycle_days").await?;
    let days = input.days.unwrap_or(i32::try_from(cycle).unwrap_or(21));
    let starts_at = start_of_day(input.from);
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "RS").await?),
        org_unit_id: Set(input.org_unit_id),
        from_on: Set(input.from),
        days: Set(days),
        staff_ids: Set(serde_json::to_string(&input.staff_ids).map_err(Fault::internal)?),
        pattern: Set(serde_json::to_string(&input.pattern).map_err(Fault::internal)?),
        starts_at: Set(starts_at),
        ends_at: Set(starts_at + TimeDelta::days(days.into())),
        trade: Set(trade(work, &input.staff_ids, input.from).await?),
        status: Set(Status::Draft),
        accepted_gaps: Set(None),
        gap_reason: Set(None),
        gap_accepted_by: Set(None),
        gap_accepted_at: Set(None),
        published_by: Set(None),
        published_at: Set(None),
    };
    let row = work.create::<Roster>(row, |fact| fact, "created").await?;
    own_trade(&Subject::of(work, &row))?;
    let people = input.staff_ids.iter().map(|staff| person::ActiveModel {
        id: Set(ids::new_id(work.now)),
        roster_id: Set(row.id),
        staff_id: Set(*staff),
    });
    person::Entity::insert_many(people).exec_without_returning(&work.db()).await?;
    plan(work, &row, &input.pattern, &definitions).await?;
    Ok(row)
}

async fn plan(work: &Work, row: &Model, pattern: &[String], known: &[definition::Model]) -> Result<(), Fault> {
    let people = row.people();
    let leaves = leave::approved(work, &people, row.starts_at, row.ends_at + TimeDelta::days(1)).await?;
    let mut shifts = Vec::new();
    for (day, date) in row.dates().enumerate() {
        for (n, staff_id) in people.iter().enumerate() {
            let Some(code) = rota::turn(pattern, n, day) else { continue };
            let Some(definition) = known.iter().find(|row| row.code == code) else { continue };
            let (start_at, end_at) = definition.span(date);
            let his = leaves.iter().filter(|leave| leave.staff_id == *staff_id);
            let away = leave::parts::left_over((start_at, end_at), his).is_empty();
            shifts.push(shift::ActiveModel {
                id: Set(ids::new_id(work.now)),
                version: Set(1),
                created_at: Set(work.now),
                updated_at: Set(work.now),
                roster_id: Set(row.id),
                org_unit_id: Set(row.org_unit_id),
                staff_id: Set(*staff_id),
                responsible_staff_id: Set(*staff_id),
                on_date: Set(date),
                definition_code: Set(definition.code.clone()),
                place: Set(definition.place),
                start_at: Set(start_at),
                end_at: Set(end_at),
                published: Set(false),
                status: Set(if away { shift::Status::OnLeave } else { shift::Status::Planned }),
            });
        }
    }
    for chunk in shifts.chunks(500) {
        shift::Entity::insert_many(chunk.to_vec()).exec_without_returning(&work.db()).await?;
    }
    Ok(())
}

/// Answers for exactly the gaps there are now.
pub async fn accept_gap(work: &Work, id: Uuid, input: &AcceptGap) -> Result<Model, Fault> {
    let (row, _) = MOVES.begin::<Roster>(work, id, "accept-gap").await?;
    let gaps = covering::of_roster(work, &row, None).await?.gaps;
    let mut change = row.clone().into_active_model();
    change.accepted_gaps = Set(Some(serde_json::to_string(&gaps).map_err(Fault::internal)?));
    change.gap_reason = Set(Some(input.gap_reason.clone()));
    change.gap_accepted_by = Set(Some(work.actor().sub));
    change.gap_accepted_at = Set(Some(work.now));
    let fact = |fact: store::journal::Fact| fact.reason(input.gap_reason.as_str()).with("gaps", gaps.len());
    work.change::<Roster>(&row, change, "gap_accepted", fact).await
}

/// Puts a roster in force: everybody can work it, and its gaps are answered for.
///
/// # Errors
/// 409 `double_booked`, `rest_violation`, `coverage_gap` with the list of gaps.
pub async fn publish(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<Roster>(work, id, "publish").await?;
    let people = row.people();
    // Two rosters with the same people are published one after the other.
    locks::hold(work, people.iter().map(|person| format!("rota|{person}")).collect()).await?;
    let own = shift::Entity::find()
        .filter(shift::Column::RosterId.eq(row.id))
        .filter(shift::Column::Status.ne(shift::Status::OnLeave))
        .order_by_asc(shift::Column::StartAt)
        .all(&work.db())
        .await?;
    let others = Condition::all().add(shift::Column::RosterId.ne(row.id));
    let last = own.iter().map(|shift| shift.end_at).max().unwrap_or(row.ends_at);
    let around = rest::around(work, &people, (row.starts_at, last), others).await?;
    rest::check(work, own.iter().chain(&around).map(rest::planned).collect()).await?;
    let gaps = covering::of_roster(work, &row, None).await?.gaps;
    if !gaps.is_empty() && !row.answers_for(&gaps) {
        let gaps = serde_json::to_value(&gaps).map_err(Fault::internal)?;
        return Err(Fault::new(&COVERAGE_GAP).rule("TK-R28").with("gaps", gaps));
    }
    shift::Entity::update_many()
        .col_expr(shift::Column::Published, Expr::value(true))
        .filter(shift::Column::RosterId.eq(row.id))
        .exec(&work.db())
        .await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.published_by = Set(Some(work.actor().sub));
    change.published_at = Set(Some(work.now));
    let fact = |fact: store::journal::Fact| fact.with("gaps", gaps.len()).with("shifts", own.len());
    work.change::<Roster>(&row, change, "published", fact).await
}
