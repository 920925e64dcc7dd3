//! What a desk starts with: inserted once, then changed by people like any other data.

mod combinations;
mod words;

use std::collections::HashSet;
use std::hash::Hash;

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::ids;
use sea_orm::IntoActiveModel;
use sea_orm::entity::prelude::*;
use store::Work;
use store::journal::Fact;

use super::{category, channel, classification, list, procedure, text};
use crate::policy;

/// The first day of everything installed: before any ticket.
const FIRST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2000, 1, 1) {
    Some(day) => day,
    None => panic!("2000-01-01 is a day"),
};

/// Installs the default catalogues and policy set; rows that exist, changed or not, stay as they are.
pub async fn install_defaults(work: &Work) -> Result<(), Fault> {
    let mut added = channels(work).await?;
    added += categories(work).await?;
    added += procedures(work).await?;
    added += classifications(work).await?;
    added += word_lists(work).await?;
    added += u64::from(policy::install_default(work).await?);
    match added {
        0 => work.unchanged(),
        _ => work.record(Fact::new("ticket_catalogue.installed", "ticket_catalogue", None).with("rows", added)),
    }
    Ok(())
}

async fn channels(work: &Work) -> Result<u64, Fault> {
    let known = channel::Entity::find().all(&work.db()).await?;
    let rows = words::CHANNELS.iter().map(|&(code, name, medium, service_number)| channel::Model {
        id: ids::new_id(work.now),
        version: 1,
        created_at: work.now,
        code: code.to_owned(),
        name: name.to_owned(),
        medium,
        service_number: service_number.map(str::to_owned),
        needs_call: code == "hotline",
        default_org_unit_id: None,
        active: true,
    });
    missing(work, known, rows.collect(), |row| row.code.clone()).await
}

async fn categories(work: &Work) -> Result<u64, Fault> {
    let known = category::Entity::find().all(&work.db()).await?;
    let rows = words::CATEGORIES.iter().map(|&(code, name)| category::Model {
        id: ids::new_id(work.now),
        version: 1,
        created_at: work.now,
        code: code.to_owned(),
        name: name.to_owned(),
        valid_from: FIRST_DAY,
        valid_to: None,
        replaced_by: None,
    });
    missing(work, known, rows.collect(), |row| row.code.clone()).await
}

async fn procedures(work: &Work) -> Result<u64, Fault> {
    let known = procedure::Entity::find().all(&work.db()).await?;
    let mut rows = Vec::new();
    for &(code, name, items) in words::PROCEDURES {
        let item = |&(code, text, mandatory): &(&str, &str, bool)| procedure::Item {
            code: code.to_owned(),
            text: text.to_owned(),
            mandatory,
        };
        let items: Vec<procedure::Item> = items.iter().map(item).collect();
        rows.push(procedure::Model {
            id: ids::new_id(work.now),
            version: 1,
            created_at: work.now,
            code: code.to_owned(),
            name: name.to_owned(),
            checklist: text(&items)?,
            required_document_kinds: "[]".to_owned(),
            approval_route: None,
            active: true,
        });
    }
    missing(work, known, rows, |row| row.code.clone()).await
}

async fn classifications(work: &Work) -> Result<u64, Fault> {
    let known = classification::Entity::find().all(&work.db()).await?;
    let mut rows = Vec::new();
    for combination in combinations::all() {
        rows.push(classification::Model {
            id: ids::new_id(work.now),
            version: 1,
            created_at: work.now,
            kind: combination.kind,
            category_code: combination.category_code.to_owned(),
            place_kind: combination.place_kind,
            unit_required: combination.place_kind == super::PlaceKind::Unit,
            default_severity: super::Severity::Normal,
            responsible_rule: combination.rule,
            responsible_org_unit_id: None,
            handler_roles: text(&combination.handler_roles)?,
            procedure_code: combination.procedure_code.map(str::to_owned),
            warranty_part_code: combination.warranty_part_code.map(str::to_owned),
            active: true,
            valid_from: FIRST_DAY,
            valid_to: None,
        });
    }
    missing(work, known, rows, |row| (row.kind, row.category_code.clone(), row.place_kind)).await
}

async fn word_lists(work: &Work) -> Result<u64, Fault> {
    use list::{Approvers, List};
    let known = list::Entity::find().all(&work.db()).await?;
    let entry = |list: List, code: &str, name: &str, pause: Option<(i32, Approvers, bool)>| list::Model {
        id: ids::new_id(work.now),
        version: 1,
        created_at: work.now,
        list,
        code: code.to_owned(),
        name: name.to_owned(),
        max_hours: pause.map(|(hours, ..)| hours),
        approver_group: pause.map(|(_, approvers, _)| approvers.code().to_owned()),
        allowed_when_urgent: pause.is_some_and(|(.., urgent)| urgent),
        active: true,
    };
    let pauses = words::PAUSE_REASONS.iter().map(|&(code, name, hours, approvers, urgent)| {
        entry(List::PauseReason, code, name, Some((hours, approvers, urgent)))
    });
    let plain = words::LISTS
        .iter()
        .flat_map(|&(list, words)| words.iter().map(move |&(code, name)| (list, code, name)))
        .map(|(list, code, name)| entry(list, code, name, None));
    let rows: Vec<list::Model> = pauses.chain(plain).collect();
    missing(work, known, rows, |row| (row.list, row.code.clone())).await
}

/// Inserts the rows whose key no known row has; answers how many.
async fn missing<M, A, K>(work: &Work, known: Vec<M>, rows: Vec<M>, key: impl Fn(&M) -> K) -> Result<u64, Fault>
where
    M: ModelTrait + IntoActiveModel<A>,
    A: sea_orm::ActiveModelTrait<Entity = M::Entity>,
    K: Eq + Hash,
{
    let known: HashSet<K> = known.iter().map(&key).collect();
    let new: Vec<A> = rows
        .into_iter()
        .filter(|row| !known.contains(&key(row)))
        .map(|row| row.into_active_model().reset_all())
        .collect();
    let count = new.len() as u64;
    if count > 0 {
        work.forget();
    }
    for rows in chunks(new) {
        M::Entity::insert_many(rows).exec_without_returning(&work.db()).await?;
    }
    Ok(count)
}

/// Groups small enough for the bound variables of one statement.
fn chunks<A>(rows: Vec<A>) -> Vec<Vec<A>> {
    let mut groups: Vec<Vec<A>> = Vec::new();
    for row in rows {
        match groups.last_mut() {
            Some(group) if group.len() < 100 => group.push(row),
            _ => groups.push(vec![row]),
        }
    }
    groups
}
