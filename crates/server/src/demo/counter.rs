//! Requests of every type, each as far as another, and what happens at the counter.

use chrono::TimeDelta;
use kernel::time::{Timestamp, business_day};
use serde_json::{Value, json};
use store::Work;
use tickets::counter_record;
use tickets::service_request::commands;
use uuid::Uuid;

use super::places::Home;
use super::{Stage, body};

/// Type, whether it is urgent, steps taken, what it is about.
type Request = (&'static str, bool, &'static [&'static str], &'static str);

const REQUESTS: &[Request] = &[
    ("application", false, &["check", "approve", "complete"], "申请安装电动车充电桩"),
    ("application", false, &["check"], "申请变更户内开关位置"),
    ("return", false, &["check", "approve", "receive-goods", "inspect", "refund", "complete"], "净水器不适配,申请退货"),
    ("return", false, &["check", "refuse"], "使用三个月后要求退货"),
    ("exchange", false, &["check", "approve", "receive-goods", "inspect"], "角阀漏水,申请换货"),
    (
        "exchange",
        true,
        &["check", "approve", "receive-goods", "inspect", "allocate", "pick", "deliver", "complete"],
        "门锁面板划伤,申请换货",
    ),
    ("quality_return", false, &["check", "approve", "receive-goods"], "散热器批次质量问题退回"),
    ("presale_repair", false, &["receive-goods", "inspect"], "样品间油烟机售前检修"),
    ("order", true, &["check", "approve", "allocate", "pick"], "加急订购温控阀"),
    ("order", false, &["check", "approve", "allocate"], "订购入户过滤器"),
    ("order", false, &["check", "approve", "allocate"], "订购晾衣架配件"),
    ("application", false, &[], "申请查阅竣工图"),
];

/// Loads requests and counter records.
pub(crate) async fn load(stage: &Stage, homes: &[Home]) -> anyhow::Result<()> {
    for (n, request) in REQUESTS.iter().enumerate() {
        let home = homes[n * 5 % homes.len()];
        lead(stage, 30 - 2 * n as i64, home.customer, request).await?;
    }
    stand(stage).await?;
    visit(stage).await
}

/// Who takes a step on a request of a type.
fn hand(of: &str, step: &str) -> &'static str {
    match (step, of) {
        ("approve" | "refuse", "quality_return") => "regional_service_rep",
        ("approve" | "refuse", "order") => "order_clerk",
        ("approve" | "refuse", _) => "cs_supervisor",
        ("receive-goods" | "inspect", _) => "warehouse_keeper",
        ("allocate", _) => "order_clerk",
        ("pick", _) => "picker",
        ("deliver", _) => "courier",
        ("refund", _) => "cashier",
        _ => "aftersales_agent",
    }
}

async fn lead(stage: &Stage, days: i64, customer: Uuid, request: &Request) -> anyhow::Result<()> {
    let (of, urgent, steps, text) = *request;
    let lines = match of {
        "application" => json!([]),
        _ => {
            json!([{ "item": "角阀", "quantity": 3, "price": "28.50" }, { "item": "软管", "quantity": 1, "price": "14.50" }])
        }
    };
    let said = json!({ "type": of, "customer_id": customer, "description": text, "urgent": urgent, "lines": lines });
    let id = stage.make(stage.at(days, 620), "aftersales_agent", said, commands::create).await?.id;
    for (n, step) in steps.iter().enumerate() {
        let at = stage.at(days - n as i64 / 3, 650 + 65 * n as i64);
        let act = async move |work: &Work| {
            let none = || json!({});
            match *step {
                "check" => commands::check(work, id, &body(none())?).await,
                "approve" => commands::approve(work, id, &body(none())?).await,
                "refuse" => commands::refuse(work, id, &body(json!({ "reason": "已超过无理由退货期限" }))?).await,
                "receive-goods" => commands::receive_goods(work, id, &body(none())?).await,
                "inspect" => commands::inspect(work, id, &body(json!({ "result": "外观完好,附件齐全" }))?).await,
                "allocate" => commands::allocate(work, id, &body(none())?).await,
                "pick" => commands::pick(work, id, &body(none())?).await,
                "deliver" => commands::deliver(work, id, &body(none())?).await,
                "refund" => commands::refund(work, id, &body(json!({ "amount": "100.00" }))?).await,
                _ => commands::complete(work, id, &body(none())?).await,
            }
        };
        stage.act(at, hand(of, step), act).await?;
    }
    Ok(())
}

/// Takings counted and not, something lost, an errand.
async fn stand(stage: &Stage) -> anyhow::Result<()> {
    for (day, declared, counted) in [
        (6, "1250.00", Some("1230.50")),
        (5, "980.00", Some("980.00")),
        (4, "1415.00", Some("1416.00")),
        (1, "760.00", None),
    ] {
        let said =
            json!({ "kind": "takings", "declared": { "cash": declared, "card": "300.00" }, "counted_cash": counted });
        stage.make(stage.at(day, 1110), "cashier", said, counter_record::create).await?;
    }
    let said = json!({ "kind": "lost_goods", "item": "展示用电饭锅一台", "note": "盘点发现,已调监控" });
    stage.make(stage.at(8, 700), "service_desk", said, counter_record::create).await?;
    let out = stage.at(3, 860);
    let said = json!({ "kind": "outing", "item": "票据一本", "note": "到银行存款", "out_at": Timestamp::from(out),
        "back_at": Timestamp::from(out + TimeDelta::minutes(50)) });
    stage.make(out + TimeDelta::minutes(55), "cashier", said, counter_record::create).await.map(drop)
}

/// People who came to the house lately and became customers.
async fn visit(stage: &Stage) -> anyhow::Result<()> {
    const VISITORS: [(&str, i64, &str); 4] =
        [("到访登记", 40, "意向"), ("到访登记", 12, "意向"), ("电话咨询", 2, "租户"), ("到访登记", 0, "业主")];
    for (n, (source, days, category)) in VISITORS.into_iter().enumerate() {
        let at = stage.at(days, 9 * 60).max(stage.now - TimeDelta::days(days) - TimeDelta::minutes(20)).min(stage.now);
        let input: Value = json!({ "kind": "person", "name": super::people::name(n + 300),
            "phones": [format!("135{:08}", 30_000_077 * (n + 3) % 100_000_000)], "category": category, "source": source,
            "tags": [business_day(at).format("%Y年%m月").to_string()] });
        stage.make(at, "receptionist", input, registers::customer::create).await?;
    }
    Ok(())
}
