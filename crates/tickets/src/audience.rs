//! Whom a plan, a survey or a campaign is for (对象): customers named, or found by what is known of them.

use std::collections::HashSet;

use kernel::fault::Fault;
use registers::customer::{self, Customer, CustomerKind, CustomerStatus};
use registers::property::{owner, unit};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query, SelectStatement};
use sea_orm::{Condition, QuerySelect};
use serde::{Deserialize, Serialize};
use store::{Reading, Resource};
use utoipa::ToSchema;

/// The most customers one plan, survey or campaign may be for.
pub const MOST: u64 = 5_000;

/// Customers who meet everything that is given; nothing given means every active customer in scope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CustomerAudience)]
pub struct Audience {
    /// Exactly these.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 5000)]
    pub customer_ids: Option<Vec<Uuid>>,
    /// Entered for one of these projects, or owner of a unit there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 50)]
    pub project_ids: Option<Vec<Uuid>>,
    /// Owner of a unit in one of these buildings.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 200)]
    pub building_ids: Option<Vec<Uuid>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 2)]
    pub kinds: Option<Vec<CustomerKind>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 50)]
    pub categories: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 50)]
    pub sources: Option<Vec<String>>,
    /// Looked after by one of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 200)]
    pub owner_staff_ids: Option<Vec<Uuid>>,
    /// False: only customers nobody looks after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_owner: Option<bool>,
}

/// The owners today of units that meet a condition.
fn owners(at: &Reading, units: Condition) -> SelectStatement {
    let today = kernel::time::business_day(at.now);
    let homes = Query::select().column(unit::entity::Column::Id).from(unit::Entity).cond_where(units).to_owned();
    let still = owner::entity::Column::ToOn.is_null().or(owner::entity::Column::ToOn.gte(today));
    Query::select()
        .column(owner::entity::Column::CustomerId)
        .from(owner::entity::Entity)
        .and_where(owner::entity::Column::UnitId.in_subquery(homes))
        .and_where(still)
        .to_owned()
}

impl Audience {
    /// Exactly these customers.
    pub fn named(customer_ids: Vec<Uuid>) -> Self {
        Self { customer_ids: Some(customer_ids), ..Self::default() }
    }

    fn condition(&self, at: &Reading) -> Condition {
        use customer::entity::Column;
        let mut all = Condition::all()
            .add(Column::Status.eq(CustomerStatus::Active))
            .add(Customer::visible_to(at.actor()))
            .add_option(self.customer_ids.clone().map(|ids| Column::Id.is_in(ids)))
            .add_option(self.kinds.clone().map(|kinds| Column::Kind.is_in(kinds)))
            .add_option(self.categories.clone().map(|codes| Column::Category.is_in(codes)))
            .add_option(self.sources.clone().map(|codes| Column::Source.is_in(codes)))
            .add_option(self.owner_staff_ids.clone().map(|ids| Column::OwnerStaffId.is_in(ids)))
            .add_option(self.has_owner.map(|owned| match owned {
                true => Column::OwnerStaffId.is_not_null(),
                false => Column::OwnerStaffId.is_null(),
            }));
        if let Some(projects) = &self.project_ids {
            let there = Condition::all().add(unit::entity::Column::ProjectId.is_in(projects.iter().copied()));
            let entered = Column::ProjectId.is_in(projects.iter().copied());
            all = all.add(Condition::any().add(entered).add(Column::Id.in_subquery(owners(at, there))));
        }
        if let Some(buildings) = &self.building_ids {
            let there = Condition::all().add(unit::entity::Column::BuildingId.is_in(buildings.iter().copied()));
            all = all.add(Column::Id.in_subquery(owners(at, there)));
        }
        all
    }

    /// The customers it is for, by number.
    ///
    /// # Errors
    /// 422 `not_found` at the place of an id nobody active in scope has, `out_of_range` beyond [`MOST`].
    pub async fn resolve(&self, at: &Reading, pointer: &str) -> Result<Vec<customer::Model>, Fault> {
        let found = customer::Entity::find().filter(self.condition(at)).limit(MOST + 1);
        let mut rows = found.all(&at.db()).await?;
        if rows.len() as u64 > MOST {
            return Err(Fault::field(pointer, "out_of_range"));
        }
        if let Some(named) = &self.customer_ids {
            self.all_known(at, named, &rows, pointer).await?;
        }
        rows.sort_by(|a, b| by_number(&a.number).cmp(&by_number(&b.number)));
        Ok(rows)
    }

    /// Checks that everybody it names is known, before anybody is looked for.
    ///
    /// # Errors
    /// 422 `not_found` at the place of an id nobody active in scope has.
    pub async fn check_named(&self, at: &Reading, pointer: &str) -> Result<(), Fault> {
        match &self.customer_ids {
            Some(named) => self.all_known(at, named, &[], pointer).await,
            None => Ok(()),
        }
    }

    async fn all_known(
        &self,
        at: &Reading,
        named: &[Uuid],
        found: &[customer::Model],
        pointer: &str,
    ) -> Result<(), Fault> {
        let mut known: HashSet<Uuid> = found.iter().map(|row| row.id).collect();
        if known.len() < named.len() {
            // Those whom only another condition leaves out are known all the same.
            let only = Self::named(named.to_vec()).condition(at);
            known.extend(customer::Entity::find().filter(only).all(&at.db()).await?.iter().map(|row| row.id));
        }
        match named.iter().position(|id| !known.contains(id)) {
            Some(n) => Err(Fault::field(format!("{pointer}/customer_ids/{n}"), "not_found")),
            None => Ok(()),
        }
    }
}

/// The order of numbers `KH-20260115-000123`, also past a million a day.
pub(crate) fn by_number(number: &str) -> (&str, u64) {
    let (head, n) = number.rsplit_once('-').unwrap_or((number, ""));
    (head, n.parse().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_in_order_past_a_million() {
        let mut numbers = ["KH-20260116-000001", "KH-20260115-1000000", "KH-20260115-999999"];
        numbers.sort_by_key(|number| by_number(number));
        assert_eq!(numbers, ["KH-20260115-999999", "KH-20260115-1000000", "KH-20260116-000001"]);
    }
}
