//! Refusals that belong to no domain but to the mechanisms of this crate.

kernel::problems! {
    PARAMETER_UNKNOWN = NotFound, "not_found", "未找到", "Not found";
    CLOCK_BACKWARDS = Conflict, "clock_backwards", "时钟不能往回拨", "The clock cannot go back";
    UNIQUE_TAKEN = Conflict, "already_exists", "{field} 已被占用", "{field} is taken";
}
