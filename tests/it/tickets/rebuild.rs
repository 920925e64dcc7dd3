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
/// Answers what was done.
async fn something(app: &TestApp, dice: &mut Dice, what: u64, ticket: &Value, other: &Value) -> Option<&'static str> {
    let by = async |who: &str, action: &'static str, body: Value| {
        (act(app, who, ticket, action, body).await.status < 300).then_some(action)
    };
    let reason = json!({ "reason": "客户要求" });
    let desk = json!({ "org_unit_id": app.fixture.units["DESK"], "staff_id": app.fixture.staff["cs_agent"] });
    let categories = ["house_quality.wall", "house_quality.water_leak", "heating.leak", "house_quality"];
    let done = match what {
        0 if dice.roll(4) == 0 => by("team_leader", "classify", json!({ "severity": "serious" })).await,
        0 | 1 => by("team_leader", "classify", json!({ "kind": "complaint", "category_code": "house_quality" })).await,
        2 | 3 => {
            let category = categories[usize::try_from(dice.roll(4)).unwrap()];
            by("team_leader", "classify", json!({ "kind": "repair", "category_code": category })).await
        }
        4 => by("team_leader", "assign", desk).await,
        5 | 16 => by("cs_agent", "start", json!({})).await,
        6..=8 => paused(app, dice, ticket).await,
        9 => {
            let mut body = solution();
            body["delay_reason_code"] = json!("contractor_late");
            by("cs_agent", "resolve", body).await
        }
        10 | 17 => by("cs_agent", "reply", answer()).await,
        11 => by("cs_agent", "reopen", reason).await,
        12 => by("cs_agent", "chase", json!({})).await,
        13 => by("cs_agent", "escalate", reason).await,
        14 => by("cs_supervisor", "merge", json!({ "target_ticket_id": other["id"], "reason": "同一事项" })).await,
        _ => by("cs_supervisor", "unmerge", reason).await,
    };
    app.later(chrono::TimeDelta::minutes(dice.roll(600).cast_signed() + 1));
    done
}

/// Asks for a pause, lets it begin, and sometimes ends it by hand before its time.
async fn paused(app: &TestApp, dice: &mut Dice, ticket: &Value) -> Option<&'static str> {
    let until = (app.now() + hours(1 + dice.roll(20).cast_signed())).to_rfc3339();
    let proof = document(app, "cs_agent").await;
    let body = json!({ "reason_code": "customer_appointment", "until": until, "proof_document_id": proof });
    let asked = app.post("cs_agent", &format!("/v1/tickets/{}/pauses", id(ticket)), body).await;
    let pause = asked.body["id"].as_str()?;
    let begun = app.post("team_leader", &format!("/v1/ticket-pauses/{pause}/approve"), json!({})).await;
    if dice.roll(2) == 0 {
        app.later(chrono::TimeDelta::minutes(dice.roll(90).cast_signed()));
        let ended = app.post("cs_agent", &format!("/v1/ticket-pauses/{pause}/end"), json!({})).await;
        return (ended.status < 300).then_some("end");
    }
    (begun.status < 300).then_some("pause")
}

scenario! {
/// Two cases that may be merged, on every second and in office hours; compared after each step.
async fn the_projection_agrees_with_the_ledger_after_anything(app) {
    let mut done = std::collections::BTreeSet::new();
    for seed in 1..=8 {
        let mut dice = Dice(seed);
        let words = if seed % 2 == 0 { json!({ "kind": "application", "category_code": "title" }) } else { json!({}) };
        let pair = [register(app, words).await, started(app, json!({})).await];
        for step in 0..14 {
            // Merged for a while and solved at last in any case; else as the dice fall.
            let (what, n) = match step {
                5 => (14, 0),
                8 => (15, 0),
                11 => (9, 1),
                12 => (10, 1),
                _ => (dice.roll(18), usize::try_from(dice.roll(2)).unwrap()),
            };
            done.extend(something(app, &mut dice, what, &pair[n], &pair[1 - n]).await);
            let checked = deadlines(&app.store, true).await.unwrap();
            assert_eq!(checked.differed, 0, "seed {seed}, step {step}");
        }
    }
    let wanted = ["assign", "chase", "classify", "end", "escalate", "merge", "pause", "reply", "resolve", "start", "unmerge"];
    assert!(wanted.iter().all(|action| done.contains(action)), "the dice did only {done:?}");
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
