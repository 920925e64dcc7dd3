//! Who brings which file of the heating service (PF-14).

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::*;
use crate::kit::{Answer, TestApp};

const KINDS: [&str; 8] = [
    "area_items",
    "heat_receipts",
    "heating_history",
    "households",
    "lab_history",
    "official_complaints",
    "temperature_readings",
    "valve_checks",
];

/// A file that is only tried.
async fn tried(app: &TestApp, who: &str, kind: &str, file: &str) -> Answer {
    let fields = [("kind", kind), ("dry_run", "true")];
    app.by(who, Method::POST, "/v1/imports").parts(&fields, "rows.csv", "text/csv", file.as_bytes()).send().await
}

scenario! {
async fn each_file_is_brought_by_the_roles_it_is_for(app) {
    let brings: [(&str, &[&str]); 7] = [
        (MANAGER, &KINDS),
        (COLLECTOR, &["heat_receipts"]),
        (INSPECTOR, &["valve_checks"]),
        (HOTLINE, &["official_complaints"]),
        (HEAD, &[]),
        ("visit_officer", &[]),
        ("coal_analyst", &[]),
    ];
    for (who, wanted) in brings {
        let list = app.get(who, "/v1/import-kinds").await.expect(200);
        let of_heat = |kind: &&Value| KINDS.contains(&kind["kind"].as_str().unwrap());
        let kinds: Vec<&Value> = list["items"].as_array().unwrap().iter().filter(of_heat).collect();
        assert_eq!(kinds.len(), KINDS.len());
        let open = kinds.iter().filter(|kind| kind["allowed"] == true).map(|kind| kind["kind"].as_str().unwrap());
        let mut open: Vec<&str> = open.collect();
        open.sort_unstable();
        assert_eq!(open, wanted, "{who}");
        assert!(kinds.iter().all(|kind| kind["permission"] == "heating.import:run"));
        for kind in KINDS.iter().filter(|kind| !wanted.contains(*kind)) {
            tried(app, who, kind, "a\n1\n").await.refused(409, "above_authority");
        }
    }
    let mine = app.get(INSPECTOR, "/v1/me/permissions").await.expect(200);
    assert!(mine.to_string().contains("heating.import:run"), "{mine}");
}
}

scenario! {
async fn the_collector_brings_receipts_and_no_households(app) {
    let home = household(app, json!({})).await;
    let number = home["number"].as_str().unwrap();
    let receipts = format!("household_number,method,voucher_no,amount\n{number},cash,SK-{number},100.00\n");
    let told = tried(app, COLLECTOR, "heat_receipts", &receipts).await;
    assert_eq!((told.status, &told.body["ok"]), (200, &json!(1)), "{}", told.body);
    let homes = "station_code,room_no,use\nX,1-1-101,residential\n";
    tried(app, COLLECTOR, "households", homes).await.refused(409, "above_authority");
}
}
