//! From a rule to persons.

use std::collections::HashSet;

use access::JobRole;
use kernel::fault::Fault;
use kernel::time::business_day;
use registers::customer::{self, CustomerStatus};
use registers::{delegation, org_unit, staff};
use sea_orm::entity::prelude::*;
use serde_json::Value;
use store::Reading;

use super::entity::RecipientKind::{self, Customer, Staff};
use super::rules::To;
use super::told::Told;

/// Somebody to be told.
pub type Recipient = (RecipientKind, Uuid);

/// Merged files lead on to others, not for ever.
const MERGES: usize = 8;

/// Whom a rule tells of a fact; nobody is told of his own act.
pub async fn of(at: &Reading, to: To, told: &Told) -> Result<Vec<Recipient>, Fault> {
    let mut people = match to {
        To::Customer | To::Addressee => return customer(at, told).await,
        To::Named(field) => staff_of(at, id(told.became(field))).await?,
        To::Applicant => staff_of(at, Some(told.begun_by)).await?,
        To::Level => near(at, told, leaders(told.data("level").as_i64())).await?,
        To::NextRoles => next(at, told).await?,
        To::Told => told_by(at, told).await?,
        To::Role(role) => holders(at, None, &[role]).await?,
        To::Near(roles) => near(at, told, roles).await?,
    };
    let mut seen = HashSet::from([told.fact.actor_id]);
    people.retain(|person| seen.insert(*person));
    Ok(people.into_iter().map(|person| (Staff, person)).collect())
}

fn id(value: &Value) -> Option<Uuid> {
    value.as_str().and_then(|text| text.parse().ok())
}

/// The roles a level of escalation stands for.
fn leaders(level: Option<i64>) -> &'static [JobRole] {
    match level {
        Some(1) => &[JobRole::TeamLeader],
        Some(2) => &[JobRole::CsSupervisor],
        Some(3) => &[JobRole::CsDirector, JobRole::CsManager],
        Some(4) => &[JobRole::CompanyLeader],
        _ => &[],
    }
}

/// Whom the fact itself names.
async fn told_by(at: &Reading, told: &Told) -> Result<Vec<Uuid>, Fault> {
    let list = |name: &str| told.data(name).as_array().cloned().unwrap_or_default();
    let mut people = Vec::new();
    for person in list("told").iter().filter_map(id) {
        people.extend(staff_of(at, Some(person)).await?);
    }
    // One entry, one group: where no role of it has people at the unit, another may have them above.
    for group in list("told_roles").iter().filter_map(Value::as_str) {
        let roles: Vec<JobRole> = group.split('|').filter_map(|code| code.parse().ok()).collect();
        people.extend(near(at, told, &roles).await?);
    }
    Ok(people)
}

async fn staff_of(at: &Reading, id: Option<Uuid>) -> Result<Vec<Uuid>, Fault> {
    let Some(id) = id else { return Ok(Vec::new()) };
    let row = staff::Entity::find_by_id(id).one(&at.db()).await?;
    Ok(row.filter(staff::Model::is_active).map(|row| row.id).into_iter().collect())
}

/// Those who hold one of these roles today, in these units or anywhere.
async fn holders(at: &Reading, units: Option<&[Uuid]>, roles: &[JobRole]) -> Result<Vec<Uuid>, Fault> {
    let mut select = staff::post::Entity::find()
        .filter(staff::post::held_on(business_day(at.now)))
        .filter(staff::post::Column::Role.is_in(roles.iter().map(|role| role.code())));
    if let Some(units) = units {
        select = select.filter(staff::post::Column::OrgUnitId.is_in(units.iter().copied()));
    }
    Ok(select.all(&at.db()).await?.into_iter().map(|post| post.staff_id).collect())
}

/// Those who hold one of these roles above the fact's unit; when there is nobody, those nearest beside it.
async fn near(at: &Reading, told: &Told, roles: &[JobRole]) -> Result<Vec<Uuid>, Fault> {
    if roles.is_empty() {
        return Ok(Vec::new());
    }
    let Some(unit) = told.fact.org_unit_id else { return holders(at, None, roles).await };
    let above = org_unit::path(at, unit).await?;
    let found = holders(at, Some(&above), roles).await?;
    if !found.is_empty() {
        return Ok(found);
    }
    for unit in above {
        let found = holders(at, Some(&org_unit::subtree(at, unit).await?), roles).await?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// Those whose turn it is, and who acts for them today; not who may not decide here.
async fn next(at: &Reading, told: &Told) -> Result<Vec<Uuid>, Fault> {
    let codes = told.became("next_roles").as_str().unwrap_or_default();
    let roles: Vec<JobRole> = codes.split(',').filter_map(|code| code.parse().ok()).collect();
    let mut people = near(at, told, &roles).await?;
    let day = business_day(at.now);
    let lent = delegation::Entity::find()
        .filter(delegation::Column::FromStaffId.is_in(people.iter().copied()))
        .filter(delegation::Column::Role.is_in(roles.iter().map(|role| role.code())))
        .filter(delegation::Column::RevokedAt.is_null())
        .filter(delegation::Column::FromOn.lte(day))
        .filter(delegation::Column::ToOn.gte(day));
    people.extend(lent.all(&at.db()).await?.into_iter().map(|row| row.to_staff_id));
    let excluded = told.began("excluded").as_str().unwrap_or_default();
    let excluded: Vec<Uuid> = serde_json::from_str(excluded).unwrap_or_default();
    people.retain(|person| !excluded.contains(person));
    Ok(people)
}

/// The customer of the fact; when his file was merged, the one it is part of now.
async fn customer(at: &Reading, told: &Told) -> Result<Vec<Recipient>, Fault> {
    let mut next = told.fact.customer_id;
    for _ in 0..MERGES {
        let Some(id) = next else { break };
        let Some(row) = customer::Entity::find_by_id(id).one(&at.db()).await? else { break };
        match row.status {
            CustomerStatus::Merged => next = row.merged_into_id,
            CustomerStatus::Active => return Ok(vec![(Customer, id)]),
            CustomerStatus::Erased => break,
        }
    }
    Ok(Vec::new())
}
