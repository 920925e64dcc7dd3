//! What may be done with a delegation, by whether it was taken back.

use kernel::fault::Fault;
use store::life_cycle::{LifeCycle, Move, Subject};

use super::{Model, commands};

/// Whether a delegation was taken back.
#[codes::code(name = "DelegationStanding", stored = false)]
pub(super) enum Standing {
    /// 有效
    Active,
    /// 已撤回
    Revoked,
}

/// Acts on a delegation.
pub(super) const MOVES: LifeCycle<Standing, Model> = LifeCycle {
    entity: "platform.delegation",
    state: |it| standing(it.row),
    moves: &[Move {
        action: "revoke",
        from: &[Standing::Active],
        to: Some(Standing::Revoked),
        guards: &[by_principal_or_hr],
    }],
};

pub(super) fn standing(row: &Model) -> Standing {
    if row.revoked_at.is_some() { Standing::Revoked } else { Standing::Active }
}

fn by_principal_or_hr(it: &Subject<'_, Model>) -> Result<(), Fault> {
    commands::may(it.actor, it.row.from_staff_id)
}
