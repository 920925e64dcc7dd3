//! What a request for parts says when an issue was a mistake (TK-R33).

use serde_json::json;

use super::network_desk::*;
use crate::kit::{TestApp, id};

/// The issue of so many for a request.
async fn issue_of(app: &TestApp, request: &str, quantity: &str) -> String {
    let found = app.get("parts_clerk", &format!("/v1/part-movements?ref_id={request}&kind=issue")).await.expect(200);
    let of = |row: &&serde_json::Value| row["quantity"] == quantity;
    id(found["items"].as_array().unwrap().iter().find(of).unwrap())
}

scenario! {
/// Given by mistake is not given: it is open in the request again, and can be given anew.
async fn an_issue_taken_back_is_open_in_its_request_again(app) {
    let (outlet, part) = (outlet(app, "便民维修").await, priced_part(app, "FM-01", "38.50").await);
    moved(app, &part, "purchase", place("supplier"), place("warehouse"), "10").await.expect(201);
    let body = json!({ "location": at_outlet(&outlet), "lines": [{ "part_id": part, "requested": "6" }] });
    let request = id(&app.post("service_outlet", "/v1/part-requests", body).await.expect(201));
    let path = format!("/v1/part-requests/{request}");
    app.post("service_outlet", &format!("{path}/submit"), json!({})).await.expect(200);
    let above = json!({ "lines": [{ "part_id": part, "approved": "6.001" }] });
    app.post("parts_clerk", &format!("{path}/approve"), above.clone()).await.refused(422, "out_of_range");
    app.post("parts_clerk", &format!("{path}/approve"), json!({})).await.expect(200);
    // What is wrong in the body is told before the state.
    app.post("parts_clerk", &format!("{path}/approve"), above).await.refused(422, "out_of_range");
    let give = |n: &str| json!({ "lines": [{ "part_id": part, "quantity": n }] });
    app.post("warehouse_keeper", &format!("{path}/issue"), give("4")).await.expect(200);
    app.post("warehouse_keeper", &format!("{path}/issue"), give("2")).await.expect(200);
    app.post("service_outlet", &format!("{path}/receive"), json!({})).await.expect(200);
    for (given, issued, status) in [("4.000", "2.000", "partly_issued"), ("2.000", "0.000", "approved")] {
        let movement = issue_of(app, &request, given).await;
        let reverse = format!("/v1/part-movements/{movement}/reverse");
        app.post("parts_clerk", &reverse, json!({ "reason": "发错网点" })).await.expect(200);
        let seen = app.get("parts_clerk", &path).await.expect(200);
        assert_eq!((&seen["lines"][0]["issued"], &seen["status"]), (&json!(issued), &json!(status)));
        assert_eq!(seen["received_at"], json!(null));
    }
    app.post("warehouse_keeper", &format!("{path}/issue"), give("7")).await.refused(409, "issue_above_approved");
    let again = app.post("warehouse_keeper", &format!("{path}/issue"), json!({})).await.expect(200);
    assert_eq!((&again["status"], &again["lines"][0]["issued"]), (&json!("issued"), &json!("6.000")));
    // An issue by hand has no request.
    let by_hand = moved(app, &part, "issue", place("warehouse"), at_outlet(&outlet), "1").await.expect(201);
    let reverse = format!("/v1/part-movements/{}/reverse", id(&by_hand));
    app.post("parts_clerk", &reverse, json!({ "reason": "登记有误" })).await.expect(200);
    assert_eq!(app.get("parts_clerk", &path).await.expect(200)["lines"][0]["issued"], "6.000");
}
}
