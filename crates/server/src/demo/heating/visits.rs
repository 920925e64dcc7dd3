//! Visits to the far ends of two networks, and how their stations were evaluated.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use flows::{finding_to_ticket, station_service};
use heating_service::evaluation::{commands as evaluations, confirming};
use heating_service::evaluation_scheme::commands as schemes;
use heating_service::visit_assignment::commands as assignments;
use heating_service::visit_plan::commands as plans;
use heating_service::visit_summary::commands as summaries;
use kernel::time::{Month, Timestamp, business_day, start_of_day};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use tickets::ticket::entity::{Column, Entity, Model as Ticket};
use uuid::Uuid;

use super::super::Stage;
use super::super::desk::{Solved, content};
use super::super::scene::Scene;
use super::{Company, MANAGER};

const OFFICER: &str = "visit_officer";
const INSPECTOR: &str = "heating_inspector";
/// Stations that are visited: the boiler house and the exchange station.
const VISITED: usize = 2;
/// Days between two visits of a station.
const APART: u64 = 4;
/// Days ago nothing was known of the register.
const LONGEST: i64 = 75;

/// Loads ten visits, one of them not credited, and two evaluations.
pub(super) async fn load(stage: &Stage, company: &Company) -> anyhow::Result<()> {
    let officer = stage.person(OFFICER).await?;
    for station in company.stations.iter().take(VISITED) {
        let said = json!({ "station_id": station, "officer_id": officer, "from": company.season.starts_on });
        stage.make(stage.at(LONGEST, 480), MANAGER, said, assignments::create).await?;
    }
    let last = last_day(stage, company);
    for n in 0..10 {
        visit(stage, company, last, n).await?;
    }
    mend(stage).await?;
    sum_up(stage, company, last).await?;
    evaluate(stage, company, last).await
}

/// The last day of the season that is over.
fn last_day(stage: &Stage, company: &Company) -> NaiveDate {
    let yesterday = business_day(stage.now) - Days::new(1);
    let ends_on = NaiveDate::from_ymd_opt(company.season.starts_on.year() + 1, 3, 31);
    ends_on.map_or(yesterday, |ends_on| ends_on.min(yesterday)).max(company.season.starts_on)
}

/// The evening of a day, when things are written down; never later than now.
fn evening(stage: &Stage, day: NaiveDate) -> DateTime<Utc> {
    (start_of_day(day) + TimeDelta::hours(18)).max(stage.at(LONGEST, 540)).min(stage.now)
}

/// The far ends of a station, as the register was entered: every fourth home, the stations in turn.
fn far_ends(company: &Company, station: usize) -> Vec<Uuid> {
    let all = company.households.iter().enumerate();
    let there = all.filter(|(n, _)| n % company.stations.len().max(1) == station && n.is_multiple_of(4));
    there.map(|(_, home)| *home).collect()
}

fn line(n: usize, home: Uuid, with_problem: bool) -> Value {
    let evidence = if n.is_multiple_of(2) { "signature" } else { "photo" };
    let opinion = ["温度正常", "早晚偏低", "满意"][n % 3];
    let t_c = format!("{}.{}", 18 + n % 4, n * 3 % 10);
    let mut said =
        json!({ "household_id": home, "result": "met", "evidence": evidence, "t_c": t_c, "opinion": opinion });
    if with_problem {
        said["problem"] = match n % 3 {
            0 => json!({ "kind": "leak", "text": "立管阀门渗水", "cause": "阀门老化" }),
            1 => json!({ "kind": "temperature", "text": "末端室温偏低,需调网", "cause": "管网失衡" }),
            _ => json!({ "kind": "fee", "text": "咨询缴费网点与方式", "cause": "宣传不足" }),
        };
    }
    said
}

/// The nth visit: the two stations in turn, the last one of too few homes.
async fn visit(stage: &Stage, company: &Company, last: NaiveDate, n: usize) -> anyhow::Result<()> {
    let station = n % VISITED;
    let back = Days::new(APART * (9 - n) as u64 / 2);
    let day = (last - back).max(company.season.starts_on);
    let homes = far_ends(company, station);
    let met = if n == 9 { homes.len().saturating_sub(1) } else { homes.len() };
    let lines: Vec<Value> =
        homes.iter().take(met).enumerate().map(|(k, home)| line(n + k, *home, k == 0 && n.is_multiple_of(3))).collect();
    let visited_at = Timestamp::from(start_of_day(day) + TimeDelta::hours(10));
    let said = json!({ "station_id": company.stations[station], "visited_at": visited_at, "lines": lines });
    stage.make(evening(stage, day), OFFICER, said, finding_to_ticket::record_visit).await?;
    Ok(())
}

/// The station head deals with the leaks that were found.
async fn mend(stage: &Stage) -> anyhow::Result<()> {
    const SOLVED: Solved =
        Solved { text: "更换立管阀门填料,试压无渗漏", cause: "valve_failure", delay: None };
    let found = Entity::find().filter(Column::ChannelCode.eq("system")).filter(Column::CategoryCode.eq("heating.leak"));
    for ticket in found.order_by_asc(Column::ReceivedAt).all(stage.store.reader()).await? {
        attend(stage, &ticket, SOLVED).await?;
    }
    Ok(())
}

/// The station head solves a ticket of the heating company; the hotline asks the household afterwards.
pub(super) async fn attend(stage: &Stage, ticket: &Ticket, solved: Solved) -> anyhow::Result<()> {
    const HEAD: &str = "heating_station_head";
    let (head, station, now) = (stage.person(HEAD).await?, stage.unit("STATION-1").await?, stage.now);
    let (id, at) = (ticket.id, ticket.received_at);
    let to = (ticket.responsible_org_unit_id.unwrap_or(station), head, HEAD);
    let later = move |minutes: i64| (at + TimeDelta::minutes(minutes)).min(now);
    let play = async move |scene: &Scene<'_>| {
        scene.hand_over(later(5), id, "heating_hotline_agent", to).await?;
        scene.solve(later(130), id, HEAD, solved).await?;
        scene.answer(later(150), id, HEAD).await?;
        scene.ask(later(1_200), id, "heating_hotline_agent", content("self")).await
    };
    stage.scene(play).await
}

/// A plan of the running month, and the month's summary begun.
async fn sum_up(stage: &Stage, company: &Company, last: NaiveDate) -> anyhow::Result<()> {
    let Some(station) = company.stations.first() else { return Ok(()) };
    let month = Month::of(last);
    let dates: Vec<NaiveDate> =
        [4, 9, 14, 19, 24, 27].iter().filter_map(|day| month.first_day().with_day(*day)).collect();
    let said = json!({ "station_id": station, "month": month, "dates": dates });
    stage.make(evening(stage, last), MANAGER, said, plans::create).await?;
    let said = json!({ "station_id": station, "month": month, "measures": "更换渗漏阀门,末端支路调网" });
    stage.make(evening(stage, last), OFFICER, said, summaries::create).await?;
    Ok(())
}

/// Both stations are scored and confirmed; the first is published, the second has something to put right.
async fn evaluate(stage: &Stage, company: &Company, last: NaiveDate) -> anyhow::Result<()> {
    let at = evening(stage, last);
    let incentives = json!([{ "rank_from": 1, "rank_to": 1, "amount": "2000.00" }]);
    let said = json!({ "season": company.season.id, "incentives": incentives });
    let scheme = stage.make(at, MANAGER, said, schemes::create).await?;
    stage.on(at, MANAGER, scheme.id, json!({}), schemes::publish).await?;
    let team = [stage.person(INSPECTOR).await?];
    for (n, station) in company.stations.iter().take(VISITED).enumerate() {
        let said = json!({ "station_id": station, "month": Month::of(last), "scheme_id": scheme.id, "team": team,
            "inspected_on": last });
        let row = stage.make(at, MANAGER, said, evaluations::create).await?;
        let (deduction, text) = [("5.50", "台账填写不全"), ("30.00", "泵房积水,安全标识缺失")][n];
        let scores = json!({ "scores": [{ "code": "checklist", "deduction": deduction, "text": text }],
            "findings": [{ "code": "checklist", "text": text }] });
        stage.on(at, INSPECTOR, row.id, scores, finding_to_ticket::score).await?;
        stage.on(at, MANAGER, row.id, json!({}), station_service::confirm).await?;
        if n == 0 {
            stage.on(at, "company_leader", row.id, json!({}), confirming::publish).await?;
        }
    }
    Ok(())
}
