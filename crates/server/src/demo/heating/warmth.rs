//! How warm the homes were: measurements in every state, and four outages told level by level.

use chrono::{DateTime, TimeDelta, Utc};
use flows::{outage_to_incident as outages, temperature_to_ticket as cases};
use heating_service::instrument::entity::{self as instruments, Kind};
use heating_service::outage::commands as levels;
use heating_service::temperature::{calling_back, commands};
use kernel::time::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tickets::ticket::entity::Entity as Tickets;
use uuid::Uuid;

use super::super::Stage;
use super::super::desk::Solved;
use super::visits::attend;
use super::{Company, MANAGER};

const HEAD: &str = "heating_station_head";
const HOTLINE: &str = "heating_hotline_agent";
const BRANCH: &str = "heating_branch_manager";

/// How far a case has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Until {
    Requested,
    Cancelled,
    Measured,
    Remedied,
    MeasuredAgain,
    CalledBack,
    Closed,
}

/// Days ago, what was measured at first and after the remedy, and how far the case has come.
const CASES: [(i64, &str, Option<&str>, Until); 12] = [
    (18, "18.6", None, Until::Closed),
    (15, "19.4", None, Until::Closed),
    (13, "16.4", Some("18.3"), Until::Closed),
    (11, "20.1", None, Until::Closed),
    (8, "15.8", Some("18.9"), Until::Closed),
    (6, "18.2", None, Until::Cancelled),
    (4, "18.8", None, Until::CalledBack),
    (3, "17.1", Some("18.5"), Until::MeasuredAgain),
    (2, "19.0", None, Until::Measured),
    (2, "16.9", Some("18.0"), Until::Remedied),
    (0, "16.2", Some("18.0"), Until::Measured),
    (0, "18.0", None, Until::Requested),
];

/// Loads twelve cases and four outages.
pub(super) async fn load(stage: &Stage, company: &Company) -> anyhow::Result<()> {
    let found = instruments::Entity::find().filter(instruments::Column::Kind.eq(Kind::Thermometer));
    let Some(thermometer) = found.one(stage.store.reader()).await? else { return Ok(()) };
    // The first station's homes: its head measures them.
    let homes = company.households.iter().step_by(company.stations.len().max(1));
    for (home, case) in homes.zip(CASES) {
        measured(stage, thermometer.id, *home, case).await?;
    }
    for outage in OUTAGES {
        told(stage, company, outage).await?;
    }
    Ok(())
}

fn reading(thermometer: Uuid, t_c: &str) -> Value {
    // Today's may fall into the night.
    json!({ "user_agreed_hour": true, "readings": [{ "room": "bedroom", "point": "centre", "height_m": "1.40",
        "closed_minutes": 60, "t_c": t_c, "instrument_id": thermometer, "user_signature": "signed" }] })
}

async fn measured(
    stage: &Stage,
    thermometer: Uuid,
    home: Uuid,
    (days, first, again, until): (i64, &str, Option<&str>, Until),
) -> anyhow::Result<()> {
    const SOLVED: Solved =
        Solved { text: "冲洗入户过滤器,调节支路流量", cause: "valve_failure", delay: None };
    let begun = if days == 0 { stage.now - TimeDelta::minutes(100) } else { stage.at(days, 540) };
    let later = |minutes: i64| (begun + TimeDelta::minutes(minutes)).min(stage.now);
    let case = stage.make(begun, HOTLINE, json!({ "household_id": home }), cases::request).await?.id;
    if until == Until::Requested {
        return Ok(());
    }
    if until == Until::Cancelled {
        stage.on(later(30), HOTLINE, case, json!({ "reason": "用户称室温已恢复" }), commands::cancel).await?;
        return Ok(());
    }
    let row = stage.on(later(60), HEAD, case, reading(thermometer, first), cases::measure).await?;
    if let Some(again) = again
        && until >= Until::Remedied
    {
        let done = json!({ "kind": "network_adjust", "text": "调节支路流量,清洗过滤器" });
        stage.on(later(150), HEAD, case, done, commands::remedy).await?;
        if let Some(ticket) = row.ticket_id
            && let Some(ticket) = Tickets::find_by_id(ticket).one(stage.store.reader()).await?
        {
            attend(stage, &ticket, SOLVED).await?;
        }
        if until >= Until::MeasuredAgain {
            stage.on(later(420), HEAD, case, reading(thermometer, again), cases::measure).await?;
        }
    }
    if until >= Until::CalledBack {
        let said = json!({ "satisfied": true, "note": "室温正常" });
        stage.on(later(1_500), HOTLINE, case, said, calling_back::answer).await?;
    }
    if until == Until::Closed {
        stage.on(later(1_510), HOTLINE, case, json!({}), commands::close).await?;
    }
    Ok(())
}

/// An outage of one of the stations.
#[derive(Clone, Copy)]
struct Outage {
    station: usize,
    days: i64,
    kind: &'static str,
    cause: &'static str,
    text: &'static str,
    /// Minutes until heat was back; it is still out when there are none.
    minutes: Option<i64>,
    reviewed: bool,
}

const OUTAGES: [Outage; 4] = [
    Outage {
        station: 0,
        days: 33,
        kind: "stopped",
        cause: "power_outage",
        text: "电网检修停电,供热暂停,预计三小时恢复",
        minutes: Some(165),
        reviewed: true,
    },
    Outage {
        station: 0,
        days: 17,
        kind: "stopped",
        cause: "pipe_leak",
        text: "二次网管道泄漏,正在抢修,预计六小时恢复",
        minutes: Some(350),
        reviewed: true,
    },
    Outage {
        station: 0,
        days: 1,
        kind: "reduced",
        cause: "equipment_failure",
        text: "循环泵检修,供热减量",
        minutes: Some(240),
        reviewed: false,
    },
    Outage {
        station: 2,
        days: 0,
        kind: "reduced",
        cause: "water_outage",
        text: "市政停水,补水不足,供热减量",
        minutes: None,
        reviewed: false,
    },
];

async fn told(stage: &Stage, company: &Company, outage: Outage) -> anyhow::Result<()> {
    let Some(station) = company.stations.get(outage.station) else { return Ok(()) };
    let begun = if outage.days == 0 { stage.now - TimeDelta::minutes(90) } else { stage.at(outage.days, 500) };
    let later = |minutes: i64| begun + TimeDelta::minutes(minutes);
    let expected = Timestamp::from(later(outage.minutes.unwrap_or(600)));
    let said = json!({ "kind": outage.kind, "cause": outage.cause, "station_ids": [station],
        "expected_restore_at": expected });
    let opener = if outage.station == 0 { HEAD } else { HOTLINE };
    let row = stage.make(begun, opener, said, outages::open).await?.id;
    let notice = json!({ "text": outage.text, "channels": ["app", "notice"] });
    stage.on(later(20), HOTLINE, row, notice, outages::notify).await?;
    let Some(minutes) = outage.minutes else { return Ok(()) };
    stage.on(later(10), HEAD, row, json!({}), levels::report_branch).await?;
    stage.on(later(25), BRANCH, row, json!({}), levels::report_company).await?;
    stage.on(later(35), MANAGER, row, json!({}), levels::acknowledge).await?;
    stage.on(later(40), HEAD, row, json!({}), levels::start_repair).await?;
    restored(stage, row, later(minutes)).await?;
    if outage.reviewed {
        let said = json!({ "text": "处置及时,告知到户", "measures": "更换同批管件,增设备用电源" });
        stage.on(later(minutes + 1_440), MANAGER, row, said, levels::review).await?;
    }
    Ok(())
}

async fn restored(stage: &Stage, outage: Uuid, at: DateTime<Utc>) -> anyhow::Result<()> {
    let said = json!({ "restored_at": Timestamp::from(at), "solution": "抢修完毕,恢复正常供热",
        "root_cause_code": "pipe_ageing" });
    stage.on(at + TimeDelta::minutes(10), HEAD, outage, said, outages::restore).await?;
    Ok(())
}
