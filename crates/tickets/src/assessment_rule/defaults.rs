//! The rules every house begins with, each at the default penalty (TK-R38).

use access::JobRole::{self, *};
use access::groups::{AGENT, INTAKE, STAFF};
use chrono::NaiveDate;
use kernel::fault::Fault;
use sea_orm::{EntityTrait, PaginatorTrait};
use store::{Work, parameters};

use super::entity::Entity;
use super::{CreateAssessmentRule, create};

const TILL: &[JobRole] = &[Cashier, CashOfficeClerk, ServiceDesk];

/// Code, whom it is for, the wording.
const RULES: &[(&str, &[JobRole], &str)] = &[
    ("till_return", TILL, "私自办理退货"),
    ("double_scan", TILL, "商品多扫"),
    ("missed_scan", TILL, "商品漏扫"),
    ("wrong_payment_kind", TILL, "付款方式录入错误"),
    ("own_member_card", TILL, "使用本人会员卡积分"),
    ("raffle_slips", TILL, "私留抽奖券、赠品"),
    ("phone_in_service", STAFF, "服务时间使用手机"),
    ("muster_late", STAFF, "点名迟到"),
    ("empty_post", INTAKE, "空岗"),
    ("promise_missed", AGENT, "未按约定时间答复客户"),
    ("callback_omitted", AGENT, "应回访未回访"),
];

/// Installs the default rules, unless there are rules.
pub async fn install_defaults(work: &Work) -> Result<(), Fault> {
    if Entity::find().count(&work.db()).await? > 0 {
        return Ok(());
    }
    let penalty = parameters::money(work, "tickets.assessment.default_penalty").await?;
    for (code, roles, text) in RULES {
        let rule = CreateAssessmentRule {
            code: (*code).to_owned(),
            valid_from: NaiveDate::from_ymd_opt(2000, 1, 1),
            role_codes: roles.iter().map(|role| role.code().to_owned()).collect(),
            text: (*text).to_owned(),
            penalty,
            source: None,
        };
        create(work, &rule).await?;
    }
    Ok(())
}
