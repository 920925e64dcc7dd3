//! Codes of repairs, claims, receipts and the repair network.

use super::Named;

pub(super) const ENUMS: &[Named] = &[
    (
        "repair_order_status",
        &[
            ("drafted", "草拟", "Drafted"),
            ("dispatched", "已派工", "Dispatched"),
            ("accepted", "已接单", "Accepted"),
            ("refused", "已拒单", "Refused"),
            ("scheduled", "已预约", "Scheduled"),
            ("arrived", "已到场", "Arrived"),
            ("working", "维修中", "Working"),
            ("finished", "已完工", "Finished"),
            ("evaluated", "已评价", "Evaluated"),
            ("closed", "已关闭", "Closed"),
            ("cancelled", "已取消", "Cancelled"),
        ],
    ),
    (
        "cost_bearer",
        &[
            ("company", "公司", "Company"),
            ("contractor", "施工单位", "Contractor"),
            ("customer", "业主", "Customer"),
            ("maintenance_fund", "维修资金", "Maintenance fund"),
            ("insurer", "保险公司", "Insurer"),
        ],
    ),
    (
        "repair_cause",
        &[
            ("construction_defect", "施工缺陷", "Construction defect"),
            ("material", "材料", "Material"),
            ("design", "设计", "Design"),
            ("wear", "自然损耗", "Wear"),
            ("misuse", "使用不当", "Misuse"),
            ("third_party", "第三方", "Third party"),
            ("unknown", "不明", "Unknown"),
        ],
    ),
    ("dispatch_answer", &[("accepted", "接单", "Accepted"), ("refused", "拒单", "Refused")]),
    (
        "appointment_status",
        &[
            ("proposed", "待确认", "Proposed"),
            ("confirmed", "已确认", "Confirmed"),
            ("cancelled", "已取消", "Cancelled"),
            ("kept", "已履约", "Kept"),
            ("no_access", "未能入户", "No access"),
        ],
    ),
    ("visit_result", &[("arrived", "到场", "Arrived"), ("no_access", "未能入户", "No access")]),
    ("repair_line_kind", &[("part", "配件", "Part"), ("labour", "人工", "Labour"), ("travel", "交通", "Travel")]),
    ("repair_evaluation_result", &[("passed", "合格", "Passed"), ("failed", "不合格", "Failed")]),
    (
        "defect_claim_status",
        &[
            ("proposed", "已提出", "Proposed"),
            ("notified", "已通知", "Notified"),
            ("accepted", "施工方认可", "Accepted"),
            ("objected", "施工方有异议", "Objected"),
            ("confirmed", "已确认", "Confirmed"),
            ("posted", "已入账", "Posted"),
            ("refused", "扣款未获批准", "Refused"),
            ("withdrawn", "已撤回", "Withdrawn"),
        ],
    ),
    ("claim_reply_result", &[("accepted", "认可", "Accepted"), ("objected", "有异议", "Objected")]),
    (
        "site_receipt_status",
        &[("made", "已收款", "Made"), ("handed_in", "已上交", "Handed in"), ("confirmed", "已确认", "Confirmed")],
    ),
    (
        "receipt_method",
        &[
            ("cash", "现金", "Cash"),
            ("card", "刷卡", "Card"),
            ("transfer", "转账", "Transfer"),
            ("wechat", "微信", "WeChat"),
            ("alipay", "支付宝", "Alipay"),
        ],
    ),
    (
        "repair_fee_claim_status",
        &[
            ("draft", "草稿", "Draft"),
            ("returned", "已退回", "Returned"),
            ("submitted", "已提交", "Submitted"),
            ("first_reviewed", "已初审", "First reviewed"),
            ("audited", "已审核", "Audited"),
            ("approved", "已批准", "Approved"),
            ("settled", "已结算", "Settled"),
            ("closed", "已通知", "Closed"),
        ],
    ),
    ("repair_fee_check_step", &[("first", "初审", "First review"), ("audit", "审核", "Audit")]),
    (
        "repair_fee_check_result",
        &[
            ("confirmed", "属实", "Confirmed"),
            ("not_confirmed", "不属实", "Not confirmed"),
            ("no_answer", "无人接听", "No answer"),
        ],
    ),
    (
        "outlet_account_entry_kind",
        &[
            ("parts_charge", "配件款", "Parts charge"),
            ("payment", "付款", "Payment"),
            ("return_credit", "退件冲款", "Credit for returns"),
            ("settlement_credit", "结算转货款", "Credit of a settlement"),
        ],
    ),
    (
        "part_location_kind",
        &[
            ("supplier", "供应商", "Supplier"),
            ("warehouse", "仓库", "Warehouse"),
            ("outlet", "网点", "Outlet"),
            ("team", "维修组", "Team"),
            ("field", "现场", "On the spot"),
            ("recovered", "旧件库", "Recovered parts"),
            ("consumed", "已消耗", "Consumed"),
            ("scrapped", "已报废", "Scrapped"),
            ("written_off", "已核销", "Written off"),
            ("adjustment", "盘点调整", "Adjustment"),
        ],
    ),
    (
        "part_movement_kind",
        &[
            ("purchase", "采购", "Purchase"),
            ("issue", "发放", "Issue"),
            ("return_unused", "退回未用", "Return of unused"),
            ("consume", "消耗", "Consumption"),
            ("recover_old", "旧件回收", "Recovery of old parts"),
            ("scrap", "报废", "Scrapping"),
            ("write_off", "核销", "Write-off"),
            ("adjust", "盘点调整", "Adjustment"),
            ("reversal", "冲正", "Reversal"),
        ],
    ),
    (
        "part_request_status",
        &[
            ("draft", "草稿", "Draft"),
            ("submitted", "已提交", "Submitted"),
            ("approved", "已批准", "Approved"),
            ("refused", "已拒绝", "Refused"),
            ("partly_issued", "部分发放", "Partly issued"),
            ("issued", "已发放", "Issued"),
            ("received", "已签收", "Received"),
        ],
    ),
    (
        "stock_count_status",
        &[("counted", "已盘点", "Counted"), ("posted", "已入账", "Posted"), ("refused", "已拒绝", "Refused")],
    ),
    (
        "write_off_status",
        &[("proposed", "已提出", "Proposed"), ("posted", "已入账", "Posted"), ("refused", "已拒绝", "Refused")],
    ),
    (
        "part_reconciliation_status",
        &[("open", "待确认", "Open"), ("confirmed", "相符", "Confirmed"), ("disputed", "不符", "Disputed")],
    ),
];
