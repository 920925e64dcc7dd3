//! Lines of the old books of the heating service, under their old keys.

use access::JobRole;
use kernel::fault::Fault;
use store::Work;
use store::imports::{Applied, Cell, Column, ImportRow};

use super::{MANAGER, RUN};
use crate::history::{self, HistoryRow};

impl ImportRow for HistoryRow {
    const KIND: &'static str = "heating_history";
    const TITLE: (&'static str, &'static str) = ("供热历史台账", "Heating history");
    const PERMISSION: &'static str = RUN;
    const ONLY: Option<&'static [JobRole]> = MANAGER;
    const COLUMNS: &'static [Column] = &[
        Column::text("record", "台账"),
        Column::text("key", "原编号"),
        Column::new("date", "日期", Cell::Date),
        Column::text("station_code", "所站编码"),
        Column::text("household_number", "用热户编号"),
        Column::text("staff_number", "人员编号"),
        Column::text("instrument_number", "仪器编号"),
        Column::text("kind", "类别"),
        Column::text("programme", "专项"),
        Column::new("count", "户次", Cell::Integer),
        Column::text("area_m2", "面积"),
        Column::text("value", "数值"),
        Column::text("second_value", "平行样"),
    ];

    async fn look_ahead(work: &Work, rows: &[Self]) -> Result<(), Fault> {
        history::look_ahead(work, rows).await
    }

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let (resource, id, new) = history::enter(work, self).await?;
        Ok(if new { Applied::changed(resource, id) } else { Applied::unchanged(resource, id) })
    }
}
