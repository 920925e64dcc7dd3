//! Codes of rosters, leave, quality and assessment.

use super::Named;

pub(super) const ENUMS: &[Named] = &[
    ("roster_status", &[("draft", "草稿", "Draft"), ("published", "已发布", "Published")]),
    ("roster_trade", &[("service", "客服", "Service"), ("heating", "供热", "Heating"), ("sales", "销售", "Sales")]),
    ("shift_place", &[("office", "在岗", "Office"), ("home", "居家", "Home")]),
    (
        "shift_status",
        &[
            ("planned", "计划", "Planned"),
            ("stopped", "责令停止工作", "Told to stop"),
            ("absent", "缺勤", "Absent"),
            ("on_leave", "请假", "On leave"),
        ],
    ),
    (
        "shift_swap_status",
        &[
            ("requested", "待同意", "Requested"),
            ("consented", "已同意", "Consented"),
            ("declined", "已谢绝", "Declined"),
            ("applied", "已生效", "Applied"),
            ("refused", "未批准", "Refused"),
            ("cancelled", "已取消", "Cancelled"),
        ],
    ),
    (
        "muster_presence",
        &[
            ("present", "到岗", "Present"),
            ("late", "迟到", "Late"),
            ("absent", "缺勤", "Absent"),
            ("leave", "请假", "On leave"),
        ],
    ),
    (
        "duty_log_status",
        &[("open", "记录中", "Open"), ("closed", "待交接", "Closed"), ("accepted", "已交接", "Accepted")],
    ),
    (
        "duty_log_entry_kind",
        &[
            ("event", "事件", "Event"),
            ("system_problem", "系统问题", "System problem"),
            ("difficult_case", "疑难问题", "Difficult case"),
            ("instruction", "上级指示", "Instruction"),
            ("stop_work", "责令停止工作", "Stop of work"),
        ],
    ),
    (
        "leave_status",
        &[
            ("requested", "已申请", "Requested"),
            ("handed_over", "已交接", "Handed over"),
            ("approved", "已批准", "Approved"),
            ("refused", "未批准", "Refused"),
            ("cancelled", "已取消", "Cancelled"),
        ],
    ),
    (
        "handover_kind",
        &[
            ("ticket", "工单", "Ticket"),
            ("promise", "约定答复", "Promise"),
            ("shift", "班次", "Shift"),
            ("approval", "审批", "Approval"),
        ],
    ),
    (
        "monitored_call_status",
        &[
            ("draft", "草稿", "Draft"),
            ("published", "已发布", "Published"),
            ("appealed", "申诉中", "Appealed"),
            ("upheld", "申诉成立", "Upheld"),
            ("rejected", "申诉驳回", "Rejected"),
        ],
    ),
    ("appeal_result", &[("upheld", "申诉成立", "Upheld"), ("rejected", "申诉驳回", "Rejected")]),
    (
        "monitoring_status",
        &[
            ("below_minimum", "未达最低", "Below the minimum"),
            ("below_target", "未达目标", "Below the target"),
            ("at_target", "已达目标", "At the target"),
            ("exempt", "免检", "Exempt"),
        ],
    ),
    ("quality_summary_status", &[("draft", "草稿", "Draft"), ("submitted", "已提交", "Submitted")]),
    ("training_audience", &[("all", "全员", "Everybody"), ("individual", "个别", "Individuals")]),
    (
        "training_status",
        &[("planned", "已计划", "Planned"), ("held", "已举办", "Held"), ("closed", "已结束", "Closed")],
    ),
    (
        "violation_status",
        &[
            ("recorded", "已记录", "Recorded"),
            ("disputed", "有异议", "Disputed"),
            ("confirmed", "已确认", "Confirmed"),
            ("dropped", "已撤销", "Dropped"),
        ],
    ),
    ("monthly_assessment_status", &[("draft", "草稿", "Draft"), ("published", "已发布", "Published")]),
    (
        "counter_record_kind",
        &[("takings", "营业款", "Takings"), ("lost_goods", "遗失物品", "Lost goods"), ("outing", "外出登记", "Outing")],
    ),
];
