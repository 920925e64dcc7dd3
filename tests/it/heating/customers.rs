//! What a customer sees of his own home, and what stays masked or unsaid (heating §3, §7).

use actix_web::http::Method;
use serde_json::json;

use super::desk::*;
use crate::kit::id;

scenario! {
async fn the_holder_reads_himself_in_clear_and_everybody_else_masked(app) {
    let home = household(app, json!({ "customer_id": app.fixture.customer })).await;
    let path = format!("/v1/households/{}/context", id(&home));
    let his = app.get("customer", &path).await.expect(200);
    assert_eq!((&his["holder"]["name"], &his["holder"]["phone"]), (&json!("王小明"), &json!("13800135678")));
    let told = app.get(HOTLINE, &path).await.expect(200);
    assert_eq!(told["holder"]["name"], "王*");
    assert!(!told.to_string().contains("13800135678"), "{told}");
    let case = app.post("customer", "/v1/temperature-cases", json!({ "household_id": home["id"] })).await.expect(201);
    let slip = format!("/v1/temperature-cases/{}/feedback-slip", id(&case));
    let page = async |who: &str| String::from_utf8(app.by(who, Method::GET, &slip).send().await.bytes).unwrap();
    let (own, others) = (page("customer").await, page(HEAD).await);
    assert!(own.contains("王小明") && own.contains("2单元1201室"), "{own}");
    assert!(others.contains("王*") && !others.contains("王小明") && !others.contains("1201"), "{others}");
}
}

scenario! {
async fn a_customer_does_not_learn_the_cause_of_an_outage_by_asking_for_it(app) {
    let place = station(app, json!({})).await;
    household(app, json!({ "station_id": place, "customer_id": app.fixture.customer })).await;
    let row = outage(app, &place, json!({})).await;
    let seen = app.get("customer", "/v1/outages?open=true").await.expect(200);
    assert_eq!(seen["items"][0]["id"], row["id"]);
    for filter in ["cause=pipe_leak", "cause_class=internal"] {
        app.get("customer", &format!("/v1/outages?{filter}")).await.refused(400, "unknown_parameter");
    }
    let found = async |filter: &str| {
        let list = app.get(MANAGER, &format!("/v1/outages?station_id={place}&{filter}")).await.expect(200);
        list["items"].as_array().unwrap().len()
    };
    assert_eq!(found("cause=pipe_leak,power_outage").await, 1);
    assert_eq!(found("cause=power_outage,water_outage").await, 0);
    assert_eq!(found("cause_class=external,internal").await, 1);
    assert_eq!(found("cause_class=external").await, 0);
    for filter in ["cause=rain", "cause_class=ours"] {
        app.get(MANAGER, &format!("/v1/outages?{filter}")).await.refused(400, "invalid_parameter");
    }
}
}
