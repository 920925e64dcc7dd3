//! Repair orders in every state: of the house's own team, of contractors and outlets; warranty, recourse, receipts.

mod shop;

use chrono::{Datelike, Months, NaiveDate, TimeDelta};
use documents::Files;
use kernel::time::{business_day, start_of_day};
use registers::property::building;
use registers::supplier;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::json;
use tickets::defect_claim::commands as claims;
use tickets::repair_order::{answering, ending, finishing, quoting, visiting};
use tickets::site_receipt::commands as receipts;
use tickets::warranty::coverage;
use uuid::Uuid;

use super::Stage;
use super::network::{Done, Network};
use super::places::Home;
use shop::Reach::{self, *};
use shop::{Provider, Shop, furnish};

/// Part, what is wrong, hours ago, how far, which spare parts it takes.
type Order = (&'static str, &'static str, i64, Reach, &'static [usize]);

const OWN: &[Order] = &[
    ("fitout", "入户门锁舌卡滞,无法反锁", 2, Drafted, &[]),
    ("electrical", "客厅筒灯一路不亮", 3, Dispatched, &[]),
    ("plumbing", "洗脸盆下水缓慢", 6, Accepted, &[]),
    ("heating_cooling", "分水器一路不热", 12, Scheduled, &[]),
    ("plumbing", "厨房角阀滴水", 26, Arrived, &[]),
    ("fitout", "踢脚线脱胶起翘", 30, Working, &[]),
    ("electrical", "卫生间漏电保护频繁跳闸", 40, Finished, &[8]),
    ("waterproofing", "阳台地漏周边渗水", 100, Evaluated, &[5]),
    ("plumbing", "洗衣机龙头关不严", 170, Closed, &[0]),
    ("heating_cooling", "卧室散热器接口渗水", 240, Closed, &[0, 5]),
    ("electrical", "书房五孔插座松动", 330, Closed, &[7]),
    ("plumbing", "淋浴混水阀不出热水", 420, Closed, &[6]),
    ("heating_cooling", "温控阀头失灵,室温过高", 560, Closed, &[2]),
    ("fitout", "厨房吊柜门板下沉", 700, Closed, &[]),
    ("plumbing", "马桶进水软管渗水", 860, Closed, &[6, 4]),
    ("heating_cooling", "集气罐排气阀喷水", 1_010, Closed, &[1]),
    ("electrical", "厨房空气开关发热", 1_160, Closed, &[8]),
    ("plumbing", "阳台拖把池角阀漏水", 1_310, Closed, &[0]),
    ("heating_cooling", "过门地沟暖气管接头渗水", 1_460, Closed, &[3, 4]),
    ("waterproofing", "卫生间门口地面返潮", 1_620, Closed, &[5]),
    ("plumbing", "热水器进水管接头滴水", 1_780, Closed, &[6]),
    ("electrical", "玄关开关面板烧黑", 1_930, Closed, &[7]),
];

/// Loads the orders; answers what the outlets have done.
pub(crate) async fn load(stage: &Stage, files: &Files, homes: &[Home], network: &Network) -> anyhow::Result<Vec<Done>> {
    let shop = furnish(stage, files, homes, network).await?;
    let contractor = cover(stage).await?;
    let own = Provider { to: json!({ "org_unit_id": shop.team, "bearer": "company" }), hand: "repair_team_leader" };
    for (n, (part, text, hours, reach, used)) in OWN.iter().enumerate() {
        let at = stage.now - TimeDelta::hours(*hours);
        let ticket = shop.report(at, n, text).await?;
        let order = shop.draft(at + TimeDelta::minutes(20), ticket, part, text).await?;
        let lines = shop.lines("80.00", used);
        shop.lead(at + TimeDelta::minutes(30), order, &own, (*reach, "wear"), &lines).await?;
        if *reach >= Evaluated {
            shop.settle(at + TimeDelta::minutes(1_660), ticket, "wear").await?;
        }
    }
    in_vain(&shop, &own).await?;
    for (n, end) in ["accepted", "objected", "unanswered"].into_iter().enumerate() {
        recourse(&shop, n, contractor, &own, end).await?;
    }
    paid(&shop, contractor).await?;
    outlets(&shop, network).await
}

/// The contractor's warranty of each building, part by part; answers the contractor.
async fn cover(stage: &Stage) -> anyhow::Result<Uuid> {
    let at = stage.at(super::DAYS - 2, 545);
    let known = supplier::Entity::find().order_by_asc(supplier::entity::Column::CreatedAt).one(stage.store.reader());
    let contractor = known.await?.ok_or_else(|| anyhow::anyhow!("no contractor"))?.id;
    let buildings =
        building::Entity::find().order_by_asc(building::entity::Column::Code).all(stage.store.reader()).await?;
    for building in buildings {
        for part in ["waterproofing", "plumbing", "electrical"] {
            let said = json!({ "building_id": building.id, "part_code": part, "supplier_id": contractor });
            stage.make(at, "engineering_officer", said, coverage::create).await?;
        }
    }
    Ok(contractor)
}

/// Nobody opened the door, somebody refused, somebody called it off.
async fn in_vain(shop: &Shop<'_>, own: &Provider) -> anyhow::Result<()> {
    let stage = shop.stage;
    let at = stage.now - TimeDelta::hours(44);
    let ticket = shop.report(at, 21, "次卧窗台渗水,墙皮脱落").await?;
    let order = shop.draft(at + TimeDelta::minutes(20), ticket, "waterproofing", "次卧窗台渗水").await?;
    shop.lead(at + TimeDelta::minutes(30), order, own, (Scheduled, ""), &json!([])).await?;
    let said = json!({ "photo": shop.photo(own.hand), "note": "敲门无人应答,电话未接" });
    stage.on(at + TimeDelta::hours(6), own.hand, order, said, visiting::no_access).await?;
    let order = shop.draft(at + TimeDelta::minutes(22), ticket, "fitout", "墙皮脱落修补").await?;
    shop.lead(at + TimeDelta::minutes(35), order, own, (Dispatched, ""), &json!([])).await?;
    let said = json!({ "reason": "须等渗水处理完成后施工" });
    stage.on(at + TimeDelta::hours(2), own.hand, order, said, answering::refuse).await?;
    let order = shop.draft(at + TimeDelta::minutes(25), ticket, "plumbing", "重复开单").await?;
    let said = json!({ "reason": "与前单重复" });
    stage.on(at + TimeDelta::hours(1), "cs_agent", order, said, ending::cancel).await.map(drop)
}

/// The contractor does not come, the team does it, the contractor is to pay.
async fn recourse(shop: &Shop<'_>, n: usize, contractor: Uuid, own: &Provider, end: &str) -> anyhow::Result<()> {
    let stage = shop.stage;
    let at = stage.at(40 - 7 * n as i64, 560);
    let text = ["卫生间地面渗漏至楼下", "外墙窗边渗水", "屋面防水层开裂"][n % 3];
    // Homes whose building is still under the contractor's warranty of waterproofing.
    let ticket = shop.report(at, [3, 4, 5][n % 3], text).await?;
    let order = shop.draft(at + TimeDelta::minutes(20), ticket, "waterproofing", text).await?;
    let first =
        Provider { to: json!({ "supplier_id": contractor, "bearer": "contractor" }), hand: "engineering_officer" };
    shop.lead(at + TimeDelta::minutes(30), order, &first, (Dispatched, ""), &json!([])).await?;
    let said = json!({ "reason": "称属业主使用不当,拒绝维修" });
    stage.on(at + TimeDelta::minutes(50), first.hand, order, said, answering::refuse).await?;
    let lines = json!([
        { "kind": "part", "text": "防水材料", "quantity": "1", "unit_price": format!("{}.00", 1850 + 600 * n) },
        { "kind": "labour", "text": "防水施工", "quantity": "6.5", "unit_price": "320.00" } ]);
    shop.lead(at + TimeDelta::minutes(80), order, own, (Closed, "construction_defect"), &lines).await?;
    shop.settle(at + TimeDelta::minutes(1_710), ticket, "construction_defect").await?;
    let begun = at + TimeDelta::days(3);
    let claim = stage.make(begun, "cs_specialist", json!({ "repair_order_id": order }), claims::create).await?.id;
    let said = json!({ "notice_document_id": shop.signed });
    stage.on(begun + TimeDelta::hours(2), "cs_specialist", claim, said, claims::notify).await?;
    let reply = begun + TimeDelta::days(3);
    match end {
        "accepted" => {
            let said = json!({ "result": "accepted", "text": "同意从质保金中扣除" });
            stage.on(reply, "cs_specialist", claim, said, claims::record_reply).await?;
            stage.on(reply + TimeDelta::days(6), "cs_manager", claim, json!({}), claims::confirm).await?;
        }
        "objected" => {
            let said = json!({ "result": "objected", "text": "认为属业主装修破坏防水层" });
            stage.on(reply, "cs_specialist", claim, said, claims::record_reply).await?;
        }
        "unanswered" => {
            stage.on(begun + TimeDelta::days(9), "cs_manager", claim, json!({}), claims::confirm).await?;
        }
        _ => {}
    }
    Ok(())
}

/// The customer pays: one receipt confirmed, one handed in late, one still with who took the money.
async fn paid(shop: &Shop<'_>, firm: Uuid) -> anyhow::Result<()> {
    let stage = shop.stage;
    for (n, days) in [9_i64, 5, 1].into_iter().enumerate() {
        let at = stage.at(days, 560);
        let text = ["业主自行改动的下水管堵塞", "自购花洒漏水", "燃气灶台面开孔"][n % 3];
        let ticket = shop.report(at, 30 + n, text).await?;
        let order = shop.draft(at + TimeDelta::minutes(20), ticket, "plumbing", text).await?;
        let by = Provider { to: json!({ "supplier_id": firm, "bearer": "customer" }), hand: "engineering_officer" };
        shop.lead(at + TimeDelta::minutes(30), order, &by, (Accepted, ""), &json!([])).await?;
        let quoted = at + TimeDelta::minutes(60);
        stage.on(quoted, by.hand, order, json!({ "amount": "260.00" }), quoting::quote).await?;
        let yes = json!({ "accepted": true });
        stage.on(quoted + TimeDelta::minutes(20), "cs_agent", order, yes, quoting::answer).await?;
        let later = |minutes: i64| (quoted + TimeDelta::minutes(minutes)).min(stage.now);
        stage.on(later(180), by.hand, order, json!({}), visiting::arrive).await?;
        stage.on(later(190), by.hand, order, json!({}), visiting::begin_work).await?;
        let said = json!({ "repair_order_id": order, "amount": "260.00", "method": if n == 1 { "cash" } else { "wechat" },
            "receipt_number": format!("SJ-{:06}", 1_021 + n) });
        let receipt = stage.make(later(240), "cs_agent", said, receipts::create).await?.id;
        let said = json!({ "result": "疏通并更换软管,试水正常", "photos": [shop.photo(by.hand)], "lines": shop.lines("260.00", &[]) });
        stage.on(later(250), by.hand, order, said, finishing::finish).await?;
        if n < 2 {
            for step in [Evaluated, Closed] {
                shop.step(quoted, order, &by, (step, "misuse"), &json!([])).await?;
            }
            shop.settle(later(1_630), ticket, "misuse").await?;
            let handed = later(if n == 1 { 1_900 } else { 420 });
            stage.on(handed, "cs_agent", receipt, json!({}), receipts::hand_in).await?;
        }
        if n == 0 {
            stage.on(later(1_500), "cash_office_clerk", receipt, json!({}), receipts::confirm).await?;
        }
    }
    Ok(())
}

/// Two orders of each outlet in each of the last two months and of two outlets this week, closed, and one of today.
async fn outlets(shop: &Shop<'_>, network: &Network) -> anyhow::Result<Vec<Done>> {
    let today = business_day(shop.stage.now);
    let mut done = Vec::new();
    for months in [2_u32, 1] {
        for n in 0..network.outlets.len() {
            let day = (today - Months::new(months)).with_day(11 + 3 * n as u32).unwrap_or_default();
            let orders = commissioned(shop, network, n, day).await?;
            done.extend(orders.into_iter().map(|order| (n, months, order)));
        }
    }
    let lately = today - TimeDelta::days(3);
    for n in [0, 1] {
        let months = u32::from(lately.month() != today.month());
        let orders = commissioned(shop, network, n, lately).await?;
        done.extend(orders.into_iter().map(|order| (n, months, order)));
    }
    let at = shop.stage.now - TimeDelta::hours(7);
    let ticket = shop.report(at, 33, "厨房冷水管接头漏水").await?;
    let order = shop.draft(at + TimeDelta::minutes(10), ticket, "plumbing", "厨房冷水管接头漏水").await?;
    let first = network.outlets[0];
    let by = Provider { to: json!({ "supplier_id": first.supplier, "bearer": "company" }), hand: first.hand };
    shop.lead(at + TimeDelta::minutes(20), order, &by, (Working, ""), &json!([])).await?;
    Ok(done)
}

/// A ticket of some day with two orders an outlet has done.
async fn commissioned(shop: &Shop<'_>, network: &Network, n: usize, day: NaiveDate) -> anyhow::Result<Vec<Uuid>> {
    let outlet = network.outlets[n];
    let at = start_of_day(day) + TimeDelta::minutes(570);
    let text = ["入户总阀渗漏", "卫生间软管老化", "暖气主管锈蚀"][n % 3];
    let ticket = shop.report(at, 11 + n + day.month() as usize, text).await?;
    let by = Provider { to: json!({ "supplier_id": outlet.supplier, "bearer": "company" }), hand: outlet.hand };
    let mut orders = Vec::new();
    for (m, part) in ["plumbing", "heating_cooling"].into_iter().enumerate() {
        let order = shop.draft(at + TimeDelta::minutes(20), ticket, part, text).await?;
        let begun = at + TimeDelta::minutes(30 + 45 * m as i64);
        shop.lead(begun, order, &by, (Closed, "wear"), &shop.lines("60.00", &[m])).await?;
        orders.push(order);
    }
    shop.settle(at + TimeDelta::minutes(1_710), ticket, "wear").await?;
    Ok(orders)
}
