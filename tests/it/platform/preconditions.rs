//! `If-Match` as RFC 9110 has it: one tag, a list of them, any; and where there is nothing yet to match.

use actix_web::http::Method;
use serde_json::json;

use crate::kit::{TestApp, id};

async fn unit(app: &TestApp) -> (String, i64) {
    let path = format!("/v1/org-units/{}", app.fixture.units["DESK"]);
    let version = app.get("hr_officer", &path).await.expect(200)["version"].as_i64().unwrap();
    (path, version)
}

scenario! {
async fn one_of_several_versions_is_enough(app) {
    let (path, version) = unit(app).await;
    let rename = |tags: &str, name: &str| {
        app.by("hr_officer", Method::PATCH, &path).header("If-Match", tags).json(json!({ "name": name }))
    };
    for tags in ["\"v98\", \"v99\"".to_owned(), "\"v98\"".to_owned(), format!("W/\"v{version}\""), "\"x\"".to_owned()] {
        rename(&tags, "客服台").send().await.refused(412, "stale");
    }
    let several = format!("\"v99\", \"v{version}\"");
    let changed = rename(&several, "客服台").send().await;
    assert_eq!(changed.header("etag"), Some(format!("\"v{}\"", version + 1).as_str()), "{}", changed.body);
    rename(&several, "客服中心").send().await.refused(412, "stale");
    rename("*", "客服中心").send().await.expect(200);
}
}

scenario! {
async fn what_is_only_to_be_created_has_no_version(app) {
    let body = json!({ "kind": "person", "name": "赵六", "phones": ["13700001111"] });
    let create = || app.by("cs_specialist", Method::POST, "/v1/customers").json(body.clone());
    create().if_match(1).send().await.refused(412, "no_version_yet");
    let wrong = app.by("cs_specialist", Method::POST, "/v1/customers").if_match(1).json(json!({ "kind": "person" }));
    wrong.send().await.refused(422, "required");
    let made = create().send().await.expect(201);
    app.get("cs_specialist", &format!("/v1/customers/{}", id(&made))).await.expect(200);
    let body = json!({ "kind": "person", "name": "钱七", "phones": ["13700002222"] });
    let put = || app.by("cs_specialist", Method::PUT, "/v1/customers/by-external-id/crm/C-31").json(body.clone());
    put().if_match(1).send().await.refused(412, "no_version_yet");
    put().send().await.expect(201);
    put().if_match(2).send().await.refused(412, "stale");
    put().if_match(1).send().await.expect(200);
}
}
