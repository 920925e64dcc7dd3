//! Why the heating service refuses, in both languages.

kernel::problems! {
    SEASON_EXISTS = Conflict, "season_exists", "该区域已有同号供暖期", "The region has a season of this number";
    SEASON_OVERLAP = Conflict, "season_overlap", "供暖期与 {number} 重叠", "The season overlaps {number}";
    SEASON_RUNNING = Conflict, "season_running", "供暖期至 {ends_on} 尚未结束", "The season runs until {ends_on}";
    DATES_FROZEN = Conflict, "dates_frozen", "供暖期开始后日期不能更改", "The dates of a season are frozen once it is open";
    PRICE_MISSING = Conflict, "price_missing", "缺少已批准的单价:{uses}", "No approved price for: {uses}";
    PRICE_EXISTS = Conflict, "price_exists", "该供暖期、用途已有批准的单价", "There is an approved price for this season and use";
    BRANCH_MISMATCH = Invalid, "branch_mismatch", "上级站不属于同一分公司", "The parent station is of another branch";
    STATION_CLOSED = Conflict, "station_closed", "该站已停用", "The station is closed";
    ROOM_TAKEN = Conflict, "room_taken", "该站已有此房号的用热户({number})", "The station has a household in this room ({number})";
    UNIT_TAKEN = Conflict, "unit_taken", "该房屋已有用热户({number})", "The unit has a household ({number})";
    SEAL_IN_USE = Conflict, "seal_in_use", "铅封号已使用", "The seal number is in use";
    OWNERSHIP_OVERLAP = Conflict, "ownership_overlap", "产权期间重叠或有间断", "Periods of ownership overlap or leave a gap";
    ARREARS_OPEN = Conflict, "arrears_open", "尚有欠费 {overdue}", "Overdue: {overdue}";
    AREA_OVERLAP = Conflict, "area_overlap", "证载面积期间重叠", "Certificate areas overlap";
    ALREADY_ENDED = Conflict, "already_ended", "该面积项已于 {to} 结束", "The area item ended on {to}";
    ASSIGNMENT_OVERLAP = Conflict, "assignment_overlap", "该站该日已有包保责任人", "The station has an officer on these days";
    DUPLICATE_VOUCHER = Conflict, "duplicate_voucher", "凭证号重复({number})", "The voucher was booked already ({number})";
    INSTRUMENT_NOT_VALID = Conflict, "instrument_not_valid", "仪器 {number} 未检定合格、停用或精度不足", "The instrument {number} is out of service, not verified for the day or not exact enough";
    OUTSIDE_HOURS = Invalid, "outside_hours", "不在入户时间内,须用户同意", "Outside the hours of visits; the user has to agree";
    LEVEL_MISSING = Conflict, "level_missing", "尚未逐级上报或通知:{levels}", "Not told yet: {levels}";
    ALREADY_REPORTED = Conflict, "already_reported", "该级已上报", "This level was told already";
    CASE_OPEN = Conflict, "case_open", "该用热户已有未关闭的单据({number})", "The household has a case that has not ended ({number})";
    NOT_CONNECTED = Conflict, "not_connected", "用热户未接通", "The household is not connected";
    NOT_JUDGED = Conflict, "not_judged", "不达标的测温单须先判定责任", "A cold home's case is closed only once somebody judged who answers for it";
    UNREACHABLE_NOT_PROVEN = Conflict, "unreachable_not_proven", "回访次数不足:需 {needed} 次,已 {made} 次", "Not enough call-back attempts: {needed} needed, {made} made";
    NOTHING_TO_REFUND = Conflict, "nothing_to_refund", "没有应退的日期或已全部抵账", "No day is refunded, or all of it was credited before";
    REFUND_UNDER_WAY = Conflict, "refund_under_way", "该供暖期已有在办的退费({number})", "A refund of this season is under way ({number})";
    REFUND_EXCEEDS_FEE = Conflict, "refund_exceeds_fee", "退费超过限额 {limit}", "More than {limit}";
    ALREADY_APPLIED = Conflict, "already_applied", "本供暖期已有在办的申请", "An application for this season is under way";
    STOP_WINDOW_CLOSED = Conflict, "stop_window_closed", "报停申请已于 {until} 截止", "Applications to stop closed on {until}";
    WARRANTY_HOME = Conflict, "warranty_home", "保修期内的用热户不能报停", "A home under warranty cannot be stopped";
    BASIC_FEE_UNPAID = Conflict, "basic_fee_unpaid", "基本热费尚未缴清", "The basic fee is not paid";
    RESUME_UNPAID = Conflict, "resume_unpaid", "恢复供热费用尚未缴清", "The resumption is not paid";
    NOTICE_MISSING = Conflict, "notice_missing", "尚未送达通知", "No notice was served";
    NOTICE_RUNNING = Conflict, "notice_running", "通知期限至 {until} 尚未届满", "The term of the notice runs until {until}";
    AGREEMENT_NOT_APPROVED = Conflict, "agreement_not_approved", "协议 {number} 未批准或已终止", "The agreement {number} is not approved, or has ended";
    NOT_VERIFIED = Conflict, "not_verified", "拒不配合的案件须由两人分别测量后方可追缴", "A refused case is billed once two persons have measured each part";
    NOTHING_TO_BILL = Conflict, "nothing_to_bill", "没有可追缴的金额", "There is nothing to bill";
    RECOVERY_TOO_OLD = Invalid, "recovery_too_old", "追缴不得早于 {earliest}", "Nothing is recovered from before {earliest}";
    NO_PROOF = Invalid, "no_proof", "窃热无起始证据的,自供暖期首日起追缴", "Stolen heat is charged from the season's first day unless a later start is proven";
    NO_ACCESS_ROUNDS = Conflict, "no_access_rounds", "入户 {needed} 次未果后方可通知分公司,已 {made} 次", "The branch is told after {needed} visits without access; {made} were made";
    NOT_STOPPED = Conflict, "not_stopped", "本供暖期没有生效的报停", "No stop of this season is in effect";
}
