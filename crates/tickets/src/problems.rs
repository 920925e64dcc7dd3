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
}
