//! The table of refusals (platform §17): what the house says no to, and how.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::kit::id;
use crate::tickets::desk::{register, report};

/// Pointer and code of every wrong field.
fn wrong_fields(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().unwrap();
    errors.iter().map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap())).collect()
}

scenario! {
async fn every_wrong_field_is_told_at_once(app) {
    let body = json!({ "kind": "person", "name": "", "phones": ["1380013567", "96123-4"], "colour": "red",
        "uscc": "91350100M000100Y44", "tags": 7, "number": "C-1" });
    let problem = app.post("cs_specialist", "/v1/customers", body).await.refused(422, "unknown_field");
    assert_eq!(wrong_fields(&problem), [
        ("/colour", "unknown_field"), ("/name", "required"), ("/number", "computed_field"),
        ("/phones/0", "phone_invalid"), ("/tags", "invalid_type"), ("/uscc", "uscc_invalid"),
    ]);
    assert!(!problem.to_string().contains("1380013567"), "no personal data in a problem: {problem}");
}
}

scenario! {
async fn text_that_hides_something_is_refused(app) {
    for text in ["水管\0漏水严重", "水管\u{202e}漏水严重", "水管\u{1b}[31m漏水", "水管\u{2066}漏水严重", "水管\u{200b}漏水严重"] {
        let body = report(app, json!({ "description": text }));
        let problem = app.post("cs_agent", "/v1/tickets", body).await.refused(422, "text_invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/description");
    }
    let body = json!({ "kind": "person", "name": "王\u{200f}五" });
    app.post("cs_specialist", "/v1/customers", body).await.refused(422, "text_invalid");
}
}

scenario! {
async fn a_page_has_one_to_two_hundred_rows(app) {
    for limit in ["0", "201", "-1", "many"] {
        app.get("cs_agent", &format!("/v1/customers?limit={limit}")).await.refused(400, "invalid_limit");
        app.get("cs_agent", &format!("/v1/events?limit={limit}")).await.refused(400, "invalid_limit");
    }
    app.get("cs_agent", "/v1/customers?limit=200").await.expect(200);
}
}

scenario! {
async fn a_role_without_the_permission_hears_which_one(app) {
    let problem = app.post("quality_inspector", "/v1/customers", json!({})).await.refused(403, "forbidden");
    assert_eq!(problem["context"]["permission"], "platform.customer:create", "{problem}");
}
}

scenario! {
async fn a_read_only_path_says_what_it_takes(app) {
    for (path, allow) in [("/v1/events", "GET, HEAD"), ("/v1/access/matrix", "GET, HEAD")] {
        let answer = app.by("system_admin", Method::POST, path).json(json!({})).send().await;
        assert_eq!(answer.header("allow"), Some(allow));
        answer.refused(405, "method_not_allowed");
    }
}
}

scenario! {
async fn a_key_is_printable_and_only_where_it_is_taken(app) {
    let create = |key: &str| {
        app.by("cs_specialist", Method::POST, "/v1/customers").key(key).json(json!({ "kind": "person", "name": "赵六" }))
    };
    create("").send().await.refused(400, "idempotency_key_invalid");
    create(&"k".repeat(256)).send().await.refused(400, "idempotency_key_invalid");
    create("two words").send().await.refused(400, "idempotency_key_invalid");
    create(&"k".repeat(255)).send().await.expect(201);
    let path = format!("/v1/customers/{}/reveal", app.fixture.customer);
    let body = json!({ "fields": ["name"], "reason": "核对" });
    let reveal = app.by("cs_specialist", Method::POST, &path).key("a").json(body).send().await;
    reveal.refused(400, "idempotency_key_not_taken");
}
}

scenario! {
/// While the first call under a key still runs, the second is told to come again.
async fn a_call_under_a_running_key_waits_or_comes_again(app) {
    if app.store.is_sqlite() {
        return; // One writer: the second call waits for the first and replays.
    }
    use sea_orm::{ConnectionTrait, TransactionTrait};
    let create = || {
        app.by("cs_specialist", Method::POST, "/v1/customers").key("slow").json(json!({ "kind": "person", "name": "赵六" }))
    };
    let first = app.store.writer().begin().await.unwrap();
    let taken = format!(
        "INSERT INTO idempotency (id, caller, operation, key, request_hash, expires_at) \
         VALUES ('{}', '{}', 'create_customer', 'slow', 'x', now() + interval '7 days')",
        app.fixture.unit, app.fixture.staff["cs_specialist"]
    );
    first.execute_unprepared(&taken).await.unwrap();
    let second = create().send().await;
    assert!(second.header("retry-after").is_some(), "{:?}", second.headers);
    second.refused(409, "idempotency_in_progress");
    first.rollback().await.unwrap();
    create().send().await.expect(201);
}
}

scenario! {
async fn a_unit_does_not_come_below_itself(app) {
    let path = format!("/v1/org-units/{}", app.fixture.units["HCZY"]);
    let version = app.get("hr_officer", &path).await.expect(200)["version"].as_i64().unwrap();
    for below in ["HCZY", "DESK"] {
        let call = app.by("hr_officer", Method::PATCH, &path).if_match(version);
        call.json(json!({ "parent_id": app.fixture.units[below] })).send().await.refused(422, "cycle");
    }
}
}

scenario! {
async fn the_clock_goes_forward_once_there_is_business(app) {
    let path = "/v1/sandbox/clock";
    let put = async |now: &str| app.by("cs_agent", Method::PUT, path).json(json!({ "now": now })).send().await;
    register(app, json!({})).await;
    put("2026-03-01T08:00:00+08:00").await.refused(409, "clock_backwards");
    put("2009-12-31T23:59:59+08:00").await.refused(422, "out_of_range");
    put("2026-03-02T08:10:00+08:00").await.expect(200);
    assert_eq!(app.get("cs_agent", path).await.expect(200)["now"], "2026-03-02T08:10:00+08:00");
    let production = app.in_production().await;
    production.get("cs_agent", path).await.refused(404, "not_found");
    production.by("cs_agent", Method::PUT, path).json(json!({})).send().await.refused(404, "not_found");
}
}

scenario! {
async fn too_many_requests_are_told_when_to_come_again(app) {
    app.token("cs_agent").await;
    let strict = app.in_production().await;
    let ask = || strict.call(Method::GET, "/.well-known/jwks.json").send();
    let answers = futures_util::future::join_all((0..60).map(|_| ask())).await;
    let refused: Vec<_> = answers.into_iter().filter(|answer| answer.status != 200).collect();
    assert!(!refused.is_empty(), "an address may not ask without end");
    for answer in refused {
        let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait));
        assert_eq!(answer.header("ratelimit-policy"), Some("\"address\";q=20;w=1"));
        assert_eq!(answer.header("ratelimit"), Some(format!("\"address\";r=0;t={wait}").as_str()));
        answer.refused(429, "too_many_requests");
    }
    app.get("cs_agent", "/v1/me").await.expect(200);
}
}

scenario! {
/// Tokens are not guessed faster than passwords; who comes with a good one is not kept waiting for it.
async fn bad_tokens_are_counted_by_address(app) {
    app.token("cs_agent").await;
    let strict = app.in_production().await;
    let bearer = format!("Bearer {}", app.token("cs_agent").await);
    let guess = || strict.call(Method::GET, "/v1/me").header("Authorization", "Bearer x.y.z").send();
    let answers = futures_util::future::join_all((0..60).map(|_| guess())).await;
    assert_eq!(answers[0].status, 401);
    let refused: Vec<_> = answers.into_iter().filter(|answer| answer.status != 401).collect();
    assert!(!refused.is_empty(), "an address may not guess without end");
    for answer in refused {
        assert!(answer.header("retry-after").is_some());
        answer.refused(429, "too_many_requests");
    }
    strict.call(Method::GET, "/v1/me").header("Authorization", &bearer).send().await.expect(200);
}
}

scenario! {
async fn a_database_that_is_away_is_said_so_and_nothing_is_half_done(app) {
    register(app, json!({})).await;
    app.token("cs_agent").await;
    app.store.close().await.unwrap();
    let calls = [
        app.get("cs_agent", "/v1/tickets").await,
        app.post("cs_agent", "/v1/tickets", report(app, json!({ "description": "阳台漏水,需要尽快处理" }))).await,
        app.call(Method::GET, "/readyz").send().await,
    ];
    for answer in calls {
        assert!(answer.header("retry-after").is_some(), "{}", answer.body);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        answer.refused(503, "unavailable");
    }
    app.call(Method::GET, "/livez").send().await.expect(200);
}
}

scenario! {
async fn what_is_decided_is_not_decided_again(app) {
    use crate::tickets::desk::{act, started};
    let ticket = started(app, json!({ "severity": "serious" })).await;
    let opinion = json!({ "text": "经现场核实,建议整体更换窗框", "proposed_reply": "三日内更换" });
    act(app, "cs_agent", &ticket, "submit-opinion", opinion).await.expect(200);
    act(app, "cs_manager", &ticket, "approve", json!({})).await.expect(200);
    act(app, "cs_director", &ticket, "approve", json!({})).await.refused(409, "invalid_state");
    act(app, "cs_director", &ticket, "reject", json!({ "comment": "依据不足,退回" })).await.refused(409, "invalid_state");
}
}

scenario! {
async fn a_list_is_neither_empty_nor_too_long(app) {
    let bulk = async |rows: Value| {
        app.by("cs_specialist", Method::POST, "/v1/customers/bulk").key("rows").json(json!({ "rows": rows })).send().await
    };
    bulk(json!([])).await.refused(422, "too_few_items");
    bulk(json!(vec![json!({ "kind": "person", "name": "甲" }); 201])).await.refused(422, "too_many_items");
    let report = app.by("cs_supervisor", Method::GET, "/v1/reports/tickets/desk-now").header("Accept", "image/gif");
    report.send().await.refused(406, "not_acceptable");
}
}

scenario! {
/// What must be unique says so, and in which field.
async fn a_code_is_given_once(app) {
    let taken = [
        ("hr_officer", "/v1/org-units", json!({ "code": "DESK", "name": "又一部", "kind": "department" })),
        ("hr_officer", "/v1/staff", json!({ "number": "cs_agent", "name": "甲", "org_unit_id": app.fixture.units["DESK"] })),
        ("system_admin", "/v1/projects", json!({ "code": "HP", "name": "又一个" })),
        ("cs_supervisor", "/v1/channels", json!({ "code": "hotline", "name": "热线", "medium": "phone" })),
        ("cs_supervisor", "/v1/ticket-categories", json!({ "code": "heating", "name": "供热" })),
    ];
    for (who, path, body) in taken {
        app.post(who, path, body).await.refused(409, "already_exists");
    }
}
}

scenario! {
/// PF-E20: whom a manager put on the list cannot be chosen for anything new.
async fn pf_e20_a_blacklisted_supplier_is_not_chosen(app) {
    use kernel::fault::Fault;
    use store::{Answer, Context, Work};
    let body = json!({ "kinds": ["contractor"], "name": "宏远建筑" });
    let supplier = app.post("cost_manager", "/v1/suppliers", body).await.expect(201);
    let (path, row) = (format!("/v1/suppliers/{}", id(&supplier)), id(&supplier).parse().unwrap());
    let choose = async || {
        let choose = async move |work: &Work| {
            registers::supplier::ensure_active(work, row).await?;
            work.unchanged();
            Ok::<_, Fault>(Answer::no_content())
        };
        app.store.write(Context::system("choose"), choose).await.err().map(|fault| fault.code().to_owned())
    };
    assert_eq!(choose().await, None);
    let reason = json!({ "reason": "质量问题" });
    app.post("cost_general_officer", &format!("{path}/blacklist"), reason.clone()).await.refused(403, "forbidden");
    app.post("cost_manager", &format!("{path}/blacklist"), reason.clone()).await.expect(200);
    assert_eq!(choose().await.as_deref(), Some("supplier_not_active"));
    app.post("cost_manager", &format!("{path}/blacklist"), reason.clone()).await.refused(409, "invalid_state");
    app.post("cost_manager", &format!("{path}/unblacklist"), reason).await.expect(200);
    assert_eq!(choose().await, None);
}
}

scenario! {
async fn a_query_that_is_no_percent_encoded_text_is_refused_before_it_is_searched(app) {
    for query in ["q=%zz", "q=100%", "q=%ff%fe", "%E6=1", "q=%00"] {
        app.get("cs_agent", &format!("/v1/customers?{query}")).await.refused(400, "malformed_request");
    }
    app.get("cs_agent", "/v1/customers?q=100%25&limit=1").await.expect(200);
    app.get("cs_agent", "/v1/customers?q=%E6%B0%B4+%E7%AE%A1").await.expect(200);
}
}

scenario! {
async fn what_is_not_offered_is_406_and_nothing_is_done(app) {
    let get = |accept: &'static str, path: &'static str| app.by("cs_agent", Method::GET, path).header("Accept", accept);
    for (accept, status) in [
        ("application/xml", 406), ("application/json;q=0", 406), ("image/png", 406), ("text/csv", 200),
        ("text/html, */*;q=0.1", 200), ("application/*", 200), ("Application/JSON", 200), ("application/problem+json", 200),
    ] {
        assert_eq!(get(accept, "/v1/customers").send().await.status, status, "{accept}");
    }
    get("text/csv", "/v1/me").send().await.refused(406, "not_acceptable");
    get("application/xml", "/v1/accounts").send().await.refused(403, "forbidden");
    let body = json!({ "kind": "person", "name": "马六" });
    let made = app.by("cs_agent", Method::POST, "/v1/customers").header("Accept", "text/html").json(body).send().await;
    made.refused(406, "not_acceptable");
    let found = app.get("cs_agent", "/v1/customers?q=%E9%A9%AC%E5%85%AD").await.expect(200);
    assert_eq!(found["items"], json!([]));
}
}

scenario! {
async fn a_packed_body_is_not_read(app) {
    let body = json!({ "kind": "person", "name": "马六" });
    let packed = app.by("cs_agent", Method::POST, "/v1/customers").header("Content-Encoding", "gzip").json(body.clone());
    packed.send().await.refused(415, "unsupported_media_type");
    let plain = app.by("cs_agent", Method::POST, "/v1/customers").header("Content-Encoding", "identity").json(body);
    plain.send().await.expect(201);
}
}

scenario! {
async fn a_title_is_a_whole_sentence_and_the_detail_names_the_data(app) {
    let problem = app.get("cs_agent", "/v1/tickets?status=lost").await.refused(400, "invalid_parameter");
    assert_eq!(problem["title"], "查询参数 … 的值无效");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.starts_with("查询参数 status 的值无效,应为 registered, assigned, in_progress"), "{detail}");
    let twice = app.get("cs_agent", "/v1/tickets?limit=1&limit=2").await.refused(400, "invalid_parameter");
    assert_eq!(twice["detail"], "查询参数 limit 的值无效");
}
}

scenario! {
async fn a_refusal_says_what_would_be_taken(app) {
    let english = |method: Method, path: &'static str| app.by("cs_agent", method, path).header("Accept-Language", "en");
    for (path, code, detail) in [
        ("/v1/tickets?sort=colour", "invalid_parameter", "The query parameter sort has a bad value; expected: "),
        ("/v1/tickets?expand=colour", "invalid_parameter", "The query parameter expand has a bad value; expected: "),
        ("/v1/tickets?overdue=yes", "invalid_parameter", "The query parameter overdue has a bad value; expected: true, false"),
        ("/v1/tickets?unit_id=3", "invalid_parameter", "The query parameter unit_id has a bad value; expected: UUID"),
        ("/v1/tickets?format=pdf", "invalid_parameter", "The query parameter format has a bad value; expected: json, csv, xlsx"),
    ] {
        let refused = english(Method::GET, path).send().await.refused(400, code);
        assert!(refused["detail"].as_str().unwrap().starts_with(detail), "{path}: {refused}");
    }
    let long = json!({ "kind": "person", "name": "马六", "tags": ["t".repeat(200)] });
    let refused = english(Method::POST, "/v1/customers").json(long).send().await.refused(422, "too_long");
    assert!(refused["detail"].as_str().unwrap().starts_with("Too long"), "{refused}");
    assert!(!refused.to_string().contains("{limit}"), "{refused}");
    let nowhere = english(Method::GET, "/v1/ticket").send().await.refused(404, "not_found");
    assert_eq!(nowhere["detail"], "There is no such path; /openapi.json lists them");
    let body = json!({ "channel_code": "app", "kind": "wish", "category_code": "other", "place_kind": "none",
        "description": "漏水" , "unit_id": "3", "requester": 5 });
    let refused = english(Method::POST, "/v1/tickets").json(body).send().await.refused(422, "too_short");
    let told: Vec<&str> =
        refused["errors"].as_array().unwrap().iter().map(|error| error["detail"].as_str().unwrap()).collect();
    assert_eq!(told[0], "Too short: at least 5 characters");
    assert!(told[1].starts_with("Not one of the allowed values: ") && told[1].contains("repair"), "{refused}");
    assert!(told[2].starts_with("Wrong type; expected: object"), "{refused}");
    assert!(told.contains(&"Wrong format; expected: UUID"), "{refused}");
}
}

scenario! {
async fn a_day_is_written_in_one_way(app) {
    for path in [
        "/v1/seal-entries?stamped_on=", "/v1/custody-items?back_by_lt=", "/v1/delegations?on=",
        "/v1/calendars/mainland/add?days=1&from=",
    ] {
        for wrong in ["2026-3-2", "20260302", "2026-02-30", "2026-03-02T00:00:00", "today"] {
            app.get("cs_clerk", &format!("{path}{wrong}")).await.refused(400, "invalid_parameter");
        }
        app.get("cs_clerk", &format!("{path}2026-03-02")).await.expect(200);
    }
}
}
