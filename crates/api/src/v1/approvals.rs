//! `/v1/approvals`: what waits for a signature, and what was decided (PF-08).

use approvals::approval::Approval;

use crate::router::Api;

/// Declares the approvals inbox.
pub fn routes(api: &mut Api) {
    api.resource::<Approval>("approvals", "approvals").list().get().history();
}
