//! Building and publishing the assessments of a month (TK-R38).

use std::collections::BTreeSet;

use kernel::fault::Fault;
use kernel::ids;
use kernel::money::Money;
use kernel::time::Month;
use registers::staff::{self, post};
use registers::{locks, org_unit, referenced};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect, Set};
use serde::Deserialize;
use store::acts::BareAct;
use store::{Work, numbers, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Model, Status};
use super::{MOVES, MonthlyAssessment};
use crate::problems::OPEN_DISPUTES;
use crate::violation;
use crate::violation::entity::Status as ViolationStatus;
use crate::{assessment_rule, shift};

/// Whose month is to be assessed.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct BuildMonthlyAssessments {
    pub month: Month,
    /// The unit, with those below it; default: the caller's.
    pub org_unit_id: Option<Uuid>,
}

/// Drafts the month of everybody of a unit who had a shift and a role some rule is for. Drafts are computed
/// anew, what is published stays.
///
/// # Errors
/// 422 `date_in_future` for a month that has not begun, `not_found` for a unit outside the caller's.
pub async fn build(work: &Work, cmd: &BuildMonthlyAssessments) -> Result<Vec<Model>, Fault> {
    if cmd.month.starts_at() > work.now {
        return Err(Fault::field("/month", "date_in_future"));
    }
    let actor = work.actor();
    let unit = cmd.org_unit_id.or(actor.scope.org_unit_id).ok_or_else(|| Fault::field("/org_unit_id", "required"))?;
    referenced::org_unit_known(work, unit, "/org_unit_id").await?;
    if !actor.scope.all && !actor.scope.org_unit_ids.contains(&unit) {
        return Err(Fault::field("/org_unit_id", "not_found"));
    }
    // Of two at once the second computes anew what the first drafted.
    locks::hold(work, vec![format!("monthly_assessment|{}", cmd.month)]).await?;
    let mut rows = Vec::new();
    for person in people(work, cmd.month, unit).await? {
        rows.push(draft(work, &person, cmd.month).await?);
    }
    if rows.is_empty() {
        work.unchanged();
    }
    Ok(rows)
}

/// Staff of the units with a published shift in the month and a role of a rule.
async fn people(work: &Work, month: Month, unit: Uuid) -> Result<Vec<staff::Model>, Fault> {
    let assessed = assessed_in(work, month).await?;
    let units = org_unit::subtree(work, unit).await?;
    let rows = staff::Entity::find()
        .filter(staff::Column::OrgUnitId.is_in(units))
        .filter(staff::Column::Id.is_in(assessed))
        .order_by_asc(staff::Column::Number);
    Ok(rows.all(&work.db()).await?)
}

/// Who had a published shift in the month and a role of a rule.
async fn assessed_in(work: &Work, month: Month) -> Result<Vec<Uuid>, Fault> {
    let rules = assessment_rule::valid_on(work, month.last_day()).await?;
    let roles: BTreeSet<String> = rules.values().flat_map(assessment_rule::entity::Model::role_codes).collect();
    let holders = post::Entity::find()
        .filter(post::Column::Role.is_in(roles))
        .filter(post::Column::FromOn.lte(month.last_day()))
        .filter(post::not_over(month.first_day()))
        .all(&work.db())
        .await?;
    let worked = shift::worked_in(work, month).await?;
    Ok(holders.into_iter().map(|post| post.staff_id).filter(|person| worked.contains(person)).collect())
}

/// The person's draft, made or computed anew.
async fn draft(work: &Work, person: &staff::Model, month: Month) -> Result<Model, Fault> {
    let known = Entity::find()
        .filter(Column::StaffId.eq(person.id))
        .filter(Column::Month.eq(month.to_string()))
        .lock(LockType::Update)
        .one(&work.db())
        .await?;
    let figures = Figures::of(work, person.id, month).await?;
    match known {
        Some(row) if row.status == Status::Published => {
            work.unchanged();
            Ok(row)
        }
        Some(row) => {
            let mut next = row.clone().into_active_model();
            figures.write(&mut next);
            work.change::<MonthlyAssessment>(&row, next, "built", |fact| fact).await
        }
        None => {
            let mut row = ActiveModel {
                id: Set(ids::new_id(work.now)),
                version: Set(1),
                created_at: Set(work.now),
                created_by: Set(work.actor().sub),
                updated_at: Set(work.now),
                number: Set(numbers::next(work, "MA").await?),
                staff_id: Set(person.id),
                org_unit_id: Set(Some(person.org_unit_id)),
                month: Set(month.to_string()),
                status: Set(Status::Draft),
                published_at: Set(None),
                published_by: Set(None),
                ..Default::default()
            };
            figures.write(&mut row);
            work.create::<MonthlyAssessment>(row, |fact| fact, "built").await
        }
    }
}

/// The money of one person's month.
struct Figures {
    /// The violations that count.
    counted: Vec<violation::entity::Model>,
    penalty_total: i64,
    reward: i64,
}

impl Figures {
    async fn of(work: &Work, staff_id: Uuid, month: Month) -> Result<Self, Fault> {
        let counted = counted(work, staff_id, month).await?;
        let penalties = counted.iter().map(|row| Money::from_fen(row.penalty_fen));
        let total = Money::total(penalties.collect::<Result<Vec<_>, _>>().map_err(Fault::internal)?);
        let penalty_total = total.map_err(Fault::internal)?.fen();
        let reward = parameters::value_on(work, "tickets.assessment.reward", month.last_day(), None).await?;
        let reward = reward.as_str().and_then(|text| Money::parse(text).ok()).map_or(0, Money::fen);
        Ok(Self { reward: if counted.is_empty() { reward } else { 0 }, counted, penalty_total })
    }

    fn write(&self, row: &mut ActiveModel) {
        row.penalty_total_fen = Set(self.penalty_total);
        row.reward_fen = Set(self.reward);
        row.net_fen = Set(self.penalty_total.saturating_add(self.reward));
    }
}

/// Confirmed violations that no month has counted: those of the month, and earlier ones whose own month is published
/// without them, or never came to be since the person was not assessed in it. Each counts in the first month from its
/// own on that is not published, and in no later one (TK-R38).
async fn counted(work: &Work, staff_id: Uuid, month: Month) -> Result<Vec<violation::entity::Model>, Fault> {
    use violation::entity::{Column as V, Entity as Violations};
    let rows = Violations::find()
        .filter(V::StaffId.eq(staff_id))
        .filter(V::Status.eq(ViolationStatus::Confirmed))
        .filter(V::AssessmentId.is_null())
        .filter(V::OccurredOn.lte(month.last_day()))
        .all(&work.db())
        .await?;
    let built = Entity::find().filter(Column::StaffId.eq(staff_id)).all(&work.db()).await?;
    let status = |of: Month| built.iter().find(|row| row.month == of.to_string()).map(|row| row.status);
    // Before this month: what is drafted, or will be.
    let mut open = BTreeSet::new();
    let mut next = rows.iter().map(|row| Month::of(row.occurred_on)).min().unwrap_or(month);
    while next < month {
        let waits = match status(next) {
            Some(status) => status == Status::Draft,
            None => assessed_in(work, next).await?.contains(&staff_id),
        };
        if waits {
            open.insert(next);
        }
        next = next.plus(1);
    }
    let counts = |row: &violation::entity::Model| open.range(Month::of(row.occurred_on)..).next().is_none();
    Ok(rows.into_iter().filter(counts).collect())
}

/// Publishes a person's month with its figures as of now; what it counted is not counted again.
///
/// # Errors
/// 409 `open_disputes` while a violation of the month is undecided.
pub async fn publish(work: &Work, id: Uuid, _cmd: &BareAct) -> Result<Model, Fault> {
    use violation::entity::{Column as V, Entity as Violations};
    let (row, to) = MOVES.begin::<MonthlyAssessment>(work, id, "publish").await?;
    let month = Month::parse(&row.month).map_err(Fault::internal)?;
    let open = Violations::find()
        .filter(V::StaffId.eq(row.staff_id))
        .filter(V::Status.is_in([ViolationStatus::Recorded, ViolationStatus::Disputed]))
        .filter(V::OccurredOn.between(month.first_day(), month.last_day()))
        .count(&work.db())
        .await?;
    if open > 0 {
        return Err(Fault::new(&OPEN_DISPUTES).rule("TK-R38").with("count", open));
    }
    let figures = Figures::of(work, row.staff_id, month).await?;
    let ids: Vec<Uuid> = figures.counted.iter().map(|violation| violation.id).collect();
    Violations::update_many()
        .col_expr(V::AssessmentId, Expr::value(id))
        .filter(V::Id.is_in(ids))
        .exec(&work.db())
        .await?;
    let mut next = row.clone().into_active_model();
    figures.write(&mut next);
    next.status = Set(to);
    (next.published_at, next.published_by) = (Set(Some(work.now)), Set(Some(work.actor().sub)));
    work.change::<MonthlyAssessment>(&row, next, "published", |fact| fact).await
}
