//! What is over: how each case went, told some cases a scene.

use std::rc::Rc;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::fault::Fault;
use kernel::time::business_day;
use registers::delegation::commands::{CreateDelegation, create as lend};
use serde_json::json;
use tickets::callback::commands as calling;
use tickets::ticket::{ending, merging, notes};
use tickets::{comment, opinion};
use uuid::Uuid;

use super::super::Stage;
use super::super::desk::{Solved, not_content};
use super::super::scene::Scene;
use super::reports::{GRAVE, REPORTS, Report};
use super::{Desk, Hands};

/// Cases that are over.
const CASES: usize = 163;
/// Cases of one scene.
const A_SCENE: usize = 8;
/// Why nine came late.
const DELAYS: [&str; 9] = [
    "awaiting_parts",
    "contractor_late",
    "no_access",
    "workload",
    "awaiting_parts",
    "complex_case",
    "third_party",
    "awaiting_customer",
    "weather",
];

/// How a case went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// In time, and the customer is content.
    Closed,
    /// Sixty hours later, for the nth reason.
    Late(usize),
    /// Only the second time.
    Reopened,
    /// Reported twice, and merged.
    Doubled,
    Withdrawn,
    Dismissed,
    /// The customer does not want to be asked.
    Declined,
    /// The customer is not to be reached.
    Unreachable,
    /// The nth of the cases the manager judges first.
    Grave(usize),
}

/// The cases that did not simply close: the index of each.
fn fate(n: usize) -> Fate {
    let place = |list: &[usize]| list.iter().position(|known| *known == n);
    if let Some(nth) = place(&[10, 25, 43, 57, 77, 90, 105, 121, 138]) {
        return Fate::Late(nth);
    }
    if let Some(nth) = place(&[20, 48, 76, 104, 132]) {
        return Fate::Grave(nth);
    }
    let others: [(Fate, &[usize]); 6] = [
        (Fate::Reopened, &[12, 33, 55, 80, 97, 117, 140]),
        (Fate::Doubled, &[18, 44, 66, 92, 113, 142]),
        (Fate::Withdrawn, &[6, 42, 68, 98, 129]),
        (Fate::Dismissed, &[3, 28, 54, 78, 106, 128]),
        (Fate::Declined, &[26, 60, 95, 130]),
        (Fate::Unreachable, &[31, 79, 122]),
    ];
    others.into_iter().find(|(_, list)| list.contains(&n)).map_or(Fate::Closed, |(fate, _)| fate)
}

/// One past case.
struct Case {
    n: usize,
    at: DateTime<Utc>,
    fate: Fate,
    report: Report,
    severity: &'static str,
}

impl Case {
    fn new(stage: &Stage, n: usize) -> Self {
        let fate = fate(n);
        let (severity, report) = match fate {
            Fate::Grave(nth) => GRAVE[nth],
            _ => ("normal", REPORTS[n % REPORTS.len()]),
        };
        let day = 88 - (n * 85 / CASES) as i64;
        let minutes = 545 + (n % 2 * 260 + n * 37 % 200) as i64;
        Self { n, at: stage.at(day, minutes), fate, report, severity }
    }

    fn after(&self, minutes: i64) -> DateTime<Utc> {
        self.at + TimeDelta::minutes(minutes)
    }
}

/// Plays the cases, oldest first.
pub(super) async fn load(stage: &Stage, desk: &Rc<Desk>) -> anyhow::Result<()> {
    let substitute = deputise(stage).await?;
    for first in (0..CASES).step_by(A_SCENE) {
        let some: Vec<Case> = (first..CASES.min(first + A_SCENE)).map(|n| Case::new(stage, n)).collect();
        let (desk, substitute) = (desk.clone(), substitute.clone());
        stage
            .scene(async move |scene: &Scene<'_>| {
                for case in &some {
                    scene.play(&desk, case, &substitute).await?;
                }
                Ok(())
            })
            .await?;
    }
    Ok(())
}

/// The leader is away when the major case comes up; answers who signs for him.
async fn deputise(stage: &Stage) -> anyhow::Result<String> {
    let major =
        (0..CASES).find(|n| matches!(fate(*n), Fate::Grave(nth) if GRAVE[nth].0 == "major")).unwrap_or_default();
    let at = Case::new(stage, major).at - TimeDelta::days(1);
    let said = json!({ "to_staff_id": stage.person("deputy_general_manager").await?, "role": "company_leader",
        "from": business_day(at), "to": business_day(at + TimeDelta::days(4)), "reason": "出差期间由副总经理代为签批" });
    stage.make::<CreateDelegation, _, _>(at, "company_leader", said, lend).await?;
    stage.substitute("deputy_general_manager", "company_leader").await
}

impl Scene<'_> {
    async fn play(&self, desk: &Desk, case: &Case, substitute: &str) -> Result<(), Fault> {
        let hands = desk.hands(case.n);
        let ticket = self.take_down(case.at, desk, case.n, (case.severity, case.report)).await?;
        let answered = match case.fate {
            Fate::Withdrawn => {
                let said = json!({ "reason": "业主来电称已自行解决", "proof_document_id": hands.proof });
                return self.on(case.after(50), hands.agent, ticket, said, ending::withdraw).await.map(drop);
            }
            Fate::Dismissed => {
                let said = json!({ "reason_code": "not_our_scope", "told_to": "业主本人",
                    "explanation": "属于业主自行改造部分,已说明并提供维修渠道" });
                return self.on(case.after(30), "team_leader", ticket, said, ending::dismiss).await.map(drop);
            }
            Fate::Closed | Fate::Declined | Fate::Unreachable if case.report.is_simple() => {
                self.answer_at_once(case.at, ticket, &hands, case.report).await?
            }
            fate => {
                let to = (desk.unit, hands.agent_id, hands.agent);
                self.hand_over(case.after(6), ticket, "team_leader", to).await?;
                match fate {
                    Fate::Doubled => self.report_again(desk, case, ticket).await?,
                    Fate::Grave(_) => self.judge(case, ticket, &hands, substitute).await?,
                    _ => self.note(case, ticket, &hands).await?,
                }
                self.handle(case, ticket, &hands).await?
            }
        };
        self.call_back(answered, case, ticket, &hands).await
    }

    /// Some words for the file, and now and then a customer who cannot wait.
    async fn note(&self, case: &Case, ticket: Uuid, hands: &Hands) -> Result<(), Fault> {
        if case.n.is_multiple_of(4) {
            let said = json!({ "visibility": "internal", "text": "已联系现场人员核实情况" });
            self.on(case.after(35), hands.agent, ticket, said, comment::commands::add).await?;
        }
        if case.n.is_multiple_of(9) {
            let said = json!({ "text": "业主再次来电催促" });
            self.on(case.after(120), hands.caller, ticket, said, notes::chase).await?;
        }
        Ok(())
    }

    /// The same customer reports the same thing again.
    async fn report_again(&self, desk: &Desk, case: &Case, ticket: Uuid) -> Result<(), Fault> {
        let again = self.take_down(case.after(130), desk, case.n, (case.severity, case.report)).await?;
        let said = json!({ "target_ticket_id": ticket, "reason": "同一事项重复反映" });
        self.on(case.after(145), "cs_supervisor", again, said, merging::merge).await.map(drop)
    }

    /// The agent's opinion, the manager's signature, and for a major case the leader's.
    async fn judge(&self, case: &Case, ticket: Uuid, hands: &Hands, substitute: &str) -> Result<(), Fault> {
        let said = json!({ "text": "经调查核实,反映情况属实,建议先行整改并适当补偿",
            "proposed_reply": "公司立即整改并协商补偿", "compensation_amount": "1500.00" });
        self.on(case.after(70), hands.agent, ticket, said, opinion::commands::submit).await?;
        let yes = json!({ "comment": "同意" });
        self.on(case.after(110), "cs_manager", ticket, yes.clone(), opinion::commands::approve).await?;
        if case.severity == "major" {
            self.on(case.after(140), substitute, ticket, yes, opinion::commands::approve).await?;
        }
        Ok(())
    }

    /// Solves the case and tells the customer; answers when.
    async fn handle(&self, case: &Case, ticket: Uuid, hands: &Hands) -> Result<DateTime<Utc>, Fault> {
        let (hours, delay) = match case.fate {
            Fate::Late(nth) => (60, Some(DELAYS[nth])),
            _ => (3, None),
        };
        let solved_at = case.at + TimeDelta::hours(hours);
        self.solve(solved_at, ticket, hands.agent, Solved { delay, ..case.report.solved }).await?;
        let answered = solved_at + TimeDelta::minutes(30);
        self.answer(answered, ticket, hands.agent).await?;
        Ok(answered)
    }

    async fn call_back(&self, answered: DateTime<Utc>, case: &Case, ticket: Uuid, hands: &Hands) -> Result<(), Fault> {
        let later = |hours: i64| answered + TimeDelta::hours(hours);
        match case.fate {
            Fate::Reopened => {
                self.ask(later(22), ticket, hands.caller, not_content()).await?;
                self.solve(later(26), ticket, hands.agent, case.report.solved).await?;
                self.answer(later(27), ticket, hands.agent).await?;
                self.close(later(48), ticket, case.n, hands.caller).await
            }
            Fate::Declined => self.give_up(later(22), ticket, hands, "declined").await,
            Fate::Unreachable => {
                for (hours, result) in [(19, "no_answer"), (25, "power_off"), (43, "no_answer")] {
                    for waiting in self.waiting(later(hours), ticket, hands.caller).await? {
                        let said = json!({ "result": result });
                        self.on(later(hours), hands.caller, waiting, said, calling::attempt).await?;
                    }
                }
                self.give_up(later(44), ticket, hands, "unreachable").await
            }
            // A grave case is closed by the customer's own word only.
            Fate::Grave(_) => self.close(later(22), ticket, 0, hands.caller).await,
            _ => self.close(later(18 + case.n as i64 % 7), ticket, case.n, hands.caller).await,
        }
    }

    /// Nobody could be asked: the lead lets it rest.
    async fn give_up(&self, at: DateTime<Utc>, ticket: Uuid, hands: &Hands, outcome: &str) -> Result<(), Fault> {
        for waiting in self.waiting(at, ticket, hands.caller).await? {
            self.on(at, hands.caller, waiting, json!({ "outcome": outcome }), calling::complete).await?;
            let said = json!({ "reason": "已按规定次数联系,短信告知处理结果" });
            self.on(at + TimeDelta::minutes(50), "team_leader", waiting, said, calling::waive).await?;
        }
        Ok(())
    }
}
