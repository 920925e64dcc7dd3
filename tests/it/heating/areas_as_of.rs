//! What is charged on a day is judged by the rule of that day (HS-R05).

use actix_web::http::Method;
use serde_json::json;

use super::desk::*;
use crate::kit::id;

scenario! {
async fn an_area_asked_for_as_of_a_day_is_judged_by_the_limit_of_that_day(app) {
    let home = household(app, json!({})).await;
    let low = json!({ "kind": "basement", "area_m2": "20.00", "height_m": "2.25", "has_heating_facility": true });
    area(app, &home, low).await;
    let body = json!({ "value": "2.30", "valid_from": "2026-03-02", "reason": "本市规定" });
    let path = "/v1/parameters/heating.area.height_limit_m";
    app.by(MANAGER, Method::PUT, path).json(body).send().await.expect(200);
    for (day, charged, reason) in
        [("?as_of=2026-03-01", true, "heated"), ("?as_of=2026-03-02", false, "below_height"), ("", false, "below_height")]
    {
        let list = app.get(MANAGER, &format!("/v1/households/{}/area-items{day}", id(&home))).await.expect(200);
        let item = &list["items"][0];
        assert_eq!((&item["charged"], &item["charge_reason"]), (&json!(charged), &json!(reason)), "{day}");
    }
}
}
