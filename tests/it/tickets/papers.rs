//! Papers go with the row they belong to: who sees an order or a claim reads what was attached, whoever uploaded it.

use serde_json::json;

use super::desk::document;
use super::repair_desk::{case, dispatched, on_order, recourse, supplier, up_to};
use crate::kit::id;

scenario! {
/// The team's photo, the desk's signed order, the notice to the contractor.
async fn papers_of_an_order_and_its_claim_are_read_by_who_sees_them(app) {
    let (order, _) = recourse(app, "31").await;
    let papers = order["document_ids"].as_array().unwrap().clone();
    assert_eq!(papers.len(), 2, "{order}");
    for paper in &papers {
        let path = format!("/v1/documents/{}", paper.as_str().unwrap());
        for who in ["cs_agent", "engineering_officer"] {
            app.get(who, &path).await.expect(200);
        }
        app.get("heating_hotline_agent", &path).await.refused(404, "not_found");
    }
    let propose = json!({ "repair_order_id": order["id"] });
    let claim = app.post("engineering_officer", "/v1/defect-claims", propose).await.expect(201);
    let notice = document(app, "engineering_officer").await;
    let path = format!("/v1/documents/{notice}");
    app.get("cs_manager", &path).await.refused(404, "not_found");
    let notify = format!("/v1/defect-claims/{}/notify", id(&claim));
    app.post("engineering_officer", &notify, json!({ "notice_document_id": notice })).await.expect(200);
    app.get("cs_manager", &path).await.expect(200);
}
}

scenario! {
/// A photo nobody knows is named where it stands in the body.
async fn an_unknown_photo_is_named_by_its_field(app) {
    let ticket = case(app, json!({})).await;
    let firm = supplier(app, "门窗维修", "contractor").await;
    let order = dispatched(app, &ticket, json!({ "supplier_id": firm })).await;
    up_to(app, &order, "arrive").await;
    let nothing = uuid::Uuid::now_v7();
    let refused = on_order(app, "engineering_officer", &order, "no-access", json!({ "photo": nothing })).await.refused(422, "not_found");
    assert_eq!(refused["errors"][0]["pointer"], "/photo");
    on_order(app, "engineering_officer", &order, "begin", json!({})).await.expect(200);
    let labour = json!({ "kind": "labour", "quantity": "1", "unit_price": "100.00" });
    let done = json!({ "result": "已修好", "photos": [nothing], "lines": [labour] });
    let refused = on_order(app, "engineering_officer", &order, "finish", done).await.refused(422, "not_found");
    assert_eq!(refused["errors"][0]["pointer"], "/photos");
}
}
