//! Why the desk refuses, in both languages.

kernel::problems! {
    CLASSIFICATION_INVALID = Invalid, "classification_invalid", "诉求类型、类别与地点的组合无效", "This combination of kind, category and place is not offered";
    EMPTY_CONDITION = Invalid, "empty_condition", "条件不能为空列表;不限时请省略", "A condition may not be an empty list; leave it out to mean any";
    POLICY_LINT = Conflict, "policy_lint", "时限策略集有错误,不能启用", "The policy set has errors and cannot be activated";
    POLICY_UNREACHABLE = Conflict, "policy_unreachable", "策略永远不会生效,其全部情形已被前面的策略占用(位置 {position})", "Earlier policies take every case of this one (position {position})";
    POLICY_NO_DEFAULT = Conflict, "policy_no_default", "最后一条策略必须没有条件", "The last policy must have no conditions";
    POSITION_TAKEN = Conflict, "position_taken", "策略位置重复(位置 {position})", "A position is taken twice ({position})";
    POLICY_OVERLAP = Conflict, "policy_overlap", "策略有重叠,以靠前者为准(位置 {position} 与 {other})", "Two policies overlap and the earlier one wins (position {position} and {other})";
    POLICY_NOT_PROVEN = Conflict, "policy_not_proven", "条件组合过多,未能证明策略会生效(位置 {position})", "Too many combinations to tell whether a policy is reached (position {position})";
    VALID_FROM_PAST = Conflict, "valid_from_past", "生效时间已过", "The instant it takes effect has passed";
    CALL_INCONSISTENT = Invalid, "call_inconsistent", "来电的接听时间与结果不一致", "Times and result of the call do not agree";
    RECEIVED_AT_TOO_OLD = Invalid, "received_at_too_old", "受理时间早于允许的范围", "Received longer ago than may be entered";
    UNIT_REQUIRED = Invalid, "unit_required", "此分类须填写房屋", "This classification needs a unit";
    CALL_REQUIRED = Invalid, "call_required", "热线渠道须关联来电", "A hotline ticket needs its call";
    DELAY_REASON_REQUIRED = Invalid, "delay_reason_required", "超过时限须填写延误原因", "Past the deadline a reason is required";
    PAUSE_TOO_LONG = Invalid, "pause_too_long", "暂停时间超过该原因的上限", "The pause is longer than its reason allows";
    AUTHORITY_ONLY = Invalid, "authority_only", "仅限政府转办渠道", "Only with the channel government";
    CHECKLIST_OPEN = Conflict, "checklist_open", "办理程序尚有未完成项:{items}", "Checklist items are open: {items}";
    DOCUMENT_MISSING = Conflict, "document_missing", "缺少资料:{kinds}", "Documents are missing: {kinds}";
    APPROVAL_REQUIRED = Conflict, "approval_required", "须先经领导审批处理意见", "A leader's approval comes before the answer";
    ALREADY_PAUSED = Conflict, "already_paused", "已有暂停申请或正在暂停", "A pause is requested or running";
    PAUSE_REASON_NOT_ALLOWED = Conflict, "pause_reason_not_allowed", "紧急工单不允许以此原因暂停", "An urgent case may not pause for this reason";
    PAUSE_EXPIRED = Conflict, "pause_expired", "暂停截止时间已过", "The pause would be over already";
    PAUSE_TOTAL_EXCEEDED = Conflict, "pause_total_exceeded", "本周期暂停总时长超过 {limit_hours} 小时", "The pauses of this cycle exceed {limit_hours} hours";
    BREACH_IS_REAL = Conflict, "breach_is_real", "按现行时限仍属超期,不能撤销", "Under the present target the clock is late";
    TRANSFER_LIMIT = Conflict, "transfer_limit", "已转办 {limit} 次,须由客服主管转办", "After {limit} transfers a supervisor must transfer";
    CHASED_RECENTLY = Conflict, "chased_recently", "刚刚催办过,请稍后再催", "It was chased a short while ago";
    TOP_LEVEL_REACHED = Conflict, "top_level_reached", "已升级至最高级", "It is at the top level already";
    ALREADY_RATED = Conflict, "already_rated", "本次办理已评价", "This cycle was rated already";
    REOPEN_WINDOW_CLOSED = Conflict, "reopen_window_closed", "已过重开期限({until})", "The time to reopen ended on {until}";
    MERGE_TARGET_INVALID = Conflict, "merge_target_invalid", "不能合并到该工单", "It cannot be merged into that ticket";
    UNMERGE_WINDOW_CLOSED = Conflict, "unmerge_window_closed", "已过撤销合并期限", "The merge can no longer be undone";
    CALLBACK_MISSING = Conflict, "callback_missing", "尚未完成回访", "A callback is missing";
    UNREACHABLE_NOT_PROVEN = Conflict, "unreachable_not_proven", "未达到无法联系的次数和天数要求", "Not enough counted attempts on enough days";
    PROXY_NOT_ACCEPTED = Conflict, "proxy_not_accepted", "严重、重大工单须本人确认满意", "A proxy's word does not finish a serious case";
    NOT_WAIVABLE = Conflict, "not_waivable", "仅无法联系或拒绝回访的可免回访", "Only an unreachable or declined callback can be waived";
    PROMISE_TOO_FAR = Invalid, "promise_too_far", "约定答复时间超过 {limit_hours} 小时", "A promise lies at most {limit_hours} hours ahead";
    APOLOGY_REQUIRED = Invalid, "apology_required", "延期答复须向客户致歉", "Postponing a promise takes an apology";
    PLAN_STALE = Conflict, "plan_stale", "方案制定后客户分配已有变动,请重新制定", "Entries changed since the plan was made; make a new one";
    ALREADY_ANSWERED = Conflict, "already_answered", "该调查已作答", "This survey was answered with this token already";
    SURVEY_CLOSED = Conflict, "survey_closed", "调查已结束或邀请已过期", "The survey is closed, or the invitation expired";
    SURVEY_ANONYMOUS = Conflict, "survey_anonymous", "匿名调查只能由客户本人作答", "An anonymous survey is answered by the customer himself only";
    TEMPLATE_NOT_APPROVED = Conflict, "template_not_approved", "模板尚未审批", "There is no approved text of this template";
    CUSTOMER_ASSIGNED = Conflict, "customer_assigned", "客户已有专属客服,请先结束原分配", "The customer has an owner; end that entry first";
}
