//! The acts of the custody register: who may do what with papers, by where they are.

use access::JobRole;
use kernel::fault::{ABOVE_AUTHORITY, Fault, SEPARATION_OF_DUTIES};
use store::life_cycle::{LifeCycle, Move, Subject};

use super::entity::{
    Model,
    State::{self, *},
};
use crate::problems::{NOT_HOLDER, NOT_RECEIVER};

/// Keeps archives; what bears an archive number is received by nobody else.
const ARCHIVISTS: &[JobRole] = &[JobRole::DocumentController, JobRole::CostArchivist, JobRole::CsClerk];

/// Acts on a custody item.
pub const MOVES: LifeCycle<State, Model> = LifeCycle {
    entity: "platform.custody",
    state: |it| it.row.state,
    moves: &[
        Move { action: "hand-over", from: &[Held], to: Some(InTransfer), guards: &[holder] },
        Move { action: "receive", from: &[InTransfer], to: Some(Held), guards: &[not_giver, receiver, archivist] },
        Move { action: "refuse", from: &[InTransfer], to: Some(Held), guards: &[not_giver, receiver] },
        Move { action: "transfer", from: &[Held], to: Some(InTransfer), guards: &[holder] },
        Move { action: "lend", from: &[Held], to: Some(Lent), guards: &[holder] },
        Move { action: "return-loan", from: &[Lent], to: Some(Held), guards: &[holder] },
        Move { action: "report-lost", from: &[Held, InTransfer, Lent], to: Some(Lost), guards: &[holder] },
    ],
};

/// The permission an act needs: the giver's side, or the receiver's.
pub(super) fn permission(action: &str) -> String {
    match action {
        "receive" | "refuse" => "platform.custody:receive".to_owned(),
        _ => "platform.custody:hand_over".to_owned(),
    }
}

fn holder(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match it.actor.sub == it.row.holder_staff_id || it.actor.on_behalf_of == Some(it.row.holder_staff_id) {
        true => Ok(()),
        false => Err(Fault::new(&NOT_HOLDER).rule("PF-E12")),
    }
}

fn not_giver(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match it.actor.persons().any(|person| person == it.row.holder_staff_id) {
        true => Err(Fault::new(&SEPARATION_OF_DUTIES).with("first", "hand_over").with("second", "receive")),
        false => Ok(()),
    }
}

fn receiver(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match it.actor.persons().any(|person| Some(person) == it.row.receiver_staff_id) {
        true => Ok(()),
        false => Err(Fault::new(&NOT_RECEIVER)),
    }
}

fn archivist(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match it.row.archive_no.is_none() || it.actor.is_any(ARCHIVISTS) {
        true => Ok(()),
        false => Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "archive")),
    }
}
