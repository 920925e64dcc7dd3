//! The feedback slip of a case (测温回馈单): a page to print, filled with what is known, to be signed at the door.

use std::collections::HashMap;
use std::fmt::Write;

use kernel::fault::Fault;
use kernel::time::{Timestamp, in_shanghai};
use registers::customer::{self, clear_contact, masked_contact};
use sea_orm::entity::prelude::*;
use store::{Reading, resource};

use super::TemperatureCase;
use super::entity::Model;
use crate::household::entity as homes;
use crate::household::{address, masked};
use crate::instrument::entity as instruments;
use crate::ownership::queries::holder;
use crate::reading::commands::of_case;
use crate::reading::{degrees, entity as readings};
use crate::station::entity as stations;

/// Text as it may stand in a page.
fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn local(at: DateTimeUtc) -> String {
    in_shanghai(at).format("%Y-%m-%d %H:%M").to_string()
}

/// A line of the slip's head.
fn fact(page: &mut String, label: &str, value: &str) {
    let _ = write!(page, "<tr><th>{label}</th><td>{}</td></tr>", plain(value));
}

/// Who holds the home, masked, but for the holder himself.
async fn holder_name(at: &Reading, home: &homes::Model) -> Result<String, Fault> {
    let Some(id) = holder(at, home).await? else { return Ok(String::new()) };
    if at.actor().is_customer_of(Some(id)) {
        return Ok(clear_contact(at, id).await?.0.unwrap_or_default());
    }
    let row = customer::Entity::find_by_id(id).one(&at.db()).await?;
    Ok(row.as_ref().map(masked_contact).map(|contact| contact.name).unwrap_or_default())
}

/// The slip of a case the caller may know of.
pub async fn page(at: &Reading, id: Uuid) -> Result<String, Fault> {
    let case = resource::find::<TemperatureCase>(at, id).await?;
    let home = homes::Entity::find_by_id(case.household_id).one(&at.db()).await?;
    let home = home.ok_or_else(|| Fault::internal("a case without a household"))?;
    let station = stations::Entity::find_by_id(home.station_id).one(&at.db()).await?;
    let place = if at.actor().is_customer() { address(at, &home)? } else { masked(&home) };
    let holder = holder_name(at, &home).await?;
    let mut page = String::from(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>测温回馈单</title><style>\
         body{font:14px/1.6 serif;margin:2em}table{border-collapse:collapse;width:100%;margin-bottom:1em}\
         th,td{border:1px solid #000;padding:4px 8px;text-align:left}h1{text-align:center}</style>\
         <h1>室内测温回馈单</h1><table>",
    );
    fact(&mut page, "单号", &case.number);
    fact(&mut page, "供热站", &station.map(|station| station.name).unwrap_or_default());
    fact(&mut page, "用热户", &format!("{} {place}", home.number));
    fact(&mut page, "户主", &holder);
    fact(&mut page, "申请时间", &local(case.requested_at));
    page.push_str("</table>");
    visits(at, &mut page, &case).await?;
    let verdict = case.verdict.map_or("未判定", |verdict| verdict.labels().0);
    let lowest = case.lowest_dc.map(degrees).transpose()?.map(|t| format!("{t} ℃")).unwrap_or_default();
    page.push_str("<table>");
    fact(&mut page, "结论", &format!("{verdict} {lowest}"));
    for (label, value) in [("用户意见", ""), ("用户签字", ""), ("测温人签字", ""), ("日期", "")] {
        fact(&mut page, label, value);
    }
    let _ = write!(page, "</table><p>{}</p></html>", plain(&format!("打印时间 {}", Timestamp::from(at.now))));
    Ok(page)
}

async fn visits(at: &Reading, page: &mut String, case: &Model) -> Result<(), Fault> {
    let rows = of_case(at, case.id).await?;
    let used = instruments::Entity::find()
        .filter(instruments::Column::Id.is_in(rows.iter().map(|row| row.instrument_id)))
        .all(&at.db())
        .await?;
    let used: HashMap<Uuid, String> = used.into_iter().map(|row| (row.id, row.number)).collect();
    page.push_str(
        "<table><tr><th>次</th><th>时间</th><th>房间</th><th>测点</th><th>高度 cm</th><th>关闭门窗 min</th>\
         <th>室温 ℃</th><th>室外 ℃</th><th>仪器</th><th>用户签字</th><th>有效</th></tr>",
    );
    for row in rows.iter().filter(|row| row.retracted_at.is_none()) {
        line(page, row, used.get(&row.instrument_id).map_or("", String::as_str))?;
    }
    page.push_str("</table>");
    Ok(())
}

fn line(page: &mut String, row: &readings::Model, instrument: &str) -> Result<(), Fault> {
    let outdoor = row.outdoor_dc.map(degrees).transpose()?.map(|t| t.to_string()).unwrap_or_default();
    let cells = [
        row.visit_no.to_string(),
        local(row.measured_at),
        row.room.labels().0.to_owned(),
        row.point.labels().0.to_owned(),
        row.height_cm.to_string(),
        row.closed_minutes.to_string(),
        degrees(row.t_dc)?.to_string(),
        outdoor,
        instrument.to_owned(),
        row.user_signature.labels().0.to_owned(),
        if row.evidential { "是" } else { "否" }.to_owned(),
    ];
    page.push_str("<tr>");
    for cell in cells {
        let _ = write!(page, "<td>{}</td>", plain(&cell));
    }
    page.push_str("</tr>");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_slip_is_markup() {
        let mut page = String::new();
        fact(&mut page, "户主", "<b>\"王&李\"</b>");
        assert_eq!(page, "<tr><th>户主</th><td>&lt;b&gt;&quot;王&amp;李&quot;&lt;/b&gt;</td></tr>");
    }
}
