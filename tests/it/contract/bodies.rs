//! A call that succeeds for each operation that takes an idempotency key.

use serde_json::{Value, json};

use crate::kit::{TestApp, id};
use crate::tickets::desk::{
    act, answer, callback, closed, document, register, replied, report, said, solution, started,
};

/// Somebody, where, and what he sends.
pub struct Ready {
    pub who: &'static str,
    pub path: String,
    pub body: Value,
    /// The version a change is made for.
    pub version: Option<i64>,
}

fn ready(who: &'static str, path: impl Into<String>, body: Value) -> Option<Ready> {
    Some(Ready { who, path: path.into(), body, version: None })
}

/// A change of the first row of a list, or of the row named.
async fn change(app: &TestApp, who: &'static str, path: String, body: Value) -> Option<Ready> {
    let row = app.get(who, &path).await.expect(200);
    Some(Ready { who, path, body, version: row["version"].as_i64() })
}

async fn first(app: &TestApp, who: &str, list: &str) -> String {
    let page = app.get(who, list).await.expect(200);
    format!("{}/{}", list.split('?').next().unwrap(), id(&page["items"][0]))
}

async fn make(app: &TestApp, who: &str, path: &str, body: Value) -> Value {
    app.post(who, path, body).await.expect(201)
}

/// What makes the call of an operation succeed; none when nobody has written it down.
pub async fn call(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    match path.split('/').nth(2).unwrap_or_default() {
        "accounts" | "clients" | "delegations" | "org-units" | "staff" | "parameters" | "sandbox" => {
            people(app, method, path).await
        }
        "projects" | "phases" | "buildings" | "units" | "suppliers" => places(app, method, path).await,
        "customers" => customers(app, method, path).await,
        "approval-routes" | "documents" => papers(app, method, path).await,
        "tickets" | "callbacks" | "calls" | "ticket-pauses" => desk(app, method, path).await,
        _ => catalogues(app, method, path).await,
    }
}

async fn people(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let admin = "system_admin";
    let account = async |login: &str| first(app, admin, &format!("/v1/accounts?login={login}")).await;
    let person = |who: &str| format!("/v1/staff/{}", app.fixture.staff[who]);
    match (method, path) {
        ("PATCH", "/v1/accounts/{id}") => {
            change(app, admin, account("picker").await, json!({ "login": "picker-2" })).await
        }
        ("POST", "/v1/accounts/{id}/lock") => {
            ready(admin, account("courier").await + "/lock", json!({ "reason": "休假" }))
        }
        ("POST", "/v1/accounts/{id}/unlock") => {
            let path = account("cashier").await;
            app.post(admin, &format!("{path}/lock"), json!({})).await.expect(200);
            ready(admin, path + "/unlock", json!({ "reason": "回岗" }))
        }
        ("POST", "/v1/accounts/{id}/disable") => {
            ready(admin, account("warehouse_keeper").await + "/disable", json!({ "reason": "离职" }))
        }
        ("PATCH" | "POST", "/v1/clients/{id}" | "/v1/clients/{id}/disable") => {
            let login = format!("client-{}", method.to_lowercase());
            let body = json!({ "client_id": login, "name": "接口", "role": "integration_client" });
            let row = make(app, admin, "/v1/clients", body).await;
            let path = format!("/v1/clients/{}", id(&row["client"]));
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

async fn places(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
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

async fn customers(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
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

async fn papers(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let paper = document(app, "system_admin").await;
    match (method, path) {
        ("POST", "/v1/approval-routes") => {
            let step = json!({ "code": "head", "title": "负责人", "roles": ["cs_manager"] });
            let body = json!({ "subject_kind": "ticket_opinion", "valid_from": "2026-12-01", "steps": [step],
                "document_id": paper });
            ready("system_admin", path, body)
        }
        ("PATCH", "/v1/documents/{id}") => {
            change(app, "system_admin", format!("/v1/documents/{paper}"), json!({ "name": "新名" })).await
        }
        ("POST", "/v1/documents/{id}/links") => {
            let body = json!({ "resource": "customer", "id": app.fixture.customer, "role": "附件" });
            ready("system_admin", format!("/v1/documents/{paper}/links"), body)
        }
        _ => None,
    }
}

async fn catalogues(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let lead = "cs_supervisor";
    let policy = json!({ "position": 99, "code": "default", "name": "其他", "calendar_code": "continuous",
        "handle_target_seconds": 14_400, "reply_target_seconds": 172_800, "callback_target_seconds": 172_800 });
    let set = json!({ "name": "春季", "valid_from": "2026-03-05T00:00:00+08:00", "policies": [policy] });
    let draft = async || {
        format!("/v1/sla-policy-sets/{}", id(&make(app, "cs_director", "/v1/sla-policy-sets", set.clone()).await))
    };
    match (method, path) {
        ("POST", "/v1/channels") => ready(lead, path, json!({ "code": "weibo", "name": "微博", "medium": "im" })),
        ("PATCH", "/v1/channels/{id}") => {
            change(app, lead, first(app, lead, "/v1/channels").await, json!({ "name": "新渠道名" })).await
        }
        ("POST", "/v1/ticket-catalogues") => {
            ready(lead, path, json!({ "list": "root_cause", "code": "frost", "name": "冻害" }))
        }
        ("PATCH", "/v1/ticket-catalogues/{id}") => {
            let row = first(app, lead, "/v1/ticket-catalogues?list=root_cause").await;
            change(app, lead, row, json!({ "name": "新名称" })).await
        }
        ("POST", "/v1/ticket-categories") => ready(lead, path, json!({ "code": "other.garden", "name": "绿化" })),
        ("PATCH", "/v1/ticket-categories/{id}") => {
            change(app, lead, first(app, lead, "/v1/ticket-categories").await, json!({ "name": "新类别名" })).await
        }
        ("POST", "/v1/ticket-classifications") => {
            let body = json!({ "kind": "suggestion", "category_code": "house_quality.wall", "place_kind": "parking",
                "handler_roles": ["cs_agent"], "responsible": { "rule": "desk" } });
            ready(lead, path, body)
        }
        ("PATCH", "/v1/ticket-classifications/{id}") => {
            let row = first(app, lead, "/v1/ticket-classifications").await;
            change(app, lead, row, json!({ "warranty_part_code": "fitout" })).await
        }
        ("POST", "/v1/ticket-procedures") => ready(lead, path, json!({ "code": "visit", "name": "上门" })),
        ("PATCH", "/v1/ticket-procedures/{id}") => {
            change(app, lead, first(app, lead, "/v1/ticket-procedures").await, json!({ "name": "新程序名" })).await
        }
        ("POST", "/v1/sla-policy-sets") => ready("cs_director", path, set),
        ("PATCH", "/v1/sla-policy-sets/{id}") => {
            change(app, "cs_director", draft().await, json!({ "name": "初春" })).await
        }
        ("POST", "/v1/sla-policy-sets/{id}/activate") => ready("cs_director", draft().await + "/activate", json!({})),
        ("POST", "/v1/sla-clocks/retarget") => {
            let holder = access::policy::roles("tickets.sla_clock:retarget").first().map_or("", |role| role.code());
            ready(holder, path, json!({ "reason": "日历更新" }))
        }
        _ => None,
    }
}

fn taken(with: Value) -> Value {
    let mut body = json!({ "direction": "in", "channel_code": "hotline", "external_number": "13800135678",
        "ring_started_at": "2026-03-02T07:59:00+08:00", "answered_at": "2026-03-02T07:59:05+08:00", "result": "answered" });
    for (name, value) in with.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

async fn desk(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let call = async || format!("/v1/calls/{}", id(&make(app, "cs_agent", "/v1/calls", taken(json!({}))).await));
    match (method, path) {
        ("POST", "/v1/calls") => ready("cs_agent", path, taken(json!({}))),
        ("POST", "/v1/calls/bulk") => ready("cs_agent", path, json!({ "rows": [taken(json!({}))] })),
        ("PUT", "/v1/calls/by-external-id/{system}/{external_id}") => {
            ready("cs_agent", "/v1/calls/by-external-id/pbx/k-1", taken(json!({})))
        }
        ("POST", "/v1/calls/{id}/link") => {
            let ticket = register(app, json!({})).await;
            ready("cs_agent", call().await + "/link", json!({ "ticket_id": ticket["id"] }))
        }
        ("POST", "/v1/calls/{id}/unlink") => {
            let (ticket, path) = (register(app, json!({})).await, call().await);
            let body = json!({ "ticket_id": ticket["id"] });
            app.post("cs_agent", &format!("{path}/link"), body.clone()).await.expect(200);
            ready("cs_agent", path + "/unlink", body)
        }
        ("POST", "/v1/callbacks/{id}/attempts") => {
            let waiting = callback(app, &replied(app, json!({})).await).await;
            ready("cs_agent2", format!("/v1/callbacks/{waiting}/attempts"), json!({ "result": "no_answer" }))
        }
        ("POST", "/v1/callbacks/{id}/complete") => {
            let waiting = callback(app, &replied(app, json!({})).await).await;
            ready("cs_agent2", format!("/v1/callbacks/{waiting}/complete"), said("satisfied"))
        }
        ("POST", "/v1/callbacks/{id}/waive") => {
            let waiting = format!("/v1/callbacks/{}", callback(app, &replied(app, json!({})).await).await);
            app.post("cs_agent2", &format!("{waiting}/complete"), json!({ "outcome": "declined" })).await.expect(200);
            ready("cs_manager", waiting + "/waive", json!({ "reason": "客户拒绝回访" }))
        }
        ("POST", "/v1/ticket-pauses/{id}/approve" | "/v1/ticket-pauses/{id}/refuse" | "/v1/ticket-pauses/{id}/end") => {
            let ticket = started(app, json!({})).await;
            let pause = make(app, "cs_agent", &format!("/v1/tickets/{}/pauses", id(&ticket)), pause(app).await).await;
            let row = format!("/v1/ticket-pauses/{}", id(&pause));
            let action = path.rsplit('/').next().unwrap();
            if action == "end" {
                app.post("team_leader", &format!("{row}/approve"), json!({})).await.expect(200);
            }
            ready("team_leader", format!("{row}/{action}"), json!({ "comment": "同意" }))
        }
        ("POST", "/v1/tickets") => ready("cs_agent", path, report(app, json!({}))),
        ("POST", "/v1/tickets/bulk") => {
            let row = json!({ "ticket_id": register(app, json!({})).await["id"], "action": "observe" });
            ready("team_leader", path, json!({ "rows": [row] }))
        }
        ("PUT", "/v1/tickets/by-external-id/{system}/{external_id}") => {
            ready("cs_agent", "/v1/tickets/by-external-id/oa/t-1", report(app, json!({})))
        }
        _ => on_ticket(app, method, path).await,
    }
}

async fn pause(app: &TestApp) -> Value {
    let proof = document(app, "cs_agent").await;
    let until = kernel::time::Timestamp::from(app.now() + chrono::TimeDelta::hours(2));
    json!({ "reason_code": "third_party", "until": until, "proof_document_id": proof })
}

/// An act on a ticket brought to where it is allowed.
async fn on_ticket(app: &TestApp, method: &str, path: &str) -> Option<Ready> {
    let action = path.rsplit('/').next().unwrap();
    let agent = "cs_agent";
    let reason = json!({ "reason": "按规定办理" });
    let opinion = json!({ "text": "经现场核实,建议整体更换窗框", "proposed_reply": "三日内更换" });
    let question = json!({ "kind": "consultation", "category_code": "title" });
    let assigned = async || {
        let ticket = register(app, json!({})).await;
        let to = json!({ "org_unit_id": app.fixture.units["DESK"], "staff_id": app.fixture.staff[agent] });
        act(app, "team_leader", &ticket, "assign", to).await.expect(200)
    };
    let submitted = async || {
        let ticket = started(app, json!({ "severity": "serious" })).await;
        act(app, agent, &ticket, "submit-opinion", opinion.clone()).await.expect(200)
    };
    let resolved = async || {
        let ticket = started(app, json!({})).await;
        act(app, agent, &ticket, "resolve", solution()).await.expect(200)
    };
    let target = async || json!({ "target_ticket_id": register(app, json!({})).await["id"], "reason": "同一事项" });
    let (who, ticket, body) = match action {
        "{id}" if method == "PATCH" => {
            let path = format!("/v1/tickets/{}", id(&register(app, json!({})).await));
            return change(app, agent, path, json!({ "title": "窗户漏风" })).await;
        }
        "answer-at-intake" => {
            (agent, register(app, question).await, json!({ "solution": "已当场说明", "reply": answer() }))
        }
        "assign" => ("team_leader", register(app, json!({})).await, json!({ "staff_id": app.fixture.staff[agent] })),
        "start" => (agent, assigned().await, json!({})),
        "return" => (agent, assigned().await, reason),
        "transfer" => {
            let body = json!({ "staff_id": app.fixture.staff["cs_agent2"], "reason": "不在职责范围" });
            (agent, assigned().await, body)
        }
        "submit-opinion" => (agent, started(app, json!({})).await, opinion),
        "approve" => ("cs_manager", submitted().await, json!({ "comment": "同意" })),
        "reject" => ("cs_manager", submitted().await, json!({ "comment": "依据不足,退回" })),
        "withdraw-opinion" => (agent, submitted().await, json!({})),
        "resolve" => (agent, started(app, json!({})).await, solution()),
        "reply" => (agent, resolved().await, answer()),
        "reply-attempts" => (agent, resolved().await, json!({ "result": "no_answer" })),
        "close" => {
            auto_close(app, false).await;
            let ticket = closed(app, json!({})).await;
            auto_close(app, true).await;
            (agent, ticket, json!({}))
        }
        "reopen" => (agent, closed(app, json!({})).await, reason),
        "dismiss" => {
            let body = json!({ "reason_code": "not_our_scope", "explanation": "不属于本公司", "told_to": "本人" });
            ("team_leader", register(app, json!({})).await, body)
        }
        "withdraw" => ("customer", register(app, json!({})).await, reason),
        "merge" => ("cs_supervisor", register(app, json!({})).await, target().await),
        "unmerge" => {
            let ticket = register(app, json!({})).await;
            act(app, "cs_supervisor", &ticket, "merge", target().await).await.expect(200);
            app.later(chrono::TimeDelta::seconds(1));
            ("cs_supervisor", ticket, reason)
        }
        "classify" => ("team_leader", register(app, json!({})).await, json!({ "category_code": "house_quality.wall" })),
        "chase" => ("customer", register(app, json!({})).await, json!({ "text": "请尽快" })),
        "comments" => (agent, register(app, json!({})).await, json!({ "text": "已联系客户" })),
        "escalate" => (agent, started(app, json!({})).await, reason),
        "observe" => ("team_leader", register(app, json!({})).await, json!({})),
        "pauses" => (agent, started(app, json!({})).await, pause(app).await),
        "rate" => ("customer", replied(app, json!({})).await, json!({ "rating": 5, "text": "满意" })),
        "split" => {
            (agent, replied(app, json!({})).await, json!({ "title": "另一事项", "description": "厨房墙面开裂" }))
        }
        "annul-breach" => return annulment(app).await,
        "checklist" => return checklist(app).await,
        _ => return None,
    };
    ready(who, format!("/v1/tickets/{}/{action}", id(&ticket)), body)
}

async fn auto_close(app: &TestApp, on: bool) {
    let body = json!({ "value": on, "valid_from": "2026-03-02", "reason": "试行" });
    let path = "/v1/parameters/tickets.callback.auto_close";
    app.by("system_admin", actix_web::http::Method::PUT, path).json(body).send().await.expect(200);
}

/// A breach made by an hour under a wrong category.
async fn annulment(app: &TestApp) -> Option<Ready> {
    let ticket = started(app, json!({ "kind": "complaint", "category_code": "heating.other" })).await;
    let due = app.now() + chrono::TimeDelta::hours(4);
    app.later(chrono::TimeDelta::hours(5));
    for category in ["heating.leak", "heating.other"] {
        act(app, "team_leader", &ticket, "classify", json!({ "category_code": category })).await.expect(200);
        app.later(chrono::TimeDelta::hours(1));
    }
    let due = kernel::time::Timestamp::from(due);
    let body = json!({ "clock": "handle", "cycle": 1, "due_at": due, "reason": "改派期间误分类" });
    ready("cs_director", format!("/v1/tickets/{}/annul-breach", id(&ticket)), body)
}

async fn checklist(app: &TestApp) -> Option<Ready> {
    let rows = "/v1/ticket-classifications?kind=repair&category_code=heating&place_kind=unit";
    let row = first(app, "cs_supervisor", rows).await;
    let version = app.get("cs_supervisor", &row).await.expect(200)["version"].as_i64().unwrap();
    let call = app.by("cs_supervisor", actix_web::http::Method::PATCH, &row).if_match(version);
    call.json(json!({ "procedure_code": "leak_repair" })).send().await.expect(200);
    let ticket = started(app, json!({ "category_code": "heating.leak" })).await;
    ready("cs_agent", format!("/v1/tickets/{}/checklist", id(&ticket)), json!({ "ticked": ["shut_off"] }))
}
