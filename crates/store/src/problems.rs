//! Refusals that belong to no domain but to the mechanisms of this crate.

kernel::problems! {
    PARAMETER_UNKNOWN = NotFound, "not_found", "未找到", "Not found";
    REASON_REQUIRED = Invalid, "reason_required", "追溯生效须说明原因", "A date in the past needs a reason of its own";
    CLOCK_BACKWARDS = Conflict, "clock_backwards", "时钟不能往回拨", "The clock cannot go back";
    UNIQUE_TAKEN = Conflict, "already_exists", "{field} 已被占用", "{field} is taken";
}
