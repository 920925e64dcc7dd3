//! `/v1/defect-claims`: recourse claims to contractors (TK-R23).

use tickets::defect_claim::{DefectClaim, commands};

use crate::router::Api;

/// Declares the claims.
pub fn routes(api: &mut Api) {
    api.resource::<DefectClaim>("defect claims", "defect_claims")
        .list()
        .get()
        .history()
        .create(commands::create)
        .act("notify", "Gives the contractor written notice; his time to reply begins.", commands::notify)
        .act("record-reply", "Writes the contractor's reply down.", commands::record_reply)
        .decide("confirm", "Confirms the claim; it is deducted from the retention.", commands::confirm)
        .act("withdraw", "Gives the claim up.", commands::withdraw);
}
