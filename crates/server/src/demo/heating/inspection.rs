//! Seven inspection cases of every kind and in different states, and a list of twelve valves.

use documents::Files;
use heating_service::agreement::commands as agreements;
use heating_service::bill::commands as bills;
use heating_service::inspection::entity::Model as Case;
use heating_service::inspection::{billing, commands as cases, measuring};
use heating_service::instrument::{calibrating, commands as instruments};
use heating_service::receipt::commands as receipts;
use heating_service::valve_check::{checking, commands as checks, entity as valves};
use heating_service::valve_check_list::commands as lists;
use kernel::money::Money;
use kernel::time::business_day;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::Stage;
use super::{COLLECTOR, Company, MANAGER};

const INSPECTOR: &str = "heating_inspector";

/// Days ago a case was found and told, its term was over, it was billed.
const FOUND: i64 = 20;
const TOLD: i64 = 18;
const OVER: i64 = 6;
const BILLED: i64 = 5;
/// Days ago the range finder's calibration ended; nothing was measured since.
const EXPIRED: i64 = 10;
/// Days ago the valves were listed and checked.
const LISTED: i64 = 10;
const CHECKED: i64 = 8;

/// Household, kind, programme; part, area, height where something was measured.
type Found = (usize, &'static str, Option<&'static str>, Option<[&'static str; 3]>);

/// The home whose valve was found open.
const OPEN: usize = 17;

const CASES: [Found; 7] = [
    (3, "basement_extension", Some("basement_height_check"), Some(["basement", "21.40", "2.35"])),
    (5, "gifted_area", Some("gifted_area_survey"), Some(["gifted", "12.60", "2.80"])),
    (8, "area_increase", None, Some(["extension", "13.20", "2.80"])),
    (11, "demolition", None, None),
    (14, "theft", None, Some(["extension", "16.50", "2.80"])),
    (OPEN, "unclosed_valve", None, None),
    (20, "basement_extension", Some("basement_height_check"), Some(["basement", "15.00", "2.10"])),
];

pub(super) async fn load(stage: &Stage, files: &Files, company: &Company) -> anyhow::Result<()> {
    let instrument = range_finder(stage).await?;
    let mut made = Vec::new();
    for (n, (home, kind, programme, measured)) in CASES.into_iter().enumerate() {
        let at = stage.at(FOUND, 540 + i64::try_from(n)?);
        let photo = photo(stage, files, FOUND, &format!("稽查照片{}", n + 1)).await?;
        let said = json!({ "household_id": company.households[home], "kind": kind, "programme": programme,
            "photos": [photo] });
        let case = stage.make(at, INSPECTOR, said, cases::create).await?;
        if let Some([part, area, height]) = measured {
            let said = json!({ "measurements": [{ "part": part, "area_m2": area, "height_m": height,
                "has_heating_facility": true, "instrument_id": instrument, "user_signature": "signed" }] });
            stage.on(at, INSPECTOR, case.id, said, measuring::measure).await?;
        }
        made.push(case);
    }
    // The unclosed valve is just found, the last basement measured; the others are in the register.
    for case in &made[..5] {
        stage.on(stage.at(FOUND, 660), INSPECTOR, case.id, json!({}), cases::register).await?;
    }
    agreed(stage, files, company, &made).await?;
    told(stage, files, &made).await?;
    let shown = photo(stage, files, OVER, "恢复照片").await?;
    stage.on(stage.at(OVER, 600), INSPECTOR, made[3].id, json!({ "photos": [shown] }), cases::rectify).await?;
    valve_list(stage, files, company).await
}

async fn photo(stage: &Stage, files: &Files, days: i64, name: &str) -> anyhow::Result<Uuid> {
    stage.paper(files, stage.at(days, 530), INSPECTOR, json!({ "kind": "photo", "name": name })).await
}

async fn range_finder(stage: &Stage) -> anyhow::Result<Uuid> {
    let at = stage.at(FOUND + 20, 540);
    let said = json!({ "number": "JC-01", "name": "激光测距仪", "kind": "range_finder", "place": "稽查组",
        "org_unit_id": stage.unit("HEAT-EAST").await? });
    let row = stage.make(at, MANAGER, said, instruments::create).await?;
    let said = json!({ "kind": "calibration", "performed_on": business_day(at), "performed_by": "市计量所",
        "result": "pass", "valid_until": business_day(stage.at(EXPIRED, 540)) });
    stage.on(at, MANAGER, row.id, said, calibrating::calibrate).await?;
    Ok(row.id)
}

/// The first basement agreed upon, billed and paid; the gifted area agreed upon.
async fn agreed(stage: &Stage, files: &Files, company: &Company, made: &[Case]) -> anyhow::Result<()> {
    for n in [0, 1] {
        let (home, _, _, Some([part, area, height])) = CASES[n] else { continue };
        let said = json!({ "household_id": company.households[home], "case_id": made[n].id,
            "kind": if n == 0 { "supplement" } else { "gifted_area" }, "charge_from": company.season.starts_on,
            "items": [{ "kind": part, "area_m2": area, "height_m": height }] });
        let paper = stage.make(stage.at(TOLD, 540), INSPECTOR, said, agreements::create).await?;
        stage.on(stage.at(TOLD, 570), MANAGER, paper.id, json!({}), agreements::approve).await?;
        let said = json!({ "kind": "contract", "name": format!("供暖补充协议{}", n + 1) });
        let signed = stage.paper(files, stage.at(TOLD, 600), INSPECTOR, said).await?;
        let said = json!({ "agreement_id": paper.id, "document_id": signed });
        stage.on(stage.at(TOLD, 630), INSPECTOR, made[n].id, said, cases::agree).await?;
    }
    let case = made[0].id;
    stage.on(stage.at(BILLED, 540), MANAGER, case, json!({}), billing::bill).await?;
    let found = bills_of(stage, case).await?;
    for bill in &found {
        stage.on(stage.at(BILLED, 570), MANAGER, bill.id, json!({}), bills::approve).await?;
        stage.on(stage.at(BILLED, 600), COLLECTOR, bill.id, json!({}), bills::issue).await?;
        let said = json!({ "household_id": bill.household_id, "method": "transfer", "voucher_no": format!("ZJ-{}", bill.number),
            "amount": Money::from_fen(bill.total_fen)? });
        stage.make(stage.at(BILLED - 1, 600), COLLECTOR, said, receipts::create).await?;
    }
    Ok(())
}

async fn bills_of(stage: &Stage, case: Uuid) -> anyhow::Result<Vec<heating_service::bill::entity::Model>> {
    use heating_service::bill::entity::{Column, Entity};
    let rows = Entity::find().filter(Column::SourceId.eq(case)).order_by_asc(Column::Number);
    Ok(rows.all(stage.store.reader()).await?)
}

/// The extension was told, its term runs; the theft's is over and nothing was done.
async fn told(stage: &Stage, files: &Files, made: &[Case]) -> anyhow::Result<()> {
    for (n, days) in [(2, 30), (4, 7)] {
        let said = json!({ "kind": "notice", "name": format!("整改通知送达回证{n}") });
        let proof = stage.paper(files, stage.at(TOLD, 660), INSPECTOR, said).await?;
        let said = json!({ "kind": "rectification", "days": days, "proof_document_id": proof });
        stage.on(stage.at(TOLD, 690), INSPECTOR, made[n].id, said, cases::serve_notice).await?;
    }
    stage.on(stage.at(OVER, 540), INSPECTOR, made[4].id, json!({}), cases::refuse).await?;
    Ok(())
}

/// The stopped homes and eight that owe: closed, cut, open, not reached, and some still to be checked.
async fn valve_list(stage: &Stage, files: &Files, company: &Company) -> anyhow::Result<()> {
    let said = json!({ "season": company.season.id, "criteria": ["stopped"] });
    let list = stage.make(stage.at(LISTED, 540), INSPECTOR, said, lists::create).await?;
    let stopped = usize::try_from(list.lines)?;
    let mut owing = owing(stage, company).await?;
    // Its case is the one there is.
    owing.sort_by_key(|home| *home != company.households[OPEN]);
    for home in owing.into_iter().take(12_usize.saturating_sub(stopped)) {
        let said = json!({ "household_id": home, "list_id": list.id, "season": company.season.id });
        stage.make(stage.at(LISTED, 600), INSPECTOR, said, checks::create).await?;
    }
    for (n, line) in lines_of(stage, list.id).await?.into_iter().enumerate() {
        let at = stage.at(CHECKED, 540 + 10 * i64::try_from(n)?);
        let shown = photo(stage, files, CHECKED, &format!("关栓照片{}", n + 1)).await?;
        let Some(said) = found(n, stopped, shown) else { continue };
        let checked = stage.on(at, INSPECTOR, line.id, said, checking::check).await?;
        if checked.status == valves::Status::NotClosed {
            stage.on(stage.at(CHECKED, 720), INSPECTOR, line.id, json!({}), checks::notify_branch).await?;
        }
    }
    Ok(())
}

/// Who has not paid the season.
async fn owing(stage: &Stage, company: &Company) -> anyhow::Result<Vec<Uuid>> {
    use heating_service::bill::entity::{Column, Entity};
    let rows = Entity::find().filter(Column::SeasonId.eq(company.season.id)).order_by_asc(Column::Number);
    let rows = rows.all(stage.store.reader()).await?;
    Ok(rows.iter().filter(|bill| bill.outstanding_fen() > 0).map(|bill| bill.household_id).collect())
}

async fn lines_of(stage: &Stage, list: Uuid) -> anyhow::Result<Vec<valves::Model>> {
    let rows = valves::Entity::find().filter(valves::Column::ListId.eq(list)).order_by_asc(valves::Column::Number);
    Ok(rows.all(stage.store.reader()).await?)
}

/// What a visit found; the seals of the stopped homes are those of their stops, and are left for the next round.
fn found(n: usize, stopped: usize, photo: Uuid) -> Option<Value> {
    let seal = format!("QF-{:05}", 20_001 + n);
    match n.checked_sub(stopped)? {
        0 => Some(json!({ "result": "not_closed", "photos": [photo] })),
        1 | 2 => Some(json!({ "result": "closed", "seal_no": seal, "photos": [photo] })),
        3 => Some(json!({ "result": "cut", "seal_no": seal, "photos": [photo] })),
        4 => Some(json!({ "result": "no_access" })),
        _ => None,
    }
}
