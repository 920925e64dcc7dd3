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
