//! Stops of the running season, its bills, and what was paid of them.

use chrono::Days;
use documents::Files;
use heating_service::bill::entity::{Column, Entity, Model as Bill};
use heating_service::bill::{commands as bills, run};
use heating_service::receipt::commands as receipts;
use heating_service::stop::commands as stops;
use kernel::money::Money;
use kernel::time::{Timestamp, start_of_day};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use super::super::Stage;
use super::{COLLECTOR, Company};

/// Days ago of the applications, the bills, the payments.
const STOPPED: i64 = 24;
const BILLED: i64 = 22;
const PAID: i64 = 15;

/// Homes of the first station that apply for a stop: every third home is its.
const STOPPING: [usize; 6] = [21, 24, 27, 30, 33, 36];

const METHODS: [&str; 5] = ["cash", "transfer", "card", "wechat", "alipay"];

pub(super) async fn load(stage: &Stage, files: &Files, company: &Company) -> anyhow::Result<()> {
    stops(stage, files, company).await?;
    let run = json!({ "season": company.season.id });
    stage.make(stage.at(BILLED, 540), COLLECTOR, run, run::start).await?;
    for bill in of_season(stage, company).await? {
        stage.on(stage.at(BILLED, 600), COLLECTOR, bill.id, json!({}), bills::issue).await?;
    }
    pay(stage, company).await
}

async fn of_season(stage: &Stage, company: &Company) -> anyhow::Result<Vec<Bill>> {
    let rows = Entity::find().filter(Column::SeasonId.eq(company.season.id)).order_by_asc(Column::Number);
    Ok(rows.all(stage.store.reader()).await?)
}

/// Four stops that are sealed, one approved, one just applied for.
async fn stops(stage: &Stage, files: &Files, company: &Company) -> anyhow::Result<()> {
    let asked = company.season.starts_on.checked_sub_days(Days::new(20)).unwrap_or(company.season.starts_on);
    let asked = start_of_day(asked).min(stage.at(STOPPED, 540));
    for (n, home) in STOPPING.iter().enumerate() {
        let said = json!({ "household_id": company.households[*home], "season": company.season.id, "kind": "stop",
            "reason": "房屋空置,全家外出", "applied_at": Timestamp::from(asked) });
        let id = stage.make(stage.at(STOPPED, 600), COLLECTOR, said, stops::submit).await?.id;
        if n == 5 {
            continue;
        }
        stage.on(stage.at(STOPPED, 630), COLLECTOR, id, json!({}), stops::accept).await?;
        stage.on(stage.at(STOPPED, 660), "heating_branch_manager", id, json!({}), stops::approve).await?;
        if n == 4 {
            continue;
        }
        let said = json!({ "kind": "photo", "name": format!("报停铅封照片{}", n + 1) });
        let photo = stage.paper(files, stage.at(STOPPED - 1, 540), "heating_station_head", said).await?;
        let said = json!({ "seal_no": format!("QF-{:05}", 10_001 + n), "photos": [photo] });
        stage.on(stage.at(STOPPED - 1, 600), "heating_station_head", id, said, stops::seal).await?;
    }
    Ok(())
}

/// Of three bills one is paid, one in part, one not at all.
async fn pay(stage: &Stage, company: &Company) -> anyhow::Result<()> {
    for (n, bill) in of_season(stage, company).await?.into_iter().enumerate() {
        let fen = match n % 3 {
            0 => bill.total_fen,
            1 => bill.total_fen / 2,
            _ => continue,
        };
        let said = json!({ "household_id": bill.household_id, "method": METHODS[n % METHODS.len()],
            "voucher_no": format!("SK-{n:05}"), "amount": Money::from_fen(fen)? });
        stage.make(stage.at(PAID, 540 + i64::try_from(n)?), COLLECTOR, said, receipts::create).await?;
    }
    Ok(())
}
