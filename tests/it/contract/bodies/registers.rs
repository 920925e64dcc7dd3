//! Calls on the registers: people, places, customers, papers.

use serde_json::{Value, json};

use super::{Ready, change, first, make, ready};
use crate::kit::{TestApp, id};

pub async fn people(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let admin = "system_admin";
    let account = async |login: &str| first(app, admin, &format!("/v1/accounts?login={login}")).await;
    let person = |who: &str| format!("/v1/staff/{}", app.fixture.staff[who]);
    match (method, path) {
        ("POST", "/v1/accounts") => {
            let body = json!({ "number": "W-2", "name": "新账号", "org_unit_id": app.fixture.units["DESK"] });
            let person = make(app, "hr_officer", "/v1/staff", body).await;
            ready(
                admin,
                path,
                json!({ "login": "newcomer", "password": "otter brass 61 fern", "staff_id": person["id"] }),
            )
        }
        ("PATCH", "/v1/accounts/{id}") => {
            change(app, admin, account("graphic_designer").await, json!({ "login": "designer-2" })).await
        }
        ("POST", "/v1/accounts/{id}/lock") => {
            ready(admin, account("marketing_planner").await + "/lock", json!({ "reason": "休假" }))
        }
        ("POST", "/v1/accounts/{id}/unlock") => {
            let path = account("coal_sampler").await;
            app.post(admin, &format!("{path}/lock"), json!({})).await.expect(200);
            ready(admin, path + "/unlock", json!({ "reason": "回岗" }))
        }
        ("POST", "/v1/accounts/{id}/disable") => {
            ready(admin, account("fitout_supervisor").await + "/disable", json!({ "reason": "离职" }))
        }
        ("PATCH" | "POST", "/v1/clients/{id}" | "/v1/clients/{id}/disable") => {
            let login = format!("client-{}", method.to_lowercase());
            let body = json!({ "client_id": login, "name": "接口", "role": "integration_client" });
            let row = make(app, admin, "/v1/clients", body).await;
            let path = format!("/v1/clients/{}", id(&row));
            match method {
                "PATCH" => change(app, admin, path, json!({ "name": "数据接口" })).await,
                _ => ready(admin, path + "/disable", json!({ "reason": "停用" })),
            }
        }
        ("POST", "/v1/delegations") => ready("cs_manager", path, stand_in(app, "cs_manager")),
        ("POST", "/v1/delegations/{id}/revoke") => {
            let row = make(app, "cs_director", "/v1/delegations", stand_in(app, "cs_director")).await;
            ready("cs_director", format!("/v1/delegations/{}/revoke", id(&row)), json!({}))
        }
        ("POST", "/v1/org-units") => ready(
            "hr_officer",
            path,
            json!({ "code": "NEW", "name": "新部门", "kind": "department", "parent_id": app.fixture.units["HCZY"] }),
        ),
        ("PATCH", "/v1/org-units/{id}") => {
            let path = format!("/v1/org-units/{}", app.fixture.units["STATION"]);
            change(app, "hr_officer", path, json!({ "name": "中心换热站" })).await
        }
        ("POST", "/v1/staff") => ready(
            "hr_officer",
            path,
            json!({ "number": "W-1", "name": "新人", "org_unit_id": app.fixture.units["DESK"] }),
        ),
        ("PATCH", "/v1/staff/{id}") => change(app, "hr_officer", person("picker"), json!({ "name": "拣货员丙" })).await,
        ("POST", "/v1/staff/{id}/posts") => {
            let body = json!({ "role": "courier", "from": "2026-03-02" });
            ready("hr_officer", person("picker") + "/posts", body)
        }
        ("POST", "/v1/staff/{id}/end-post") => {
            ready("hr_officer", person("cashier") + "/end-post", json!({ "role": "cashier", "reason": "调岗" }))
        }
        ("PUT", "/v1/parameters/{key}") => {
            let body = json!({ "value": 12, "valid_from": "2026-04-01", "reason": "试行" });
            ready(admin, "/v1/parameters/tickets.reopen.window_days", body)
        }
        ("PUT", "/v1/sandbox/clock") => {
            // The instant it stands at: everything after it in the walk stays as it is.
            ready("cs_agent", path, json!({ "now": kernel::time::Timestamp::from(app.store.now()) }))
        }
        _ => None,
    }
}

fn stand_in(app: &TestApp, role: &str) -> Value {
    json!({ "to_staff_id": app.fixture.staff["receptionist"], "role": role, "from": "2026-03-02", "to": "2026-03-08",
        "reason": "出差" })
}

pub async fn places(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let (admin, house) = ("system_admin", &app.fixture);
    let supplier = async |name: &str| {
        let body = json!({ "kinds": ["contractor"], "name": name });
        format!("/v1/suppliers/{}", id(&make(app, "cost_manager", "/v1/suppliers", body).await))
    };
    match (method, path) {
        ("POST", "/v1/projects") => ready(admin, path, json!({ "code": "XP", "name": "新城" })),
        ("PATCH", "/v1/projects/{id}") => {
            change(app, admin, format!("/v1/projects/{}", house.project), json!({ "name": "和平花园二期" })).await
        }
        ("POST", "/v1/phases") => {
            ready(admin, path, json!({ "code": "P1", "name": "一期", "project_id": house.project }))
        }
        ("PATCH", "/v1/phases/{id}") => {
            let body = json!({ "code": "P2", "name": "二期", "project_id": house.project });
            let row = make(app, admin, "/v1/phases", body).await;
            change(app, admin, format!("/v1/phases/{}", id(&row)), json!({ "name": "二期北区" })).await
        }
        ("POST", "/v1/buildings") => {
            ready(admin, path, json!({ "code": "9", "name": "9号楼", "project_id": house.project }))
        }
        ("PATCH", "/v1/buildings/{id}") => {
            change(app, admin, format!("/v1/buildings/{}", house.building), json!({ "name": "三号楼" })).await
        }
        ("POST", "/v1/units") => ready(admin, path, home(app, "3-2-1301")),
        ("POST", "/v1/units/bulk") => {
            ready(admin, path, json!({ "rows": [home(app, "3-2-1401"), home(app, "3-2-1402")] }))
        }
        ("PUT", "/v1/units/by-external-id/{system}/{external_id}") => {
            ready(admin, "/v1/units/by-external-id/erp/u-1", home(app, "3-2-1501"))
        }
        ("PATCH", "/v1/units/{id}") => {
            change(app, admin, format!("/v1/units/{}", house.other_unit), json!({ "floor": 12 })).await
        }
        ("POST", "/v1/units/{id}/owners") => {
            let body = json!({ "customer_id": house.customer, "from": "2026-03-01" });
            ready("cs_clerk", format!("/v1/units/{}/owners", house.other_unit), body)
        }
        ("POST", "/v1/suppliers") => ready("cost_manager", path, json!({ "kinds": ["bank"], "name": "城市银行" })),
        ("PATCH", "/v1/suppliers/{id}") => {
            change(app, "cost_manager", supplier("甲建筑").await, json!({ "name": "甲建筑公司" })).await
        }
        ("POST", "/v1/suppliers/{id}/blacklist") => {
            ready("cost_manager", supplier("乙建筑").await + "/blacklist", json!({ "reason": "质量问题" }))
        }
        ("POST", "/v1/suppliers/{id}/unblacklist") => {
            let path = supplier("丙建筑").await;
            app.post("cost_manager", &format!("{path}/blacklist"), json!({ "reason": "质量问题" })).await.expect(200);
            ready("cost_manager", path + "/unblacklist", json!({ "reason": "整改合格" }))
        }
        _ => None,
    }
}

fn home(app: &TestApp, room: &str) -> Value {
    json!({ "building_id": app.fixture.building, "room_no": room, "use": "residence" })
}

pub async fn customers(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let clerk = "cs_specialist";
    let person = |name: &str| json!({ "kind": "person", "name": name });
    let known =
        async |name: &str| format!("/v1/customers/{}", id(&make(app, clerk, "/v1/customers", person(name)).await));
    let merge = json!({ "target_id": app.fixture.customer, "reason": "同一人" });
    match (method, path) {
        ("POST", "/v1/customers") => ready(clerk, path, person("赵一")),
        ("POST", "/v1/customers/bulk") => ready(clerk, path, json!({ "rows": [person("赵二"), person("赵三")] })),
        ("PUT", "/v1/customers/by-external-id/{system}/{external_id}") => {
            ready(clerk, "/v1/customers/by-external-id/crm/c-1", person("赵四"))
        }
        ("PATCH", "/v1/customers/{id}") => change(app, clerk, known("赵五").await, json!({ "source": "来访" })).await,
        ("POST", "/v1/customers/{id}/merge") => ready("cs_supervisor", known("赵六").await + "/merge", merge),
        ("POST", "/v1/customers/{id}/unmerge") => {
            let path = known("赵七").await;
            app.post("cs_supervisor", &format!("{path}/merge"), merge).await.expect(200);
            ready("cs_supervisor", path + "/unmerge", json!({ "reason": "弄错了" }))
        }
        ("POST", "/v1/customers/{id}/erase") => {
            ready("cs_manager", known("赵八").await + "/erase", json!({ "reason": "本人要求" }))
        }
        _ => None,
    }
}
