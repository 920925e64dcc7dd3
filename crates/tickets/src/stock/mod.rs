//! The stock ledger of spare parts (配件台账, TK-R33): movements from place to place that always balance, and
//! what causes them – requests, counts, write-offs – and reconciliation with the outlets.

pub mod balance;
pub mod count;
pub mod issuing;
pub mod location;
pub mod movement;
pub mod moving;
pub mod posting;
pub mod reconciliation;
pub mod request;
pub mod write_off;

use access::JobRole;
use kernel::fault::{ABOVE_AUTHORITY, Fault, SEPARATION_OF_DUTIES};
use sea_orm::entity::prelude::*;
use store::life_cycle::{Allowed, refuse_where};
use store::{Reading, parameters};

/// Who decides on a loss: parts_clerk up to the limit, cs_manager above, never who found it.
async fn may_decide(at: &Reading, proposer: Uuid, value_fen: i64) -> Result<(), Fault> {
    if at.actor().persons().any(|person| person == proposer) {
        return Err(Fault::new(&SEPARATION_OF_DUTIES)
            .rule("TK-R36")
            .with("first", "propose")
            .with("second", "approve"));
    }
    let limit = parameters::money(at, "tickets.stock.write_off_manager_limit").await?;
    if value_fen > limit.fen() && !at.actor().is(JobRole::CsManager) {
        return Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "value").with("limit", limit.to_string()));
    }
    Ok(())
}

/// The acts on a loss, with who decides on it.
async fn decidable(
    at: &Reading,
    mut acts: Vec<Allowed>,
    proposer: Uuid,
    value_fen: i64,
) -> Result<Option<Vec<Allowed>>, Fault> {
    for action in ["approve", "refuse"] {
        refuse_where(&mut acts, action, may_decide(at, proposer, value_fen).await, at.lang())?;
    }
    Ok(Some(acts))
}
