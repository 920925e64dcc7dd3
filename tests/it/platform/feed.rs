//! PF-E10: the feed while others write, and a fact that comes late.

use std::cell::Cell;

use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::{Value, json};

use crate::kit::{TestApp, id};
use crate::tickets::desk::report;
use crate::tickets::network_desk::outlet;
use crate::tickets::repair_desk::supplier;

async fn page(app: &TestApp, after: i64, rest: &str) -> Value {
    app.get("general_manager", &format!("/v1/events?after={after}{rest}")).await.expect(200)
}

/// The last position there is.
async fn head(app: &TestApp) -> i64 {
    app.store.seal_now().await.unwrap();
    let page = page(app, 0, "&limit=1").await;
    page["next_after"].as_i64().unwrap() + page["positions_behind"].as_i64().unwrap()
}

scenario! {
/// Eight write, one seals, one reads and waits: every fact comes once, in order.
async fn pf_e10_a_reader_misses_nothing_while_eight_write(app) {
    const EACH: usize = 10;
    for who in ["cs_agent", "general_manager"] {
        app.token(who).await;
    }
    let start = head(app).await;
    let writing = Cell::new(8);
    let writer = async |n: usize| {
        for step in 0..EACH {
            let body = report(app, json!({ "description": format!("第{n}组第{step}件:阳台渗水") }));
            app.post("cs_agent", "/v1/tickets", body).await.expect(201);
        }
        writing.set(writing.get() - 1);
    };
    let sealer = async {
        while writing.get() > 0 {
            app.store.seal_now().await.unwrap();
            tokio::task::yield_now().await;
        }
        app.store.seal_now().await.unwrap();
    };
    let reader = async {
        let (mut last, mut seen) = (start, Vec::new());
        loop {
            let done = writing.get() == 0;
            let page = page(app, last, "&wait=1&types=ticket.registered").await;
            let items = page["items"].as_array().unwrap();
            if done && items.is_empty() {
                return seen;
            }
            for item in items {
                let position = item["position"].as_i64().unwrap();
                assert!(position > last, "positions ascend");
                last = position;
                seen.push(item["resource_id"].clone());
            }
        }
    };
    let writers = futures_util::future::join_all((0..8).map(writer));
    let (_, (), mut seen) = tokio::join!(writers, sealer, reader);
    seen.sort_by_key(Value::to_string);
    seen.dedup();
    assert_eq!(seen.len(), 8 * EACH);
    let mut last = start;
    loop {
        let page = page(app, last, "").await;
        let items = page["items"].as_array().unwrap();
        if items.is_empty() {
            break;
        }
        for item in items {
            assert_eq!(item["position"], last + 1, "no position is left out");
            last += 1;
        }
    }
    assert!(last >= start + 80);
}
}

scenario! {
/// What a slow transaction wrote first and commits last gets a later position; the reader misses nothing.
async fn pf_e10_a_fact_committed_late_is_read_last(app) {
    if app.store.is_sqlite() {
        return; // One writer: nobody commits while another is in the middle.
    }
    let start = head(app).await;
    let slow = app.store.writer().begin().await.unwrap();
    let fact = format!(
        "INSERT INTO journal (at, kind, resource, actor_id, actor_role, request_id, operation, result, changes, data, \
         audience) VALUES (now(), 'slow.done', 'slow', '{}', 'system', 'slow', 'slow', 'done', '{{}}', '{{}}', 'staff')",
        app.fixture.unit
    );
    slow.execute_unprepared(&fact).await.unwrap();
    app.post("cs_agent", "/v1/tickets", report(app, json!({}))).await.expect(201);
    app.store.seal_now().await.unwrap();
    let between = page(app, start, "").await;
    assert!(between["items"].as_array().unwrap().iter().any(|item| item["type"] == "ticket.registered"));
    slow.commit().await.unwrap();
    app.store.seal_now().await.unwrap();
    let later = page(app, between["next_after"].as_i64().unwrap(), "").await;
    let kinds: Vec<_> = later["items"].as_array().unwrap().iter().map(|item| &item["type"]).collect();
    assert_eq!(kinds, ["slow.done"]);
}
}

scenario! {
/// Sign-ins, accounts and what was revealed are facts for whoever reads the audit trail; nobody else meets them.
async fn pf_11_audit_facts_are_read_by_who_reads_the_audit_trail(app) {
    let start = head(app).await;
    app.token("cs_agent2").await;
    let client = json!({ "client_id": "crm", "name": "接口", "role": "integration_client" });
    app.post("system_admin", "/v1/clients", client).await.expect(201);
    app.get("heating_inspector", "/v1/accounts").await.refused(403, "forbidden");
    app.post("cs_agent", "/v1/tickets", report(app, json!({}))).await.expect(201);
    app.store.seal_now().await.unwrap();
    let kinds = async |who: &str| {
        let page = app.get(who, &format!("/v1/events?after={start}")).await.expect(200);
        let items = page["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for who in ["system_admin", "executive_reader"] {
        let seen = kinds(who).await;
        for kind in ["sign_in.succeeded", "client.created", "ticket.registered"] {
            assert!(seen.iter().any(|seen| seen == kind), "{who} misses {kind}: {seen:?}");
        }
        assert!(!seen.iter().any(|seen| seen == "operation.refused"), "a refusal is no fact");
    }
    for who in ["general_manager", "cs_agent"] {
        let seen = kinds(who).await;
        assert!(seen.iter().all(|kind| !kind.starts_with("sign_in.") && !kind.starts_with("client.")), "{who}: {seen:?}");
    }
    let page = app.get("executive_reader", &format!("/v1/events?after={start}&types=client.created")).await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
}
}

scenario! {
/// Who may read a row of the registers hears what becomes of it, wherever it lies.
async fn pf_11_the_registers_are_told_to_who_reads_them(app) {
    let start = head(app).await;
    let tower = json!({ "project_id": app.fixture.project, "code": "9", "name": "9号楼" });
    let tower = app.post("sales_manager", "/v1/buildings", tower).await.expect(201);
    let buyer = json!({ "kind": "person", "name": "钱十", "project_id": app.fixture.project });
    let buyer = app.post("cs_specialist", "/v1/customers", buyer).await.expect(201);
    app.store.seal_now().await.unwrap();
    for (who, rows) in [("cs_agent", vec![&tower, &buyer]), ("property_consultant", vec![&tower])] {
        let path = format!("/v1/events?after={start}&resources=building,customer");
        let page = app.get(who, &path).await.expect(200);
        let told: Vec<_> = page["items"].as_array().unwrap().iter().map(|item| &item["resource_id"]).collect();
        assert_eq!(told, rows.iter().map(|row| &row["id"]).collect::<Vec<_>>(), "{who}");
    }
}
}

scenario! {
async fn pf_11_an_empty_answer_repeats_after(app) {
    let end = head(app).await;
    let empty = page(app, end + 7, "").await;
    assert_eq!((&empty["items"], &empty["after"], &empty["next_after"]), (&json!([]), &json!(end + 7), &json!(end + 7)));
    let first = page(app, 0, "&limit=1").await;
    assert_eq!((&first["after"], &first["next_after"]), (&first["items"][0]["position"], &first["after"]));
}
}

scenario! {
/// Whoever may read no resource of a kind hears no facts about one; of what belongs to no unit he hears what is about
/// rows he may know of.
async fn pf_11_facts_are_for_who_may_read_what_they_are_about(app) {
    app.post("cs_agent", "/v1/tickets", report(app, json!({}))).await.expect(201);
    let valve = json!({ "code": "FM-01", "name": "阀门", "unit": "个" });
    app.post("parts_clerk", "/v1/parts", valve).await.expect(201);
    let near = outlet(app, "便民维修").await;
    let firm = supplier(app, "城北维修站", "outlet").await;
    let body = json!({ "supplier_id": firm, "region_org_unit_id": app.fixture.units["HEAT"] });
    let far = id(&app.post("cs_manager", "/v1/service-outlets", body).await.expect(201));
    for outlet in [&near, &far] {
        let path = format!("/v1/service-outlets/{outlet}/payments");
        app.post("finance_officer", &path, json!({ "amount": "10.00" })).await.expect(201);
    }
    app.store.seal_now().await.unwrap();
    for (who, kind, told) in [
        ("engineering_officer", "ticket.registered", 1),
        ("courier", "ticket.registered", 0),
        ("parts_clerk", "part.created", 1),
        ("cs_agent", "part.created", 0),
        ("general_manager", "part.created", 1),
        ("finance_officer", "outlet_account_entry.posted", 2),
        ("service_outlet", "outlet_account_entry.posted", 1),
        ("cs_agent", "outlet_account_entry.posted", 0),
    ] {
        let page = app.get(who, &format!("/v1/events?types={kind}")).await.expect(200);
        assert_eq!(page["items"].as_array().unwrap().len(), told, "{who} {kind}: {page}");
    }
}
}
