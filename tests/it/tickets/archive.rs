//! Case archives (TK-13, TK-R34): an ended case as evidence that shows what was changed.

use std::io::{Cursor, Read, Write};

use actix_web::http::Method;
use serde_json::{Value, json};
use store::journal::proof::Proof;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::desk::{act, answer, callback, closed, document, register, said, solution, started};
use super::incidents::burst;
use super::repair_desk::{case, closed_order, dispatched, on_order, supplier};
use crate::kit::{TestApp, id, with};

const CAUSE: &str = "密封条老化失效,已更换同规格配件并复查两次均无渗漏";

/// A complaint closed to the customer's content.
async fn complaint(app: &TestApp, cause: Value) -> Value {
    let proof = document(app, "cs_agent").await;
    let ticket = started(app, json!({ "kind": "complaint", "document_ids": [proof] })).await;
    act(app, "cs_agent", &ticket, "resolve", with(solution(), &cause)).await.expect(200);
    act(app, "cs_agent", &ticket, "reply", answer()).await.expect(200);
    let path = format!("/v1/callbacks/{}/complete", callback(app, &ticket).await);
    app.post("cs_agent2", &path, said("satisfied")).await.expect(200);
    ticket
}

async fn filed(app: &TestApp, ticket: &Value) -> Value {
    act(app, "cs_clerk", ticket, "archive", json!({})).await.expect(201)
}

/// The files of a downloaded bundle.
async fn bundle(app: &TestApp, archive: &Value, query: &str) -> Vec<(String, Vec<u8>)> {
    let path = format!("/v1/case-archives/{}/bundle{query}", id(archive));
    let answer = app.get("cs_supervisor", &path).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/zip")), "{}", answer.body);
    let mut zip = ZipArchive::new(Cursor::new(answer.bytes)).unwrap();
    let mut files = Vec::new();
    for n in 0..zip.len() {
        let mut file = zip.by_index(n).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        files.push((file.name().unwrap().into_owned(), content));
    }
    files
}

/// Uploads files as a bundle and has them verified.
async fn verified(app: &TestApp, archive: &Value, files: &[(String, Vec<u8>)]) -> Value {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (path, content) in files {
        zip.start_file(path.as_str(), plain).unwrap();
        zip.write_all(content).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    let upload = app.by("cs_supervisor", Method::POST, "/v1/documents").file("案卷.zip", "application/zip", &bytes);
    let document = upload.send().await.expect(201);
    let path = format!("/v1/case-archives/{}/verify", id(archive));
    app.post("cs_supervisor", &path, json!({ "document_id": id(&document) })).await.expect(200)
}

fn text(files: &[(String, Vec<u8>)], path: &str) -> Value {
    let (_, content) = files.iter().find(|(known, _)| known == path).unwrap_or_else(|| panic!("no {path}"));
    serde_json::from_slice(content).unwrap()
}

/// A file of a bundle: its path and bytes.
type Packed = (String, Vec<u8>);

scenario! {
/// TK-E16: no archive of a complaint without its cause; a changed byte in a file names that path.
async fn tk_e16_a_complaint_is_filed_with_its_cause_and_a_changed_byte_shows(app) {
    let ticket = complaint(app, json!({})).await;
    let refused = act(app, "cs_clerk", &ticket, "archive", json!({})).await.refused(409, "cause_analysis_missing");
    assert_eq!(refused["rule"], "TK-R34");
    app.later(chrono::TimeDelta::seconds(1));
    let archive = act(app, "cs_clerk", &ticket, "archive", json!({ "cause_analysis": CAUSE })).await.expect(201);
    let row = app.get("cs_supervisor", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200);
    assert_eq!(row["cause_analysis"], CAUSE);
    let whole = bundle(app, &archive, "").await;
    assert_eq!(verified(app, &archive, &whole).await["intact"], true);
    let at = whole.iter().position(|(path, _)| path.starts_with("files/")).unwrap();
    let mut spoilt = whole.clone();
    spoilt[at].1[0] ^= 1;
    let found = verified(app, &archive, &spoilt).await;
    assert_eq!((&found["intact"], &found["difference"]["path"]), (&json!(false), &json!(whole[at].0)));
    assert_eq!(found["difference"]["why"], "altered");
}
}

scenario! {
async fn a_bundle_holds_the_case_its_deadlines_its_journal_with_proofs_and_its_files(app) {
    let ticket = complaint(app, json!({ "cause_analysis": CAUSE })).await;
    let archive = filed(app, &ticket).await;
    let files = bundle(app, &archive, "").await;
    let manifest = text(&files, "manifest.json");
    assert_eq!((&manifest["redacted"], &manifest["number"]), (&json!(false), &ticket["number"]));
    for entry in manifest["files"].as_array().unwrap() {
        let (_, content) = files.iter().find(|(path, _)| entry["path"] == path.as_str()).unwrap();
        assert_eq!(entry["sha256"], documents::bundle::sha256(content), "{entry}");
        assert_eq!(entry["bytes"], content.len());
    }
    let sum = documents::bundle::sha256(&files.iter().find(|(path, _)| path == "manifest.json").unwrap().1);
    assert_eq!(archive["manifest_sha256"], sum);
    app.store.seal_now().await.unwrap();
    let told = app.get("cs_supervisor", "/v1/events?types=ticket.archived").await.expect(200);
    assert_eq!(told["items"][0]["data"]["manifest_sha256"], sum);
    let case = text(&files, "case.json");
    assert_eq!(case["ticket"]["number"], ticket["number"]);
    assert_eq!(case["callbacks"][0]["answered_by"]["name"], "王小明");
    assert!(case["contact"]["phone"].as_str().unwrap().len() >= 11, "{}", case["contact"]);
    let deadlines = text(&files, "deadlines.json");
    assert_eq!(deadlines["number"], ticket["number"]);
    let journal = text(&files, "journal.json");
    let entries = journal["entries"].as_array().unwrap();
    let kinds: Vec<&str> = entries.iter().map(|entry| entry["type"].as_str().unwrap()).collect();
    for kind in ["ticket.registered", "ticket.resolved", "callback.done", "ticket.closed", "document.uploaded"] {
        assert!(kinds.contains(&kind), "{kind} is not in {kinds:?}");
    }
    let key = app.store.checkpoint_key().unwrap();
    for entry in entries {
        let proof: Proof = serde_json::from_value(entry["proof"].clone()).unwrap();
        assert_eq!(proof.refuted(Some(&key)), None);
        assert_eq!(entry["position"], proof.position);
    }
    assert_eq!(entries.first().unwrap()["position"], archive["journal_from"]);
    // Who takes it is in the journal.
    let trail = format!("/v1/case-archives/{}/history", id(&archive));
    let trail = app.get("cs_supervisor", &trail).await.expect(200);
    assert!(trail["items"].as_array().unwrap().iter().any(|entry| entry["type"] == "case_archive.downloaded"));
}
}

scenario! {
async fn a_redacted_bundle_shows_no_person_and_says_so(app) {
    let ticket = complaint(app, json!({ "cause_analysis": CAUSE })).await;
    let archive = filed(app, &ticket).await;
    let contact = text(&bundle(app, &archive, "").await, "case.json")["contact"].clone();
    let files = bundle(app, &archive, "?redact=true").await;
    let manifest = text(&files, "manifest.json");
    assert_eq!(manifest["redacted"], true);
    assert_eq!(manifest["omitted"].as_array().unwrap().len(), 1);
    for (path, content) in &files {
        let content = String::from_utf8(content.clone()).unwrap();
        for clear in [contact["name"].as_str().unwrap(), contact["phone"].as_str().unwrap(), "王小明"] {
            assert!(!content.contains(clear), "{path} shows {clear}");
        }
    }
    let found = verified(app, &archive, &files).await;
    assert_eq!((&found["intact"], &found["redacted"]), (&json!(true), &json!(true)));
}
}

scenario! {
async fn verify_names_what_was_altered_missing_or_added(app) {
    let ticket = complaint(app, json!({ "cause_analysis": CAUSE })).await;
    let archive = filed(app, &ticket).await;
    let path = format!("/v1/case-archives/{}/verify", id(&archive));
    assert_eq!(app.post("cs_supervisor", &path, json!({})).await.expect(200)["intact"], true);
    let whole = bundle(app, &archive, "").await;
    let difference = async |change: &dyn Fn(&mut Vec<Packed>)| {
        let mut files = whole.clone();
        change(&mut files);
        app.later(chrono::TimeDelta::seconds(1));
        let found = verified(app, &archive, &files).await["difference"].clone();
        (found["path"].as_str().unwrap_or_default().to_owned(), found["position"].clone(), found["why"].clone())
    };
    let of = |files: &mut Vec<(String, Vec<u8>)>, path: &str| files.iter().position(|(known, _)| known == path).unwrap();
    let gone = difference(&|files| files.retain(|(path, _)| path != "deadlines.json")).await;
    assert_eq!(gone, ("deadlines.json".into(), Value::Null, json!("missing")));
    let more = difference(&|files| files.push(("files/more.txt".into(), b"x".to_vec()))).await;
    assert_eq!(more, ("files/more.txt".into(), Value::Null, json!("unexpected")));
    let edited = difference(&|files| {
        let n = of(files, "manifest.json");
        files[n].1 = String::from_utf8(files[n].1.clone()).unwrap().replace("\"cycle\": 1", "\"cycle\": 2").into_bytes();
    }).await;
    assert_eq!(edited, ("manifest.json".into(), Value::Null, json!("altered")));
    let last = archive["journal_to"].clone();
    let cut = difference(&|files| {
        let n = of(files, "journal.json");
        let mut journal: Value = serde_json::from_slice(&files[n].1).unwrap();
        journal["entries"].as_array_mut().unwrap().pop();
        files[n].1 = serde_json::to_vec_pretty(&journal).unwrap();
    }).await;
    assert_eq!(cut, ("journal.json".into(), last, json!("missing")));
    // A file that was changed where it is kept.
    let manifest = text(&whole, "manifest.json");
    let kept = manifest["files"].as_array().unwrap().iter().find(|file| file["path"].as_str().unwrap().starts_with("files/")).unwrap();
    let place = documents::file::path(&app.files(), kept["sha256"].as_str().unwrap());
    std::fs::write(&place, b"another proof").unwrap();
    let found = app.post("cs_supervisor", &path, json!({})).await.expect(200);
    assert_eq!(found["difference"]["path"], kept["path"]);
    let strange = document(app, "cs_supervisor").await;
    let refused = app.post("cs_supervisor", &path, json!({ "document_id": strange })).await.expect(422);
    assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!("/document_id"), &json!("not_a_bundle")));
}
}

scenario! {
async fn only_an_ended_case_is_filed_once_an_ending_and_the_old_archive_stays(app) {
    let open = register(app, json!({})).await;
    act(app, "cs_clerk", &open, "archive", json!({})).await.refused(409, "invalid_state");
    let ticket = closed(app, json!({})).await;
    let first = filed(app, &ticket).await;
    app.later(chrono::TimeDelta::hours(1));
    act(app, "cs_clerk", &ticket, "archive", json!({})).await.refused(409, "already_archived");
    act(app, "cs_agent", &ticket, "reopen", json!({ "reason": "窗户又漏风" })).await.expect(200);
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    act(app, "cs_agent", &ticket, "reply", answer()).await.expect(200);
    let path = format!("/v1/callbacks/{}/complete", callback(app, &ticket).await);
    app.post("cs_agent2", &path, said("satisfied")).await.expect(200);
    let second = filed(app, &ticket).await;
    assert_eq!((&first["cycle"], &second["cycle"]), (&json!(1), &json!(2)));
    let list = app.get("cs_supervisor", &format!("/v1/case-archives?ticket_id={}&sort=made_at", id(&ticket))).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    for archive in [&first, &second] {
        let path = format!("/v1/case-archives/{}/verify", id(archive));
        assert_eq!(app.post("cs_supervisor", &path, json!({})).await.expect(200)["intact"], true);
    }
    app.get("heating_branch_manager", &format!("/v1/case-archives/{}", id(&first))).await.refused(404, "not_found");
}
}

scenario! {
/// A case is filed by itself eleven days after closing; a complaint without its cause waits for somebody.
async fn closed_cases_file_themselves(app) {
    let repair = closed(app, json!({})).await;
    let analysed = complaint(app, json!({ "cause_analysis": CAUSE })).await;
    let bare = complaint(app, json!({ "cause_analysis": "太短" })).await;
    app.store.seal_now().await.unwrap();
    app.later(chrono::TimeDelta::days(11) - chrono::TimeDelta::seconds(1));
    assert_eq!(::tickets::archive::file_due(&app.store).await.unwrap(), 0);
    app.later(chrono::TimeDelta::seconds(1));
    assert_eq!(::tickets::archive::file_due(&app.store).await.unwrap(), 2);
    assert_eq!(::tickets::archive::file_due(&app.store).await.unwrap(), 0);
    let list = app.get("cs_supervisor", "/v1/case-archives").await.expect(200);
    let filed: Vec<&str> = list["items"].as_array().unwrap().iter().map(|row| row["ticket_id"].as_str().unwrap()).collect();
    assert!(filed.contains(&id(&repair).as_str()) && filed.contains(&id(&analysed).as_str()));
    assert!(!filed.contains(&id(&bare).as_str()));
    let waiting = async || {
        let page = app.get("cs_supervisor", "/v1/work-items?kind=case_cause").await.expect(200);
        page["items"].as_array().unwrap().clone()
    };
    let waits = waiting().await;
    assert_eq!((waits.len(), &waits[0]["subject"]["id"]), (1, &bare["id"]));
    assert_eq!(waits[0]["act_url"], format!("/v1/tickets/{}/archive", id(&bare)));
    act(app, "cs_clerk", &bare, "archive", json!({ "cause_analysis": CAUSE })).await.expect(201);
    assert!(waiting().await.is_empty());
}
}

scenario! {
async fn an_erased_customer_leaves_the_redacted_bundle(app) {
    let ticket = complaint(app, json!({ "cause_analysis": CAUSE })).await;
    let archive = filed(app, &ticket).await;
    app.post("cs_manager", &format!("/v1/customers/{}/erase", app.fixture.customer), json!({ "reason": "本人要求删除" })).await.expect(200);
    let path = format!("/v1/case-archives/{}", id(&archive));
    app.get("cs_supervisor", &format!("{path}/bundle")).await.refused(409, "person_erased");
    bundle(app, &archive, "?redact=true").await;
    let found = app.post("cs_supervisor", &format!("{path}/verify"), json!({})).await.expect(200);
    assert_eq!((&found["intact"], &found["person_erased"]), (&json!(true), &json!(true)));
}
}

scenario! {
/// Repairs, claims, supervisions and the incident belong to the case, their papers and journal entries with them.
async fn tk_r34_a_case_is_filed_with_all_its_parts(app) {
    let incident = burst(app, json!({ "category_codes": ["house_quality"] }));
    let incident = app.post("team_leader", "/v1/incidents", incident).await.expect(201);
    let ticket = case(app, json!({})).await;
    let (first, other) = (supplier(app, "宏远建筑", "contractor").await, supplier(app, "便民维修", "contractor").await);
    let order = dispatched(app, &ticket, json!({ "supplier_id": first })).await;
    on_order(app, "engineering_officer", &order, "refuse", json!({ "reason": "称已过保修期" })).await.expect(200);
    on_order(app, "cs_specialist", &order, "dispatch", json!({ "supplier_id": other, "bearer": "company" })).await.expect(200);
    let order = closed_order(app, &order, "wear").await;
    let asked = json!({ "to_staff_id": app.fixture.staff["cs_agent"], "text": "请说明进展情况", "answer_due_at": "2026-03-03T08:00:00+08:00" });
    let asked = app.post("cs_supervisor", &format!("/v1/tickets/{}/supervisions", id(&ticket)), asked).await.expect(201);
    act(app, "cs_agent", &ticket, "resolve", solution()).await.expect(200);
    act(app, "cs_agent", &ticket, "reply", answer()).await.expect(200);
    let path = format!("/v1/callbacks/{}/complete", callback(app, &ticket).await);
    app.post("cs_agent2", &path, said("satisfied")).await.expect(200);
    let archive = filed(app, &ticket).await;
    let mut suppliers: Vec<&str> = archive["supplier_ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    suppliers.sort_unstable();
    let mut wanted = [first.as_str(), other.as_str()];
    wanted.sort_unstable();
    assert_eq!(suppliers, wanted);
    let found = app.get("cs_supervisor", &format!("/v1/case-archives?supplier_id={other}")).await.expect(200);
    assert_eq!(found["items"][0]["id"], archive["id"]);
    let files = bundle(app, &archive, "").await;
    let filed = text(&files, "case.json");
    assert_eq!(filed["repair_orders"][0]["number"], order["number"]);
    assert_eq!(filed["supervisions"][0]["number"], asked["number"]);
    assert_eq!(filed["incident"]["number"], incident["number"]);
    let journal = text(&files, "journal.json").to_string();
    for fact in ["repair_order.closed", "supervision.issued", "incident.opened"] {
        assert!(journal.contains(fact), "{fact}");
    }
    let signed = order["document_ids"].as_array().unwrap();
    assert!(signed.len() > 1, "photo and signed order");
    for paper in signed {
        let paper = paper.as_str().unwrap();
        assert!(files.iter().any(|(path, _)| path.contains(paper)), "{paper}");
    }
    assert_eq!(verified(app, &archive, &files).await["intact"], true);
}
}

/// While another process holds the sealer and does not come to the case, nothing is filed half.
#[actix_web::test]
async fn tk_r34_what_is_not_sealed_is_not_filed() {
    use sea_orm::{ConnectionTrait, TransactionTrait};
    let app = &TestApp::postgres().await;
    let ticket = closed(app, json!({})).await;
    let busy = app.second_store().await;
    let held = busy.writer().begin().await.unwrap();
    // The number of the sealer's lock, as in `store::journal::seal`.
    held.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({})", 0x4845_4152_5448_4A01_i64)).await.unwrap();
    app.later(chrono::TimeDelta::seconds(1));
    act(app, "cs_clerk", &ticket, "archive", json!({})).await.refused(503, "not_sealed_yet");
    held.rollback().await.unwrap();
    act(app, "cs_clerk", &ticket, "archive", json!({})).await.expect(201);
}
