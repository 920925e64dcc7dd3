//! Catalogues taken over from files (PF-14): parts and prices, tariffs, warranty, calendar days.

use serde_json::{Value, json};

use super::imports::{counts, send};
use crate::kit::{Answer, TestApp};
use crate::tickets::desk::register;
use crate::tickets::repair_desk::supplier;

async fn file(app: &TestApp, who: &str, kind: &str, rows: &str) -> Answer {
    send(app, who, &[("kind", kind)], rows.as_bytes()).await
}

async fn first(app: &TestApp, who: &str, list: &str) -> Value {
    app.get(who, list).await.expect(200)["items"][0].clone()
}

scenario! {
/// Tried, refused, taken over, the same again, changed; by the code of the part.
async fn pf_14_parts_and_their_prices(app) {
    let who = "parts_clerk";
    let rows = "code,name,unit,min_stock,recovery_required\nFM-01,散热器阀门,个,5,是\nGD-02,球阀,个,,否\n";
    let tried = send(app, who, &[("kind", "parts"), ("dry_run", "true")], rows.as_bytes()).await.expect(200);
    assert_eq!(counts(&tried), (2, 0, 0));
    assert_eq!(first(app, who, "/v1/parts").await, Value::Null, "only tried");
    assert_eq!(counts(&file(app, who, "parts", rows).await.expect(201)), (2, 0, 0));
    assert_eq!(counts(&file(app, who, "parts", rows).await.expect(201)), (0, 2, 0));
    let renamed = "配件编码,名称,单位\nFM-01,散热器温控阀,个\n";
    assert_eq!(counts(&file(app, who, "parts", renamed).await.expect(201)), (1, 0, 0));
    let part = first(app, who, "/v1/parts?code=FM-01").await;
    assert_eq!((&part["name"], &part["min_stock"], &part["recovery_required"]), (&json!("散热器温控阀"), &json!("5.000"), &json!(true)));
    let wrong = file(app, who, "parts", "code,name,unit,min_stock\nFM-01,散热器温控阀,米,\nX,某件,个,-1\n").await.expect(207);
    assert_eq!(wrong["errors"], json!([
        { "row": 1, "line": 2, "column": "unit", "code": "immutable" },
        { "row": 2, "line": 3, "column": "min_stock", "code": wrong["errors"][1]["code"] }]), "{wrong}");
    app.post(who, "/v1/parts", json!({ "code": "FM-01", "name": "又一个", "unit": "个" })).await.refused(409, "already_exists");

    let prices = "part_code,price,valid_from\nFM-01,38.50,2026-01-01\nFM-01,42.00,2026-06-01\n";
    assert_eq!(counts(&file(app, who, "part_prices", prices).await.expect(201)), (2, 0, 0));
    assert_eq!(counts(&file(app, who, "part_prices", prices).await.expect(201)), (0, 2, 0));
    assert_eq!(first(app, who, "/v1/parts?code=FM-01").await["price"], "38.50");
    let other = "part_code,price,valid_from\nFM-01,39.00,2026-01-01\nNO-99,1.00,2026-01-01\nGD-02,-1.00,2026-01-01\n";
    let refused = file(app, who, "part_prices", other).await.expect(207);
    let told: Vec<(&Value, &Value)> =
        refused["errors"].as_array().unwrap().iter().map(|error| (&error["column"], &error["code"])).collect();
    assert_eq!(told, [(&json!("valid_from"), &json!("already_exists")), (&json!("part_code"), &json!("not_found")),
        (&json!("price"), &json!("out_of_range"))]);
    file(app, "cs_agent", "parts", rows).await.refused(409, "above_authority");
}
}

scenario! {
async fn pf_14_tariffs_and_warranty(app) {
    let tariffs = "code,name,fee,valid_from\nSX-01,上下水维修,120.00,2026-01-01\n";
    assert_eq!(counts(&file(app, "cs_manager", "repair_tariffs", tariffs).await.expect(201)), (1, 0, 0));
    assert_eq!(counts(&file(app, "cs_manager", "repair_tariffs", tariffs).await.expect(201)), (0, 1, 0));
    assert_eq!(first(app, "cs_manager", "/v1/repair-tariffs").await["fee"], "120.00");
    let other = "code,name,fee,valid_from\nSX-01,上下水维修,130.00,2026-01-01\n";
    assert_eq!(file(app, "cs_manager", "repair_tariffs", other).await.expect(207)["errors"][0]["code"], "already_exists");

    let firm = supplier(app, "宏远建筑", "contractor").await;
    let who = "engineering_officer";
    let rows = "project_code,building_code,part_code,supplier,accepted_on,months\nHP,3,waterproofing,宏远建筑,2022-03-15,60\n";
    let tried = send(app, who, &[("kind", "warranty_coverages"), ("dry_run", "true")], rows.as_bytes()).await.expect(200);
    assert_eq!(counts(&tried), (1, 0, 0));
    assert_eq!(counts(&file(app, who, "warranty_coverages", rows).await.expect(201)), (1, 0, 0));
    assert_eq!(counts(&file(app, who, "warranty_coverages", rows).await.expect(201)), (0, 1, 0));
    let row = first(app, who, "/v1/warranty-coverages").await;
    assert_eq!((&row["supplier_id"], &row["months"]), (&json!(firm), &json!(60)));
    let wrong = "building_code,part_code,supplier,accepted_on\n3,waterproofing,宏远建筑,2023-01-01\n99,plumbing,宏远建筑,\n3,plumbing,无此公司,\n";
    let wrong = file(app, who, "warranty_coverages", wrong).await.expect(207);
    let told: Vec<(&Value, &Value)> =
        wrong["errors"].as_array().unwrap().iter().map(|error| (&error["column"], &error["code"])).collect();
    assert_eq!(told, [(&json!(null), &json!("coverage_overlap")), (&json!("building_code"), &json!("not_found")),
        (&json!("supplier"), &json!("not_found"))]);
}
}

scenario! {
/// A file of days is one version of the calendar; open deadlines follow it at once.
async fn pf_14_calendar_days_are_one_version(app) {
    let who = "system_admin";
    // An application of 35 open hours from Monday morning: due on Friday evening.
    let ticket = register(app, json!({ "kind": "application", "category_code": "title", "place_kind": "none",
        "unit_id": null })).await;
    assert_eq!(ticket["due_at"], "2026-03-06T17:00:00+08:00");
    let rows = "date,kind,name_zh\n2026-03-05,holiday,临时放假\n2026-03-07,make_up_workday,临时放假\n";
    let tried = send(app, who, &[("kind", "calendar_days"), ("dry_run", "true")], rows.as_bytes()).await.expect(200);
    assert_eq!(counts(&tried), (2, 0, 0));
    let calendar = app.get(who, "/v1/calendars/mainland").await.expect(200);
    let before = calendar["versions"].as_array().unwrap().len();
    let wrong = "date,kind,name\n2026-03-07,working,补班\n";
    let refused = file(app, who, "calendar_days", wrong).await.expect(207);
    assert_eq!((&refused["errors"][0]["column"], &refused["errors"][0]["code"]), (&json!("kind"), &json!("day_kind_mismatch")));
    assert_eq!(counts(&file(app, who, "calendar_days", rows).await.expect(201)), (2, 0, 0));
    let calendar = app.get(who, "/v1/calendars/mainland").await.expect(200);
    assert_eq!(calendar["versions"].as_array().unwrap().len(), before + 1, "one file, one version: {calendar}");
    let sum = app.get(who, "/v1/calendars/mainland/add?from=2026-03-04&working_days=2").await.expect(200);
    assert_eq!(sum["date"], "2026-03-07", "{sum}");
    assert_eq!(counts(&file(app, who, "calendar_days", rows).await.expect(201)), (0, 2, 0));
    file(app, "cs_manager", "calendar_days", rows).await.refused(409, "above_authority");
}
}
