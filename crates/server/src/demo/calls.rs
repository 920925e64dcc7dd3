//! Calls of the last weeks: answered at once and late, lost, at hours without anybody, some of them recorded.

use chrono::{DateTime, TimeDelta, Utc};
use documents::Files;
use kernel::time::Timestamp;
use serde_json::{Value, json};
use store::Work;
use tickets::call::commands::create;
use uuid::Uuid;

use super::{Stage, body};

/// Calls of a day.
const A_DAY: usize = 6;
/// Who answers, in turn.
const AGENTS: [&str; 8] =
    ["cs_agent", "cs_agent2", "service_rep", "cs_specialist", "cs_agent4", "cs_agent5", "cs_agent6", "cs_agent7"];
/// Minutes after midnight the phone rings at; the last one rings when the desk is not on duty.
const HOURS: [i64; 9] = [545, 592, 641, 702, 784, 859, 931, 1093, 1352];

/// Loads the calls, a day at a time.
pub(crate) async fn load(stage: &Stage, files: &Files) -> anyhow::Result<()> {
    let mut people = Vec::new();
    for number in AGENTS {
        people.push(stage.person(number).await?);
    }
    let recording = record(stage, files).await?;
    for day in (1..super::DAYS - 2).rev() {
        let mut heard = Vec::new();
        for n in 0..A_DAY {
            let n = day as usize * A_DAY + n;
            heard.push(call(n, stage.at(day, HOURS[n * 5 % HOURS.len()]), people[n % people.len()], recording));
        }
        let write = async move |work: &Work| {
            for said in &heard {
                create(work, &body(said.clone())?).await?;
            }
            Ok(())
        };
        stage.act(stage.at(day, 1439), "team_leader", write).await?;
    }
    Ok(())
}

/// Half a second of silence, as a telephone records it.
async fn record(stage: &Stage, files: &Files) -> anyhow::Result<Uuid> {
    const SAMPLES: u32 = 4_000;
    let mut wave = b"RIFF".to_vec();
    wave.extend((36 + SAMPLES).to_le_bytes());
    wave.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data");
    wave.extend(SAMPLES.to_le_bytes());
    wave.resize(wave.len() + SAMPLES as usize, 0x80);
    let said = json!({ "kind": "recording", "name": "通话录音" });
    stage.upload(files, stage.at(super::DAYS - 3, 600), "team_leader", said, ("通话录音.wav", "audio/wav", &wave)).await
}

/// The nth call.
fn call(n: usize, at: DateTime<Utc>, agent: Uuid, recording: Uuid) -> Value {
    let after = |seconds: i64| Timestamp::from(at + TimeDelta::seconds(seconds));
    let lost = n % 11 == 3;
    let out = n % 13 == 5;
    let waited = if n % 7 == 2 { 24 } else { 4 + (n % 8) as i64 };
    let talked = waited + 60 + (n * 37 % 420) as i64;
    let recorded = !lost && n.is_multiple_of(9);
    json!({
        "direction": if out { "out" } else { "in" },
        "channel_code": "hotline",
        "external_number": format!("136{:08}", 10_000_189 * (n + 7) % 100_000_000),
        "agent_id": (!lost).then_some(agent),
        "ring_started_at": after(0),
        "answered_at": (!lost).then(|| after(waited)),
        "ended_at": after(if lost { 31 } else { talked }),
        "result": if lost { "lost" } else { "answered" },
        "recording_document_id": recorded.then_some(recording),
    })
}
