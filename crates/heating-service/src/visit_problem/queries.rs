//! The problems of a month, counted by kind.

use std::collections::BTreeMap;

use kernel::fault::Fault;
use kernel::time::Month;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use store::Reading;
use utoipa::ToSchema;

use super::entity::{Column, Entity, Kind, Model};

/// Problems of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = VisitProblemCount)]
pub struct ProblemCount {
    pub kind: Kind,
    pub count: i64,
    pub solved: i64,
    /// Why they arose, the commonest first.
    pub causes: Vec<CauseCount>,
}

/// Problems of one cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = VisitProblemCause)]
pub struct CauseCount {
    /// Null while nobody said it.
    pub cause: Option<String>,
    pub count: i64,
}

/// The problems found at a station in a month, oldest first.
pub async fn of_month(at: &Reading, station_id: Uuid, month: Month) -> Result<Vec<Model>, Fault> {
    let rows = Entity::find()
        .filter(Column::StationId.eq(station_id))
        .filter(Column::FoundOn.gte(month.first_day()))
        .filter(Column::FoundOn.lte(month.last_day()))
        .order_by_asc(Column::Id);
    Ok(rows.all(&at.db()).await?)
}

/// What is counted of one kind.
#[derive(Default)]
struct Tally<'a> {
    count: i64,
    solved: i64,
    causes: BTreeMap<Option<&'a str>, i64>,
}

impl Tally<'_> {
    fn of_kind(self, kind: Kind) -> ProblemCount {
        let named = |(cause, count): (Option<&str>, i64)| CauseCount { cause: cause.map(str::to_owned), count };
        let mut causes: Vec<CauseCount> = self.causes.into_iter().map(named).collect();
        causes.sort_by_key(|cause| std::cmp::Reverse(cause.count));
        ProblemCount { kind, count: self.count, solved: self.solved, causes }
    }
}

/// Counts problems by kind and cause.
pub fn counted<'a>(rows: impl Iterator<Item = &'a Model>) -> Vec<ProblemCount> {
    let mut kinds: BTreeMap<Kind, Tally<'_>> = BTreeMap::new();
    for row in rows {
        let of_kind = kinds.entry(row.kind).or_default();
        of_kind.count += 1;
        of_kind.solved += i64::from(row.solved_at.is_some());
        *of_kind.causes.entry(row.cause.as_deref()).or_default() += 1;
    }
    kinds.into_iter().map(|(kind, tally)| tally.of_kind(kind)).collect()
}
