//! Setting a parameter from a date on (PF-E11).

use std::collections::HashMap;

use access::{Actor, JobRole};
use chrono::NaiveDate;
use kernel::fault::{self, Fault, FieldError, REASON_REQUIRED};
use kernel::{ids, time};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect, Set};
use serde_json::Value;

use super::{Kind, Parameter, entity, value_on};
use crate::journal::Fact;
use crate::problems::PARAMETER_UNKNOWN;
use crate::{Reading, Work};

/// A new value of a parameter.
#[derive(Clone, Debug)]
pub struct NewValue {
    pub value: Value,
    pub valid_from: NaiveDate,
    pub reason: String,
    pub retroactive_reason: Option<String>,
    pub project_id: Option<Uuid>,
}

/// Whose keys a manager sets; the administrator sets all.
const DOMAINS: &[(JobRole, &str)] = &[
    (JobRole::CsManager, "tickets."),
    (JobRole::CsDirector, "tickets."),
    (JobRole::CostManager, "cost."),
    (JobRole::PermitsManager, "permits."),
    (JobRole::SalesManager, "contracts."),
    (JobRole::HeatingServiceManager, "heating."),
];

/// Sets a parameter from a date on.
///
/// # Errors
/// 404 for an unknown key; 409 `above_authority` for a key of another domain; 412 when `If-Match` names another version;
/// 422 for a value out of its bounds, and `reason_required` for a date in the past without a reason of its own.
pub async fn set(work: &Work, key: &str, new: &NewValue) -> Result<entity::Model, Fault> {
    let parameter = work.store.parameter(key).ok_or_else(|| Fault::new(&PARAMETER_UNKNOWN))?;
    let key = parameter.key;
    check(work, parameter, new).await?;
    work.expect_version(version(work, key).await?)?;
    if !is_of_domain(work.actor(), key) {
        return Err(Fault::new(&fault::ABOVE_AUTHORITY).with("parameter", key));
    }
    let row = entity::ActiveModel {
        id: Set(ids::new_id(work.now)),
        key: Set(key.to_owned()),
        project_id: Set(new.project_id),
        valid_from: Set(new.valid_from),
        value: Set(new.value.to_string()),
        reason: Set(new.reason.clone()),
        retroactive_reason: Set(new.retroactive_reason.clone()),
        set_by: Set(work.actor().sub),
        set_at: Set(work.now),
        version: Set(1),
    };
    let row = work.insert(row).await?;
    work.forget();
    let mut fact = Fact::new("parameter.changed", "parameter", Some(row.id))
        .reason(new.reason.as_str())
        .with("key", key)
        .with("value", new.value.clone())
        .with("valid_from", new.valid_from.to_string());
    fact.resource_version = Some(row.version);
    fact.placement.project_id = new.project_id;
    if let Some(reason) = &new.retroactive_reason {
        fact = fact.with("retroactive_reason", reason.as_str());
    }
    work.record(fact);
    Ok(row)
}

/// The version of a key nobody set; each value it is given makes the next.
pub const UNSET: i32 = 1;

/// The version of a parameter, by its whole key.
pub async fn version(at: &Reading, key: &str) -> Result<i32, Fault> {
    let values = entity::Entity::find().filter(entity::Column::Key.eq(key)).count(&at.db()).await?;
    Ok(UNSET + i32::try_from(values).map_err(Fault::internal)?)
}

/// The versions of all that were ever set.
pub async fn versions(at: &Reading) -> Result<HashMap<String, i32>, Fault> {
    let keys = entity::Entity::find().select_only().column(entity::Column::Key);
    let keys: Vec<String> = keys.into_tuple().all(&at.db()).await?;
    let mut versions = HashMap::new();
    for key in keys {
        *versions.entry(key).or_insert(UNSET) += 1;
    }
    Ok(versions)
}

/// Every value a key was given, oldest first.
pub async fn history(at: &Reading, key: &str, project_id: Option<Uuid>) -> Result<Vec<entity::Model>, Fault> {
    let parameter = at.store.parameter(key).ok_or_else(|| Fault::new(&PARAMETER_UNKNOWN))?;
    let mut select = entity::Entity::find().filter(entity::Column::Key.eq(parameter.key));
    if let Some(project) = project_id {
        select = select.filter(entity::Column::ProjectId.eq(project));
    }
    Ok(select.order_by_asc(entity::Column::SetAt).order_by_asc(entity::Column::Id).all(&at.db()).await?)
}

fn is_of_domain(actor: &Actor, key: &str) -> bool {
    let admin = actor.is_system() || actor.role == JobRole::SystemAdmin;
    admin || DOMAINS.iter().any(|(role, prefix)| *role == actor.role && key.starts_with(prefix))
}

async fn check(work: &Work, parameter: &Parameter, new: &NewValue) -> Result<(), Fault> {
    let mut errors = parameter.unreadable(&work.store, &new.value);
    if let Some(code) = parameter.refuses(&new.value) {
        let error = FieldError::new("/value", code);
        errors.push(match parameter.kind {
            Kind::Integer { min, max, .. } if code == "out_of_range" => error.with("min", min).with("max", max),
            _ => error,
        });
    }
    if let (Kind::Entry { table, .. }, Some(name)) = (parameter.kind, new.value.as_str()) {
        // The table in force from then on.
        let entries = value_on(work, table, new.valid_from, new.project_id).await?;
        if entries.get(name).is_none() {
            errors.push(FieldError::new("/value", "out_of_range").with("table", table));
        }
    }
    if new.valid_from < time::business_day(work.now) && new.retroactive_reason.is_none() {
        errors.push(FieldError::new("/retroactive_reason", REASON_REQUIRED.code));
    }
    if errors.is_empty() { Ok(()) } else { Err(Fault::fields(errors)) }
}
