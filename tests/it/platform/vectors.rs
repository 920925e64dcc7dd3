//! The vectors of the validation rules, as callers meet them.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::kit::{self, Answer, TestApp, id};

async fn customer(app: &TestApp, with: Value) -> Answer {
    let body = json!({ "kind": "person", "name": "赵六", "force_reason": "样例" });
    app.post("cs_specialist", "/v1/customers", kit::with(body, &with)).await
}

fn card(number: &str) -> Value {
    json!({ "id_document": { "type": "id_card", "number": number } })
}

scenario! {
async fn identity_cards(app) {
    for (number, masked) in [
        ("11010519491231002X", "110*************2X"),
        ("11010519491231002x", "110*************2X"),
        ("210105198002290017", "210*************17"),
    ] {
        let row = customer(app, card(number)).await.expect(201);
        assert_eq!(row["id_document"]["number"], masked, "{row}");
    }
    // Check digit, no such day, fifteen digits, not born yet, unknown region.
    for number in ["110105194912310021", "210105198102290017", "110105491231002", "110105202603030014", "000105194912310029"] {
        let problem = customer(app, card(number)).await.refused(422, "id_invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/id_document/number");
        assert!(!problem.to_string().contains(number));
    }
    let passport = json!({ "id_document": { "type": "passport", "number": "E12345678" } });
    customer(app, passport).await.expect(201);
}
}

scenario! {
async fn credit_codes(app) {
    let company = |code: &str| json!({ "kind": "company", "name": "宏远建筑", "uscc": code });
    for code in ["91350100M000100Y43", "91621000MA7XXXXX1H"] {
        assert_eq!(customer(app, company(code)).await.expect(201)["uscc"], code);
    }
    let supplier = |code: &str| json!({ "kinds": ["contractor"], "name": "宏远建筑", "uscc": code });
    for code in ["91350100M000100Y44", "9135010OM000100Y43", "91350100I000100Y43", "91350100S000100Y43",
        "91350100V000100Y43", "91350100Z000100Y43", "91350100M000100Y4", ""] {
        customer(app, company(code)).await.refused(422, "uscc_invalid");
        app.post("cost_manager", "/v1/suppliers", supplier(code)).await.refused(422, "uscc_invalid");
    }
}
}

scenario! {
async fn phones(app) {
    for phone in ["13700001111", "+86 137-0000-1112", "0451-87654321", "0451-87654321-12", "96123-4"] {
        customer(app, json!({ "phones": [phone] })).await.expect(201);
    }
    let found = app.get("cs_specialist", "/v1/customers?phone=13700001112").await.expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "kept in one form");
    for phone in ["1380013567", "12800135678", "138001356789", "451-87654321", "961234", ""] {
        customer(app, json!({ "phones": [phone] })).await.refused(422, "phone_invalid");
    }
}
}

async fn room(app: &TestApp, room: &str, with: Value) -> Answer {
    let body = json!({ "building_id": app.fixture.building, "room_no": room, "use": "residence" });
    app.post("system_admin", "/v1/units", kit::with(body, &with)).await
}

scenario! {
async fn rooms(app) {
    for (written, one) in [
        ("3幢2单元0801室", "3-2-801"), ("3号楼 2单元 901", "3-2-901"), ("3-2--101", "3-2--101"),
        ("商-12", "商-12"), ("b1-023", "B1-023"), ("A-1034", "A-1034"),
    ] {
        assert_eq!(room(app, written, json!({})).await.expect(201)["room_no"], one, "{written}");
        room(app, one, json!({})).await.refused(409, "unit_exists");
    }
    for written in ["3-2-01", "3-2-12011", "3-2-", "1234-1-101", "商-", "AB-101", "室", ""] {
        room(app, written, json!({})).await.refused(422, "room_invalid");
    }
}
}

scenario! {
async fn areas_and_heights(app) {
    let made = room(app, "3-2-1601", json!({ "predicted_area_m2": "89.3", "height_m": "2.9" })).await.expect(201);
    assert_eq!((&made["predicted_area_m2"], &made["height_m"]), (&json!("89.30"), &json!("2.90")));
    for (field, value, code) in [
        ("predicted_area_m2", json!("89.375"), "too_many_decimals"),
        ("predicted_area_m2", json!("0"), "out_of_range"),
        ("predicted_area_m2", json!("-1"), "out_of_range"),
        ("predicted_area_m2", json!("1e3"), "number_format"),
        ("predicted_area_m2", json!(89.3), "number_format"),
        ("predicted_area_m2", json!([]), "number_format"),
        ("room_no", json!(1602), "room_invalid"),
        ("room_no", Value::Null, "required"),
        ("use", Value::Null, "required"),
        ("floor", json!("16"), "invalid_type"),
        ("height_m", json!("2.905"), "too_many_decimals"),
        ("height_m", json!("hoch"), "number_format"),
        ("delivered_on", json!("2026-03-03"), "date_in_future"),
        ("delivered_on", json!("2026-02-30"), "invalid_format"),
        ("use", json!("castle"), "invalid_enum"),
    ] {
        let answer = room(app, "3-2-1602", json!({ field: value })).await;
        let told = answer.refused(422, code);
        assert_eq!(told["errors"][0]["pointer"], format!("/{field}"));
    }
    room(app, "3-2-1602", json!({ "delivered_on": "2026-03-02" })).await.expect(201);
    // As an input method writes them: full-width digits, blanks around.
    let wide = json!({ "predicted_area_m2": " ８９.３", "height_m": "２.９ " });
    let made = room(app, "3-2-1603", wide).await.expect(201);
    assert_eq!((&made["predicted_area_m2"], &made["height_m"]), (&json!("89.30"), &json!("2.90")));
}
}

scenario! {
async fn money(app) {
    use crate::tickets::desk::{act, started};
    let ticket = started(app, json!({})).await;
    let opinion = |amount: Value| json!({ "text": "经现场核实,建议整体更换窗框", "proposed_reply": "三日内更换",
        "compensation_amount": amount });
    for (amount, code) in [
        (json!("1,000"), "money_format"),
        (json!("十元"), "money_format"),
        (json!("1e3"), "money_format"),
        (json!("1.005"), "too_many_decimals"),
        (json!("-0.01"), "out_of_range"),
        (json!(1000), "money_format"),
        (json!(10.5), "money_format"),
        (json!({ "yuan": "10" }), "money_format"),
    ] {
        act(app, "cs_agent", &ticket, "submit-opinion", opinion(amount)).await.refused(422, code);
        app.later(chrono::TimeDelta::seconds(1));
    }
    let taken = act(app, "cs_agent", &ticket, "submit-opinion", opinion(json!(" １００.5 "))).await.expect(200);
    assert_eq!(taken["opinion"]["compensation_amount"], "100.50");
}
}

scenario! {
/// NFC, trimmed; full-width digits are digits where a number is meant.
async fn texts(app) {
    let row = customer(app, json!({ "name": "  Jose\u{301} " , "phones": ["１３７００００２２２２"] })).await.expect(201);
    let path = format!("/v1/customers/{}/reveal", id(&row));
    let body = json!({ "fields": ["name", "phones"], "reason": "核对" });
    let clear = app.by("cs_specialist", Method::POST, &path).json(body).send().await.expect(200);
    assert_eq!((&clear["name"], &clear["phones"][0]), (&json!("José"), &json!("13700002222")));
    customer(app, json!({ "name": "名".repeat(81) })).await.refused(422, "too_long");
}
}
