//! The repair network: outlets, tariffs, parts and where they went, fee claims at every step.

use chrono::{Datelike, Days, Months, NaiveDate, TimeDelta};
use documents::Files;
use kernel::time::{Month, business_day, start_of_day};
use registers::supplier;
use serde_json::{Value, json};
use store::Work;
use tickets::fee_claim::{checking, drafting, reviewing, settling};
use tickets::outlet::{account, commands as outlets, review, tariff};
use tickets::part::{self, plan, price};
use tickets::stock::{count, issuing, moving, reconciliation, request, write_off};
use uuid::Uuid;

use super::{Stage, body};

/// An outlet of the network.
#[derive(Clone, Copy)]
pub(crate) struct Outlet {
    pub id: Uuid,
    pub supplier: Uuid,
    /// Who acts for it.
    pub hand: &'static str,
}

/// What the network is made of.
pub(crate) struct Network {
    pub outlets: Vec<Outlet>,
    pub parts: Vec<Uuid>,
}

/// Name, unit of its people, who acts for it, what it repairs, score and words of the region.
type House = (&'static str, &'static str, &'static str, &'static [&'static str], i32, &'static str);

const HOUSES: &[House] = &[
    ("便民家电水暖维修部", "OUTLETS", "service_outlet", &["plumbing", "heating_cooling"], 5, "响应及时,单据齐全"),
    ("城北水电维修中心", "OUTLET-N", "service_outlet2", &["plumbing", "electrical"], 4, "个别工单照片不清晰,已提醒"),
    ("城西暖通维修站", "OUTLET-W", "service_outlet3", &["heating_cooling"], 3, "上门超时两次,限期改进"),
];

const TARIFFS: &[(&str, &str, &str)] =
    &[("SX-01", "上下水维修", "120.00"), ("NQ-02", "暖气系统维修", "150.00"), ("GD-03", "暖气主管更换", "2600.00")];

/// Code, name, unit, price, least stock, whether old ones come back.
const PARTS: &[(&str, &str, &str, &str, &str, bool)] = &[
    ("FM-01", "散热器角阀", "个", "38.50", "20", true),
    ("FM-02", "自动排气阀", "个", "26.00", "20", true),
    ("FM-03", "温控阀头", "个", "89.00", "10", true),
    ("GJ-01", "铝塑管", "米", "9.80", "100", false),
    ("GJ-02", "管接头", "个", "6.50", "60", false),
    ("MF-01", "密封圈", "包", "12.00", "30", false),
    ("LX-01", "不锈钢软管", "根", "18.00", "30", false),
    ("DQ-01", "五孔插座", "个", "15.80", "20", false),
    ("DQ-02", "空气开关", "个", "46.00", "10", true),
    ("GL-01", "入户过滤器", "个", "65.00", "10", true),
    ("XH-01", "小区循环泵", "台", "1280.00", "1", true),
    ("BJ-01", "堵漏王", "袋", "22.00", "10", false),
];

/// Opens outlets and stocks them. Comes before the repairs that use the parts.
pub(crate) async fn open(stage: &Stage) -> anyhow::Result<Network> {
    let at = stage.at(super::DAYS - 2, 560);
    let from = business_day(at) - Days::new(30);
    let mut houses = Vec::new();
    for (name, unit, hand, categories, score, words) in HOUSES {
        let said = json!({ "kinds": ["outlet"], "name": name });
        let supplier = stage.make(at, "regional_service_rep", said, supplier::create).await?.id;
        let said = json!({ "supplier_id": supplier, "region_org_unit_id": stage.unit("DESK").await?,
            "org_unit_id": stage.unit(unit).await?, "categories": categories });
        let id = stage.make(at, "regional_service_rep", said, outlets::create).await?.id;
        let said = json!({ "score": score, "text": words });
        stage.on(stage.at(25, 900), "regional_service_rep", id, said, review::add).await?;
        houses.push(Outlet { id, supplier, hand });
    }
    let tariffs = async move |work: &Work| {
        for (code, name, fee) in TARIFFS {
            tariff::create(work, &body(json!({ "code": code, "name": name, "fee": fee, "valid_from": from }))?).await?;
        }
        Ok(())
    };
    stage.act(at, "cs_manager", tariffs).await?;
    let network = Network { outlets: houses, parts: parts(stage, from).await? };
    stock(stage, &network).await?;
    Ok(network)
}

/// The parts with prices, a first purchase, and the plans of two months.
async fn parts(stage: &Stage, from: NaiveDate) -> anyhow::Result<Vec<Uuid>> {
    let at = stage.at(super::DAYS - 2, 620);
    let enter = async move |work: &Work| {
        let mut ids = Vec::new();
        for (code, name, unit, cost, least, back) in PARTS {
            let said =
                json!({ "code": code, "name": name, "unit": unit, "min_stock": least, "recovery_required": back });
            let id = part::create(work, &body(said)?).await?.id;
            price::create(work, &body(json!({ "part_id": id, "price": cost, "valid_from": from }))?).await?;
            ids.push(id);
        }
        Ok(ids)
    };
    let ids = stage.act(at, "parts_clerk", enter).await?;
    let all = ids.clone();
    let buy = async move |work: &Work| {
        for (n, id) in all.iter().enumerate() {
            let quantity = if n == 10 { "3" } else { "120" };
            moving::create(work, &body(moved(*id, "purchase", place("supplier"), place("warehouse"), quantity))?)
                .await?;
        }
        Ok(())
    };
    stage.act(at, "parts_clerk", buy).await?;
    for months in [1, 0] {
        let month = Month::of(business_day(stage.now) - Months::new(months));
        let lines: Vec<Value> =
            ids.iter().take(6).map(|id| json!({ "part_id": id, "planned": (30 + 10 * months).to_string() })).collect();
        let said = json!({ "month": month.to_string(), "lines": lines });
        stage.make(stage.at(35 * i64::from(months), 600), "parts_clerk", said, plan::create).await?;
    }
    Ok(ids)
}

/// What the nth part costs.
pub(crate) fn price(n: usize) -> &'static str {
    PARTS[n].3
}

fn place(kind: &str) -> Value {
    json!({ "kind": kind })
}

fn at_outlet(outlet: Outlet) -> Value {
    json!({ "kind": "outlet", "ref": outlet.id })
}

fn moved(part: Uuid, kind: &str, from: Value, to: Value, quantity: &str) -> Value {
    json!({ "part_id": part, "kind": kind, "from_location": from, "to_location": to, "quantity": quantity })
}

/// Outlets and the team ask for parts; one request is refused, one waits, one is issued in part.
async fn stock(stage: &Stage, network: &Network) -> anyhow::Result<()> {
    let team = json!({ "kind": "team", "ref": stage.unit("TEAM-HP").await? });
    let asked = [
        (86, network.outlets[0].hand, at_outlet(network.outlets[0]), "received"),
        (86, network.outlets[1].hand, at_outlet(network.outlets[1]), "received"),
        (86, network.outlets[2].hand, at_outlet(network.outlets[2]), "received"),
        (86, "repair_team_leader", team, "received"),
        (6, network.outlets[1].hand, at_outlet(network.outlets[1]), "refused"),
        (4, network.outlets[0].hand, at_outlet(network.outlets[0]), "partly"),
        (1, network.outlets[2].hand, at_outlet(network.outlets[2]), "submitted"),
    ];
    for (days, hand, location, reach) in asked {
        let lines: Vec<Value> =
            network.parts.iter().take(9).map(|id| json!({ "part_id": id, "requested": "12" })).collect();
        let said = json!({ "location": location, "lines": lines });
        let id = stage.make(stage.at(days, 560), hand, said, request::create).await?.id;
        stage.on(stage.at(days, 565), hand, id, json!({}), request::submit).await?;
        if reach == "submitted" {
            continue;
        }
        if reach == "refused" {
            let said = json!({ "reason": "上月领用未对账,先完成对账" });
            stage.on(stage.at(days, 640), "parts_clerk", id, said, request::refuse).await?;
            continue;
        }
        stage.on(stage.at(days, 640), "parts_clerk", id, json!({}), request::approve).await?;
        let given = match reach {
            "partly" => json!({ "lines": [{ "part_id": network.parts[0], "quantity": "5" }] }),
            _ => json!({}),
        };
        stage.on(stage.at(days, 700), "warehouse_keeper", id, given, issuing::issue).await?;
        if reach == "received" {
            stage.on(stage.at(days, 980), hand, id, json!({}), request::receive).await?;
        }
    }
    Ok(())
}

/// What an outlet claims: which one, months ago, the tariff, what is asked for each order, how far it got.
type Claim = (usize, u32, &'static str, &'static str, &'static str);

/// Comes after the repairs: each claim takes the outlet's orders of its month.
const CLAIMS: &[Claim] = &[
    (0, 2, "SX-01", "120.00", "closed"),
    (1, 2, "SX-01", "115.00", "settled"),
    (2, 2, "GD-03", "2600.00", "approved"),
    (0, 1, "SX-01", "120.00", "audited"),
    (1, 1, "SX-01", "120.00", "returned"),
    (2, 1, "NQ-02", "150.00", "first_reviewed"),
    (0, 0, "SX-01", "120.00", "draft"),
    (1, 0, "SX-01", "118.00", "submitted"),
];

/// An order an outlet has done: which outlet, months ago.
pub(crate) type Done = (usize, u32, Uuid);

/// Claims, counts, what was broken and came back, and what the outlets owe.
pub(crate) async fn settle(stage: &Stage, files: &Files, network: &Network, orders: &[Done]) -> anyhow::Result<()> {
    let said = json!({ "kind": "notice", "name": "维修费结算通知书" });
    let notice = stage.paper(files, stage.at(30, 600), "fee_settlement_clerk", said).await?;
    for claim in CLAIMS {
        let mine: Vec<Uuid> =
            orders.iter().filter(|done| (done.0, done.1) == (claim.0, claim.1)).map(|done| done.2).collect();
        // In its first days a month has nothing to claim yet.
        if !mine.is_empty() {
            go(stage, network.outlets[claim.0], &mine, claim, notice).await?;
        }
    }
    count_up(stage, network).await?;
    reconcile(stage, network).await?;
    let said = json!({ "amount": "500.00", "note": "转账凭证 2026-0117" });
    stage.on(stage.at(12, 900), "finance_officer", network.outlets[0].id, said, account::pay).await.map(drop)
}

async fn go(stage: &Stage, outlet: Outlet, orders: &[Uuid], claim: &Claim, notice: Uuid) -> anyhow::Result<()> {
    let (_, months, tariff, each, reach) = *claim;
    let month = Month::of(business_day(stage.now) - Months::new(months));
    let begin = start_of_day(month.last_day()) + TimeDelta::days(2) + TimeDelta::hours(9);
    let at = |hours: i64| (begin + TimeDelta::hours(hours)).min(stage.now);
    let lines: Vec<Value> = orders
        .iter()
        .map(|order| json!({ "repair_order_id": order, "tariff_code": tariff, "claimed": each }))
        .collect();
    let said = json!({ "outlet_id": outlet.id, "month": month.to_string(), "lines": lines });
    let id = stage.make(at(0), outlet.hand, said, drafting::create).await?.id;
    if reach == "draft" {
        return Ok(());
    }
    stage.on(at(1), outlet.hand, id, json!({}), drafting::submit).await?;
    if reach == "submitted" {
        return Ok(());
    }
    if reach == "returned" {
        let said = json!({ "reason": "两单缺客户签字页,补齐后再报" });
        return stage.on(at(20), "regional_service_rep", id, said, reviewing::send_back).await.map(drop);
    }
    let asked = |order: Uuid| json!({ "repair_order_id": order, "result": "confirmed" });
    stage.on(at(20), "regional_service_rep", id, asked(orders[0]), checking::check).await?;
    let cut = json!({ "lines": [{ "repair_order_id": orders[0], "first": cheaper(each), "cut_reason": "工时虚高" }] });
    let first = if reach == "settled" { cut } else { json!({}) };
    stage.on(at(22), "regional_service_rep", id, first, reviewing::first_review).await?;
    if reach == "first_reviewed" {
        return Ok(());
    }
    for order in &orders[1..] {
        stage.on(at(40), "fee_settlement_clerk", id, asked(*order), checking::check).await?;
    }
    let audited = stage.on(at(42), "fee_settlement_clerk", id, json!({}), reviewing::audit).await?;
    if reach == "audited" {
        return Ok(());
    }
    if reach == "approved" {
        return stage.on(at(60), "cs_manager", id, json!({ "comment": "同意" }), settling::approve).await.map(drop);
    }
    let total = kernel::money::Money::from_fen(audited.audited_fen.unwrap_or_default()).map_err(anyhow::Error::msg)?;
    // The first one takes goods for it.
    let split = match reach {
        "closed" => json!({ "cash_amount": "0.00", "goods_amount": total }),
        _ => json!({ "cash_amount": total, "goods_amount": "0.00" }),
    };
    stage.on(at(66), "fee_settlement_clerk", id, split, settling::settle).await?;
    if reach == "closed" {
        let said = json!({ "notice_document_id": notice });
        stage.on(at(70), "fee_settlement_clerk", id, said, settling::notify).await?;
    }
    Ok(())
}

/// Ten yuan less.
fn cheaper(each: &str) -> String {
    each.replacen("115.00", "105.00", 1)
}

/// Old parts back, scrap, a mistake taken back, a count with a difference, two write-offs.
async fn count_up(stage: &Stage, network: &Network) -> anyhow::Result<()> {
    let part = network.parts[0];
    let back = moved(part, "recover_old", place("consumed"), place("recovered"), "4");
    stage.make(stage.at(20, 600), "parts_clerk", back, moving::create).await?;
    let gone = moved(part, "scrap", place("recovered"), place("scrapped"), "2");
    stage.make(stage.at(18, 600), "parts_clerk", gone, moving::create).await?;
    let wrong = moved(network.parts[4], "issue", place("warehouse"), at_outlet(network.outlets[1]), "6");
    let wrong = stage.make(stage.at(15, 600), "warehouse_keeper", wrong, moving::create).await?.id;
    let why = json!({ "reason": "发错网点" });
    stage.on(stage.at(15, 660), "warehouse_keeper", wrong, why, moving::reverse).await?;
    for (days, location, counted, decide) in [
        (10, place("warehouse"), ("65", "71.5"), true),
        (2, json!({ "kind": "outlet", "ref": network.outlets[2].id }), ("11", "12"), false),
    ] {
        let said = json!({ "location": location, "lines": [
            { "part_id": network.parts[1], "counted": counted.0 }, { "part_id": network.parts[3], "counted": counted.1 }] });
        let id = stage.make(stage.at(days, 1000), "warehouse_keeper", said, count::create).await?.id;
        if decide {
            stage.on(stage.at(days - 1, 560), "parts_clerk", id, json!({}), count::approve).await?;
        }
    }
    for (days, part, reason, decide) in
        [(8, network.parts[5], "运输途中受潮损坏", true), (1, network.parts[10], "仓库进水,泵体报废", false)]
    {
        let said = json!({ "location": place("warehouse"), "reason": reason,
            "lines": [{ "part_id": part, "quantity": "1" }] });
        let id = stage.make(stage.at(days, 700), "warehouse_keeper", said, write_off::create).await?.id;
        if decide {
            stage.on(stage.at(days, 940), "parts_clerk", id, json!({}), write_off::approve).await?;
        }
    }
    Ok(())
}

/// Last month's stock of two outlets: one agrees, one has counted less.
async fn reconcile(stage: &Stage, network: &Network) -> anyhow::Result<()> {
    let last = business_day(stage.now).with_day(1).unwrap_or_default() - Days::new(1);
    let at = (start_of_day(last) + TimeDelta::days(1) + TimeDelta::hours(10)).min(stage.now);
    for (n, outlet) in network.outlets.iter().take(2).enumerate() {
        let said = json!({ "outlet_id": outlet.id, "month": Month::of(last).to_string() });
        let id = stage.make(at, "parts_clerk", said, reconciliation::create).await?.id;
        let theirs = match n {
            0 => json!({}),
            _ => json!({ "lines": [{ "part_id": network.parts[2], "theirs": "7" }] }),
        };
        let later = (at + TimeDelta::hours(5)).min(stage.now);
        stage.on(later, outlet.hand, id, theirs, reconciliation::confirm).await?;
    }
    Ok(())
}
