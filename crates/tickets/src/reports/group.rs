//! Grouping tickets: the key of a row, and the name people know it by.

use std::collections::HashMap;

use kernel::fault::Fault;
use kernel::lang::Lang;
use kernel::report::Value;
use sea_orm::entity::prelude::*;
use sea_orm::{QuerySelect, Select};
use store::Reading;

use crate::catalogue::{Kind, category, channel};
use crate::warranty::part::Column as PartUnderWarranty;
use crate::{outlet, warranty};

/// The column of the ticket's row that a way of grouping by id goes by; a filter of the list has its name.
pub fn id_column(by: &str) -> &'static str {
    match by {
        "person" => "assignee_id",
        "project" => "project_id",
        "station" => "station_org_unit_id",
        _ => "responsible_org_unit_id",
    }
}

/// The top level of a category code.
pub fn top(code: &str) -> &str {
    code.split('.').next().unwrap_or(code)
}

/// The names of keys grouped in this way; a key without a name is shown itself.
pub async fn names(at: &Reading, by: &str) -> Result<HashMap<String, String>, Fault> {
    use registers::{org_unit, property::project, staff, supplier};
    let units = || org_unit::Entity::find();
    let firms = || supplier::Entity::find();
    let pairs = match by {
        "person" | "technician" | "agent" => {
            by_id(at, staff::Entity::find(), staff::Column::Id, staff::Column::Name).await?
        }
        "project" => by_id(at, project::Entity::find(), project::Column::Id, project::Column::Name).await?,
        "org_unit" | "station" => by_id(at, units(), org_unit::Column::Id, org_unit::Column::Name).await?,
        "supplier" => by_id(at, firms(), supplier::entity::Column::Id, supplier::entity::Column::Name).await?,
        "provider" => {
            let mut pairs = by_id(at, units(), org_unit::Column::Id, org_unit::Column::Name).await?;
            pairs.extend(by_id(at, firms(), supplier::entity::Column::Id, supplier::entity::Column::Name).await?);
            pairs
        }
        "outlet" => outlets(at).await?,
        "part" => by_code(at, warranty::part::Entity::find(), PartUnderWarranty::Code, PartUnderWarranty::Name).await?,
        // Contracts are kept elsewhere; codes of other kinds have no names.
        "contract" | "reason" => Vec::new(),
        "category" => by_code(at, category::Entity::find(), category::Column::Code, category::Column::Name).await?,
        "channel" => by_code(at, channel::Entity::find(), channel::Column::Code, channel::Column::Name).await?,
        _ => kinds(at.lang()),
    };
    Ok(pairs.into_iter().collect())
}

/// The name of a key, or the key; nothing for the rows without one.
pub fn label(names: &HashMap<String, String>, key: &str) -> Value {
    match key {
        "" => Value::Nothing,
        key => Value::Text(names.get(key).cloned().unwrap_or_else(|| key.to_owned())),
    }
}

/// Outlets by the name of the supplier they are.
async fn outlets(at: &Reading) -> Result<Pairs, Fault> {
    let rows = outlet::entity::Entity::find().all(&at.db()).await?;
    let names = outlet::commands::names(at, &rows).await?;
    let pair = |row: outlet::entity::Model| Some((row.id.to_string(), names.get(&row.supplier_id)?.clone()));
    Ok(rows.into_iter().filter_map(pair).collect())
}

/// The name of a kind of ticket.
pub fn kind(kind: Kind, lang: Lang) -> &'static str {
    match (lang, kind) {
        (Lang::En, kind) => kind.code(),
        (Lang::Zh, Kind::Consultation) => "咨询",
        (Lang::Zh, Kind::Complaint) => "投诉",
        (Lang::Zh, Kind::Suggestion) => "建议",
        (Lang::Zh, Kind::Application) => "申请",
        (Lang::Zh, Kind::Repair) => "报修",
    }
}

fn kinds(lang: Lang) -> Vec<(String, String)> {
    let all = [Kind::Consultation, Kind::Complaint, Kind::Suggestion, Kind::Application, Kind::Repair];
    all.map(|each| (each.code().to_owned(), kind(each, lang).to_owned())).to_vec()
}

type Pairs = Vec<(String, String)>;

async fn by_id<E: EntityTrait>(at: &Reading, rows: Select<E>, id: E::Column, name: E::Column) -> Result<Pairs, Fault> {
    let rows: Vec<(Uuid, String)> = rows.select_only().column(id).column(name).into_tuple().all(&at.db()).await?;
    Ok(rows.into_iter().map(|(id, name)| (id.to_string(), name)).collect())
}

async fn by_code<E>(at: &Reading, rows: Select<E>, code: E::Column, name: E::Column) -> Result<Pairs, Fault>
where
    E: EntityTrait,
{
    Ok(rows.select_only().column(code).column(name).into_tuple().all(&at.db()).await?)
}
