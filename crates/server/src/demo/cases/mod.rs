//! Cases of the last weeks: what people reported, how it ended, and what the desk has before it now.

mod past;
mod reports;
mod today;

use std::collections::HashMap;
use std::rc::Rc;

use chrono::{DateTime, TimeDelta, Utc};
use documents::Files;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::property::unit;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use store::Work;
use store::parameters::{self, NewValue};
use tickets::call;
use tickets::ticket::register;
use uuid::Uuid;

use super::desk::content;
use super::places::Home;
use super::scene::Scene;
use super::{Stage, body};
use reports::Report;

/// Who handles cases, in turn; the second after him calls back, the one before him takes the report down.
const AGENTS: [&str; 5] = ["cs_agent", "cs_agent2", "service_rep", "cs_agent3", "cs_specialist"];
/// How reports come in: four of ten by the hotline.
const CHANNELS: [&str; 20] = [
    "hotline",
    "walk_in",
    "hotline",
    "app",
    "hotline",
    "web",
    "hotline",
    "im",
    "hotline",
    "sms",
    "hotline",
    "walk_in",
    "hotline",
    "email",
    "hotline",
    "letter",
    "site_visit",
    "transfer",
    "walk_in",
    "government",
];
/// Households of the three stations, as the heating company told them before it had a register here.
const HOUSEHOLDS: [(&str, i64); 3] = [("STATION-1", 4_680), ("STATION-2", 4_160), ("STATION-3", 3_640)];

/// What the cases refer to.
struct Desk {
    unit: Uuid,
    station: Uuid,
    agents: Vec<Uuid>,
    /// What shows why a case rests or is taken back, of each agent.
    proofs: Vec<Uuid>,
    homes: Vec<Home>,
    /// Project and building of each home.
    places: HashMap<Uuid, (Uuid, Uuid)>,
}

/// Who has to do with the nth case.
struct Hands {
    taker: &'static str,
    agent: &'static str,
    agent_id: Uuid,
    proof: Uuid,
    caller: &'static str,
}

impl Desk {
    fn hands(&self, n: usize) -> Hands {
        let at = |k: usize| (n + k) % AGENTS.len();
        Hands {
            taker: AGENTS[at(4)],
            agent: AGENTS[at(0)],
            agent_id: self.agents[at(0)],
            proof: self.proofs[at(0)],
            caller: AGENTS[at(2)],
        }
    }

    fn home(&self, n: usize) -> Home {
        self.homes[n * 3 % self.homes.len()]
    }
}

/// Loads the cases, oldest first.
pub(crate) async fn load(stage: &Stage, files: &Files, homes: &[Home]) -> anyhow::Result<()> {
    let desk = Rc::new(furnish(stage, files, homes).await?);
    past::load(stage, &desk).await?;
    today::load(stage, &desk).await
}

/// The desk's own facts: its channels, the households it answers for, and proofs.
async fn furnish(stage: &Stage, files: &Files, homes: &[Home]) -> anyhow::Result<Desk> {
    let first = stage.at(super::DAYS - 1, 480);
    let (unit, hotline) = (stage.unit("DESK").await?, stage.unit("HEAT-DESK").await?);
    stage.act(first, "system", async move |work: &Work| channels(work, unit, hotline).await).await?;
    let mut figures = serde_json::Map::new();
    for (station, households) in HOUSEHOLDS {
        figures.insert(stage.unit(station).await?.to_string(), households.into());
    }
    let tell = async move |work: &Work| {
        let told = NewValue {
            value: figures.clone().into(),
            valid_from: kernel::time::business_day(work.now),
            reason: "供热公司报送的在网户数".to_owned(),
            retroactive_reason: None,
            project_id: None,
        };
        parameters::set(work, "tickets.report.households", &told).await
    };
    stage.act(first, "system_admin", tell).await?;
    let (mut agents, mut proofs) = (Vec::new(), Vec::new());
    for number in AGENTS {
        agents.push(stage.person(number).await?);
        let said = json!({ "kind": "proof", "name": "业主来电说明:本周出差,请周末上门" });
        proofs.push(stage.paper(files, first, number, said).await?);
    }
    let units = unit::Entity::find().filter(unit::entity::Column::Id.is_in(homes.iter().map(|home| home.unit)));
    let units = units.all(stage.store.reader()).await?;
    let places = units.into_iter().map(|unit| (unit.id, (unit.project_id, unit.building_id))).collect();
    Ok(Desk { unit, station: stage.unit("STATION-1").await?, agents, proofs, homes: homes.to_vec(), places })
}

/// The hotline, the app and the web page lead to the desk; what the heating company finds itself to its own hotline.
async fn channels(work: &Work, desk: Uuid, hotline: Uuid) -> Result<(), Fault> {
    use tickets::catalogue::channel::{ChannelFields, Column, Entity, update};
    let lead = ["hotline", "app", "web", "government", "email", "sms", "im"].map(|code| (code, desk));
    for (code, unit) in lead.into_iter().chain([("system", hotline)]) {
        if let Some(row) = Entity::find().filter(Column::Code.eq(code)).one(&work.db()).await? {
            let fields = ChannelFields { default_org_unit_id: Some(unit), ..ChannelFields::from(&row) };
            update(work, &row, fields).await?;
        }
    }
    work.unchanged();
    Ok(())
}

impl Scene<'_> {
    /// Takes the nth report down.
    async fn take_down(
        &self,
        at: DateTime<Utc>,
        desk: &Desk,
        n: usize,
        (severity, report): (&str, Report),
    ) -> Result<Uuid, Fault> {
        let (home, channel) = (desk.home(n), CHANNELS[n * 7 % CHANNELS.len()]);
        let mut said = json!({ "channel_code": channel, "kind": report.kind, "category_code": report.category,
            "place_kind": report.place, "severity": severity, "description": report.text, "customer_id": home.customer });
        let place = desk.places.get(&home.unit);
        match report.place {
            "unit" => said["unit_id"] = json!(home.unit),
            "project_common" => said["project_id"] = json!(place.map(|place| place.0)),
            "building_common" => said["building_id"] = json!(place.map(|place| place.1)),
            "station_area" => said["station_org_unit_id"] = json!(desk.station),
            _ => {}
        }
        if channel == "government" {
            said["authority_number"] = json!(format!("12345-{:06}", 260_117 + n));
            said["authority_due_at"] = json!(Timestamp::from(at + TimeDelta::days(15)));
        }
        let phone = format!("138{:08}", 20_000_023 * (n * 3 % desk.homes.len() + 3) % 100_000_000);
        self.act(at, desk.hands(n).taker, async move |work: &Work| {
            if channel == "hotline" {
                let before = |n: i64| Timestamp::from(work.now - TimeDelta::seconds(n));
                let heard = json!({ "direction": "in", "channel_code": "hotline", "external_number": phone,
                    "ring_started_at": before(190), "answered_at": before(180), "ended_at": before(1), "result": "answered" });
                said["call_ids"] = json!([call::commands::create(work, &body(heard)?).await?.id]);
            }
            Ok(register::register(work, &body(said)?).await?.id)
        })
        .await
    }

    /// Answers a simple report while the customer is still there, and asks him the day after.
    async fn answer_at_once(
        &self,
        at: DateTime<Utc>,
        ticket: Uuid,
        hands: &Hands,
        report: Report,
    ) -> Result<DateTime<Utc>, Fault> {
        let said = json!({ "solution": report.solved.text, "reply": super::desk::told() });
        let now = at + TimeDelta::minutes(4);
        self.on(now, hands.taker, ticket, said, tickets::ticket::answering::answer_at_intake).await?;
        Ok(now)
    }

    /// The customer is content, or somebody of his family is.
    async fn close(&self, at: DateTime<Utc>, ticket: Uuid, n: usize, caller: &str) -> Result<(), Fault> {
        let relation = if n % 13 == 4 { ["spouse", "family", "tenant"][n % 3] } else { "self" };
        self.ask(at, ticket, caller, content(relation)).await
    }
}
