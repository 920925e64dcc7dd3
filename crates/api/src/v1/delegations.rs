//! `/v1/delegations` (PF-03).

use registers::delegation::{Delegation, commands};

use crate::router::Api;

/// Declares delegations.
pub fn routes(api: &mut Api) {
    api.resource::<Delegation>("organisation", "delegations").list().get().history().create(commands::create).act(
        "revoke",
        "Takes a delegation back; it stops working at once.",
        commands::revoke,
    );
}
