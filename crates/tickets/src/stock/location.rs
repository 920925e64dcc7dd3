//! Where parts lie or went (存放地点): every movement leaves one place and enters another.

use std::fmt;

use access::Actor;
use kernel::fault::Fault;
use registers::{referenced, supplier};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, Iterable};
use serde::{Deserialize, Serialize};
use store::Work;
use utoipa::ToSchema;

use crate::outlet::{self, ServiceOutlet};

/// The sort of a place.
#[codes::code(name = "PartLocationKind")]
pub enum LocationKind {
    /// 供应商
    Supplier,
    /// 仓库
    Warehouse,
    /// 网点
    Outlet,
    /// 维修组
    Team,
    /// 现场
    #[label("On the spot")]
    Field,
    /// 旧件库
    #[label("Recovered parts")]
    Recovered,
    /// 已消耗
    Consumed,
    /// 已报废
    Scrapped,
    /// 已核销
    WrittenOff,
    /// 盘点调整
    Adjustment,
}

impl LocationKind {
    /// The kind with this code.
    pub fn with_code(code: &str) -> Option<Self> {
        Self::iter().find(|kind| kind.code() == code)
    }
    /// Places that can never hold less than nothing (TK-R33); what is recovered was consumed before.
    pub fn is_guarded(self) -> bool {
        matches!(self, Self::Warehouse | Self::Outlet | Self::Team | Self::Recovered | Self::Consumed | Self::Field)
    }
    /// Places that hold parts which are still to be used.
    pub fn is_stock(self) -> bool {
        matches!(self, Self::Warehouse | Self::Outlet | Self::Team)
    }
}

/// A place: an outlet or team by its id, the rest by its kind.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PartLocation)]
pub struct Location {
    pub kind: LocationKind,
    /// The outlet or the team's unit; a supplier, a warehouse or a store of old parts may be named.
    #[serde(rename = "ref")]
    pub reference: Option<Uuid>,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind: &str = self.kind.into();
        match self.reference {
            Some(id) => write!(f, "{kind}:{id}"),
            None => f.write_str(kind),
        }
    }
}

impl Location {
    /// A place without a name of its own.
    pub const fn of(kind: LocationKind) -> Self {
        Self { kind, reference: None }
    }

    /// Reads `kind` or `kind:id`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            Some((kind, id)) => Some(Self { kind: LocationKind::with_code(kind)?, reference: Some(id.parse().ok()?) }),
            None => LocationKind::with_code(text).map(Self::of),
        }
    }

    /// Checks that parts lie there that are still to be used, and that it exists.
    ///
    /// # Errors
    /// 422 `location_invalid` at `<pointer>/kind`, else as [`Self::check`].
    pub async fn check_stock(&self, work: &Work, pointer: &str) -> Result<(), Fault> {
        if !self.kind.is_stock() {
            return Err(Fault::field(format!("{pointer}/kind"), "location_invalid"));
        }
        self.check(work, pointer).await
    }

    /// Checks that the place exists and the caller may know of it.
    ///
    /// # Errors
    /// 422 at `<pointer>/ref`.
    pub async fn check(&self, work: &Work, pointer: &str) -> Result<(), Fault> {
        let at = format!("{pointer}/ref");
        match (self.kind, self.reference) {
            (LocationKind::Outlet | LocationKind::Team, None) => Err(Fault::field(at, "required")),
            (LocationKind::Outlet, Some(id)) => referenced::known::<ServiceOutlet>(work, id, &at).await.map(drop),
            (LocationKind::Team | LocationKind::Warehouse | LocationKind::Recovered, Some(id)) => {
                referenced::org_unit_known(work, id, &at).await
            }
            (LocationKind::Supplier, Some(id)) => {
                referenced::known::<supplier::Supplier>(work, id, &at).await.map(drop)
            }
            (_, Some(_)) => Err(Fault::field(at, "unknown_field")),
            (_, None) => Ok(()),
        }
    }
}

/// The rows whose place this caller may know of, and those he wrote himself.
pub fn known_or_own<C: ColumnTrait>(actor: &Actor, kind: C, reference: C, created_by: C) -> Condition {
    let known = known_to(actor, kind, reference);
    if outlet::is_central(actor) {
        return known;
    }
    Condition::any().add(known).add(created_by.eq(actor.sub))
}

/// The rows whose place, held in these two columns, this caller may know of.
pub fn known_to<C: ColumnTrait>(actor: &Actor, kind: C, reference: C) -> Condition {
    if outlet::is_central(actor) {
        return Condition::all();
    }
    if !outlet::is_part(actor) {
        return Condition::all().add(Expr::value(false));
    }
    let outlets =
        Condition::all().add(kind.eq(LocationKind::Outlet)).add(reference.in_subquery(outlet::known_to(actor)));
    let units = actor.scope.org_unit_ids.iter().copied();
    let teams = Condition::all().add(kind.eq(LocationKind::Team)).add(reference.is_in(units));
    Condition::any().add(outlets).add(teams)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_as_written() {
        let outlet = Location { kind: LocationKind::Outlet, reference: Some(Uuid::from_u128(7)) };
        for place in [outlet, Location::of(LocationKind::WrittenOff), Location::of(LocationKind::Warehouse)] {
            assert_eq!(Location::parse(&place.to_string()), Some(place));
        }
        assert_eq!(Location::parse("attic"), None);
        assert_eq!(Location::parse("outlet:7"), None);
    }
}
