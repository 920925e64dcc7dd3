//! One cause behind many reports, over and still running; accounts asked for and given.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::time::Timestamp;
use registers::property::unit;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use store::Work;
use tickets::incident::{commands, restoring};
use tickets::supervision;
use tickets::ticket::entity::{Column, Entity, Status};
use tickets::ticket::register;
use uuid::Uuid;

use super::places::Home;
use super::scene::Scene;
use super::{Stage, desk};

/// Tickets behind the burst pipe.
const REPORTS: usize = 14;

/// Plays a burst pipe that is mended, a failing pump that is not, and supervisions.
pub(crate) async fn load(stage: &Stage, homes: &[Home]) -> anyhow::Result<()> {
    let burst = stage.at(9, 605);
    let Some(first) = homes.first().copied() else { return Ok(()) };
    let home = unit::Entity::find_by_id(first.unit).one(stage.store.reader()).await?;
    let project = home.map(|home| home.project_id);
    let said = json!({ "title": "和平花园供热主管爆裂", "category_codes": ["heating.leak"],
        "scope": { "project_ids": [project] }, "customer_text": "供热主管爆裂,正在抢修,预计四小时内恢复",
        "expected_restore_at": Timestamp::from(burst + TimeDelta::hours(4)) });
    let incident = stage.make(burst, "team_leader", said, commands::open).await?.id;
    let behind = report(stage, homes, burst).await?;
    let restored = burst + TimeDelta::hours(3);
    let restore = async move |work: &Work| {
        let said = json!({ "solution": "更换爆裂管段,分段打压后恢复供热", "root_cause_code": "pipe_ageing",
            "restored_at": Timestamp::from(work.now - TimeDelta::minutes(10)) });
        restoring::restore(work, incident, &super::body(said)?).await.map(drop)
    };
    stage.act(restored, "team_leader", restore).await?;
    let answer = async move |scene: &Scene<'_>| {
        for (n, ticket) in (0..).zip(&behind) {
            let told = restored + TimeDelta::minutes(20 + 3 * n);
            scene.answer(told, *ticket, "cs_agent").await?;
            scene.ask(told + TimeDelta::hours(20), *ticket, "cs_agent2", desk::content("self")).await?;
        }
        Ok(())
    };
    stage.scene(answer).await?;
    let station = stage.unit("STATION-1").await?;
    let said = json!({ "title": "中心站循环泵故障", "category_codes": ["heating.room_temperature", "heating.leak"],
        "scope": { "station_org_unit_ids": [station] }, "customer_text": "循环泵故障,室温可能偏低,正在抢修" });
    stage.make(stage.now - TimeDelta::hours(3), "heating_station_head", said, commands::open).await?;
    supervise(stage).await
}

/// People of one house after the other report the same thing, and somebody goes to each; answers the tickets.
async fn report(stage: &Stage, homes: &[Home], burst: DateTime<Utc>) -> anyhow::Result<Vec<Uuid>> {
    let to = (stage.unit("DESK").await?, stage.person("cs_agent").await?, "cs_agent");
    let homes: Vec<Home> = homes.iter().cycle().take(REPORTS).copied().collect();
    let play = async move |scene: &Scene<'_>| {
        let mut behind = Vec::new();
        for (n, home) in (0..).zip(&homes) {
            let at = burst + TimeDelta::minutes(3 * n + 2);
            let said = json!({ "channel_code": "walk_in", "kind": "repair", "category_code": "heating.leak",
                "place_kind": "unit", "description": "楼道和家中暖气漏水,水已流到电梯口",
                "customer_id": home.customer, "unit_id": home.unit });
            let ticket = scene.make(at, "cs_agent", said, register::register).await?.id;
            scene.hand_over(at + TimeDelta::minutes(4), ticket, "team_leader", to).await?;
            behind.push(ticket);
        }
        Ok(behind)
    };
    stage.scene(play).await
}

/// Accounts of open cases: one closed, one given, one sent back, one still asked for.
async fn supervise(stage: &Stage) -> anyhow::Result<()> {
    let asked = stage.now - TimeDelta::hours(28);
    let held = Entity::find()
        .filter(Column::Status.is_in([Status::Assigned, Status::InProgress, Status::PendingApproval]))
        .filter(Column::ReceivedAt.lt(asked))
        .filter(Column::ResponsibleOrgUnitId.eq(stage.unit("DESK").await?))
        .order_by_asc(Column::ReceivedAt)
        .limit(4)
        .all(stage.store.reader())
        .await?;
    for (n, ticket) in held.into_iter().enumerate() {
        let said = json!({ "to_org_unit_id": ticket.responsible_org_unit_id, "text": "请说明办理进度和预计办结时间" });
        let id = stage.on(asked, "cs_director", ticket.id, said, supervision::commands::issue).await?.id;
        if n == 3 {
            continue;
        }
        let said = json!({ "answer": "已联系维修单位,明日上午上门处理,完成后回访" });
        stage.on(asked + TimeDelta::hours(8), "cs_supervisor", id, said, supervision::commands::answer).await?;
        let later = asked + TimeDelta::hours(10);
        match n {
            0 => drop(stage.on(later, "cs_director", id, json!({}), supervision::commands::close).await?),
            1 => {
                let said = json!({ "reason": "请附维修单位承诺的时间" });
                stage.on(later, "cs_director", id, said, supervision::commands::send_back).await?;
            }
            _ => {}
        }
    }
    Ok(())
}
