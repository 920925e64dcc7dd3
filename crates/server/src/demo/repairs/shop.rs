//! How an order is led: from the ticket through each step of the work to the customer's word.

use chrono::{DateTime, TimeDelta, Utc};
use documents::Files;
use kernel::time::Timestamp;
use serde_json::{Value, json};
use tickets::repair_order::{answering, drafting, ending, finishing, visiting};
use tickets::ticket::{handling, register};
use uuid::Uuid;

use super::super::Stage;
use super::super::desk::{self, Solved};
use super::super::network::{self, Network};
use super::super::places::Home;
use super::super::scene::Scene;
use Reach::*;

/// How far an order gets, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    Drafted,
    Dispatched,
    Accepted,
    Scheduled,
    Arrived,
    Working,
    Finished,
    Evaluated,
    Closed,
}

/// People and papers the orders need.
pub(super) struct Shop<'a> {
    pub stage: &'a Stage,
    pub homes: &'a [Home],
    pub parts: &'a [Uuid],
    pub team: Uuid,
    pub agent: Uuid,
    pub photos: Vec<(&'static str, Uuid)>,
    pub signed: Uuid,
}

/// Who repairs: whom it is given to, and whose hands those are.
#[derive(Clone)]
pub(super) struct Provider {
    pub to: Value,
    pub hand: &'static str,
}

/// Photos of each hand, and a signed order.
pub(super) async fn furnish<'a>(
    stage: &'a Stage,
    files: &Files,
    homes: &'a [Home],
    network: &'a Network,
) -> anyhow::Result<Shop<'a>> {
    // The smallest picture there is.
    const DOT: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\
        \x9cc\xf8\xff\xff?\0\x05\xfe\x02\xfe\xa7\x35\x81\x84\0\0\0\0IEND\xaeB`\x82";
    let at = stage.at(super::super::DAYS - 2, 540);
    let hands = ["repair_team_leader", "engineering_officer", "service_outlet", "service_outlet2", "service_outlet3"];
    let mut photos = Vec::new();
    for hand in hands {
        let said = json!({ "kind": "photo", "name": "维修现场照片" });
        photos.push((hand, stage.upload(files, at, hand, said, ("现场.png", "image/png", DOT)).await?));
    }
    let said = json!({ "kind": "repair_order", "name": "售后服务维修单(签字件)" });
    let signed = stage.paper(files, at, "cs_specialist", said).await?;
    let (team, agent) = (stage.unit("TEAM-HP").await?, stage.person("cs_agent").await?);
    Ok(Shop { stage, homes, parts: &network.parts, team, agent, photos, signed })
}

impl Shop<'_> {
    /// A ticket of the team that cs_agent looks after.
    pub async fn report(&self, at: DateTime<Utc>, n: usize, text: &str) -> anyhow::Result<Uuid> {
        let home = self.homes[n * 7 % self.homes.len()];
        let said = json!({ "channel_code": "walk_in", "kind": "repair", "category_code": "house_quality.plumbing",
            "place_kind": "unit", "unit_id": home.unit, "customer_id": home.customer, "description": text });
        let ticket = self.stage.make(at, "cs_agent", said, register::register).await?.id;
        let to = json!({ "org_unit_id": self.team, "staff_id": self.agent });
        self.stage.on(at + TimeDelta::minutes(5), "team_leader", ticket, to, handling::assign).await?;
        self.stage.on(at + TimeDelta::minutes(10), "cs_agent", ticket, json!({}), handling::start).await?;
        Ok(ticket)
    }

    pub async fn draft(&self, at: DateTime<Utc>, ticket: Uuid, part: &str, text: &str) -> anyhow::Result<Uuid> {
        let said = json!({ "ticket_id": ticket, "part_code": part, "description": text });
        Ok(self.stage.make(at, "cs_agent", said, drafting::create).await?.id)
    }

    pub fn photo(&self, hand: &str) -> Option<Uuid> {
        self.photos.iter().find(|photo| photo.0 == hand).map(|photo| photo.1)
    }

    /// Labour, and spare parts at their catalogue prices.
    pub fn lines(&self, labour: &str, used: &[usize]) -> Value {
        let parts = used.iter().map(
            |n| json!({ "kind": "part", "part_id": self.parts[*n], "quantity": "1", "unit_price": network::price(*n) }),
        );
        let labour = json!({ "kind": "labour", "text": "维修人工", "quantity": "1", "unit_price": labour });
        parts.chain([labour]).collect()
    }

    /// Leads a drafted or refused order as far as it gets, for some cause.
    pub async fn lead(
        &self,
        begun: DateTime<Utc>,
        order: Uuid,
        by: &Provider,
        (reach, cause): (Reach, &str),
        lines: &Value,
    ) -> anyhow::Result<()> {
        for step in [Dispatched, Accepted, Scheduled, Arrived, Working, Finished, Evaluated, Closed] {
            if step > reach {
                break;
            }
            self.step(begun, order, by, (step, cause), lines).await?;
        }
        Ok(())
    }

    pub async fn step(
        &self,
        begun: DateTime<Utc>,
        order: Uuid,
        by: &Provider,
        (step, cause): (Reach, &str),
        lines: &Value,
    ) -> anyhow::Result<()> {
        let (stage, hand) = (self.stage, by.hand);
        let later = |minutes: i64| (begun + TimeDelta::minutes(minutes)).min(stage.now);
        let window = |minutes: i64| Timestamp::from(begun + TimeDelta::minutes(minutes));
        match step {
            Drafted => {}
            Dispatched => drop(stage.on(later(0), "cs_specialist", order, by.to.clone(), drafting::dispatch).await?),
            Accepted => drop(stage.on(later(15), hand, order, json!({}), answering::accept).await?),
            Scheduled => {
                let said = json!({ "window_from": window(240), "window_to": window(360) });
                stage.on(later(40), hand, order, said, visiting::schedule).await?;
                stage.on(later(50), "cs_agent", order, json!({}), visiting::confirm_appointment).await?;
            }
            Arrived => drop(stage.on(later(250), hand, order, json!({}), visiting::arrive).await?),
            Working => drop(stage.on(later(262), hand, order, json!({}), visiting::begin_work).await?),
            Finished => {
                let said = json!({ "result": "已更换损坏件并试用正常", "photos": [self.photo(hand)], "lines": lines });
                stage.on(later(330), hand, order, said, finishing::finish).await?;
            }
            Evaluated => {
                let said = json!({ "result": "passed", "text": "电话核实,业主确认修好",
                    "scores": { "quality": 5, "timeliness": 4, "attitude": 5 } });
                stage.on(later(1_500), "cs_agent", order, said, ending::evaluate).await?;
            }
            Closed => {
                let bearer = by.to["bearer"].as_str().unwrap_or("company");
                let said = json!({ "bearer": bearer, "cause": cause, "document_id": self.signed });
                stage.on(later(1_600), "cs_specialist", order, said, ending::close).await?;
            }
        }
        Ok(())
    }

    /// The ticket behind the work is solved, answered and closed by the customer's word.
    pub async fn settle(&self, at: DateTime<Utc>, ticket: Uuid, cause: &'static str) -> anyhow::Result<()> {
        let now = self.stage.now;
        let later = move |minutes: i64| (at + TimeDelta::minutes(minutes)).min(now);
        let solved = Solved { text: "已更换损坏部件并现场试用正常", cause, delay: None };
        self.stage
            .scene(async move |scene: &Scene<'_>| {
                scene.solve(later(0), ticket, "cs_agent", solved).await?;
                scene.answer(later(25), ticket, "cs_agent").await?;
                scene.ask(later(1_300), ticket, "cs_agent2", desk::content("self")).await
            })
            .await
    }
}
