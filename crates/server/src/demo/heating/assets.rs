//! Phones, boards, signs and cards; rules and the trainings on them.

use documents::Files;
use heating_service::service_asset::commands as assets;
use heating_service::{rule, service_card, training};
use serde_json::json;

use super::super::Stage;
use super::{Company, MANAGER};

/// Days ago.
const PUT_UP: i64 = 70;
const TRAINED: i64 = 40;

/// Kind, number of each station, place, what it says.
const ASSETS: [(&str, usize, &str, &str); 3] = [
    ("public_phone", 2, "站房大门", "24小时供热服务电话 024-86001234"),
    ("station_board", 1, "站房外墙", "站务公开、收费标准、服务承诺"),
    ("notice_sign", 5, "单元门厅", "扫码报修,测温请拨 024-86001234"),
];

pub(super) async fn load(stage: &Stage, files: &Files, company: &Company) -> anyhow::Result<()> {
    for station in &company.stations {
        for (kind, count, place, text) in ASSETS {
            for n in 1..=count {
                let said = json!({ "kind": kind, "station_id": station, "place": format!("{place}{n}"), "text": text });
                stage.make(stage.at(PUT_UP, 540), MANAGER, said, assets::create).await?;
            }
        }
    }
    let printed = json!({ "kind": "printed", "count": 500, "note": "首批便民服务卡" });
    stage.make(stage.at(PUT_UP, 600), MANAGER, printed, service_card::commands::create).await?;
    for (n, station) in company.stations.iter().enumerate() {
        let said = json!({ "kind": "issued", "count": 120 + 10 * n, "station_id": station });
        stage.make(stage.at(PUT_UP - 5, 600), MANAGER, said, service_card::commands::create).await?;
    }
    rules(stage, files, company).await
}

/// A rule, its newer version, and a training on it.
async fn rules(stage: &Stage, files: &Files, company: &Company) -> anyhow::Result<()> {
    let reader = stage.person("heating_station_head").await?;
    let mut replaces = None;
    for (days, name, valid_from) in
        [(PUT_UP, "入户测温管理办法", "2024-10-01"), (TRAINED + 5, "入户测温管理办法(修订)", "2025-10-01")]
    {
        let said = json!({ "kind": "policy", "name": name, "number": format!("供客〔{}〕3号", &valid_from[..4]),
            "issued_by": "北陵供热客户服务部", "issued_on": valid_from });
        let paper = stage.paper(files, stage.at(days, 500), MANAGER, said).await?;
        let said = json!({ "title": name, "kind": "service", "document_id": paper, "valid_from": valid_from,
            "replaces": replaces, "station_ids": company.stations, "readers": [reader] });
        replaces = Some(stage.make(stage.at(days, 540), MANAGER, said, rule::commands::create).await?.id);
    }
    let mut attendees = Vec::new();
    for (n, number) in
        ["heating_station_head", "heating_hotline_agent", "heating_hotline_agent2", "visit_officer"].iter().enumerate()
    {
        attendees.push(json!({ "staff_id": stage.person(number).await?, "score": 58 + 11 * n, "passed": n > 0 }));
    }
    let said = json!({ "topic": "入户测温规范", "rule_id": replaces, "on": kernel::time::business_day(stage.at(TRAINED, 540)),
        "trainer": "客户服务部", "attendees": attendees });
    stage.make(stage.at(TRAINED, 660), MANAGER, said, training::commands::create).await?;
    Ok(())
}
