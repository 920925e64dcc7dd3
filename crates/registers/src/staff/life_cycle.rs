//! What may be done with a member of staff, by whether he works here.

use kernel::fault::Fault;
use store::Reading;
use store::life_cycle::{LifeCycle, Move, Subject};

use super::entity::{ACTIVE, Model};

/// Whether somebody works here.
#[codes::code(name = "StaffStanding", stored = false)]
pub(super) enum Standing {
    /// 在职
    Active,
    /// 离职
    Inactive,
}

/// Acts on a member of staff.
pub(super) const MOVES: LifeCycle<Standing, Model> = LifeCycle {
    entity: "platform.staff",
    state: |it| standing(it.row),
    moves: &[
        Move { action: "posts", from: &[Standing::Active], to: None, guards: &[] },
        Move { action: "end-post", from: &[Standing::Active], to: None, guards: &[] },
    ],
};

pub(super) fn standing(row: &Model) -> Standing {
    if row.status == ACTIVE { Standing::Active } else { Standing::Inactive }
}

/// Refuses an act that is not possible now.
pub(super) fn take(at: &Reading, action: &str, row: &Model) -> Result<(), Fault> {
    MOVES.take(action, &Subject::of(at, row)).map(|_| ())
}
