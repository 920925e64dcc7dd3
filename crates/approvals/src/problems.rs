//! Refusals of approvals.

kernel::problems! {
    ROUTE_MISSING = Internal, "internal", "缺少审批路线", "There is no approval route";
    NO_STEP_ASKED = Conflict, "no_step_asked", "审批路线中没有适用于此事项的步骤", "No step of the route is asked for by this subject";
}
