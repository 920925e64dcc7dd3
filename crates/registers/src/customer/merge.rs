//! One person, two files: merged, and apart again within the time allowed (PF-E08).

use std::collections::{HashMap, HashSet};

use kernel::fault::Fault;
use sea_orm::sea_query::{self, Alias, CommonTableExpression, Expr, Query, SelectStatement, UnionType, WithClause};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Set};
use serde::Deserialize;
use store::{Reading, Work, resource};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::commands::refuse_unless_active;
use super::entity::{Column, CustomerStatus, Entity, Model};
use super::life_cycle::File;
use super::{Customer, key};

/// Into which file, and why.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MergeCustomer {
    pub target_id: Uuid,
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// Why the files are taken apart again.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UnmergeCustomer {
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<String>,
}

/// Merges a file into another: the other answers for its phones and numbers. Nothing sealed moves.
pub async fn merge(work: &Work, id: Uuid, cmd: &MergeCustomer) -> Result<Model, Fault> {
    let target = async |_: &Model| -> Result<Model, Fault> {
        if cmd.target_id == id {
            return Err(Fault::field("/target_id", "merge_into_itself"));
        }
        crate::referenced::locked::<Customer>(work, cmd.target_id, "/target_id").await
    };
    let (row, target) = resource::take_with::<Customer, _>(work, id, target).await?;
    File::load(work, row.clone()).await?.take(work, "merge")?;
    refuse_unless_active(&target, "merge")?;
    key::hand_over(work, id, target.id).await?;
    let mut next = row.clone().into_active_model();
    next.status = Set(CustomerStatus::Merged);
    next.merged_into_id = Set(Some(target.id));
    next.merged_at = Set(Some(work.now));
    let target = target.id.to_string();
    // Who signs in as one of them may see another's file from now on.
    work.forget();
    work.change::<Customer>(&row, next, "merged", |fact| fact.reason(cmd.reason.as_str()).with("target_id", target))
        .await
}

/// Takes a merged file out again.
///
/// # Errors
/// 409 `unmerge_window_closed` after `platform.customer.unmerge_days`.
pub async fn unmerge(work: &Work, id: Uuid, cmd: &UnmergeCustomer) -> Result<Model, Fault> {
    let row = resource::take::<Customer>(work, id).await?;
    File::load(work, row.clone()).await?.take(work, "unmerge")?;
    key::take_back(work, &family(work, id).await?, id).await?;
    let mut next = row.clone().into_active_model();
    next.status = Set(CustomerStatus::Active);
    next.merged_into_id = Set(None);
    next.merged_at = Set(None);
    let reason = cmd.reason.clone();
    work.forget();
    work.change::<Customer>(&row, next, "unmerged", |fact| store::journal::Fact { reason, ..fact }).await
}

/// The file that answers for a customer: his own, or the one it was merged into, however indirectly.
pub async fn kept_file(at: &Reading, customer: Uuid) -> Result<Uuid, Fault> {
    Ok(kept_in(at, [customer]).await?.remove(&customer).unwrap_or(customer))
}

/// That a column names one of these customers, comma-separated, or a file merged into one of theirs.
///
/// # Errors
/// 400 `invalid_parameter` where one is no id.
pub fn named(column: impl ColumnTrait, customers: &str) -> Result<Condition, Fault> {
    let customers = store::list::uuids("customer_id", customers)?;
    Ok(Condition::all().add(column.in_subquery(files_of_any(&customers))))
}

/// The files of a customer, as a subquery: his own and those merged into it, however indirectly.
pub fn files_of(customer: Uuid) -> SelectStatement {
    files_of_any(&[customer])
}

/// The files of these customers.
fn files_of_any(customers: &[Uuid]) -> SelectStatement {
    let his = || Alias::new("his_file");
    let merged = sea_query::ExprTrait::equals(Expr::col((Entity, Column::MergedIntoId)), (his(), Column::Id));
    let further = Query::select().column((Entity, Column::Id)).from(Entity).inner_join(his(), merged).to_owned();
    let mut files = Query::select();
    files.column((Entity, Column::Id)).from(Entity).and_where(Column::Id.is_in(customers.iter().copied()));
    files.union(UnionType::Distinct, further);
    let all = CommonTableExpression::new().table_name(his()).column(Column::Id).query(files).to_owned();
    let with = WithClause::new().recursive(true).cte(all).to_owned();
    Query::select().column(Column::Id).from(his()).with_cte(with).to_owned()
}

/// Where each of these files is kept in the end: itself, or the one it was merged into, however indirectly. The way ends:
/// only an active file takes another in.
pub async fn kept_in(at: &Reading, files: impl IntoIterator<Item = Uuid>) -> Result<HashMap<Uuid, Uuid>, Fault> {
    let mut kept: HashMap<Uuid, Uuid> = files.into_iter().map(|file| (file, file)).collect();
    loop {
        let reached: HashSet<Uuid> = kept.values().copied().collect();
        let merged = Entity::find()
            .select_only()
            .columns([Column::Id, Column::MergedIntoId])
            .filter(Column::Id.is_in(reached))
            .filter(Column::MergedIntoId.is_not_null());
        let merged: Vec<(Uuid, Uuid)> = merged.into_tuple().all(&at.db()).await?;
        if merged.is_empty() {
            return Ok(kept);
        }
        let merged: HashMap<Uuid, Uuid> = merged.into_iter().collect();
        for file in kept.values_mut() {
            if let Some(next) = merged.get(&*file) {
                *file = *next;
            }
        }
    }
}

/// A file and all that were merged into it, however indirectly.
pub async fn family(at: &Reading, id: Uuid) -> Result<Vec<Uuid>, Fault> {
    let mut all = vec![id];
    let mut newest = vec![id];
    while !newest.is_empty() {
        let merged = Entity::find().filter(Column::MergedIntoId.is_in(newest)).all(&at.db()).await?;
        newest = merged.into_iter().map(|row| row.id).filter(|id| !all.contains(id)).collect();
        all.extend(&newest);
    }
    Ok(all)
}
