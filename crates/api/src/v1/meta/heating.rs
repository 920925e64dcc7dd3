//! Labels of the heating service's codes.

use super::Row;

/// Every enum of the heating service by its name.
pub const ENUMS: &[(&str, &[Row])] = &[
    (
        "heating_season_status",
        &[("planned", "计划", "Planned"), ("open", "供暖中", "Open"), ("closed", "已结束", "Closed")],
    ),
    (
        "heating_station_type",
        &[
            ("boiler_house", "锅炉房", "Boiler house"),
            ("exchange_station", "换热站", "Exchange station"),
            ("service_station", "所、中心站", "Service station"),
        ],
    ),
    (
        "household_use",
        &[
            ("residential", "居民", "Residential"),
            ("commercial", "商业", "Commercial"),
            ("public", "公建", "Public"),
            ("auxiliary", "配套用房", "Auxiliary"),
        ],
    ),
    (
        "household_status",
        &[
            ("not_connected", "未接通", "Not connected"),
            ("stopped", "报停", "Stopped"),
            ("arrears", "欠费", "In arrears"),
            ("using", "正常用热", "Using"),
        ],
    ),
    (
        "household_valve",
        &[("open", "开", "Open"), ("closed", "关", "Closed"), ("sealed", "铅封", "Sealed"), ("cut", "断管", "Cut")],
    ),
    (
        "ownership_cause",
        &[
            ("handover", "交付", "Handover"),
            ("sale", "买卖", "Sale"),
            ("inheritance", "继承", "Inheritance"),
            ("tenancy", "租赁", "Tenancy"),
            ("correction", "更正", "Correction"),
        ],
    ),
    (
        "area_item_kind",
        &[
            ("certificate", "证载面积", "Certificate"),
            ("gifted", "赠送面积", "Gifted"),
            ("extension", "私增面积", "Extension"),
            ("basement", "地下室", "Basement"),
            ("ancillary", "附属用房", "Ancillary"),
        ],
    ),
    (
        "charge_reason",
        &[
            ("certificate", "证载面积,计费", "Charged: in the certificate"),
            ("heated", "达到层高且有供热设施,计费", "Charged: high enough and heated"),
            ("below_height", "层高不足,不计费", "Not charged: too low"),
            ("no_facility", "无供热设施,不计费", "Not charged: no heating facility"),
        ],
    ),
    (
        "alteration_kind",
        &[
            ("radiator_added", "增装散热器", "Radiator added"),
            ("radiator_removed", "拆除散热器", "Radiator removed"),
            ("floor_heating", "改地热", "Floor heating"),
            ("pipe_moved", "移管", "Pipe moved"),
            ("wall_opened", "打通间隔墙", "Wall opened"),
            ("valve_changed", "换阀", "Valve changed"),
            ("other", "其他", "Other"),
        ],
    ),
    (
        "heat_bill_kind",
        &[
            ("season", "采暖费", "Season"),
            ("supplement", "追缴", "Supplement"),
            ("basic_fee", "基本热费", "Basic fee"),
            ("resume", "恢复供热", "Resumption"),
            ("correction", "更正", "Correction"),
        ],
    ),
    (
        "heat_bill_status",
        &[
            ("draft", "草稿", "Draft"),
            ("approved", "已批准", "Approved"),
            ("issued", "已出账", "Issued"),
            ("reversed", "已冲销", "Reversed"),
        ],
    ),
    (
        "bill_exception",
        &[
            ("no_price", "无单价", "No price"),
            ("no_area", "无计费面积", "No area"),
            ("lapsed_stop", "报停已到期", "Lapsed stop"),
            ("not_connected", "未接通", "Not connected"),
        ],
    ),
    (
        "heat_receipt_method",
        &[
            ("cash", "现金", "Cash"),
            ("transfer", "转账", "Transfer"),
            ("card", "刷卡", "Card"),
            ("wechat", "微信", "WeChat"),
            ("alipay", "支付宝", "Alipay"),
        ],
    ),
    (
        "heat_refund_status",
        &[
            ("proposed", "已提出", "Proposed"),
            ("approved", "已批准", "Approved"),
            ("rejected", "已驳回", "Rejected"),
            ("credited", "已抵账", "Credited"),
            ("paid_out", "已退款", "Paid out"),
        ],
    ),
    (
        "stop_application_status",
        &[
            ("submitted", "已申请", "Submitted"),
            ("accepted", "已受理", "Accepted"),
            ("approved", "已批准", "Approved"),
            ("effective", "已生效", "Effective"),
            ("rejected", "已驳回", "Rejected"),
            ("withdrawn", "已撤回", "Withdrawn"),
            ("lapsed", "已到期", "Lapsed"),
        ],
    ),
    ("stop_application_kind", &[("stop", "报停", "Stop"), ("resume", "恢复供热", "Resumption")]),
    (
        "temperature_case_status",
        &[
            ("requested", "待测温", "Requested"),
            ("qualified", "达标", "Qualified"),
            ("unqualified", "不达标", "Unqualified"),
            ("remedied", "已整改", "Remedied"),
            ("called_back", "已回访", "Called back"),
            ("closed", "已关闭", "Closed"),
            ("cancelled", "已取消", "Cancelled"),
        ],
    ),
    (
        "temperature_case_origin",
        &[
            ("customer", "用户报修", "Customer"),
            ("ticket", "工单", "Ticket"),
            ("visit", "走访", "Visit"),
            ("survey", "普测", "Routine round"),
            ("outage", "停缓供", "Outage"),
        ],
    ),
    (
        "reading_fault",
        &[
            ("point", "测点不在房间中央", "Not in the middle of the room"),
            ("height", "测温高度不符", "Wrong height"),
            ("closed_time", "门窗关闭时间不符", "Closed too briefly or too long"),
            ("hand_held", "手持测温", "Held by hand"),
            ("signature", "未签字且无见证", "Neither signed nor witnessed"),
        ],
    ),
    (
        "reading_room",
        &[
            ("bedroom", "卧室", "Bedroom"),
            ("living_room", "起居室", "Living room"),
            ("study", "书房", "Study"),
            ("kitchen", "厨房", "Kitchen"),
            ("bathroom", "卫生间", "Bathroom"),
            ("other", "其他", "Other"),
        ],
    ),
    (
        "heat_liability",
        &[
            ("company", "供热公司", "The company"),
            ("household", "用户", "The household"),
            ("third_party", "第三方", "A third party"),
        ],
    ),
    (
        "remedy_kind",
        &[
            ("network_adjust", "调网", "Network adjusted"),
            ("flush", "冲洗", "Flushed"),
            ("repair", "维修", "Repaired"),
            ("other", "其他", "Other"),
        ],
    ),
    ("outage_kind", &[("stopped", "停供", "Stopped"), ("reduced", "缓供", "Reduced")]),
    (
        "outage_cause",
        &[
            ("water_outage", "停水", "Water outage"),
            ("power_outage", "停电", "Power outage"),
            ("equipment_failure", "设备故障", "Equipment failure"),
            ("pipe_leak", "管网泄漏", "Pipe leak"),
        ],
    ),
    ("outage_cause_class", &[("external", "外因", "External"), ("internal", "内因", "Internal")]),
    (
        "outage_status",
        &[
            ("open", "停缓供中", "Open"),
            ("restored", "已恢复", "Restored"),
            ("reviewed", "已评审", "Reviewed"),
            ("cancelled", "已撤销", "Cancelled"),
        ],
    ),
    (
        "heating_proposal_kind",
        &[
            ("household", "新开用热户", "Household"),
            ("ownership", "过户", "Ownership"),
            ("certificate_item", "证载面积变更", "Certificate area"),
        ],
    ),
    (
        "instrument_kind",
        &[
            ("calorimeter", "热量分析仪", "Calorimeter"),
            ("sulphur_analyser", "定硫仪", "Sulphur analyser"),
            ("muffle_furnace", "马弗炉", "Muffle furnace"),
            ("proximate_analyser", "工业分析仪", "Proximate analyser"),
            ("crusher", "破碎机", "Crusher"),
            ("sealed_pulveriser", "密封制样粉碎机", "Sealed pulveriser"),
            ("drying_oven", "干燥箱", "Drying oven"),
            ("balance", "天平", "Balance"),
            ("thermometer", "测温仪", "Thermometer"),
            ("range_finder", "测距仪", "Range finder"),
        ],
    ),
    (
        "instrument_status",
        &[
            ("in_service", "在用", "In service"),
            ("calibrating", "送检", "At calibration"),
            ("out_of_service", "停用", "Out of service"),
        ],
    ),
];
