//! Refusals of approvals.

kernel::problems! {
    ROUTE_MISSING = Internal, "internal", "缺少审批路线", "There is no approval route";
}
