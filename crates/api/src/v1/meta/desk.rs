//! Codes of tickets, clocks, calls and callbacks.

use super::Named;

pub(super) const ENUMS: &[Named] = &[
    (
        "ticket_kind",
        &[
            ("consultation", "咨询", "Consultation"),
            ("complaint", "投诉", "Complaint"),
            ("suggestion", "建议", "Suggestion"),
            ("application", "申请", "Application"),
            ("repair", "报修", "Repair"),
        ],
    ),
    ("severity", &[("normal", "一般", "Normal"), ("serious", "严重", "Serious"), ("major", "重大", "Major")]),
    (
        "ticket_status",
        &[
            ("registered", "已登记", "Registered"),
            ("assigned", "已派单", "Assigned"),
            ("in_progress", "处理中", "In progress"),
            ("pending_approval", "待审批", "Waiting for approval"),
            ("resolved", "已解决", "Resolved"),
            ("replied", "已答复", "Replied"),
            ("closed", "已关闭", "Closed"),
            ("out_of_scope", "不予受理", "Out of scope"),
            ("withdrawn", "已撤回", "Withdrawn"),
            ("merged", "已合并", "Merged"),
        ],
    ),
    (
        "ticket_close_reason",
        &[
            ("satisfied", "客户满意", "Satisfied"),
            ("waived", "免回访", "Callback waived"),
            ("internal", "内部诉求", "Internal"),
        ],
    ),
    (
        "place_kind",
        &[
            ("unit", "户内", "Home"),
            ("building_common", "楼栋公共部位", "Common part of a building"),
            ("project_common", "小区公共部位", "Common part of a project"),
            ("parking", "车位", "Parking"),
            ("station_area", "所站辖区", "Area of a station"),
            ("none", "无具体位置", "Nowhere"),
        ],
    ),
    (
        "channel_medium",
        &[
            ("phone", "电话", "Phone"),
            ("walk_in", "来访", "Walk-in"),
            ("web", "网站", "Web"),
            ("app", "手机应用", "App"),
            ("im", "即时通讯", "Messenger"),
            ("sms", "短信", "SMS"),
            ("email", "邮件", "E-mail"),
            ("letter", "信函", "Letter"),
            ("site_visit", "上门走访", "Visit on the spot"),
            ("transfer", "转办", "Transfer"),
            ("government", "政府热线", "Government hotline"),
            ("system", "系统", "System"),
        ],
    ),
    (
        "responsible_rule",
        &[
            ("org_unit", "指定部门", "A named unit"),
            ("project_team", "项目部", "Project team"),
            ("station", "所站", "Station"),
            ("desk", "受理客服台", "The desk that took it"),
        ],
    ),
    (
        "pause_approvers",
        &[("LEAD", "班长或主管", "Team leader or supervisor"), ("HEAD", "部门负责人", "Head of the department")],
    ),
    (
        "ticket_catalogue_list",
        &[
            ("pause_reason", "暂停原因", "Pause reason"),
            ("root_cause", "根本原因", "Root cause"),
            ("delay_reason", "超时原因", "Delay reason"),
            ("dismiss_reason", "不予受理原因", "Reason of dismissal"),
            ("return_reason", "退换原因", "Reason of a return"),
        ],
    ),
    (
        "reply_method",
        &[
            ("phone", "电话", "Phone"),
            ("sms", "短信", "SMS"),
            ("email", "邮件", "E-mail"),
            ("letter", "信函", "Letter"),
            ("visit", "上门", "Visit"),
            ("app", "手机应用", "App"),
            ("im", "即时通讯", "Messenger"),
            ("walk_in", "当面", "In person"),
        ],
    ),
    ("reply_response", &[("accepted", "认可", "Accepted"), ("contested", "有争议", "Contested")]),
    ("comment_visibility", &[("internal", "内部", "Internal"), ("customer", "客户可见", "For the customer")]),
    (
        "bulk_action",
        &[
            ("assign", "派单", "Assign"),
            ("chase", "催办", "Chase"),
            ("comment", "备注", "Comment"),
            ("observe", "关注", "Observe"),
        ],
    ),
    ("call_direction", &[("in", "呼入", "Incoming"), ("out", "呼出", "Outgoing")]),
    (
        "call_result",
        &[
            ("answered", "已接", "Answered"),
            ("lost", "未接", "Lost"),
            ("busy", "占线", "Busy"),
            ("voicemail", "语音留言", "Voicemail"),
        ],
    ),
    (
        "clock_name",
        &[
            ("handle", "办理", "Handling"),
            ("stage", "环节", "Stage"),
            ("reply", "答复", "Reply"),
            ("callback", "回访", "Callback"),
        ],
    ),
    (
        "breach_cause",
        &[("time", "超时", "Time"), ("retarget", "时限调整", "Re-targeting"), ("backdated", "补录", "Backdated")],
    ),
    (
        "ticket_pause_status",
        &[
            ("requested", "待批", "Requested"),
            ("active", "暂停中", "Active"),
            ("ended", "已结束", "Ended"),
            ("refused", "未批准", "Refused"),
        ],
    ),
    (
        "sla_policy_set_status",
        &[("draft", "草稿", "Draft"), ("active", "生效", "Active"), ("superseded", "已被替代", "Superseded")],
    ),
    (
        "supervision_status",
        &[("issued", "已督办", "Issued"), ("answered", "已回复", "Answered"), ("closed", "已结束", "Closed")],
    ),
    (
        "incident_status",
        &[("open", "处理中", "Open"), ("restored", "已恢复", "Restored"), ("closed", "已关闭", "Closed")],
    ),
    (
        "callback_status",
        &[
            ("pending", "待回访", "Pending"),
            ("done", "已回访", "Done"),
            ("waived", "免回访", "Waived"),
            ("void", "作废", "Void"),
        ],
    ),
    (
        "callback_outcome",
        &[
            ("satisfied", "满意", "Satisfied"),
            ("not_satisfied", "不满意", "Not satisfied"),
            ("declined", "拒绝回访", "Declined"),
            ("unreachable", "无法联系", "Unreachable"),
        ],
    ),
    ("callback_priority", &[("normal", "普通", "Normal"), ("high", "优先", "High")]),
    (
        "attempt_result",
        &[
            ("no_answer", "无人接听", "No answer"),
            ("busy", "占线", "Busy"),
            ("power_off", "关机", "Switched off"),
            ("wrong_number", "号码有误", "Wrong number"),
            ("not_convenient", "不便接听", "Not convenient"),
        ],
    ),
    (
        "relation_to_customer",
        &[
            ("self", "本人", "Himself"),
            ("spouse", "配偶", "Spouse"),
            ("family", "家属", "Family"),
            ("tenant", "租户", "Tenant"),
            ("property_staff", "物业人员", "Property staff"),
            ("other", "其他", "Other"),
        ],
    ),
    (
        "contact_source",
        &[("ticket", "工单", "Ticket"), ("callback", "回访", "Callback"), ("repair_order", "维修单", "Repair order")],
    ),
    (
        "dispatch_exclusion",
        &[
            ("off_shift", "不在班", "Off shift"),
            ("on_leave", "请假", "On leave"),
            ("absent", "缺勤", "Absent"),
            ("stopped", "责令停止工作", "Told to stop"),
            ("complained_person", "被投诉人", "Complained of"),
            ("no_skill", "无此技能", "Without the skill"),
            ("at_capacity", "已满负荷", "At capacity"),
        ],
    ),
];
