//! Papers of the last weeks: the policy register, circulated notices, letters under approval, originals in every
//! state of custody, and the seal register.

use chrono::{DateTime, TimeDelta, Utc};
use documents::custody;
use documents::document;
use documents::{Files, seal};
use kernel::time::business_day;
use serde_json::json;
use store::Work;
use uuid::Uuid;

use super::{Stage, body};

/// Who issued it, its number, and what it is about.
const POLICIES: &[(&str, &str, &str)] = &[
    ("住房和城乡建设部", "建房规〔2025〕2号", "关于进一步规范商品房预售资金监管的通知"),
    ("省住房和城乡建设厅", "建房〔2026〕18号", "关于新建住宅质量保修管理的实施意见"),
    ("市住房保障和房屋管理局", "房管〔2026〕7号", "关于商品房买卖合同网签备案的补充规定"),
    ("市供热管理办公室", "供热办〔2026〕11号", "关于本采暖期停止用热申请办理时限的通知"),
];

/// Loads the papers.
pub(crate) async fn load(stage: &Stage, files: &Files) -> anyhow::Result<()> {
    let first = stage.now - TimeDelta::days(40);
    policies(stage, files, first).await?;
    notices(stage, files, first + TimeDelta::days(6)).await?;
    let letter = letters(stage, files, first + TimeDelta::days(12)).await?;
    seals(stage, letter, first + TimeDelta::days(20)).await?;
    originals(stage, letter, first + TimeDelta::days(24)).await
}

async fn policies(stage: &Stage, files: &Files, at: DateTime<Utc>) -> anyhow::Result<()> {
    for (n, (issued_by, number, name)) in POLICIES.iter().enumerate() {
        let at = at + TimeDelta::days(n as i64 * 3);
        let said = json!({ "kind": "policy", "name": name, "number": number, "issued_by": issued_by,
            "issued_on": business_day(at - TimeDelta::days(5)), "keywords": ["政策", "登记簿"] });
        stage.paper(files, at, "permits_clerk", said).await?;
    }
    Ok(())
}

async fn notices(stage: &Stage, files: &Files, at: DateTime<Utc>) -> anyhow::Result<()> {
    let readers =
        [stage.person("cs_agent").await?, stage.person("cs_manager").await?, stage.person("permits_specialist").await?];
    for (n, name) in ["关于元旦期间值班安排的通知", "客户投诉处理责任制度(修订)"].into_iter().enumerate()
    {
        let at = at + TimeDelta::days(n as i64 * 9);
        let notice = stage.paper(files, at, "administration", json!({ "kind": "notice", "name": name })).await?;
        let send =
            async move |work: &Work| document::circulate(work, notice, &body(json!({ "readers": readers }))?).await;
        stage.act(at + TimeDelta::minutes(10), "administration", send).await?;
        let read = async move |work: &Work| document::mark_read(work, notice, &body(json!({}))?).await;
        stage.act(at + TimeDelta::hours(3), "cs_manager", read).await?;
    }
    Ok(())
}

/// An outgoing letter that is signed, and one that waits; answers the signed one.
async fn letters(stage: &Stage, files: &Files, at: DateTime<Utc>) -> anyhow::Result<Uuid> {
    let mut signed = None;
    for (n, name) in ["关于申请竣工验收备案的函", "关于供热管网接入的复函"].into_iter().enumerate()
    {
        let at = at + TimeDelta::days(n as i64 * 14);
        let said = json!({ "kind": "letter", "name": name, "number": format!("河川函〔2026〕{}号", 31 + n) });
        let letter = stage.paper(files, at, "permits_specialist", said).await?;
        let submit =
            async move |work: &Work| document::submit(work, letter, &body(json!({ "direction": "outgoing" }))?).await;
        stage.act(at + TimeDelta::minutes(20), "permits_specialist", submit).await?;
        let approve = async move |work: &Work| document::approve(work, letter, &body(json!({}))?).await;
        stage.act(at + TimeDelta::hours(2), "administration", approve).await?;
        if signed.is_none() {
            stage.act(at + TimeDelta::hours(5), "general_manager", approve).await?;
            signed = Some(letter);
        }
    }
    signed.ok_or_else(|| anyhow::anyhow!("no letter was signed"))
}

async fn seals(stage: &Stage, letter: Uuid, at: DateTime<Utc>) -> anyhow::Result<()> {
    let (applicant, approver) = (stage.person("permits_specialist").await?, stage.person("general_manager").await?);
    for (n, (seal_kind, purpose, copies)) in [
        ("company", "报送市住建局备案", 3),
        ("legal_representative", "签署授权委托书", 1),
        ("contract", "购房合同盖章", 4),
    ]
    .into_iter()
    .enumerate()
    {
        let stamp = async move |work: &Work| {
            let said = json!({ "document_id": letter, "seal_kind": seal_kind, "purpose": purpose, "copies": copies,
                "applicant_id": applicant, "approver_id": approver, "stamped_on": business_day(work.now) });
            seal::record(work, &body(said)?).await
        };
        stage.act(at + TimeDelta::days(n as i64 * 2), "administration", stamp).await?;
    }
    Ok(())
}

/// Originals held, received by another, on their way, lent – one past its day – and lost.
async fn originals(stage: &Stage, letter: Uuid, at: DateTime<Utc>) -> anyhow::Result<()> {
    let clerk = stage.person("cs_clerk").await?;
    let borrower = stage.person("cs_manager").await?;
    let back_by = business_day(at + TimeDelta::days(7));
    let titles = [
        "竣工验收备案函正本",
        "购房合同正本(3-2-1201)",
        "按揭合同正本",
        "不动产权证书",
        "建设用地规划许可证正本",
        "初始登记资料",
    ];
    for (n, title) in titles.into_iter().enumerate() {
        let at = at + TimeDelta::days(n as i64);
        let enter = async move |work: &Work| {
            let said = json!({ "title": title, "kind": if n == 0 { "letter" } else { "contract_original" },
                "document_id": (n == 0).then_some(letter), "originals": 2, "copies": 1, "place": "档案室三号柜" });
            Ok(custody::create(work, &body(said)?).await?.id)
        };
        let item = stage.act(at, "permits_specialist", enter).await?;
        let give = async move |work: &Work| {
            let said = json!({ "to_staff_id": clerk, "originals": if n == 5 { 1 } else { 2 }, "copies": 1 });
            custody::hand_over(work, item, &body(said)?).await
        };
        let lend = async move |work: &Work| {
            let until = if n == 3 { back_by } else { business_day(work.now) + chrono::Days::new(60) };
            custody::lend(work, item, &body(json!({ "to_staff_id": borrower, "back_by": until }))?).await
        };
        let lose = async move |work: &Work| {
            custody::report_lost(work, item, &body(json!({ "reason": "搬迁时遗失,已登报声明" }))?).await
        };
        let take = async move |work: &Work| {
            let said = json!({ "originals": if n == 5 { 1 } else { 2 }, "copies": 1, "place": "客服档案柜" });
            custody::receive(work, item, &body(said)?).await
        };
        let later = at + TimeDelta::hours(4);
        match n {
            1 | 5 => {
                stage.act(later, "permits_specialist", give).await?;
                stage.act(later + TimeDelta::hours(1), "cs_clerk", take).await?;
            }
            2 => drop(stage.act(later, "permits_specialist", give).await?),
            3 => drop(stage.act(later, "permits_specialist", lend).await?),
            4 => drop(stage.act(later, "permits_specialist", lose).await?),
            _ => {}
        }
    }
    Ok(())
}
