//! Documents as papers: their files, ranges of bytes, who sees them, the policy register, circulation, approval.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::kit::{Answer, Call, TestApp, id};
use crate::tickets::desk::{document, hours, register};

const BOUNDARY: &str = "----papers";

/// A multipart body of text fields and one small file.
fn form<'a>(call: Call<'a>, fields: &[(&str, &str)], name: &str, media: &str, content: &[u8]) -> Call<'a> {
    let mut body = Vec::new();
    for (field, value) in fields {
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend(head.bytes());
    }
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: {media}\r\n\r\n"
    );
    body.extend(head.bytes());
    body.extend(content);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").bytes());
    call.bytes(&format!("multipart/form-data; boundary={BOUNDARY}"), &body)
}

async fn upload(app: &TestApp, who: &str, fields: &[(&str, &str)], content: &[u8]) -> Answer {
    form(app.by(who, Method::POST, "/v1/documents"), fields, "通知.txt", "text/plain", content).send().await
}

fn path(document: &Value, rest: &str) -> String {
    format!("/v1/documents/{}{rest}", id(document))
}

scenario! {
async fn a_newer_file_becomes_the_content_and_the_older_one_stays(app) {
    let first = upload(app, "cs_agent", &[("kind", "notice")], b"first").await.expect(201);
    let newer = |content: &'static [u8]| {
        let call = app.by("cs_agent", Method::POST, &path(&first, "/versions")).key("version-2");
        form(call, &[("note", "更正日期")], "通知二.txt", "text/plain", content).send()
    };
    let second = newer(b"second, longer").await;
    assert_eq!(second.status, 201, "{}", second.body);
    newer(b"another").await.refused(422, "idempotency_key_reused");
    let second = second.body;
    assert_eq!((&second["id"], &second["version"]), (&first["id"], &json!(2)));
    let versions = second["versions"].as_array().unwrap();
    assert_eq!(versions.iter().map(|v| v["number"].as_i64().unwrap()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!((&versions[0]["note"], &versions[0]["file_name"]), (&json!("更正日期"), &json!("通知二.txt")));
    assert_eq!((&second["sha256"], &versions[1]["sha256"]), (&versions[0]["sha256"], &first["sha256"]));
    assert_eq!(app.get("cs_agent", &path(&first, "/content")).await.bytes, b"second, longer");
    assert_eq!(app.get("cs_agent", &path(&first, "/content?version=1")).await.bytes, b"first");
    app.get("cs_agent", &path(&first, "/content?version=3")).await.refused(404, "not_found");
    app.get("cs_agent", &path(&first, "/content?version=one")).await.refused(400, "invalid_parameter");
    let stranger = app.by("heating_inspector", Method::POST, &path(&first, "/versions"));
    form(stranger, &[], "a.txt", "text/plain", b"x").send().await.refused(404, "not_found");
}
}

scenario! {
async fn a_file_is_sent_whole_or_in_one_range(app) {
    let made = upload(app, "cs_agent", &[("kind", "notice")], b"0123456789").await.expect(201);
    let get = |headers: &[(&str, &str)]| {
        let mut call = app.by("cs_agent", Method::GET, &path(&made, "/content"));
        for (name, value) in headers {
            call = call.header(name, value);
        }
        call.send()
    };
    let whole = get(&[]).await;
    assert_eq!((whole.status, whole.bytes.as_slice()), (200, b"0123456789".as_slice()));
    let tag = format!("\"{}\"", made["sha256"].as_str().unwrap());
    for (name, value) in [
        ("etag", tag.as_str()),
        ("accept-ranges", "bytes"),
        ("content-type", "text/plain"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox; default-src 'none'; frame-ancestors 'none'"),
        ("content-disposition", "attachment; filename=\"__.txt\"; filename*=UTF-8''%E9%80%9A%E7%9F%A5.txt"),
    ] {
        assert_eq!(whole.header(name), Some(value), "{name}");
    }
    let part = get(&[("Range", "bytes=2-4")]).await;
    assert_eq!((part.status, part.bytes.as_slice()), (206, b"234".as_slice()));
    assert_eq!(part.header("content-range"), Some("bytes 2-4/10"));
    assert_eq!(get(&[("Range", "bytes=-3")]).await.bytes, b"789");
    assert_eq!(get(&[("Range", "bytes=0-1,3-4")]).await.status, 200, "several ranges: the whole");
    let same = get(&[("Range", "bytes=8-"), ("If-Range", &tag)]).await;
    assert_eq!((same.status, same.bytes.as_slice()), (206, b"89".as_slice()));
    assert_eq!(get(&[("Range", "bytes=8-"), ("If-Range", "\"other\"")]).await.status, 200);
    let beyond = get(&[("Range", "bytes=10-")]).await;
    assert_eq!(beyond.header("content-range"), Some("bytes */10"));
    beyond.refused(416, "range_not_satisfiable");
    assert_eq!(get(&[("If-None-Match", &tag)]).await.status, 304);
}
}

scenario! {
async fn the_policy_register_holds_papers_that_say_who_when_and_which(app) {
    let kind = ("kind", "policy");
    let refused = upload(app, "permits_clerk", &[kind], b"text").await.refused(422, "required");
    let pointers: Vec<&str> =
        refused["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/number", "/issued_by", "/issued_on"]);
    let fields = [kind, ("number", "建房〔2026〕18号"), ("issued_by", "市住建局"), ("issued_on", "2026-03-03")];
    upload(app, "permits_clerk", &fields, b"text").await.refused(422, "date_in_future");
    let fields = [kind, ("number", "建房〔2026〕18号"), ("issued_by", "市住建局"), ("issued_on", "2026-02-20")];
    let made = upload(app, "permits_clerk", &fields, b"text").await.expect(201);
    let patch = |body: Value| app.by("permits_clerk", Method::PATCH, &path(&made, "")).if_match(1).json(body).send();
    patch(json!({ "issued_by": null })).await.refused(422, "required");
    let list = app.get("permits_clerk", "/v1/documents?kind=policy&issued_on_gte=2026-02-01").await.expect(200);
    assert_eq!(list["items"][0]["number"], "建房〔2026〕18号");
}
}

scenario! {
async fn a_circulated_document_is_read_by_each_reader_once(app) {
    let made = upload(app, "administration", &[("kind", "notice")], b"text").await.expect(201);
    let far = "heating_inspector";
    app.get(far, &path(&made, "")).await.refused(404, "not_found");
    let nobody = json!({ "readers": [app.fixture.staff[far], app.fixture.customer] });
    let refused = app.post("administration", &path(&made, "/circulate"), nobody).await.refused(422, "not_found");
    assert_eq!(refused["errors"][0]["pointer"], "/readers/1");
    let readers = json!({ "readers": [app.fixture.staff[far], app.fixture.staff["cs_agent"]] });
    let sent = app.post("administration", &path(&made, "/circulate"), readers).await.expect(200);
    assert_eq!(sent["readers"].as_array().unwrap().len(), 2);
    let unread = async |who: &str| {
        let list = app.get(who, "/v1/documents?unread_by=me").await.expect(200);
        list["items"].as_array().unwrap().len()
    };
    assert_eq!((unread(far).await, unread("cs_agent").await, unread("administration").await), (1, 1, 0));
    app.later(hours(1));
    let read = app.post(far, &path(&made, "/mark-read"), json!({})).await.expect(200);
    let of = |document: &Value, who: &str| {
        let readers = document["readers"].as_array().unwrap();
        readers.iter().find(|reader| reader["staff_id"] == json!(app.fixture.staff[who])).unwrap()["read_at"].clone()
    };
    assert_eq!((of(&read, far), of(&read, "cs_agent")), (json!("2026-03-02T09:00:00+08:00"), Value::Null));
    app.later(hours(1));
    let again = app.by(far, Method::POST, &path(&made, "/mark-read")).json(json!({})).send().await.expect(200);
    assert_eq!((&again["readers"], &again["version"]), (&read["readers"], &read["version"]), "first said stays");
    assert_eq!((unread(far).await, unread("cs_agent").await), (0, 1));
    app.get(far, &path(&made, "")).await.expect(200);
    app.post("cs_agent2", &path(&made, "/mark-read"), json!({})).await.refused(409, "not_a_reader");
    app.store.seal_now().await.unwrap();
    let feed = app.get("administration", "/v1/events?after=0&types=document.read,document.circulated").await.expect(200);
    assert_eq!(feed["items"].as_array().unwrap().len(), 2);
}
}

scenario! {
/// Who sees the ticket sees its papers; the customer sees his own and what is shared with him.
async fn papers_are_seen_with_what_they_are_attached_to(app) {
    let paper = document(app, "general_manager").await;
    let seen = async |who: &str| app.get(who, &format!("/v1/documents/{paper}/content")).await.status;
    assert_eq!((seen("cs_agent").await, seen("heating_inspector").await, seen("customer").await), (404, 404, 404));
    let ticket = register(app, json!({})).await;
    let link = |resource: &str, id: &str| json!({ "resource": resource, "id": id });
    let links = format!("/v1/documents/{paper}/links");
    let nowhere = "01890000-0000-7000-8000-000000000000";
    app.post("general_manager", &links, link("ticket", nowhere)).await.refused(422, "not_found");
    let linked = app.post("general_manager", &links, link("ticket", &id(&ticket))).await.expect(200);
    assert_eq!(linked["links"][0]["resource"], "ticket");
    assert_eq!((seen("cs_agent").await, seen("heating_inspector").await, seen("customer").await), (200, 404, 404));
    let shown = app.get("general_manager", &format!("/v1/documents/{paper}")).await.expect(200);
    let share = json!({ "shared_with": [app.fixture.customer] });
    let call = app.by("general_manager", Method::PATCH, &format!("/v1/documents/{paper}"));
    call.if_match(shown["version"].as_i64().unwrap()).json(share).send().await.expect(200);
    let theirs = app.get("customer", &format!("/v1/documents/{paper}")).await.expect(200);
    assert_eq!((&theirs["links"], &theirs["shared_with"], &theirs["readers"]), (&json!([]), &json!([]), &json!([])));
    let own = upload(app, "customer", &[("kind", "photo")], b"mine").await.expect(201);
    assert_eq!(app.get("cs_agent", &path(&own, "")).await.status, 200, "what a customer sent is for the desk");
    let card = upload(app, "cs_agent", &[("kind", "id_card")], b"card").await.expect(201);
    let file = json!({ "resource": "customer", "id": app.fixture.customer });
    app.post("cs_agent", &path(&card, "/links"), file).await.expect(200);
    for (paper, who, status) in [
        (&own, "heating_hotline_agent", 200),
        (&card, "heating_hotline_agent", 200),
        (&own, "courier", 404),
        (&own, "service_outlet", 404),
        (&own, "cost_consultant", 404),
        (&own, "coal_analyst", 404),
        (&card, "coal_analyst", 404),
        (&own, "property_consultant", 404),
    ] {
        assert_eq!(app.get(who, &path(paper, "/content")).await.status, status, "{who}");
    }
    let owner = json!({ "owner_staff_id": app.fixture.staff["property_consultant"] });
    let file = format!("/v1/customers/{}", app.fixture.customer);
    app.by("cs_specialist", Method::PATCH, &file).if_match(1).json(owner).send().await.expect(200);
    for paper in [&own, &card] {
        app.get("property_consultant", &path(paper, "")).await.expect(200);
    }
    let kept = app.post("cs_specialist", "/v1/customers", json!({ "kind": "person", "name": "王晓明" })).await.expect(201);
    let merge = json!({ "target_id": kept["id"], "reason": "同一人" });
    app.post("cs_supervisor", &format!("{file}/merge"), merge).await.expect(200);
    for document in [&id(&own), &paper] {
        app.get("customer", &format!("/v1/documents/{document}")).await.expect(200);
    }
    upload(app, "customer", &[("kind", "photo"), ("shared_with", nowhere)], b"x").await.refused(422, "computed_field");
}
}

/// Three signatures on papers: finance, a deputy above 5,000 yuan, the general manager.
async fn three_steps(app: &TestApp) {
    let order = document(app, "general_manager").await;
    let step = |code: &str, role: &str| json!({ "code": code, "title": code, "roles": [role] });
    let mut second = step("deputy", "deputy_general_manager");
    second["condition"] = json!({ "amount_above": "5000.00" });
    let body = json!({ "subject_kind": "document", "valid_from": "2026-03-02", "document_id": order,
        "steps": [step("finance", "finance_officer"), second, step("general", "general_manager")] });
    app.post("system_admin", "/v1/approval-routes", body).await.expect(201);
}

async fn submitted(app: &TestApp, amount: &str) -> Value {
    let made = upload(app, "permits_specialist", &[("kind", "letter")], b"text").await.expect(201);
    let body = json!({ "direction": "outgoing", "amount": amount });
    let waiting = app.post("permits_specialist", &path(&made, "/submit-approval"), body).await.expect(200);
    assert_eq!((&waiting["approval_status"], &waiting["direction"]), (&json!("pending"), &json!("outgoing")));
    waiting
}

async fn sign(app: &TestApp, who: &str, paper: &Value) -> Answer {
    app.post(who, &path(paper, "/approve"), json!({})).await
}

fn allowed<'a>(paper: &'a Value, action: &str) -> &'a Value {
    paper["allowed_actions"].as_array().unwrap().iter().find(|known| known["action"] == action).unwrap()
}

scenario! {
async fn a_paper_is_about_no_negative_amount(app) {
    let made = upload(app, "permits_specialist", &[("kind", "letter")], b"text").await.expect(201);
    let refused = app.post("permits_specialist", &path(&made, "/submit-approval"), json!({ "amount": "-0.01" })).await;
    assert_eq!(refused.refused(422, "out_of_range")["errors"][0]["pointer"], "/amount");
    app.post("permits_specialist", &path(&made, "/submit-approval"), json!({ "amount": "0.00" })).await.expect(200);
}
}

scenario! {
async fn pf_e09_a_paper_is_signed_in_order_and_an_edit_clears_it(app) {
    three_steps(app).await;
    let paper = submitted(app, "5000.01").await;
    let waiting = app.get("finance_officer", "/v1/approvals?waiting_for=me&subject_kind=document").await.expect(200);
    assert_eq!(waiting["items"][0]["decide_url"], json!(path(&paper, "/approve")));
    assert_eq!((&waiting["items"][0]["step"], &waiting["items"][0]["next_role"]), (&json!("finance"), &json!("finance_officer")));
    let refused = sign(app, "general_manager", &paper).await.refused(409, "not_your_turn");
    assert!(refused.to_string().contains("finance_officer"), "{refused}");
    sign(app, "finance_officer", &paper).await.expect(200);
    sign(app, "deputy_general_manager", &paper).await.expect(200);
    let shown = app.get("permits_specialist", &path(&paper, "")).await.expect(200);
    let call = app.by("permits_specialist", Method::PATCH, &path(&paper, ""));
    let edited = call.if_match(shown["version"].as_i64().unwrap()).json(json!({ "name": "更正函" })).send().await.expect(200);
    assert_eq!(edited["approval_status"], "draft");
    sign(app, "general_manager", &paper).await.refused(409, "invalid_state");
    app.store.seal_now().await.unwrap();
    let feed = app.get("general_manager", "/v1/events?after=0&types=approval.cleared").await.expect(200);
    assert_eq!(feed["items"].as_array().unwrap().len(), 1);
    app.post("permits_specialist", &path(&paper, "/submit-approval"), json!({ "amount": "5000.00" })).await.expect(200);
    sign(app, "finance_officer", &paper).await.expect(200);
    let last = sign(app, "general_manager", &paper).await.expect(200);
    assert_eq!(last["approval_status"], "approved", "up to 5,000 yuan the deputy is not asked");
    sign(app, "general_manager", &paper).await.refused(409, "invalid_state");
    let signed = app.get("finance_officer", "/v1/approvals?decided_by=me").await.expect(200);
    assert_eq!(signed["items"].as_array().unwrap().len(), 2);
}
}

scenario! {
async fn pf_e06_one_person_signs_a_paper_once_whatever_his_posts(app) {
    three_steps(app).await;
    let post = json!({ "role": "deputy_general_manager", "from": "2010-01-01" });
    app.post("hr_officer", &format!("/v1/staff/{}/posts", app.fixture.staff["finance_officer"]), post).await;
    let paper = submitted(app, "9000.00").await;
    sign(app, "finance_officer/finance_officer", &paper).await.expect(200);
    let second = "finance_officer/deputy_general_manager";
    let shown = app.get(second, &path(&paper, "")).await.expect(200);
    let said = allowed(&shown, "approve");
    assert_eq!((&said["allowed"], &said["reasons"][0]["code"]), (&json!(false), &json!("separation_of_duties")));
    sign(app, second, &paper).await.refused(409, "separation_of_duties");
    let waiting = app.get(second, "/v1/approvals?waiting_for=me").await.expect(200);
    assert_eq!(waiting["items"], json!([]), "what he may not sign does not wait for him");
    sign(app, "deputy_general_manager", &paper).await.expect(200);
    sign(app, "permits_specialist", &paper).await.refused(409, "separation_of_duties");
}
}

scenario! {
async fn a_paper_is_refused_for_good_or_sent_back(app) {
    three_steps(app).await;
    let paper = submitted(app, "1.00").await;
    app.post("finance_officer", &path(&paper, "/reject"), json!({})).await.refused(422, "required");
    let why = json!({ "comment": "金额有误" });
    let back = app.post("finance_officer", &path(&paper, "/return"), why.clone()).await.expect(200);
    assert_eq!(back["approval_status"], "draft");
    let list = app.get("finance_officer", "/v1/approvals?decided_by=me").await.expect(200);
    let decision = &list["items"][0]["decisions"][0];
    assert_eq!((&decision["decision"], &decision["comment"]), (&json!("return"), &json!("金额有误")));
    app.post("permits_specialist", &path(&paper, "/submit-approval"), json!({})).await.expect(200);
    let ended = app.post("finance_officer", &path(&paper, "/reject"), why).await.expect(200);
    assert_eq!(ended["approval_status"], "rejected");
    sign(app, "general_manager", &paper).await.refused(409, "invalid_state");
}
}

scenario! {
async fn pf_e09_sixteen_signatures_on_a_paper_count_once(app) {
    three_steps(app).await;
    let paper = submitted(app, "1.00").await;
    let at = path(&paper, "/approve");
    for who in ["finance_officer", "finance_officer2"] {
        app.token(who).await;
    }
    let calls = (0..16).map(|n| {
        let who = if n % 2 == 0 { "finance_officer" } else { "finance_officer2" };
        app.by(who, Method::POST, &at).key(&format!("both-{n}")).json(json!({})).send()
    });
    let answers = futures_util::future::join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 409).count(), 15);
}
}

scenario! {
async fn a_route_says_what_it_asks_for(app) {
    let order = document(app, "general_manager").await;
    let step = |code: &str, condition: Value| {
        json!({ "code": code, "title": code, "roles": ["general_manager"], "condition": condition })
    };
    let route = |steps: Value| json!({ "subject_kind": "document", "valid_from": "2026-03-02", "document_id": order, "steps": steps });
    let create = |body: Value| async move { app.post("system_admin", "/v1/approval-routes", body).await };
    let upside_down = json!({ "amount_above": "10.00", "amount_upto": "10.00" });
    create(route(json!([step("a", upside_down)]))).await.refused(422, "out_of_range");
    create(route(json!([step("a", json!({})), step("a", json!({}))]))).await.refused(422, "repeated_items");
    let mut without = route(json!([step("a", json!({}))]));
    without.as_object_mut().unwrap().remove("document_id");
    create(without).await.refused(422, "required");
    let mut unseen = route(json!([step("a", json!({}))]));
    unseen["document_id"] = json!("01890000-0000-7000-8000-000000000000");
    let refused = create(unseen).await.refused(422, "not_found");
    assert_eq!(refused["errors"][0]["pointer"], "/document_id");
    create(route(json!([step("a", json!({ "flag": "incoming" }))]))).await.expect(201);
    let made = upload(app, "permits_specialist", &[("kind", "letter")], b"text").await.expect(201);
    let submit = path(&made, "/submit-approval");
    app.post("permits_specialist", &submit, json!({ "direction": "outgoing" })).await.refused(409, "no_step_asked");
    app.post("permits_specialist", &submit, json!({ "direction": "incoming" })).await.expect(200);
}
}

scenario! {
/// A document waits to be read since it was handed round, however old it is.
async fn a_document_waits_since_it_was_circulated(app) {
    let made = upload(app, "administration", &[("kind", "notice")], b"text").await.expect(201);
    app.later(hours(5));
    let readers = json!({ "readers": [app.fixture.staff["cs_agent"]] });
    app.post("administration", &path(&made, "/circulate"), readers).await.expect(200);
    app.later(hours(1));
    let list = app.get("cs_agent", "/v1/work-items?kind=document_unread").await.expect(200);
    assert_eq!(list["items"][0]["since"], "2026-03-02T13:00:00+08:00", "{list}");
}
}
