//! The default channels, categories, procedures and word lists.

use crate::catalogue::Medium;
use crate::catalogue::list::{Approvers, List};

/// Code, name, medium, service number; only `hotline` needs a call.
pub(super) const CHANNELS: &[(&str, &str, Medium, Option<&str>)] = &[
    ("hotline", "客服热线", Medium::Phone, Some("96123-4")),
    ("walk_in", "来访", Medium::WalkIn, None),
    ("web", "网站", Medium::Web, None),
    ("app", "手机应用", Medium::App, None),
    ("im", "在线客服", Medium::Im, None),
    ("sms", "短信", Medium::Sms, None),
    ("email", "电子邮件", Medium::Email, None),
    ("letter", "信函", Medium::Letter, None),
    ("site_visit", "现场走访", Medium::SiteVisit, None),
    ("transfer", "部门转办", Medium::Transfer, None),
    ("government", "政府热线", Medium::Government, Some("12345")),
    ("system", "系统转入", Medium::System, None),
];

/// Code and name.
pub(super) const CATEGORIES: &[(&str, &str)] = &[
    ("house_quality", "房屋质量"),
    ("house_quality.water_leak", "房屋漏水"),
    ("house_quality.waterproofing", "防水"),
    ("house_quality.structure", "结构"),
    ("house_quality.door_window", "门窗"),
    ("house_quality.plumbing", "给排水与采暖管道"),
    ("house_quality.electrical", "电气"),
    ("house_quality.wall", "墙地面"),
    ("planning_design", "规划设计"),
    ("fitout_quality", "装修质量"),
    ("sales", "销售服务"),
    ("contract", "合同"),
    ("payment", "付款"),
    ("title", "产权办理"),
    ("property_service", "物业服务"),
    ("staff_conduct", "人员服务态度"),
    ("heating", "供热"),
    ("heating.leak", "供热跑冒漏"),
    ("heating.room_temperature", "室温"),
    ("heating.fee", "热费"),
    ("heating.suspension", "停供与恢复"),
    ("heating.other", "供热其他"),
    ("goods", "商品"),
    ("other", "其他"),
];

type Steps = &'static [(&'static str, &'static str, bool)];

/// Code, name and steps {code, text, mandatory}. `leak_repair` is attached by whoever wants its duty.
pub(super) const PROCEDURES: &[(&str, &str, Steps)] = &[
    ("general", "一般诉求办理", &[("facts", "核实诉求内容", false), ("answer", "拟定答复口径", false)]),
    (
        "complaint",
        "投诉办理",
        &[
            ("contact", "首次联系客户", false),
            ("facts", "查明事实", false),
            ("opinion", "形成处理意见", false),
            ("improvement", "提出改进措施", false),
        ],
    ),
    (
        "repair",
        "报修办理",
        &[("appointment", "预约上门", false), ("work", "完成维修", false), ("accept", "客户验收", false)],
    ),
    (
        "leak_repair",
        "跑冒漏抢修",
        &[
            ("shut_off", "关闭阀门,止水", true),
            ("photo", "拍摄现场照片", true),
            ("repair", "完成抢修", true),
            ("pressure_test", "试压无渗漏", true),
            ("loss", "登记财产损失", false),
        ],
    ),
];

/// Code, name, longest pause in hours, approver, allowed when urgent (TK-R14).
pub(super) const PAUSE_REASONS: &[(&str, &str, i32, Approvers, bool)] = &[
    ("awaiting_customer", "等待客户", 72, Approvers::Lead, false),
    ("customer_appointment", "客户预约", 168, Approvers::Lead, true),
    ("awaiting_parts", "等待配件", 120, Approvers::Lead, false),
    ("third_party", "等待第三方", 168, Approvers::Lead, false),
    ("no_access", "无法入户", 24, Approvers::Lead, true),
    ("force_majeure", "不可抗力", 168, Approvers::Head, true),
];

/// The other lists: code and name.
pub(super) const LISTS: &[(List, &[(&str, &str)])] = &[
    (
        List::RootCause,
        &[
            ("construction_defect", "施工缺陷"),
            ("pipe_ageing", "管道老化"),
            ("valve_failure", "阀门故障"),
            ("equipment_failure", "设备故障"),
            ("wear", "正常磨损"),
            ("misuse", "使用不当"),
            ("third_party", "第三方原因"),
            ("design", "设计原因"),
            ("material", "材料原因"),
            ("hydraulic_imbalance", "水力失调"),
            ("heat_supply", "热源供热不足"),
            ("staff_service", "服务不到位"),
            ("process", "流程原因"),
            ("misunderstanding", "误解"),
            ("information_request", "信息咨询"),
            ("unknown", "原因不明"),
        ],
    ),
    (
        List::DelayReason,
        &[
            ("awaiting_parts", "配件未到"),
            ("no_access", "无法入户"),
            ("awaiting_customer", "等待客户"),
            ("awaiting_approval", "等待审批"),
            ("contractor_late", "施工单位未按时到场"),
            ("workload", "工作量过大"),
            ("complex_case", "情况复杂"),
            ("third_party", "第三方原因"),
            ("weather", "天气原因"),
            ("handover", "转派延误"),
            ("other", "其他"),
        ],
    ),
    (
        List::DismissReason,
        &[
            ("not_our_scope", "不属于本公司业务"),
            ("duplicate_elsewhere", "已由其他部门受理"),
            ("in_litigation", "已进入诉讼或仲裁"),
            ("no_facts", "无具体事实"),
            ("already_answered", "同一事项已答复"),
            ("other", "其他"),
        ],
    ),
    (
        List::ReturnReason,
        &[
            ("wrong_unit", "不属于本部门"),
            ("incomplete", "信息不全"),
            ("wrong_category", "类别有误"),
            ("no_skill", "缺少相应技能"),
            ("conflict_of_interest", "需要回避"),
            ("quality", "质量问题"),
            ("defective", "性能故障"),
            ("leaking", "渗漏"),
            ("damaged", "运输或包装破损"),
            ("wrong_item", "发错商品"),
            ("wrong_size", "规格不符"),
            ("missing_parts", "缺件少件"),
            ("expired", "临期或过期"),
            ("changed_mind", "无理由退货"),
            ("other", "其他"),
        ],
    ),
];
