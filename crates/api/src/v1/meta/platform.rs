//! Codes of identity, registers, documents, imports and reports.

use super::Named;

pub(super) const ENUMS: &[Named] = &[
    ("customer_kind", &[("person", "个人", "Person"), ("company", "单位", "Company")]),
    (
        "customer_status",
        &[("active", "正常", "Active"), ("merged", "已合并", "Merged"), ("erased", "已删除", "Erased")],
    ),
    (
        "id_type",
        &[
            ("id_card", "居民身份证", "Identity card"),
            ("passport", "护照", "Passport"),
            ("hk_macau_permit", "港澳居民通行证", "Hong Kong and Macau permit"),
            ("taiwan_permit", "台湾居民通行证", "Taiwan permit"),
            ("other", "其他证件", "Other"),
        ],
    ),
    ("register_status", &[("active", "启用", "Active"), ("inactive", "停用", "Inactive")]),
    (
        "unit_use",
        &[
            ("residence", "住宅", "Residence"),
            ("shop", "商铺", "Shop"),
            ("parking", "车位", "Parking space"),
            ("storage", "储藏室", "Store room"),
        ],
    ),
    (
        "owner_source",
        &[("contracts", "合同", "Contracts"), ("import", "导入", "Import"), ("manual", "人工登记", "Manual")],
    ),
    (
        "supplier_kind",
        &[
            ("contractor", "施工单位", "Contractor"),
            ("consultant", "咨询单位", "Consultant"),
            ("designer", "设计单位", "Designer"),
            ("outlet", "服务网点", "Service outlet"),
            ("bank", "银行", "Bank"),
            ("authority", "主管部门", "Authority"),
            ("utility", "市政公用单位", "Utility"),
            ("laboratory", "检测机构", "Laboratory"),
            ("material", "材料供应商", "Material supplier"),
            ("other", "其他", "Other"),
        ],
    ),
    (
        "day_kind",
        &[
            ("working", "工作日", "Working day"),
            ("weekend", "周末", "Weekend"),
            ("holiday", "放假", "Holiday"),
            ("make_up_workday", "调休上班", "Make-up workday"),
        ],
    ),
    ("document_direction", &[("incoming", "来文", "Incoming"), ("outgoing", "去文", "Outgoing")]),
    (
        "document_approval_status",
        &[
            ("draft", "未报批", "Draft"),
            ("pending", "审批中", "Pending"),
            ("approved", "已批准", "Approved"),
            ("rejected", "未批准", "Rejected"),
        ],
    ),
    (
        "custody_state",
        &[
            ("held", "在管", "Held"),
            ("in_transfer", "移交中", "In transfer"),
            ("lent", "借出", "Lent"),
            ("lost", "遗失", "Lost"),
        ],
    ),
    (
        "seal_kind",
        &[
            ("company", "公章", "Company seal"),
            ("contract", "合同专用章", "Contract seal"),
            ("legal_representative", "法定代表人章", "Legal representative's seal"),
            ("department", "部门章", "Department seal"),
        ],
    ),
    (
        "approval_status",
        &[
            ("open", "审批中", "Open"),
            ("approved", "已批准", "Approved"),
            ("rejected", "未批准", "Rejected"),
            ("cleared", "已作废", "Cleared"),
        ],
    ),
    (
        "calendar_code",
        &[
            ("mainland", "大陆工作日历", "Mainland"),
            ("office", "办公时间", "Office"),
            ("continuous", "全天候", "Continuous"),
        ],
    ),
    (
        "account_status",
        &[("active", "正常", "Active"), ("locked", "已锁定", "Locked"), ("disabled", "已停用", "Disabled")],
    ),
    (
        "org_unit_kind",
        &[
            ("company", "公司", "Company"),
            ("branch", "分公司", "Branch"),
            ("region", "区域", "Region"),
            ("department", "部门", "Department"),
            ("station", "所站", "Station"),
            ("project_team", "项目部", "Project team"),
            ("shift_group", "班组", "Shift group"),
            ("outlet", "网点", "Outlet"),
        ],
    ),
    (
        "personal_field",
        &[
            ("name", "姓名", "Name"),
            ("phones", "电话", "Phones"),
            ("addresses", "地址", "Addresses"),
            ("id_document", "证件", "Identity document"),
        ],
    ),
    (
        "notification_channel",
        &[
            ("in_app", "站内消息", "Inbox"),
            ("email", "邮件", "E-mail"),
            ("sms", "短信", "SMS"),
            ("wecom", "企业微信", "WeCom"),
        ],
    ),
    ("template_lang", &[("zh", "中文", "Chinese"), ("en", "英文", "English")]),
    (
        "webhook_delivery_status",
        &[("pending", "待送达", "Pending"), ("delivered", "已送达", "Delivered"), ("failed", "失败", "Failed")],
    ),
    (
        "operation_status",
        &[
            ("queued", "排队中", "Queued"),
            ("running", "进行中", "Running"),
            ("done", "已完成", "Done"),
            ("failed", "失败", "Failed"),
        ],
    ),
    (
        "import_cell",
        &[
            ("text", "文字", "Text"),
            ("integer", "整数", "Whole number"),
            ("boolean", "是否", "Yes or no"),
            ("date", "日期", "Date"),
            ("instant", "时刻", "Instant"),
            ("list", "列表", "List"),
            ("codes", "代码", "Codes"),
        ],
    ),
    ("import_format", &[("csv", "CSV", "CSV"), ("xlsx", "Excel", "Excel")]),
    (
        "import_row_status",
        &[("ok", "可导入", "Ok"), ("unchanged", "无变化", "Unchanged"), ("refused", "被拒绝", "Refused")],
    ),
    (
        "import_status",
        &[
            ("queued", "排队中", "Queued"),
            ("applied", "已导入", "Applied"),
            ("refused", "被拒绝", "Refused"),
            ("failed", "失败", "Failed"),
        ],
    ),
    (
        "report_submission_status",
        &[
            ("due", "待报送", "Due"),
            ("submitted", "已报送", "Submitted"),
            ("accepted", "已接收", "Accepted"),
            ("returned", "已退回", "Returned"),
        ],
    ),
    ("report_span", &[("now", "当前", "Now"), ("period", "期间", "Period")]),
    (
        "chart_shape",
        &[
            ("tiles", "数字块", "Tiles"),
            ("bars", "柱状图", "Bars"),
            ("stacked", "堆叠柱状图", "Stacked bars"),
            ("lines", "折线图", "Lines"),
            ("hours", "分时柱状图", "Columns by hour"),
            ("pareto", "帕累托图", "Pareto"),
            ("heat_map", "热力图", "Heat map"),
            ("gantt", "甘特图", "Gantt"),
        ],
    ),
    (
        "column_kind",
        &[
            ("text", "文字", "Text"),
            ("count", "数量", "Count"),
            ("money", "金额", "Money"),
            ("percent", "百分比", "Percent"),
            ("date", "日期", "Date"),
            ("instant", "时刻", "Instant"),
            ("seconds", "时长", "Seconds"),
            ("number", "数值", "Number"),
        ],
    ),
];
