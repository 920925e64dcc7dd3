//! What lists sort by is what the ledger says, after whatever has happened to a ticket.

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use server::rebuild::deadlines;

use super::desk::*;
use crate::kit::{TestApp, id};

/// The same numbers for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Something somebody at the desk might do; what the case does not allow is refused and changes nothing.
async fn something(app: &TestApp, dice: &mut Dice, ticket: &Value) {
    let path = format!("/v1/tickets/{}", id(ticket));
    let staff = app.fixture.staff["cs_agent"];
    match dice.roll(9) {
        0 => drop(act(app, "team_leader", ticket, "classify", json!({ "severity": "serious" })).await),
        1 => drop(
            act(
                app,
                "team_leader",
                ticket,
                "classify",
                json!({ "kind": "complaint", "category_code": "house_quality" }),
            )
            .await,
        ),
        2 => {
            let desk = json!({ "org_unit_id": app.fixture.units["DESK"], "staff_id": staff });
            drop(act(app, "team_leader", ticket, "assign", desk).await);
        }
        3 => drop(act(app, "cs_agent", ticket, "start", json!({})).await),
        4 | 5 => {
            let until = (app.now() + hours(1 + dice.roll(20).cast_signed())).to_rfc3339();
            let proof = document(app, "cs_agent").await;
            let body = json!({ "reason_code": "third_party", "until": until, "proof_document_id": proof });
            let asked = app.post("cs_agent", &format!("{path}/pauses"), body).await;
            if let Some(pause) = asked.body["id"].as_str() {
                drop(app.post("team_leader", &format!("/v1/ticket-pauses/{pause}/approve"), json!({})).await);
            }
        }
        6 => drop(act(app, "cs_agent", ticket, "resolve", solution()).await),
        7 => drop(act(app, "cs_agent", ticket, "reply", answer()).await),
        _ => drop(act(app, "cs_agent", ticket, "reopen", json!({ "reason": "客户不满意" })).await),
    }
    app.later(chrono::TimeDelta::minutes(dice.roll(600).cast_signed() + 1));
}

scenario! {
async fn the_projection_agrees_with_the_ledger_after_anything(app) {
    for seed in 1..=6 {
        let mut dice = Dice(seed);
        let ticket = register(app, json!({ "description": format!("第{seed}例:阳台顶板渗水") })).await;
        for step in 0..12 {
            something(app, &mut dice, &ticket).await;
            let checked = deadlines(&app.store, true).await.unwrap();
            assert_eq!(checked.differed, 0, "seed {seed}, step {step}");
        }
    }
}
}

scenario! {
async fn a_rebuild_mends_what_was_changed_behind_the_ledger(app) {
    let ticket = register(app, json!({})).await;
    register(app, json!({ "description": "阳台顶板渗水严重" })).await;
    let due = app.get("cs_agent", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200)["due_at"].clone();
    let writer = app.store.writer();
    writer.execute_unprepared("UPDATE ticket SET due_at = NULL, near_due_at = NULL").await.unwrap();
    assert_eq!(deadlines(&app.store, true).await.unwrap().differed, 2);
    assert_eq!(deadlines(&app.store, false).await.unwrap().differed, 2);
    assert_eq!(deadlines(&app.store, true).await.unwrap().differed, 0);
    assert_eq!(app.get("cs_agent", &format!("/v1/tickets/{}", id(&ticket))).await.expect(200)["due_at"], due);
}
}
