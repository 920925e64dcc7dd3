//! Repair orders in every state: of the house's own team, of contractors and outlets; warranty, recourse, receipts.

use chrono::{DateTime, Datelike, Months, TimeDelta, Utc};
use documents::Files;
use kernel::time::{Timestamp, business_day, start_of_day};
use registers::property::building;
use registers::supplier;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};
use tickets::defect_claim::commands as claims;
use tickets::repair_order::{answering, drafting, ending, finishing, quoting, visiting};
use tickets::site_receipt::commands as receipts;
use tickets::ticket::{handling, register};
use tickets::warranty::coverage;
use uuid::Uuid;

use super::Stage;
use super::network::{Done, Network};
use super::places::Home;

/// How far an order gets, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Drafted,
    Dispatched,
    Accepted,
    Scheduled,
    Arrived,
    Working,
    Finished,
    Evaluated,
    Closed,
}

use Reach::*;

/// Part, what is wrong, hours ago, how far.
const OWN: &[(&str, &str, i64, Reach)] = &[
    ("fitout", "入户门锁舌卡滞,无法反锁", 2, Drafted),
    ("electrical", "客厅筒灯一路不亮", 3, Dispatched),
    ("plumbing", "洗脸盆下水缓慢", 6, Accepted),
    ("heating_cooling", "分水器一路不热", 12, Scheduled),
    ("plumbing", "厨房角阀滴水", 26, Arrived),
    ("fitout", "踢脚线脱胶起翘", 30, Working),
    ("electrical", "卫生间漏电保护频繁跳闸", 54, Finished),
    ("waterproofing", "阳台地漏周边渗水", 100, Evaluated),
    ("heating_cooling", "卧室散热器接口渗水", 240, Closed),
    ("plumbing", "淋浴混水阀不出热水", 420, Closed),
    ("fitout", "厨房吊柜门板下沉", 700, Closed),
];

/// People and papers the orders need.
struct Shop<'a> {
    stage: &'a Stage,
    homes: &'a [Home],
    team: Uuid,
    agent: Uuid,
    photos: Vec<(&'static str, Uuid)>,
    signed: Uuid,
}

/// Who repairs: whom it is given to, and whose hands those are.
#[derive(Clone)]
struct Provider {
    to: Value,
    hand: &'static str,
}

/// Loads the orders; answers what the outlets have done.
pub(crate) async fn load(stage: &Stage, files: &Files, homes: &[Home], network: &Network) -> anyhow::Result<Vec<Done>> {
    let shop = furnish(stage, files, homes).await?;
    let contractor = cover(stage).await?;
    let own = Provider { to: json!({ "org_unit_id": shop.team, "bearer": "company" }), hand: "repair_team_leader" };
    for (n, (part, text, hours, reach)) in OWN.iter().enumerate() {
        let at = stage.now - TimeDelta::hours(*hours);
        let ticket = shop.report(at, n, text).await?;
        let order = shop.draft(at + TimeDelta::minutes(20), ticket, part, text).await?;
        shop.lead(at + TimeDelta::minutes(30), order, &own, *reach, &labour("80.00")).await?;
    }
    in_vain(&shop, &own).await?;
    for (n, end) in ["accepted", "objected", "unanswered", "notified"].into_iter().enumerate() {
        recourse(&shop, n, contractor, &own, end).await?;
    }
    paid(&shop, contractor).await?;
    outlets(&shop, network).await
}

async fn furnish<'a>(stage: &'a Stage, files: &Files, homes: &'a [Home]) -> anyhow::Result<Shop<'a>> {
    // The smallest picture there is.
    const DOT: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\
        \x9cc\xf8\xff\xff?\0\x05\xfe\x02\xfe\xa7\x35\x81\x84\0\0\0\0IEND\xaeB`\x82";
    let at = stage.at(super::DAYS - 2, 540);
    let hands = ["repair_team_leader", "engineering_officer", "service_outlet", "service_outlet2", "service_outlet3"];
    let mut photos = Vec::new();
    for hand in hands {
        let said = json!({ "kind": "photo", "name": "维修现场照片" });
        photos.push((hand, stage.upload(files, at, hand, said, ("现场.png", "image/png", DOT)).await?));
    }
    let said = json!({ "kind": "repair_order", "name": "售后服务维修单(签字件)" });
    let signed = stage.paper(files, at, "cs_specialist", said).await?;
    let (team, agent) = (stage.unit("TEAM-HP").await?, stage.person("cs_agent").await?);
    Ok(Shop { stage, homes, team, agent, photos, signed })
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

fn labour(price: &str) -> Value {
    json!([{ "kind": "labour", "text": "维修人工", "quantity": "1", "unit_price": price }])
}

impl Shop<'_> {
    /// A ticket of the team that cs_agent looks after.
    async fn report(&self, at: DateTime<Utc>, n: usize, text: &str) -> anyhow::Result<Uuid> {
        let home = self.homes[n * 7 % self.homes.len()];
        let said = json!({ "channel_code": "walk_in", "kind": "repair", "category_code": "house_quality.plumbing",
            "place_kind": "unit", "unit_id": home.unit, "customer_id": home.customer, "description": text });
        let ticket = self.stage.make(at, "cs_agent", said, register::register).await?.id;
        let to = json!({ "org_unit_id": self.team, "staff_id": self.agent });
        self.stage.on(at + TimeDelta::minutes(5), "team_leader", ticket, to, handling::assign).await?;
        self.stage.on(at + TimeDelta::minutes(10), "cs_agent", ticket, json!({}), handling::start).await?;
        Ok(ticket)
    }

    async fn draft(&self, at: DateTime<Utc>, ticket: Uuid, part: &str, text: &str) -> anyhow::Result<Uuid> {
        let said = json!({ "ticket_id": ticket, "part_code": part, "description": text });
        Ok(self.stage.make(at, "cs_agent", said, drafting::create).await?.id)
    }

    fn photo(&self, hand: &str) -> Option<Uuid> {
        self.photos.iter().find(|photo| photo.0 == hand).map(|photo| photo.1)
    }

    /// Leads a drafted or refused order as far as it gets.
    async fn lead(
        &self,
        at: DateTime<Utc>,
        order: Uuid,
        by: &Provider,
        reach: Reach,
        lines: &Value,
    ) -> anyhow::Result<()> {
        let cause = "wear";
        self.lead_for(at, order, by, reach, lines, cause).await
    }

    async fn lead_for(
        &self,
        at: DateTime<Utc>,
        order: Uuid,
        by: &Provider,
        reach: Reach,
        lines: &Value,
        cause: &str,
    ) -> anyhow::Result<()> {
        let (stage, hand) = (self.stage, by.hand);
        let later = |minutes: i64| (at + TimeDelta::minutes(minutes)).min(stage.now);
        let window = |minutes: i64| Timestamp::from(at + TimeDelta::minutes(minutes));
        for step in [Dispatched, Accepted, Scheduled, Arrived, Working, Finished, Evaluated, Closed] {
            if step > reach {
                break;
            }
            match step {
                Drafted => {}
                Dispatched => {
                    stage.on(later(0), "cs_specialist", order, by.to.clone(), drafting::dispatch).await?;
                }
                Accepted => drop(stage.on(later(15), hand, order, json!({}), answering::accept).await?),
                Scheduled => {
                    let said = json!({ "window_from": window(240), "window_to": window(360) });
                    stage.on(later(40), hand, order, said, visiting::schedule).await?;
                    stage.on(later(50), "cs_agent", order, json!({}), visiting::confirm_appointment).await?;
                }
                Arrived => drop(stage.on(later(250), hand, order, json!({}), visiting::arrive).await?),
                Working => drop(stage.on(later(262), hand, order, json!({}), visiting::begin_work).await?),
                Finished => {
                    let said =
                        json!({ "result": "已更换损坏件并试用正常", "photos": [self.photo(hand)], "lines": lines });
                    stage.on(later(330), hand, order, said, finishing::finish).await?;
                }
                Evaluated => {
                    let said = json!({ "result": "passed", "text": "电话核实,业主确认修好",
                        "scores": { "quality": 5, "timeliness": 4, "attitude": 5 } });
                    stage.on(later(1_500), "cs_agent", order, said, ending::evaluate).await?;
                }
                Closed => {
                    let bearer = by.to["bearer"].as_str().unwrap_or("company");
                    let said = json!({ "bearer": bearer, "cause": cause, "document_id": self.signed });
                    stage.on(later(1_600), "cs_specialist", order, said, ending::close).await?;
                }
            }
        }
        Ok(())
    }
}

/// Nobody opened the door, somebody refused, somebody called it off.
async fn in_vain(shop: &Shop<'_>, own: &Provider) -> anyhow::Result<()> {
    let stage = shop.stage;
    let at = stage.now - TimeDelta::hours(50);
    let ticket = shop.report(at, 21, "次卧窗台渗水,墙皮脱落").await?;
    let order = shop.draft(at + TimeDelta::minutes(20), ticket, "waterproofing", "次卧窗台渗水").await?;
    shop.lead(at + TimeDelta::minutes(30), order, own, Scheduled, &json!([])).await?;
    let said = json!({ "photo": shop.photo(own.hand), "note": "敲门无人应答,电话未接" });
    stage.on(at + TimeDelta::hours(6), own.hand, order, said, visiting::no_access).await?;
    let order = shop.draft(at + TimeDelta::minutes(22), ticket, "fitout", "墙皮脱落修补").await?;
    shop.lead(at + TimeDelta::minutes(35), order, own, Dispatched, &json!([])).await?;
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
    let text = ["卫生间地面渗漏至楼下", "外墙窗边渗水", "屋面防水层开裂", "厨房地漏返潮"][n % 4];
    // Homes whose building is still under the contractor's warranty of waterproofing.
    let ticket = shop.report(at, [3, 4, 5, 9][n % 4], text).await?;
    let order = shop.draft(at + TimeDelta::minutes(20), ticket, "waterproofing", text).await?;
    let first =
        Provider { to: json!({ "supplier_id": contractor, "bearer": "contractor" }), hand: "engineering_officer" };
    shop.lead(at + TimeDelta::minutes(30), order, &first, Dispatched, &json!([])).await?;
    let said = json!({ "reason": "称属业主使用不当,拒绝维修" });
    stage.on(at + TimeDelta::minutes(50), first.hand, order, said, answering::refuse).await?;
    let lines = json!([
        { "kind": "part", "text": "防水材料", "quantity": "1", "unit_price": format!("{}.00", 1850 + 600 * n) },
        { "kind": "labour", "text": "防水施工", "quantity": "6.5", "unit_price": "320.00" } ]);
    shop.lead_for(at + TimeDelta::minutes(80), order, own, Closed, &lines, "construction_defect").await?;
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
        shop.lead(at + TimeDelta::minutes(30), order, &by, Accepted, &json!([])).await?;
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
        let said =
            json!({ "result": "疏通并更换软管,试水正常", "photos": [shop.photo(by.hand)], "lines": labour("260.00") });
        stage.on(later(250), by.hand, order, said, finishing::finish).await?;
        if n < 2 {
            let handed = later(if n == 1 { 1_900 } else { 420 });
            stage.on(handed, "cs_agent", receipt, json!({}), receipts::hand_in).await?;
        }
        if n == 0 {
            stage.on(later(1_500), "cash_office_clerk", receipt, json!({}), receipts::confirm).await?;
        }
    }
    Ok(())
}

/// Two orders of each outlet in each of the last two months, closed, and one of today.
async fn outlets(shop: &Shop<'_>, network: &Network) -> anyhow::Result<Vec<Done>> {
    let mut done = Vec::new();
    for months in [2_u32, 1] {
        for (n, outlet) in network.outlets.iter().enumerate() {
            let day = (business_day(shop.stage.now) - Months::new(months)).with_day(11 + 3 * n as u32);
            let at = start_of_day(day.unwrap_or_default()) + TimeDelta::minutes(570);
            let text = ["入户总阀渗漏", "卫生间软管老化", "暖气主管锈蚀"][n % 3];
            let ticket = shop.report(at, 11 + n + months as usize, text).await?;
            let by = Provider { to: json!({ "supplier_id": outlet.supplier, "bearer": "company" }), hand: outlet.hand };
            for (m, part) in ["plumbing", "heating_cooling"].into_iter().enumerate() {
                let order = shop.draft(at + TimeDelta::minutes(20), ticket, part, text).await?;
                let lines = json!([
                    { "kind": "part", "part_id": network.parts[m], "quantity": "1", "unit_price": "38.50" },
                    { "kind": "labour", "text": "维修人工", "quantity": "1", "unit_price": "60.00" } ]);
                let begun = at + TimeDelta::minutes(30 + 45 * m as i64);
                shop.lead(begun, order, &by, Closed, &lines).await?;
                done.push((n, months, order));
            }
        }
    }
    let at = shop.stage.now - TimeDelta::hours(7);
    let ticket = shop.report(at, 33, "厨房冷水管接头漏水").await?;
    let order = shop.draft(at + TimeDelta::minutes(10), ticket, "plumbing", "厨房冷水管接头漏水").await?;
    let first = network.outlets[0];
    let by = Provider { to: json!({ "supplier_id": first.supplier, "bearer": "company" }), hand: first.hand };
    shop.lead(at + TimeDelta::minutes(20), order, &by, Working, &json!([])).await?;
    Ok(done)
}
