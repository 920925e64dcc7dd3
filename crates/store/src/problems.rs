//! Refusals that belong to no domain but to the mechanisms of this crate.

kernel::problems! {
    PARAMETER_UNKNOWN = NotFound, "not_found", "未找到", "Not found";
    CLOCK_BACKWARDS = Conflict, "clock_backwards", "时钟不能往回拨", "The clock cannot go back";
    DAY_KIND_MISMATCH = Invalid, "day_kind_mismatch", "日期与类型不符:补班日须为周末", "The day cannot be of this kind: a make-up day is a weekend day";
    UNIQUE_TAKEN = Conflict, "already_exists", "已有 {field} 相同的记录", "There is one with the same {field} already";
}
