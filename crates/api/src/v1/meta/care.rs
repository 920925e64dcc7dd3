//! Codes of portfolio, surveys, outreach, requests and knowledge.

use super::Named;

pub(super) const ENUMS: &[Named] = &[
    (
        "knowledge_kind",
        &[
            ("article", "知识条目", "Article"),
            ("technical_notice", "维修技术通知单", "Technical notice"),
            ("bulletin", "公告", "Bulletin"),
        ],
    ),
    ("knowledge_visibility", &[("internal", "内部", "Internal"), ("customer", "客户可见", "For customers")]),
    (
        "knowledge_status",
        &[
            ("draft", "草稿", "Draft"),
            ("in_review", "待审核", "In review"),
            ("published", "已发布", "Published"),
            ("retired", "已停用", "Retired"),
        ],
    ),
    (
        "outreach_channel",
        &[
            ("phone", "电话", "Phone"),
            ("sms", "短信", "SMS"),
            ("email", "邮件", "E-mail"),
            ("app", "站内消息", "Inbox"),
        ],
    ),
    (
        "outreach_kind",
        &[
            ("festival", "节日问候", "Festival"),
            ("promotion", "促销", "Promotion"),
            ("renewal", "续费", "Renewal"),
            ("payment_reminder", "催费", "Payment reminder"),
            ("notice", "通知", "Notice"),
        ],
    ),
    (
        "outreach_delivery_status",
        &[
            ("queued", "待办", "Queued"),
            ("held", "等待时段", "Held"),
            ("sent", "已发送", "Sent"),
            ("delivered", "已读", "Delivered"),
            ("failed", "失败", "Failed"),
            ("suppressed", "未发送", "Suppressed"),
            ("answered", "已通话", "Answered"),
        ],
    ),
    (
        "suppression_reason",
        &[
            ("no_consent", "未授权营销", "No consent"),
            ("opted_out", "已退订", "Opted out"),
            ("no_address", "无联系方式", "No address"),
            ("frequency", "频次限制", "Told a short while ago"),
            ("duplicate_address", "号码重复", "Same address as another"),
            ("bad_data", "资料不全", "A value is missing"),
            ("cooldown", "近期已邀请", "Asked a short while ago"),
            ("cancelled", "活动已取消", "Cancelled"),
        ],
    ),
    (
        "survey_question_type",
        &[
            ("scale5", "五分量表", "Scale of five"),
            ("nps", "推荐意愿", "Recommendation"),
            ("single", "单选", "One of several"),
            ("multi", "多选", "Some of several"),
            ("text", "文字", "Text"),
            ("yes_no", "是否", "Yes or no"),
        ],
    ),
    (
        "follow_up_status",
        &[
            ("open", "待兑现", "Open"),
            ("kept", "已兑现", "Kept"),
            ("missed", "已失约", "Missed"),
            ("postponed", "已延期", "Postponed"),
            ("cancelled", "已取消", "Cancelled"),
        ],
    ),
    (
        "contact_method",
        &[
            ("phone", "电话", "Phone"),
            ("email", "邮件", "E-mail"),
            ("sms", "短信", "SMS"),
            ("visit", "来访或上门", "Visit"),
            ("im", "即时通讯", "Messenger"),
        ],
    ),
    ("contact_direction", &[("in", "客户来", "Incoming"), ("out", "我方去", "Outgoing")]),
    (
        "portfolio_plan_status",
        &[("planned", "已编制", "Planned"), ("applied", "已执行", "Applied"), ("cancelled", "已取消", "Cancelled")],
    ),
    ("survey_status", &[("draft", "草稿", "Draft"), ("open", "进行中", "Open"), ("closed", "已结束", "Closed")]),
    (
        "survey_invitation_status",
        &[
            ("queued", "待发送", "Queued"),
            ("sent", "已发送", "Sent"),
            ("undeliverable", "无法送达", "Undeliverable"),
            ("opened", "已打开", "Opened"),
            ("answered", "已答", "Answered"),
            ("expired", "已过期", "Expired"),
            ("skipped", "未邀请", "Skipped"),
        ],
    ),
    (
        "survey_answer_status",
        &[("open", "可作答", "Open"), ("answered", "已答", "Answered"), ("closed", "已结束", "Closed")],
    ),
    ("message_template_status", &[("draft", "草稿", "Draft"), ("approved", "已批准", "Approved")]),
    (
        "outreach_campaign_status",
        &[
            ("draft", "草稿", "Draft"),
            ("approved", "已批准", "Approved"),
            ("running", "进行中", "Running"),
            ("paused", "已暂停", "Paused"),
            ("finished", "已结束", "Finished"),
            ("cancelled", "已取消", "Cancelled"),
        ],
    ),
    (
        "service_request_type",
        &[
            ("application", "业务申请", "Application"),
            ("return", "退货", "Return"),
            ("exchange", "换货", "Exchange"),
            ("quality_return", "质量退回", "Quality return"),
            ("presale_repair", "售前维修", "Repair before sale"),
            ("order", "订单", "Order"),
        ],
    ),
    (
        "service_request_status",
        &[
            ("submitted", "已提交", "Submitted"),
            ("checked", "已核对", "Checked"),
            ("approved", "已批准", "Approved"),
            ("refused", "已拒绝", "Refused"),
            ("goods_received", "已收货", "Goods received"),
            ("inspected", "已检验", "Inspected"),
            ("allocated", "已分配", "Allocated"),
            ("picked", "已配货", "Picked"),
            ("delivered", "已送达", "Delivered"),
            ("refunded", "已退款", "Refunded"),
            ("completed", "已完成", "Completed"),
            ("cancelled", "已取消", "Cancelled"),
        ],
    ),
];
