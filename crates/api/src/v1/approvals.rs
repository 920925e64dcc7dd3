//! `/v1/approvals` and `/v1/approval-routes`: what waits for a signature, and who signs what (PF-08).

use approvals::approval::Approval;
use approvals::route::{self, ApprovalRoute, CreateApprovalRoute};
use store::Work;

use crate::router::Api;

const TAG: &str = "approvals";

/// Declares the approvals inbox and the routes.
pub fn routes(api: &mut Api) {
    api.resource::<Approval>(TAG, "approvals").list().get().history();
    let create = async |work: &Work, input: &CreateApprovalRoute| {
        documents::ensure_one_visible(work, input.document_id, "/document_id").await?;
        route::create(work, input).await
    };
    api.resource::<ApprovalRoute>(TAG, "approval_routes")
        .list()
        .get()
        .history()
        .create_with("platform.approval_route:manage", create);
}
