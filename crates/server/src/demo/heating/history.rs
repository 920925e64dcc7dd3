//! The heating year 2011 (`--with heating-2011`): its books taken over, as their imports take them over, and what was
//! printed of it.

use documents::Files;
use heating_service::annual::Key;
use heating_service::household::entity as homes;
use heating_service::instrument::commands as instruments;
use heating_service::published_figure::commands as figures;
use heating_service::{imports, station};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};
use store::Work;
use store::imports::Kind;
use uuid::Uuid;

use super::super::{Stage, year_2011};
use super::MANAGER;

/// Rows entered in one transaction.
const PART: usize = 1_000;

/// Figures as they were printed: value, how it is said, the words.
const PRINTED: [(Key, &str, &str, &str); 25] = [
    (Key::PublicPhones, "59", "exact", "59部"),
    (Key::StationBoards, "15", "exact", "15块"),
    (Key::NoticeSigns, "833", "exact", "833块"),
    (Key::ServiceCards, "66693", "exact", "66693张"),
    (Key::MeasuredHouseholds, "10000", "just_below", "近万户"),
    (Key::VisitHouseholdTimes, "3200", "at_least", "3200余户次"),
    (Key::OutagesTotal, "40", "exact", "40次"),
    (Key::OutagesExternal, "25", "exact", "25次"),
    (Key::OutagesInternal, "15", "exact", "15次"),
    (Key::CoalSamples, "965", "exact", "965个"),
    (Key::AshSamples, "414", "exact", "414个"),
    (Key::NewInstruments, "1", "exact", "1台"),
    (Key::BasementOverHeightCases, "6", "exact", "6户"),
    (Key::BasementOverHeightArea, "78.20", "exact", "78.20平方米"),
    (Key::AreaIncreaseCases, "18", "exact", "18户"),
    (Key::AreaIncreaseArea, "4889.26", "exact", "4889.26平方米"),
    (Key::DemolitionCases, "18", "exact", "18户"),
    (Key::GiftedHouseholds, "1000", "at_least", "千余户"),
    (Key::GiftedAgreements, "153", "exact", "153份"),
    (Key::BasementSurveyCases, "14", "exact", "14户"),
    (Key::BasementSurveyArea, "2378.76", "exact", "2378.76平方米"),
    (Key::ValveCheckedHouseholds, "8953", "exact", "8953户"),
    (Key::BranchesChecked, "2", "exact", "两个分公司"),
    (Key::LeakHours, "4", "exact", "4小时"),
    (Key::ComplaintHours, "24", "exact", "24小时"),
];

/// Loads the year.
pub(crate) async fn load(stage: &Stage, files: &Files) -> anyhow::Result<()> {
    let mut places = Vec::new();
    for (code, unit, branch) in year_2011::STATIONS {
        let said = year_2011::station(code, stage.unit(unit).await?, stage.unit(branch).await?);
        places.push(stage.make(year_2011::entered(), MANAGER, said, station::commands::create).await?.id);
    }
    for said in year_2011::instruments(stage.unit("LAB").await?) {
        stage.make(year_2011::entered(), MANAGER, said, instruments::create).await?;
    }
    take_over(stage, "households", &year_2011::homes()).await?;
    let numbers = numbers_at(stage, &places).await?;
    take_over(stage, "heating_history", &year_2011::lines(&numbers)).await?;
    let put_up = async move |work: &Work| year_2011::put_up(work, &places).await;
    stage.act(year_2011::entered(), MANAGER, put_up).await?;
    print(stage, files).await
}

/// Enters rows as the import of this kind does, some at a time.
async fn take_over(stage: &Stage, kind: &str, rows: &[Value]) -> anyhow::Result<()> {
    let kind: &'static Kind = imports::KINDS
        .iter()
        .find(|known| known.name == kind)
        .ok_or_else(|| anyhow::anyhow!("no import is called {kind}"))?;
    for part in rows.chunks(PART) {
        let part = part.to_vec();
        let enter = async move |work: &Work| {
            (kind.look_ahead)(work, part.clone()).await?;
            for row in &part {
                (kind.apply)(work, row.clone()).await?;
            }
            work.spill().await
        };
        stage.act(year_2011::entered(), MANAGER, enter).await?;
    }
    Ok(())
}

/// The homes of these stations, in the order they were entered.
async fn numbers_at(stage: &Stage, stations: &[Uuid]) -> anyhow::Result<Vec<String>> {
    let there = homes::Entity::find()
        .select_only()
        .column(homes::Column::Number)
        .filter(homes::Column::StationId.is_in(stations.iter().copied()))
        .order_by_asc(homes::Column::Number);
    Ok(there.into_tuple().all(stage.store.reader()).await?)
}

/// What was printed.
async fn print(stage: &Stage, files: &Files) -> anyhow::Result<()> {
    let said = json!({ "kind": "report", "name": "2011年度工作总结" });
    let proof = stage.paper(files, year_2011::entered(), MANAGER, said).await?;
    let say = |key: &str, value: &str, qualifier: &str, text: &str, source: &str| {
        json!({ "year": 2011, "as_of": year_2011::summary_day(), "key": key, "value": value, "qualifier": qualifier,
            "text": text, "source": source, "document_id": proof })
    };
    for (key, value, qualifier, text) in PRINTED {
        let said = say(key.code(), value, qualifier, text, "computed");
        stage.make(year_2011::entered(), MANAGER, said, figures::create).await?;
    }
    let said = say(Key::SystemBids.code(), "3", "exact", "三家评标报价", "by_hand");
    stage.make(year_2011::entered(), MANAGER, said, figures::create).await?;
    Ok(())
}
