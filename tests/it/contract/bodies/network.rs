//! Calls of the repair network.

use serde_json::json;

use super::{Ready, make, ready};
use crate::kit::{TestApp, id};
use crate::tickets::repair_desk::supplier;

pub async fn calls(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let name = format!("{}", uuid::Uuid::now_v7().simple());
    let outlet = async || {
        let firm = supplier(app, &name, "outlet").await;
        json!({ "supplier_id": firm, "region_org_unit_id": app.fixture.units["DESK"] })
    };
    match (method, path) {
        ("POST", "/v1/service-outlets") => ready("cs_manager", path, outlet().await),
        ("POST", "/v1/service-outlets/{id}/reviews") => {
            let row = id(&make(app, "cs_manager", "/v1/service-outlets", outlet().await).await);
            let body = json!({ "score": 5, "text": "现场整洁" });
            ready("cs_manager", format!("/v1/service-outlets/{row}/reviews"), body)
        }
        _ => None,
    }
}
