//! `/v1/meta/enums`: every code's label in both languages.

use std::collections::BTreeMap;

use access::JobRole;
use actix_web::http::Method;
use serde::Serialize;
use store::{Answer, Done};
use utoipa::ToSchema;

use crate::call::{Call, Reply};
use crate::router::Api;

/// The codes of every enum by its name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Enums {
    pub enums: BTreeMap<&'static str, Vec<Label>>,
}

/// One code with its labels.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = EnumLabel)]
pub struct Label {
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

type Row = (&'static str, &'static str, &'static str);

const ENUMS: &[(&str, &[Row])] = &[
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
        "delivery_status",
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
];

/// Declares the labels.
pub fn routes(api: &mut Api) {
    api.operation(Method::GET, "/v1/meta/enums", "list_enums", "platform.meta:read", async |_: Call| {
        Ok(Reply::Answer(Answer::json(Done::Ok, &all())?))
    })
    .tag("meta")
    .summary("Lists every code with its Chinese and English label.")
    .answers::<Enums>();
}

fn all() -> Enums {
    let label = |row: &Row| Label { code: row.0, zh: row.1, en: row.2 };
    let mut enums: BTreeMap<&'static str, Vec<Label>> =
        ENUMS.iter().map(|(name, rows)| (*name, rows.iter().map(label).collect())).collect();
    let role = |role: JobRole| Label { code: role.code(), zh: role.title_zh(), en: role.title_en() };
    enums.insert("job_role", JobRole::all().map(role).collect());
    Enums { enums }
}
