//! The coal laboratory: its instruments, one of them due – the tenth of the company is the inspector's –, and samples in
//! every state, one with four values, one discarded.

use chrono::TimeDelta;
use heating_service::instrument::{calibrating, commands as instruments};
use heating_service::lab_report::commands as reports;
use heating_service::lab_sample::{commands as samples, review};
use heating_service::{determination, lab_equipment, retention};
use kernel::time::business_day;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Stage;

const SAMPLER: &str = "coal_sampler";
const ANALYST: &str = "coal_analyst";
const REVIEWER: &str = "coal_reviewer";

/// Number, name, kind, and the days its verification still holds; none needs no verification.
const INSTRUMENTS: &[(&str, &str, &str, Option<i64>)] = &[
    ("YQ-01", "热量分析仪", "calorimeter", Some(200)),
    ("YQ-02", "定硫仪", "sulphur_analyser", Some(160)),
    ("YQ-03", "马弗炉", "muffle_furnace", Some(120)),
    ("YQ-04", "工业分析仪", "proximate_analyser", Some(300)),
    ("YQ-05", "破碎机", "crusher", None),
    ("YQ-06", "密封制样粉碎机", "sealed_pulveriser", None),
    ("YQ-07", "干燥箱", "drying_oven", None),
    ("YQ-08", "分析天平", "balance", Some(6)),
    ("YQ-09", "测温仪", "thermometer", Some(90)),
];

/// Values of an item, in the order they were found.
type Values = (&'static str, &'static [&'static str]);

/// A sample with everything that is determined of coal.
const WHOLE: &[Values] = &[
    ("Mt", &["9.6", "9.8"]),
    ("Mad", &["3.12", "3.28"]),
    ("Aad", &["27.35", "27.46"]),
    ("Vad", &["28.10", "28.45"]),
    ("St", &["0.84", "0.88"]),
    ("Qgr", &["22038", "22130"]),
    ("Had", &["3.65", "3.70"]),
];

/// Plays the laboratory of the last weeks.
pub(crate) async fn load(stage: &Stage) -> anyhow::Result<()> {
    equip(stage).await?;
    let scales = instrument(stage).await?;
    let whole = determined(stage, 20, ("coal", "一号煤场东侧"), scales, WHOLE).await?;
    reported(stage, 18, "coal", whole, true).await?;
    let four: &[Values] = &[("Aad", &["9.88", "9.65", "9.63", "9.69"])];
    let four = determined(stage, 12, ("coal", "一号煤场西侧"), scales, four).await?;
    reported(stage, 10, "coal", four, false).await?;
    let slag = determined(stage, 9, ("slag", "一号炉渣坑"), scales, &[("C_slag", &["4.52", "4.70"])]).await?;
    reported(stage, 8, "ash", slag, true).await?;
    let gone: &[Values] = &[("Aad", &["10.00", "9.50", "9.75", "9.25", "9.60"])];
    determined(stage, 3, ("coal", "二号煤场"), scales, gone).await?;
    determined(stage, 2, ("fly_ash", "除尘器灰斗"), scales, &[("C_slag", &["6.10", "6.35"])]).await?;
    determined(stage, 1, ("coal", "二号煤场"), scales, &[]).await?;
    let refused = submitted(stage, 1, ("coal", "铁路专线"), &[]).await?;
    let why = json!({ "reason": "封签破损" });
    stage.on(stage.at(1, 600), ANALYST, refused, why, samples::reject).await?;
    submitted(stage, 0, ("coal", "铁路专线"), &[]).await?;
    Ok(())
}

async fn equip(stage: &Stage) -> anyhow::Result<()> {
    let unit = stage.unit("LAB").await?;
    let today = business_day(stage.now);
    for (number, name, kind, days) in INSTRUMENTS {
        let said = json!({ "number": number, "name": name, "kind": kind, "org_unit_id": unit, "place": "化验室",
            "in_service_on": today - TimeDelta::days(400), "needs_calibration": days.is_some() });
        let row = stage.make(stage.at(80, 540), ANALYST, said, instruments::create).await?.id;
        let Some(days) = days else { continue };
        let said = json!({ "kind": "verification", "performed_on": today - TimeDelta::days(80), "performed_by": "市计量所",
            "result": "pass", "valid_until": today + TimeDelta::days(*days) });
        stage.on(stage.at(80, 560), ANALYST, row, said, calibrating::calibrate).await?;
    }
    for (name, spec, came, broken) in [("锥形瓶", "250 mL", 40, 2), ("坩埚", "30 mL", 100, 7)] {
        let said = json!({ "name": name, "spec": spec, "in": came });
        stage.make(stage.at(79, 540), ANALYST, said, lab_equipment::create).await?;
        let said = json!({ "name": name, "spec": spec, "broken": broken });
        stage.make(stage.at(30, 540), ANALYST, said, lab_equipment::create).await?;
    }
    Ok(())
}

/// The furnace: verified, and what most values are found with.
async fn instrument(stage: &Stage) -> anyhow::Result<Uuid> {
    use heating_service::instrument::entity::{Column, Entity};
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
    let found = Entity::find().filter(Column::Number.eq("YQ-03")).one(stage.store.reader()).await?;
    Ok(found.ok_or_else(|| anyhow::anyhow!("no furnace"))?.id)
}

async fn submitted(
    stage: &Stage,
    days_ago: i64,
    (kind, place): (&str, &str),
    values: &[Values],
) -> anyhow::Result<Uuid> {
    let mut said = json!({ "kind": kind, "sampling_place": place, "seal_no": format!("F-{days_ago:03}"),
        "mass_g": "1000.00" });
    if !values.is_empty() {
        said["items"] = values.iter().map(|(item, _)| Value::from(*item)).collect();
    }
    Ok(stage.make(stage.at(days_ago, 510), SAMPLER, said, samples::submit).await?.id)
}

async fn determined(
    stage: &Stage,
    days_ago: i64,
    what: (&str, &str),
    instrument: Uuid,
    values: &[Values],
) -> anyhow::Result<Uuid> {
    let row = submitted(stage, days_ago, what, values).await?;
    let said = json!({ "seal_no": format!("F-{days_ago:03}"), "mass_g": "998.50" });
    stage.on(stage.at(days_ago, 540), ANALYST, row, said, samples::receive).await?;
    let mut minutes = 600;
    for (item, list) in values {
        for value in *list {
            let said = json!({ "item": item, "value": value, "instrument_ids": [instrument] });
            stage.on(stage.at(days_ago, minutes), ANALYST, row, said, determination::commands::create).await?;
            minutes += 15;
        }
    }
    Ok(row)
}

/// Reviewed, reported, and archived with what is kept of it.
async fn reported(stage: &Stage, days_ago: i64, kind: &str, sample: Uuid, archived: bool) -> anyhow::Result<()> {
    stage.on(stage.at(days_ago, 540), REVIEWER, sample, json!({}), review::review).await?;
    let said = json!({ "kind": kind, "samples": [sample], "receiver": "生产技术部" });
    let report = stage.make(stage.at(days_ago, 560), REVIEWER, said, reports::create).await?.id;
    stage.on(stage.at(days_ago, 570), REVIEWER, report, json!({}), reports::issue).await?;
    let said = json!({ "sample_id": sample, "mass_g": "100.00", "place": "存样柜2层" });
    stage.make(stage.at(days_ago, 580), ANALYST, said, retention::commands::create).await?;
    if archived {
        let said = json!({ "archive_no": format!("煤质-{days_ago:03}") });
        stage.on(stage.at(days_ago, 600), REVIEWER, report, said, reports::archive).await?;
    }
    Ok(())
}
