//! Refusals of approvals.

kernel::problems! {
    NO_STEP_ASKED = Conflict, "no_step_asked", "审批路线中没有适用于此事项的步骤", "No step of the route is asked for by this subject";
}
