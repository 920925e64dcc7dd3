//! The blacklist (黑名单) as a life cycle.

use kernel::fault::Fault;
use store::Reading;
use store::life_cycle::{LifeCycle, Move, Subject};

use super::entity::Model;

/// Whether anybody may choose a supplier anew.
#[codes::code(name = "SupplierListing", stored = false)]
pub(super) enum Listing {
    /// 在册
    Listed,
    /// 黑名单
    Blacklisted,
}

/// Acts on a supplier.
pub(super) const MOVES: LifeCycle<Listing, Model> = LifeCycle {
    entity: "platform.supplier",
    state: |it| listing(it.row),
    moves: &[
        Move { action: "blacklist", from: &[Listing::Listed], to: Some(Listing::Blacklisted), guards: &[] },
        Move { action: "unblacklist", from: &[Listing::Blacklisted], to: Some(Listing::Listed), guards: &[] },
    ],
};

pub(super) fn listing(row: &Model) -> Listing {
    if row.blacklisted_on.is_some() { Listing::Blacklisted } else { Listing::Listed }
}

/// Refuses an act that is not possible now.
pub(super) fn take(at: &Reading, action: &str, row: &Model) -> Result<(), Fault> {
    MOVES.take(action, &Subject::of(at, row)).map(|_| ())
}
