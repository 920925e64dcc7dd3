//! What the desk has before it now: young cases in every state, paused ones, and three that are overdue.

use std::rc::Rc;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::fault::Fault;
use kernel::time::Timestamp;
use serde_json::json;
use tickets::callback::commands as calling;
use tickets::ticket::notes;
use tickets::{opinion, pause};
use uuid::Uuid;

use super::super::Stage;
use super::super::desk::not_content;
use super::super::scene::Scene;
use super::reports::{REPORTS, Report};
use super::{Desk, Hands};

/// How far a case has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Registered,
    Assigned,
    Started,
    /// For the reason with this code.
    Paused(&'static str),
    /// Before the manager.
    Waiting,
    Resolved,
    Replied,
    /// Answered, called in vain.
    Tried,
    Reopened,
}

use Reach::*;

/// Which report, minutes ago, how far. The three that were received longer ago than their kind allows are overdue.
const OPEN: [(usize, i64, Reach); 31] = [
    (18, 4_200, Paused("third_party")),
    (10, 3_200, Started),
    (20, 2_820, Paused("awaiting_parts")),
    (3, 2_640, Reopened),
    (7, 2_400, Reopened),
    (21, 1_980, Replied),
    (6, 1_920, Tried),
    (12, 1_900, Started),
    (10, 1_800, Paused("customer_appointment")),
    (4, 1_700, Started),
    (25, 1_680, Replied),
    (23, 1_640, Replied),
    (31, 1_560, Resolved),
    (18, 1_500, Replied),
    (3, 1_320, Paused("awaiting_customer")),
    (13, 1_300, Replied),
    (27, 1_260, Resolved),
    (29, 1_200, Resolved),
    (6, 1_150, Started),
    (20, 820, Started),
    (2, 540, Started),
    (24, 300, Started),
    (16, 240, Waiting),
    (33, 220, Waiting),
    (10, 120, Started),
    (35, 95, Assigned),
    (31, 62, Assigned),
    (5, 43, Registered),
    (3, 35, Assigned),
    (11, 21, Registered),
    (2, 8, Registered),
];

/// Plays them, oldest first.
pub(super) async fn load(stage: &Stage, desk: &Rc<Desk>) -> anyhow::Result<()> {
    let (desk, now) = (desk.clone(), stage.now);
    stage
        .scene(async move |scene: &Scene<'_>| {
            for (k, (report, minutes, reach)) in OPEN.into_iter().enumerate() {
                // Behind the numbers of those that are over, so that homes and agents go on in turn.
                let case =
                    Open { n: 170 + k, at: now - TimeDelta::minutes(minutes), now, report: REPORTS[report], reach };
                scene.lead(&desk, &case).await?;
            }
            Ok(())
        })
        .await
}

struct Open {
    n: usize,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
    report: Report,
    reach: Reach,
}

impl Open {
    fn after(&self, minutes: i64) -> DateTime<Utc> {
        (self.at + TimeDelta::minutes(minutes)).min(self.now)
    }
}

impl Scene<'_> {
    /// Leads a case as far as it has got.
    async fn lead(&self, desk: &Desk, case: &Open) -> Result<(), Fault> {
        let hands = desk.hands(case.n);
        let ticket = self.take_down(case.at, desk, case.n, ("normal", case.report)).await?;
        if case.reach == Registered {
            return Ok(());
        }
        if case.reach == Assigned {
            let to = json!({ "org_unit_id": desk.unit, "staff_id": hands.agent_id });
            return self
                .on(case.after(6), "team_leader", ticket, to, tickets::ticket::handling::assign)
                .await
                .map(drop);
        }
        self.hand_over(case.after(6), ticket, "team_leader", (desk.unit, hands.agent_id, hands.agent)).await?;
        match case.reach {
            Registered | Assigned | Started => Ok(()),
            Paused(reason) => self.rest(case, ticket, &hands, reason).await,
            Waiting => {
                let said = json!({ "text": "经调查核实,反映情况属实,建议先行整改并适当补偿",
                    "proposed_reply": "公司安排维修并协商补偿", "compensation_amount": "800.00" });
                self.on(case.after(130), hands.agent, ticket, said, opinion::commands::submit).await.map(drop)
            }
            Resolved => self.solve(case.after(200), ticket, hands.agent, case.report.solved).await,
            Replied | Tried | Reopened => {
                self.solve(case.after(150), ticket, hands.agent, case.report.solved).await?;
                self.answer(case.after(180), ticket, hands.agent).await?;
                self.ask_again(case, ticket, &hands).await
            }
        }
    }

    /// What has come of calling back.
    async fn ask_again(&self, case: &Open, ticket: Uuid, hands: &Hands) -> Result<(), Fault> {
        match case.reach {
            Tried => {
                for waiting in self.waiting(case.after(1_200), ticket, hands.caller).await? {
                    let said = json!({ "result": "no_answer" });
                    self.on(case.after(1_200), hands.caller, waiting, said, calling::attempt).await?;
                }
                Ok(())
            }
            Reopened => {
                self.ask(case.after(1_440), ticket, hands.caller, not_content()).await?;
                let said = json!({ "text": "业主再次来电催促" });
                self.on(case.after(1_700), hands.caller, ticket, said, notes::chase).await.map(drop)
            }
            _ => Ok(()),
        }
    }

    /// A pause that lasts until the day after tomorrow, approved by the lead.
    async fn rest(&self, case: &Open, ticket: Uuid, hands: &Hands, reason: &'static str) -> Result<(), Fault> {
        let until = Timestamp::from(case.now + TimeDelta::hours(36));
        let said = json!({ "reason_code": reason, "until": until, "note": "与业主约定时间后继续办理",
            "proof_document_id": hands.proof });
        let pause = self.on(case.after(60), hands.agent, ticket, said, pause::commands::request).await?.id;
        self.on(case.after(65), "team_leader", pause, json!({}), pause::commands::approve).await.map(drop)
    }
}
